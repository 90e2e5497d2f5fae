/** What counts as a change between two runs. */
import { describe, expect, test } from '@jest/globals';
import { compare, comparison } from '../../benchmarks/compare.js';
import type { Result } from '../../benchmarks/results.js';
import { result, timing } from './results.js';

const verdict = (now: Result, before: Result) => compare([now], [before])[0]!.verdict;

describe('two runs', () => {
  test('a change is more than a tenth', () => {
    expect(verdict(result('a', 1.09), result('a', 1))).toBe('unchanged');
    expect(verdict(result('a', 1.11), result('a', 1))).toBe('slower');
    expect(verdict(result('a', 1), result('a', 1.11))).toBe('faster');
  });

  test('a machine that is three times as fast changes nothing', () => {
    const before = result('a', 3, { theirs: 6, limit: 0.3 });
    expect(compare([result('a', 1, { theirs: 2, limit: 0.1 })], [before])).toEqual([
      { id: 'a', verdict: 'unchanged', ratio: expect.closeTo(1, 12), noise: 0.1 },
    ]);
  });

  test('what the spread of either run explains is no change', () => {
    const wide = { id: 'a', ours: timing(1.25, 0.2) };
    expect(verdict(wide, result('a', 1))).toBe('unchanged');
    expect(verdict({ ...wide, ours: timing(1.35, 0.2) }, result('a', 1))).toBe('slower');
  });

  test('the limit and the original must agree', () => {
    const before = result('a', 1, { theirs: 1, limit: 1 });
    expect(verdict(result('a', 2, { theirs: 1, limit: 2 }), before)).toBe('unchanged');
    expect(verdict(result('a', 2, { theirs: 1, limit: 1 }), before)).toBe('slower');
    expect(verdict(result('a', 1, { theirs: 0.5, limit: 3 }), before)).toBe('unchanged');
    expect(verdict(result('a', 1, { theirs: 2, limit: 2 }), before)).toBe('faster');
  });

  test('of the two relations, the one nearer to no change is told', () => {
    const [change] = compare([result('a', 3, { theirs: 1, limit: 2 })], [result('a', 1, { theirs: 1, limit: 1 })]);
    expect(change).toEqual({ id: 'a', verdict: 'slower', ratio: 1.5, noise: 0.1 });
  });

  test('what was not measured before is new', () => {
    expect(compare([result('b', 1)], [result('a', 1)])).toEqual([{ id: 'b', verdict: 'new' }]);
  });

  test('changes are listed by name, and all are counted', () => {
    const before = ['a', 'b', 'c'].map((id) => result(id, 1));
    const now = [result('a', 2), result('b', 1), result('c', 0.25), result('d', 1)];
    expect(comparison(compare(now, before)).split('\n')).toEqual([
      'slower  a: 2.00 of the time before (noise 0.10)',
      'faster  c: 0.25 of the time before (noise 0.10)',
      '1 faster, 1 slower, 1 unchanged, 1 new',
    ]);
  });
});
