/** What a check is asked: options that make no sense are refused, and the others do what they say. */

import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { type CheckOptions, checkGradients, totalCalls } from 'cotangent/testing';
import { dense } from './dense.js';

const right = dense({ own: ['jvp', 'vjp', 'jacobian'] });
const off = dense({ own: ['jvp', 'vjp'], spoil: { vjp: ([re, im], { wrt }) => [wrt === 'a' ? re * 2 : re, im] } });

const refused = (
  [
    ['seed', { seed: Number.NaN }],
    ['seed', { seed: Number.POSITIVE_INFINITY }],
    ['seed', { seed: '1' }],
    ['tolerance', { tolerance: Number.NaN }],
    ['tolerance', { tolerance: -1e-3 }],
    ['tolerance', { tolerance: Number.POSITIVE_INFINITY }],
    ['tolerance', { tolerance: '1e-3' }],
    ['tolerance["p"]', { tolerance: { q: 1e-3, p: Number.NaN } }],
    ['tolerance["*"]', { tolerance: { '*': -1 } }],
    ['noise', { noise: Number.NaN }],
    ['noise', { noise: -1e-9 }],
    ['noise', { noise: Number.POSITIVE_INFINITY }],
    ['magnitudes["a"]', { magnitudes: { a: 0 } }],
    ['magnitudes["a"]', { magnitudes: { a: -1 } }],
    ['magnitudes["b"]', { magnitudes: { a: 1, b: Number.NaN } }],
    ['bounds["a"]', { bounds: { a: [2, 1] } }],
    ['bounds["a"]', { bounds: { a: [Number.NaN, 1] } }],
    ['bounds["b"]', { bounds: { b: 3 } }],
    ['faults', { faults: Number.NaN }],
    ['faults', { faults: -1 }],
    ['searchCalls', { searchCalls: Number.NaN }],
    ['searchCalls', { searchCalls: -1 }],
    ['jacobianSize', { jacobianSize: Number.NaN }],
    ['samples', { samples: Number.NaN }],
    ['endpoints', { endpoints: ['jpv'] }],
    ['endpoints', { endpoints: ['jvp', 'apply'] }],
  ] as readonly [path: string, options: object][]
).map(([path, options]) => [path, inspect(options), options] as const);

describe('an option that makes no sense', () => {
  test.each(refused)('is refused by its path, %s, before any call: %s', async (path, _text, options) => {
    const told: string[] = [];
    const onCall = (_: number, endpoint: string) => told.push(endpoint);
    await expect(
      checkGradients(right.type, right.inputs, { ...(options as CheckOptions), onCall }),
    ).rejects.toMatchObject({ code: 'E_OPTION', fields: { path } });
    expect(told).toEqual([]);
  });

  test.each([{ wrt: ['z'] }, { of: ['a'] }, { wrt: ['p'] }, { of: ['p', 'p.x'] }])(
    'a path that is not there is refused: %j',
    async (options) => {
      await expect(checkGradients(right.type, right.inputs, options)).rejects.toMatchObject({ code: 'E_PATH_ABSENT' });
    },
  );
});

const harmless: readonly CheckOptions[] = [
  { seed: -1.5 },
  { seed: 1e20 },
  { seed: 2 ** 32 },
  { tolerance: 0 },
  { tolerance: {} },
  { noise: 0 },
  { noise: 1e-12 },
  { magnitudes: { a: 3, b: 0.2 } },
  { bounds: { a: [-10, 10] } },
  { bounds: { a: [Number.NEGATIVE_INFINITY, 10], b: [-10, Number.POSITIVE_INFINITY] } },
  { searchCalls: 0 },
  { jacobianSize: 0 },
  { jacobianSize: Number.POSITIVE_INFINITY },
  { wrt: ['a', 'a'] },
  { of: ['q', 'p', 'q'] },
  { of: ['q'], wrt: ['b'] },
  { endpoints: ['jacobian'] },
  { endpoints: ['vjp', 'jvp'] },
];

describe('an option within its range', () => {
  test.each(harmless)('lets right derivatives pass: %j', async (options) => {
    const report = await checkGradients(right.type, right.inputs, options);
    expect(report).toMatchObject({ ok: true, certain: true, verdict: 'ok' });
    expect(totalCalls(report.calls.check)).toBeLessThanOrEqual(20);
  });

  test.each(harmless.filter(({ wrt, endpoints }) => !wrt?.includes('b') && !endpoints?.includes('jacobian')))(
    'does not let a vjp pass that is twice too large for one input: %j',
    async (options) => {
      expect(await checkGradients(off.type, off.inputs, options)).toMatchObject({ ok: false });
    },
  );
});

describe('a path that is asked for twice', () => {
  test('is checked once', async () => {
    const twice = await checkGradients(right.type, right.inputs, { of: ['p', 'p'], wrt: ['a', 'b', 'a'] });
    expect(twice).toEqual(await checkGradients(right.type, right.inputs, { of: ['p'], wrt: ['a', 'b'] }));
    expect(twice.blocks.map(({ of, wrt }) => [of, wrt])).toEqual([
      ['p', 'a'],
      ['p', 'b'],
    ]);
  });
});

describe('the calls that finding a fault may take', () => {
  test.each([0, 1, 2, 3, 5, 8, 13, 21, 34])(
    'at %d the fault is among as many elements as could not be told apart',
    async (searchCalls) => {
      const at = { of: 'q', i: 1, wrt: 'a', j: 4 };
      const { type, inputs } = dense({
        own: ['jvp', 'vjp'],
        spoil: {
          vjp: ([re, im], { of, i, wrt, j }) => [
            of === at.of && i === at.i && wrt === at.wrt && j === at.j ? re + 1 : re,
            im,
          ],
        },
      });
      const report = await checkGradients(type, inputs, { searchCalls });
      const [fault] = report.faults;
      expect(report.ok).toBe(false);
      expect(totalCalls(report.calls.search)).toBeLessThanOrEqual(searchCalls);
      expect(fault!.among).toBeGreaterThanOrEqual(1);
      expect(fault!.among).toBeLessThanOrEqual(90);
      if (fault!.among === 1) expect(fault).toMatchObject({ of: 'q', ofIndex: [0, 1], wrt: 'a', wrtIndex: [1, 1] });
      if (searchCalls >= 13) expect(fault!.among).toBe(1);
    },
  );
});

describe('a tolerance by path', () => {
  const factor = 1 + 1e-4;
  const slack = dense({ own: ['jvp'], spoil: { jvp: ([re, im], { of }) => [of === 'q' ? re * factor : re, im] } });

  test.each([
    [{ q: 2e-4 }, true],
    [{ q: 5e-5 }, false],
    [{ p: 2e-4 }, false],
    [{ a: 2e-4 }, true],
    [{ '*': 2e-4 }, true],
    [{ '*': 2e-4, q: 1e-6, p: 1e-6 }, true],
    [{ '*': 1e-6, q: 2e-4 }, true],
  ])('%j decides whether q may be off by 1e-4: %p', async (tolerance, ok) => {
    expect((await checkGradients(slack.type, slack.inputs, { tolerance: tolerance as never })).ok).toBe(ok);
  });
});
