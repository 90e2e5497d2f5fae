/** Targets, and the verdicts on them. */
import { describe, expect, test } from '@jest/globals';
import { openSuites } from '../../benchmarks/suites/all.js';
import { judge, type Target, targets, verdictLines } from '../../benchmarks/targets.js';
import { result, timing } from './results.js';

const most: Target = { what: 'a', ids: /^a_/, measure: 'ours / theirs', bound: { most: 0.5 } };

describe('a verdict', () => {
  test('is on the worst of the ids', () => {
    const results = [result('a_1', 1, { theirs: 4 }), result('a_2', 3, { theirs: 4 }), result('b_3', 9, { theirs: 1 })];
    expect(judge(results, [most])).toEqual([
      { what: 'a', measure: 'ours / theirs', bound: '≤ 0.50', met: false, figure: '0.75', worst: 'a_2', ids: 2 },
    ]);
    const least: Target = { ...most, measure: 'theirs / ours', bound: { least: 2 } };
    expect(judge(results, [least])[0]).toMatchObject({ bound: '≥ 2.00', met: false, figure: '1.33', worst: 'a_2' });
  });

  test('on the bound itself is that the target is met', () => {
    expect(judge([result('a_1', 1, { theirs: 2 })], [most])[0]!.met).toBe(true);
    expect(judge([result('a_1', 1.001, { theirs: 2 })], [most])[0]!.met).toBe(false);
  });

  test('is not given where nothing was measured', () => {
    expect(judge([result('a_1', 1), result('b', 1, { theirs: 2 })], [most])).toEqual([]);
  });

  test('is printed with the figure, the bound and the id', () => {
    const good = judge([result('a_1', 1, { theirs: 4 })], [most]);
    const bad = judge([result('a_1', 1, { theirs: 4 }), result('a_2', 1, { theirs: 1 })], [most]);
    expect(verdictLines([...good, ...bad]).split('\n')).toEqual([
      'met    a: ours / theirs ≤ 0.50 is 0.25 (a_1)',
      'MISSED a: ours / theirs ≤ 0.50 is 1.00 (a_2, the worst of 2)',
      '1 of 2 targets met',
    ]);
  });
});

describe('a measure', () => {
  const one = {
    ...result('a_1', 6e-6, { theirs: 12e-6, limit: 2e-6 }),
    others: { 'ml-matrix': timing(24e-6) },
    peak: { ours: 300, needed: 200 },
  };
  const figures: Readonly<Record<Target['measure'], string>> = {
    'ours / theirs': '0.50',
    'theirs / ours': '2.00',
    'ours / limit': '3.00',
    'limit / ours': '0.33',
    'ml-matrix / ours': '4.00',
    ours: '6 µs',
    'ours − limit, per probe': '4 µs',
    'peak / result and one probe': '1.50',
  };
  const figureOf = (of: typeof one & { probes?: number }, measure: string) =>
    judge([of], [{ ...most, measure: measure as Target['measure'] }])[0]!.figure;

  test.each(Object.entries(figures))('%s is %s', (measure, figure) => {
    expect(figureOf(one, measure)).toBe(figure);
  });

  test('per probe divides by the probes of a call', () => {
    expect(figureOf({ ...one, probes: 4 }, 'ours − limit, per probe')).toBe('1 µs');
  });
});

test('each target is about ids that a full run has', () => {
  const setting = { sizes: [1000, 100_000, 10_000_000], quick: false, python: true, original: undefined };
  const ids = openSuites(setting).flatMap(({ entries }) => entries.map(({ id }) => id));
  for (const { what, ids: wanted } of targets) expect([what, ids.some((id) => wanted.test(id))]).toEqual([what, true]);
  expect(new Set(ids).size).toBe(ids.length);
  const held = ids.filter((id) => targets.some(({ ids: wanted }) => wanted.test(id)));
  const free = ids.filter((id) => !held.includes(id)).map((id) => id.replace(/[/_].*/, ''));
  // No target is about these: the sum of two others, functions that call what others hold, smaller Jacobians, and what a worker
  // costs.
  const known = [
    'roundtrip',
    'contraction',
    'vjpFromJacobian',
    'jvpFromJacobian',
    'jacobianFromJvp',
    'jacobianFromVjp',
    'http-load-apart',
  ];
  expect(free.filter((id) => !known.includes(id))).toEqual(['cli']);
  expect(held).toEqual(expect.arrayContaining(['jacobianFromVjp/4000x4000', 'jacobianFromJvp/1000000x10']));
});
