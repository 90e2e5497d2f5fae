/** That generated cases are large, in whatever project these tests run. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { atSize, counted } from './sizes.js';

const letters = fc.constantFrom('a', 'b');

/** Every kind of arbitrary that has a length; what is bounded by 100, and what by nothing. */
const kinds: readonly (readonly [string, fc.Arbitrary<{ readonly length: number }>, bound: number])[] = [
  ['lists', fc.array(fc.nat()), 1000],
  ['lists with a bound', fc.array(fc.nat(), { maxLength: 100 }), 100],
  ['lists of lists', fc.array(fc.array(letters, { maxLength: 3 }), { maxLength: 100 }), 100],
  ['sets', fc.uniqueArray(fc.nat(), { maxLength: 100 }), 100],
  ['texts', fc.string({ unit: letters, maxLength: 100 }), 100],
  ['bytes', fc.uint8Array({ maxLength: 100 }), 100],
  ['words', fc.uint32Array({ maxLength: 100 }), 100],
  ['float64 arrays', fc.float64Array({ maxLength: 100 }), 100],
  ['records', fc.dictionary(fc.string(), letters, { maxKeys: 100 }).map((one) => Object.keys(one)), 100],
];

describe('by default, of 200 generated cases', () => {
  test.each(kinds)(
    'of %s half are longer than a third of what they may be, and the longest is as long',
    (_, made, bound) => {
      const { cases, lengths } = counted(made);
      fc.assert(
        fc.property(cases, () => true),
        { seed: 1, numRuns: 200 },
      );
      const { median, most } = lengths();
      expect(median).toBeGreaterThan(bound / 3);
      expect(most).toBeGreaterThan(0.95 * bound);
      expect(most).toBeLessThanOrEqual(1.5 * bound);
    },
  );
});

test('cases of a smaller size are made so, and those after them are as large as ever', () => {
  const [small, usual] = [atSize('small', () => fc.array(letters)), fc.array(letters)].map((made) => counted(made));
  for (const { cases } of [small!, usual!])
    fc.assert(
      fc.property(cases, () => true),
      { seed: 2, numRuns: 200 },
    );
  expect(small!.lengths().most).toBe(10);
  expect(usual!.lengths().most).toBeGreaterThan(900);
});

test('a size is given back also where making the cases fails', () => {
  const usual = fc.readConfigureGlobal();
  expect(() =>
    atSize('small', () => {
      throw new Error('no cases');
    }),
  ).toThrow('no cases');
  expect(fc.readConfigureGlobal()).toEqual(usual);
});
