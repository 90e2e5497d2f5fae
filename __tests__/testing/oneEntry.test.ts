/** One wrong entry of any endpoint, in any company, of any dtype and kind: named, and nobody else blamed. */

import { describe, expect, test } from '@jest/globals';
import { checkGradients, type Verdict } from 'cotangent/testing';
import { dense, everyChoice, type Kind, type Own, type Pair, type Spoil, type Spot } from './dense.js';

type Endpoint = Own[number];
type Mistake = readonly [name: string, verdict: Verdict, spoil: (value: Pair) => Pair, kinds: readonly Kind[]];

const fine: readonly Kind[] = ['float64', 'complex128'];
const every: readonly Kind[] = [...fine, 'float32'];
const mistakes: readonly Mistake[] = [
  ['NaN', 'not finite', () => [Number.NaN, Number.NaN], every],
  ['infinite', 'not finite', () => [Number.POSITIVE_INFINITY, 0], every],
  ['−infinite', 'not finite', () => [Number.NEGATIVE_INFINITY, 0], fine],
  ['of the other sign', 'wrong derivative', ([re, im]) => [-re, -im], every],
  ['zero', 'wrong derivative', () => [0, 0], every],
  ['too large by a thousandth', 'wrong derivative', ([re, im]) => [re * 1.001, im * 1.001], fine],
  ['off by 1e-7', 'wrong derivative', ([re, im]) => [re + 1e-7, im], fine],
  ['off in its imaginary part', 'wrong derivative', ([re, im]) => [re, im + 0.03], ['complex128']],
  ['conjugated', 'wrong derivative', ([re, im]) => [re, -im], ['complex128']],
];

const spots: readonly Spot[] = [
  { of: 'p', i: 3, wrt: 'a', j: 4 },
  { of: 'q', i: 0, wrt: 'b', j: 3 },
];
const index = { 'p3 a4': [[3], [1, 1]], 'q0 b3': [[0, 0], [3]] } as const;

const only =
  (at: Spot, spoil: (value: Pair) => Pair): Spoil =>
  (value, { of, i, wrt, j }) =>
    of === at.of && i === at.i && wrt === at.wrt && j === at.j ? spoil(value) : value;

const cases = everyChoice.flatMap((own) => own.map((bad): [Endpoint, string, Own] => [bad, own.join(', '), own]));

describe.each(cases)('in %s, where there is %s, an entry', (bad, _names, own) => {
  test.each(mistakes.flatMap(([name, ...rest]) => rest[2].map((kind) => [name, kind, ...rest] as const)))(
    'that is %s is named, and that endpoint alone is blamed, in %s',
    async (_name, kind, verdict, spoil) => {
      for (const at of spots) {
        const { type, inputs } = dense({ own, kind, spoil: { [bad]: only(at, spoil) } });
        const report = await checkGradients(type, inputs);
        const [ofIndex, wrtIndex] = index[`${at.of}${at.i} ${at.wrt}${at.j}` as keyof typeof index];
        expect(report).toMatchObject({ ok: false, verdict });
        expect(report.faults).toMatchObject([
          { verdict, of: at.of, wrt: at.wrt, ofIndex, wrtIndex, among: 1, endpoints: [bad] },
        ]);
      }
    },
  );
});

describe('several wrong entries', () => {
  const far: readonly Spot[] = [spots[0]!, spots[1]!, { of: 'q', i: 2, wrt: 'a', j: 0 }];

  test.each(cases)('in %s, where there is %s, lead to one of them', async (bad, _names, own) => {
    const spoil: Spoil = (value, at) =>
      far.reduce((found, one) => only(one, ([re, im]) => [re + 0.3, im])(found, at), value);
    for (const seed of [0, 1, 2, 3]) {
      const { type, inputs } = dense({ own, spoil: { [bad]: spoil } });
      const report = await checkGradients(type, inputs, { seed });
      const [fault] = report.faults;
      expect(fault).toMatchObject({ among: 1, endpoints: [bad] });
      const flat = (at: readonly number[], width: number) => at.reduce((sum, k) => sum * width + k, 0);
      const found = {
        of: fault!.of,
        i: flat(fault!.ofIndex, 2),
        wrt: fault!.wrt,
        j: flat(fault!.wrtIndex, 3),
      };
      expect(far).toContainEqual(found);
    }
  });

  test.each(cases)('in %s, where there is %s, are all named by an exhaustive check', async (bad, _names, own) => {
    const spoil: Spoil = (value, at) => far.reduce((found, one) => only(one, () => [Number.NaN, 0])(found, at), value);
    const { type, inputs } = dense({ own, spoil: { [bad]: spoil } });
    const { faults } = await checkGradients(type, inputs, { exhaustive: true });
    expect(faults.map(({ of, wrt, ofIndex, wrtIndex }) => [of, ...ofIndex, wrt, ...wrtIndex]).sort()).toEqual([
      ['p', 3, 'a', 1, 1],
      ['q', 0, 0, 'b', 3],
      ['q', 1, 0, 'a', 0, 0],
    ]);
    for (const { endpoints } of faults) expect(endpoints).toEqual([bad]);
  });
});
