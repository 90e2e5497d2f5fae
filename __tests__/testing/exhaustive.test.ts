/** The exhaustive check: every element against differences; and the report as text and data. */

import { describe, expect, test } from '@jest/globals';
import { DeriveVjpFromApply, openComponent } from 'cotangent';
import { checkGradients, formatReport, isWrong, totalCalls, type Verdict, verdicts } from 'cotangent/testing';
import { plane, point } from './plane.js';

const spots = [
  [0, 3],
  [2, 1],
  [3, 3],
] as const;
const spotted = plane(['jacobian'], {
  jacobian: ({ y, z }) => ({
    y: { ...y, a: y.a.map((row, i) => row.map((v, j) => (spots.some(([r, c]) => r === i && c === j) ? v + 1e-6 : v))) },
    z,
  }),
});

describe('an exhaustive check', () => {
  test('passes a correct component with every endpoint', async () => {
    const report = await checkGradients(plane(['jvp', 'vjp', 'jacobian']), point, { exhaustive: true });
    expect(report).toMatchObject({ ok: true, certain: true, faults: [] });
    expect(totalCalls(report.calls.search)).toBe(8 * 6 + 8 + 5);
  });

  test('names every wrong element, with both values', async () => {
    const report = await checkGradients(spotted, point, { exhaustive: true });
    const found = report.faults.map(({ of, wrt, ofIndex, wrtIndex }) => [of, wrt, ...ofIndex, ...wrtIndex]);
    expect(found.sort()).toEqual(spots.map(([r, c]) => ['y', 'a', r, c]).sort());
    for (const { values, endpoints } of report.faults) {
      expect(values.jacobian! - values.differences!).toBeCloseTo(1e-6, 9);
      expect(endpoints).toEqual(['jacobian']);
    }
  });

  test('names no more than it is asked for', async () => {
    const report = await checkGradients(spotted, point, { exhaustive: true, faults: 2 });
    expect(report.faults).toHaveLength(2);
  });

  test('finds which of three endpoints is wrong', async () => {
    const half = plane(['jvp', 'vjp', 'jacobian'], {
      vjp: ({ a, b }) => ({ a: (a as number[]).map((v, j) => (j === 2 ? 0 : v)), b: b as number[] }),
    });
    const report = await checkGradients(half, point, { exhaustive: true, faults: 100 });
    expect(
      report.faults.map(({ of, ofIndex, wrt, wrtIndex, endpoints }) => [of, ofIndex, wrt, wrtIndex, endpoints]),
    ).toEqual([...[0, 1, 2, 3].map((i) => ['y', [i], 'a', [2], ['vjp']]), ['z', [], 'a', [2], ['vjp']]]);
  });
});

describe('a report', () => {
  test('goes through JSON and comes back the same', async () => {
    const report = await checkGradients(spotted, point);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test('as text has a line for each check, the fault with its message, and the calls', async () => {
    const report = await checkGradients(spotted, point);
    const text = formatReport(report);
    for (const { message } of [...report.checks, ...report.faults]) expect(text).toContain(message);
    expect(text).toContain(`${totalCalls(report.calls.check)} calls`);
    expect(text.split('\n')[0]).toMatch(/^✗ Plane: /);
    expect(formatReport(await checkGradients(plane(['jvp']), point)).split('\n')[0]).toBe(
      '✓ Plane: ok. The derivatives are those of apply.',
    );
  });

  test('has a verdict and a shape for each block', async () => {
    const { blocks } = await checkGradients(plane(['jvp']), point);
    for (const { resolution } of blocks) expect(resolution).toBeLessThan(1e-8);
    expect(blocks.map(({ resolution: _, ...rest }) => rest)).toEqual([
      { of: 'y', wrt: 'a', shape: { of: [4], wrt: [4] }, verdict: 'ok' },
      { of: 'y', wrt: 'b', shape: { of: [4], wrt: [4] }, verdict: 'ok' },
      { of: 'z', wrt: 'a', shape: { of: [], wrt: [4] }, verdict: 'ok' },
      { of: 'z', wrt: 'b', shape: { of: [], wrt: [4] }, verdict: 'ok' },
    ]);
  });

  test('is about the paths that were asked for', async () => {
    const { blocks, ok } = await checkGradients(plane(['vjp', 'jacobian']), point, { of: ['z'], wrt: ['b'] });
    expect(blocks.map(({ of, wrt }) => [of, wrt])).toEqual([['z', 'b']]);
    expect(ok).toBe(true);
    await expect(checkGradients(plane(['vjp']), point, { wrt: ['c'] })).rejects.toMatchObject({
      code: 'E_PATH_ABSENT',
    });
  });

  test('says of each endpoint whether it was checked, and why not', async () => {
    @DeriveVjpFromApply()
    class Derived extends plane(['jvp', 'jacobian']) {}
    const report = await checkGradients(Derived, point, { jacobianSize: 10 });
    expect(report.endpoints).toEqual([
      {
        endpoint: 'jacobian',
        source: 'jacobian()',
        checked: false,
        reason: '40 elements are more than jacobianSize = 10',
      },
      { endpoint: 'jvp', source: 'jvp()', checked: true },
      { endpoint: 'vjp', source: 'vjpFromApply', checked: false, reason: 'made of differences itself' },
    ]);
    const only = await checkGradients(openComponent(Derived), point, { endpoints: ['vjp'], tolerance: 1e-6 });
    expect(only.endpoints.map(({ checked }) => checked)).toEqual([false, false, true]);
    expect(only.ok).toBe(true);
  });

  test('of a component without derivatives is ok, not certain, and says that only apply was checked', async () => {
    const report = await checkGradients(plane([]), point);
    expect(report).toMatchObject({ ok: true, certain: false, verdict: 'skipped', endpoints: [] });
    expect(report.checks).toMatchObject([
      { name: 'evaluation', verdict: 'ok' },
      { name: 'contract', verdict: 'skipped' },
    ]);
  });

  test('every verdict has a sentence, and says whether something is wrong', () => {
    for (const [verdict, { text, wrong }] of Object.entries(verdicts)) {
      expect(text).toMatch(/^[A-Za-z].*\.$/);
      expect(isWrong(verdict as Verdict)).toBe(wrong);
    }
  });

  test('raises what is wrong with the inputs, and what apply raises at them', async () => {
    await expect(checkGradients(plane(['jvp']), { a: [1, 2, 3, 4] })).rejects.toMatchObject({ code: 'E_MISSING' });
    const broken = plane(['jvp'], {
      apply: () => {
        throw new RangeError('no');
      },
    });
    await expect(checkGradients(broken, point)).rejects.toThrow(RangeError);
  });
});
