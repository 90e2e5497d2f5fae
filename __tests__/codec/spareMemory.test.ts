/** Memory that is used again: never by two at once, never kept for ever, and never more than there may be. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { SpareMemory } from '../../src/codec/spareMemory.js';
import { counted } from '../setup/sizes.js';

const MiB = 2 ** 20;

test('nobody is given memory that somebody else has, and everybody as much as was asked for', () => {
  const deed = fc.oneof(
    fc.record({ take: fc.oneof(fc.nat(100_000), fc.nat(5 * MiB)) }),
    fc.record({ give: fc.nat(20) }),
  );
  const cases = counted(fc.array(deed, { maxLength: 60 }));
  fc.assert(
    fc.property(cases.cases, (deeds) => {
      const spare = new SpareMemory();
      const taken: Uint8Array[] = [];
      for (const one of deeds) {
        if ('take' in one) {
          const bytes = spare.take(one.take);
          expect(bytes.length).toBe(one.take);
          expect(bytes.byteOffset).toBe(0);
          expect(taken.map(({ buffer }) => buffer)).not.toContain(bytes.buffer);
          taken.push(bytes);
        } else {
          const [given] = taken.splice(one.give, 1);
          if (given) spare.give(given);
        }
      }
    }),
    { seed: 5, numRuns: 100 },
  );
  expect(cases.lengths().median).toBeGreaterThan(20);
});

test('what was given last is taken first, where it is neither too short nor twice too long', () => {
  const spare = new SpareMemory();
  const [first, second] = [spare.take(MiB), spare.take(MiB)];
  spare.give(first);
  spare.give(second);
  expect(spare.take(MiB + 1).buffer).not.toBe(second.buffer);
  expect(spare.take(MiB / 2 - 1).buffer).not.toBe(second.buffer);
  expect(spare.take(MiB / 2).buffer).toBe(second.buffer);
  expect(spare.take(MiB).buffer).toBe(first.buffer);
});

test('what is given twice is lent once', () => {
  const spare = new SpareMemory();
  const bytes = spare.take(MiB);
  spare.give(bytes);
  spare.give(bytes.subarray(5));
  expect(spare.take(MiB).buffer).toBe(bytes.buffer);
  expect(spare.take(MiB).buffer).not.toBe(bytes.buffer);
});

test('what is short, shared or detached is not kept', () => {
  const spare = new SpareMemory();
  const detached = new Uint8Array(MiB);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  const given = [new Uint8Array(16_000), new Uint8Array(new SharedArrayBuffer(MiB)), detached];
  for (const bytes of given) spare.give(bytes);
  const taken = [16_000, MiB, MiB].map((length) => spare.take(length).buffer);
  for (const { buffer } of given) expect(taken).not.toContain(buffer);
});

describe('memory is let go', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('where nobody has taken it for some seconds, and what is in use stays', () => {
    const released: unknown[] = [];
    const spare = new SpareMemory(({ buffer }) => released.push(buffer));
    const [idle, busy] = [spare.take(MiB), spare.take(4 * MiB)];
    spare.give(idle);
    spare.give(busy);
    for (let second = 0; second < 30; second++) {
      jest.advanceTimersByTime(1000);
      const again = spare.take(4 * MiB);
      expect(again.buffer).toBe(busy.buffer);
      spare.give(again);
    }
    expect(released).toEqual([idle.buffer]);
    jest.advanceTimersByTime(20_000);
    expect(released).toEqual([idle.buffer, busy.buffer]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('at once, as a whole, where too much or too many pieces would be kept', () => {
    const released: number[] = [];
    const spare = new SpareMemory((bytes) => released.push(bytes.length));
    // Never written, so none of it is really there.
    const large = [200, 60].map((size) => spare.take(size * MiB));
    for (const bytes of large) spare.give(bytes.subarray(0, 5));
    expect(released).toEqual([60 * MiB]);
    const small = Array.from({ length: 64 }, () => spare.take(1));
    for (const bytes of small) spare.give(bytes);
    expect(released).toEqual([60 * MiB, 16_384]);
    spare.give(spare.take(200 * MiB));
    expect(released).toHaveLength(2);
  });
});
