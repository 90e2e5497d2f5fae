/** What a page draws, as numbers: Taylor remainders, step curves, entries beside differences. */
import { describe, expect, test } from '@jest/globals';
import { checkGradients } from '../../src/testing/index.js';
import { BrokenChain, Chain, chainReport } from './chain.js';

const right = await chainReport(Chain);
const wrong = await chainReport(BrokenChain);
const of = <T extends { readonly of: string; readonly wrt: string }>(list: readonly T[] = [], block = 'f/u'): T =>
  list.find((one) => `${one.of}/${one.wrt}` === block)!;

describe('the pictures of a report', () => {
  test('the Taylor remainder has slope 2 with the derivative, 1 without it, and none where the output is linear', () => {
    expect(of(right.pictures?.taylor).slope).toBeCloseTo(2, 1);
    expect(of(wrong.pictures?.taylor).slope).toBeCloseTo(1, 1);
    expect(of(right.pictures?.taylor, 'g/q').slope).toBeNaN();
  });

  test('a remainder of rounding lies below its floor, and others above it', () => {
    const { points } = of(right.pictures?.taylor);
    expect(points[0]!.remainder).toBeLessThan(points[0]!.floor);
    expect(points.at(-1)!.remainder).toBeGreaterThan(1e3 * points.at(-1)!.floor);
  });

  test('the step curve of a derivative is a V, that of a wrong one never falls below its error', () => {
    const errors = of(right.pictures?.steps).points.map(({ error }) => error);
    const lowest = Math.min(...errors);
    expect(lowest).toBeLessThan(1e-9);
    expect(errors[0]).toBeGreaterThan(1e4 * lowest);
    expect(errors.at(-1)).toBeGreaterThan(1e4 * lowest);
    expect(Math.min(...of(wrong.pictures?.steps).points.map(({ error }) => error))).toBeGreaterThan(0.01);
  });

  test('entries are those of the closed form, and differences agree within what is allowed', () => {
    const { values, differences, allowed } = of(right.pictures?.blocks);
    for (const [i, row] of values.entries()) {
      for (const [j, value] of row.entries()) {
        const u = 1 + i / 6;
        const exact = i === j ? 3 * u ** 2 - 0.5 : j === i + 1 ? 0.5 : 0;
        expect(value).toBeCloseTo(exact, 12);
        expect(Math.abs(differences[i]![j]! - exact)).toBeLessThanOrEqual(allowed[i]![j]!);
        expect(allowed[i]![j]).toBeLessThan(1e-6);
      }
    }
  });

  test('only the block with the wrong entry is wrong', () => {
    const verdicts = wrong.blocks.map((block) => [`${block.of}/${block.wrt}`, block.verdict]);
    expect(verdicts.filter(([, verdict]) => verdict !== 'ok')).toEqual([['f/u', 'wrong derivative']]);
    expect(of(wrong.blocks).deviation).toBeGreaterThan(0.05);
    expect(of(right.blocks).deviation).toBeLessThan(1e-9);
  });

  test('of a large array as many elements are shown as samples says, evenly spaced, first one included', async () => {
    const inputs = { u: Array.from({ length: 100 }, (_, i) => 1 + i / 100), q: [1, 2] };
    const { pictures } = await checkGradients(Chain, inputs, { pictures: true, samples: 5 });
    const { rows, columns, values } = of(pictures?.blocks);
    expect([rows, columns]).toEqual([
      [0, 20, 40, 60, 80],
      [0, 20, 40, 60, 80],
    ]);
    expect(values[3]![3]).toBeCloseTo(3 * 1.6 ** 2 - 0.5, 12);
    expect(of(pictures?.blocks, 'g/q').columns).toEqual([0, 1]);
  });

  test('no evaluation of the pictures crosses a bound', async () => {
    const chain = new Chain();
    await checkGradients(chain, { u: [1, 2], q: [3] }, { pictures: true, bounds: { c: [0.49, 0.6] } });
    const { seen } = chain;
    expect(seen.length).toBeGreaterThan(50);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(0.49);
    expect(Math.max(...seen)).toBeLessThanOrEqual(0.6);
  });

  test('the calls are counted apart, and no more than are foretold', async () => {
    let told = 0;
    const onCall = (made: number, _: string, expected: number) => {
      if (made > 0) told = expected;
    };
    const { calls } = await checkGradients(Chain, { u: [1, 2], q: [3] }, { pictures: true, onCall });
    const total = Object.values(calls)
      .flatMap((stage) => Object.values(stage))
      .reduce((sum, one) => sum + one, 0);
    expect(Object.values(calls.check).reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(20);
    expect(Math.abs(total - told)).toBeLessThan(0.15 * total);
  });
});
