/** A list of those who are there: as a set would say, whoever comes and goes. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Roster } from '../../src/runtime/roster.js';
import { counted } from '../setup/sizes.js';

test('holds the members that a set would hold, and each leaves once', () => {
  const deeds = counted(fc.array(fc.oneof(fc.constant('come' as const), fc.nat(30)), { maxLength: 100 }));
  fc.assert(
    fc.property(deeds.cases, (all) => {
      const roster = new Roster<number>();
      const expected = new Set<number>();
      const leaves: (() => void)[] = [];
      for (const deed of all) {
        if (deed === 'come') {
          expected.add(leaves.length);
          leaves.push(roster.add(leaves.length));
        } else {
          leaves[deed]?.();
          expected.delete(deed);
        }
        expect(roster.size).toBe(expected.size);
        expect(new Set(roster.members())).toEqual(expected);
      }
    }),
    { seed: 8, numRuns: 200 },
  );
  expect(deeds.lengths().median).toBeGreaterThan(40);
});

test('a member that took the place of another one leaves as itself', () => {
  const roster = new Roster<string>();
  const [a, b, c] = ['a', 'b', 'c'].map((name) => roster.add(name)) as [() => void, () => void, () => void];
  a();
  c();
  expect(roster.members()).toEqual(['b']);
  c();
  b();
  expect(roster.size).toBe(0);
});
