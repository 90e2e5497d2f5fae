/** Results in files and as words. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  circumstances,
  duration,
  factor,
  megabytes,
  readResults,
  spread,
  writeResults,
} from '../../benchmarks/results.js';
import { figureHead, figures, tableHead, tableRow } from '../../benchmarks/table.js';
import { judge } from '../../benchmarks/targets.js';
import { result, runOf, timing } from './results.js';

describe('a file of results', () => {
  const folder = mkdtempSync(join(tmpdir(), 'results-'));
  const file = join(folder, 'run.json');

  test('holds what was written, times to four digits, and the verdicts', () => {
    const run = runOf([
      { ...result('api/apply_100', 1.25e-6, { theirs: 0.0012345678 }), others: { other: timing(3) }, probes: 7 },
      { ...result('b', 2), peak: { ours: 8_000_000, needed: 8_008_000 } },
    ]);
    writeResults(file, run, { targets: judge(run.results) });
    const read = readResults(file);
    expect(read).toMatchObject({
      ...run,
      results: [{ id: 'api/apply_100', theirs: { median: 0.001235 } }, { id: 'b' }],
    });
    expect(read.results[0]).toMatchObject({ ours: timing(1.25e-6), others: { other: timing(3) }, probes: 7 });
    expect(read.results[1]!.peak).toEqual({ ours: 8_000_000, needed: 8_008_000 });
    expect(read).toHaveProperty('targets.0.met', true);
    expect(Object.keys(circumstances('x', ['--quick']))).toEqual(Object.keys(run).filter((key) => key !== 'results'));
  });

  test.each(['{"results":[]}', '{"date":"2026-01-01"}', '[]'])('is none where it says %s', (text) => {
    const other = join(folder, 'other.json');
    writeFileSync(other, text);
    expect(() => readResults(other)).toThrow(`${other} holds no results of this benchmark.`);
  });

  test('that was read can be written again as it was', () => {
    const before = readResults(file);
    const { targets, ...run } = before as typeof before & { targets: unknown[] };
    writeResults(file, run, { targets });
    expect(readResults(file)).toEqual(before);
    rmSync(folder, { recursive: true });
  });
});

describe('figures for people', () => {
  test.each([
    [2.5, '2.5 s'],
    [1, '1 s'],
    [0.0999, '99.9 ms'],
    [1.234e-5, '12.3 µs'],
    [5e-10, '0.5 ns'],
    [-2e-6, '-2 µs'],
  ])('%d seconds are %s', (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });

  test.each([
    [1234.5, '1235'],
    [45.67, '45.7'],
    [1, '1.00'],
    [0.5, '0.50'],
    [0.02, '0.020'],
  ])('a ratio of %d is %s', (value, words) => {
    expect(factor(value)).toBe(words);
  });

  test('megabytes have a digit behind the point where they are few', () => {
    expect([123_400_000, 8_008_000, 0, undefined, null].map(megabytes)).toEqual(['123', '8.0', '', '', '']);
  });

  test('the spread is half of what lies between the quartiles, by the median', () => {
    expect(spread({ median: 4, low: 3, high: 7, rounds: 9 })).toBe(0.5);
  });
});

test('a row has the same columns for the terminal and for a page', () => {
  const one = {
    ...result('a', 0.002, { theirs: 0.008, limit: 0.001 }),
    limitName: 'sum',
    others: { other: timing(0.006) },
  };
  expect(figures(one)).toEqual(['a', '2 ms', '0 %', '8 ms', '0 %', '0.25', '2.00', '', '', 'sum; other 3.00× as long']);
  expect(figureHead).toHaveLength(figures(one).length);
  expect(tableRow(one).split(/ {2,}/)).toEqual(figures(one).filter(Boolean));
  expect(tableHead.indexOf('/theirs') + 7).toBe(tableRow(one).indexOf('0.25') + 4);
});
