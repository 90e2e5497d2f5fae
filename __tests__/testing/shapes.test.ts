/** No false alarm, and no way past: any shapes, scales and dtypes, arrays in lists and maps, optional and empty ones. */

import { describe, expect, test } from '@jest/globals';
import { checkGradients, formatReport } from 'cotangent/testing';
import fc from 'fast-check';
import { dense, everyChoice, type Field, type Kind, type Pair } from './dense.js';

const names = everyChoice.map((own) => [own.join(', '), own] as const);
const told = (report: Awaited<ReturnType<typeof checkGradients>>) =>
  report.ok && report.certain ? '' : formatReport(report);

const forms: readonly (readonly [string, readonly Field[], readonly Field[]])[] = [
  ['a number to a number', [{ path: 'a', shape: [] }], [{ path: 'p', shape: [] }]],
  ['a number to a matrix', [{ path: 'a', shape: [] }], [{ path: 'p', shape: [3, 2] }]],
  ['a matrix to a number', [{ path: 'a', shape: [2, 3] }], [{ path: 'p', shape: [] }]],
  ['rank 4 to rank 3', [{ path: 'a', shape: [2, 1, 2, 2] }], [{ path: 'p', shape: [1, 3, 2] }]],
  ['any rank', [{ path: 'a', shape: [2, 2], declared: 'any' }], [{ path: 'p', shape: [3], declared: 'any' }]],
  ['free sizes', [{ path: 'a', shape: [3], declared: [null] }], [{ path: 'p', shape: [2, 2], declared: [null, 2] }]],
  [
    'an empty array beside another',
    [
      { path: 'a', shape: [0] },
      { path: 'b', shape: [2] },
    ],
    [{ path: 'p', shape: [2] }],
  ],
  [
    'an empty output beside another',
    [{ path: 'a', shape: [2] }],
    [
      { path: 'p', shape: [3, 0] },
      { path: 'q', shape: [2] },
    ],
  ],
  ['one by one', [{ path: 'a', shape: [1, 1] }], [{ path: 'p', shape: [1] }]],
  [
    'four arrays to three',
    [1, 2, 3, 4].map((n) => ({ path: `a${n}`, shape: [n] })),
    [3, 2, 1].map((n) => ({ path: `p${n}`, shape: [n, 2] })),
  ],
];

describe.each(names)('with %s', (_names, own) => {
  test.each(forms)(
    '%s passes when right, and not when one input is twice too large',
    async (_name, inputs, outputs) => {
      const right = dense({ own, inputs, outputs });
      for (const seed of [0, 1]) expect(told(await checkGradients(right.type, right.inputs, { seed }))).toBe('');
      const last = inputs.at(-1)!.path;
      const twice = ([re, im]: Pair, { wrt }: { wrt: string }): Pair => [wrt === last ? 2 * re : re, im];
      const spoil = Object.fromEntries(own.map((endpoint) => [endpoint, twice]));
      const wrong = dense({ own, inputs, outputs, spoil });
      const report = await checkGradients(wrong.type, wrong.inputs);
      expect(report.ok).toBe(false);
      expect(report.faults[0]).toMatchObject({ wrt: last, among: 1 });
    },
  );

  test.each([
    [1e-150, 1],
    [1e150, 1],
    [1, 1e150],
    [1, 1e-150],
    [1e-100, 1e-100],
    [1e100, 1e100],
    [1e-6, 1e9],
  ])('inputs of size %p and outputs of size %p pass when right, and not with one sign wrong', async (s, r) => {
    const right = dense({ own, s, r });
    expect(told(await checkGradients(right.type, right.inputs))).toBe('');
    const flipped = ([re, im]: Pair, at: { of: string; i: number; j: number }): Pair =>
      at.of === 'q' && at.i === 2 && at.j === 1 ? [-re, -im] : [re, im];
    const spoil = Object.fromEntries(own.map((endpoint) => [endpoint, flipped]));
    const wrong = dense({ own, s, r, spoil });
    expect((await checkGradients(wrong.type, wrong.inputs)).ok).toBe(false);
  });

  test.each(['float32', 'float16', 'complex64', 'complex128'] as const)(
    '%s is no reason for an alarm',
    async (kind) => {
      const { type, inputs } = dense({ own, kind });
      for (const seed of [0, 1, 2, 3]) {
        const report = await checkGradients(type, inputs, { seed });
        expect(report.ok ? '' : formatReport(report)).toBe('');
        if (kind !== 'float16') expect(report.certain).toBe(true);
      }
    },
  );

  test('nothing but empty arrays is nothing to check', async () => {
    const { type, inputs } = dense({ own, inputs: [{ path: 'a', shape: [0, 3] }] });
    const report = await checkGradients(type, inputs);
    expect(report).toMatchObject({ ok: true, faults: [], checks: [{ verdict: 'skipped' }] });
    expect(report.blocks).toHaveLength(2);
  });
});

describe('random components', () => {
  const shape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 });
  const side = (letter: string) =>
    fc
      .array(shape, { minLength: 1, maxLength: 3 })
      .map((shapes) => shapes.map((one, k) => ({ path: `${letter}${k}`, shape: one })));
  const component = fc.record({
    own: fc.constantFrom(...everyChoice),
    kind: fc.constantFrom<Kind>('float64', 'complex128', 'float32'),
    inputs: side('a'),
    outputs: side('p'),
  });

  test('that are right raise no alarm, in at most 20 calls and none to search', async () => {
    await fc.assert(
      fc.asyncProperty(component, fc.nat(1000), async (given, seed) => {
        const { type, inputs } = dense(given);
        const report = await checkGradients(type, inputs, { seed });
        expect(report.ok ? '' : formatReport(report)).toBe('');
        expect(report.calls.search).toEqual({});
        expect(Object.values(report.calls.check).reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(20);
      }),
      { numRuns: 120, seed: 11 },
    );
  });

  test('with one entry off by half do not pass, and the fault is there', async () => {
    await fc.assert(
      fc.asyncProperty(component, fc.nat(1000), fc.nat(), fc.nat(), async (given, seed, row, column) => {
        const size = ({ shape: one }: Field) => one.reduce((product, n) => product * n, 1);
        const places = (fields: readonly Field[]) =>
          fields.flatMap((field) => Array.from({ length: size(field) }, (_, k) => [field.path, k] as const));
        const [rows, columns] = [places(given.outputs), places(given.inputs)];
        if (rows.length === 0 || columns.length === 0) return;
        const [of, i] = rows[row % rows.length]!;
        const [wrt, j] = columns[column % columns.length]!;
        const spoilt = ([re, im]: Pair, at: { of: string; i: number; wrt: string; j: number }): Pair =>
          at.of === of && at.i === i && at.wrt === wrt && at.j === j ? [re + 0.5, im] : [re, im];
        const spoil = Object.fromEntries(given.own.map((endpoint) => [endpoint, spoilt]));
        const { type, inputs } = dense({ ...given, spoil });
        const report = await checkGradients(type, inputs, { seed });
        expect(report.ok).toBe(false);
        expect(report.faults).toMatchObject([{ of, wrt, among: 1, endpoints: [...given.own].sort() }]);
      }),
      { numRuns: 120, seed: 12 },
    );
  });
});
