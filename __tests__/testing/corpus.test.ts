/**
 * The checker against functions whose derivatives are known: right ones are not called wrong, gross faults never pass.
 *
 * A seeded sample runs here; `COTANGENT_CORPUS=all` runs the whole, and `node scripts/corpus.mjs` tells what failed.
 */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { isVerified, unknowable, unverified } from './corpus/differences.js';
import { corpus } from './corpus/index.js';
import { checker, chosen, pageWith, printed } from './corpus/main.js';
import type { Matrix } from './corpus/matrix.js';
import { type Answer, type Outcome, run } from './corpus/run.js';
import { breaches, failures } from './corpus/tally.js';

const isWhole = process.env['COTANGENT_CORPUS'] === 'all';
// What takes seconds for each derivative is left to the whole.
const SAMPLE = { cases: 160, entries: 4_800 };

describe('the corpus', () => {
  test('has at least 140 functions, each by a name of its own', () => {
    const names = corpus.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(140);
    expect(names.filter((name, k) => names.indexOf(name) !== k)).toEqual([]);
  });

  test('has the derivatives that differences of the functions have', () => {
    expect(unverified(corpus)).toEqual([]);
  });

  test('calls no function smooth whose derivative differences cannot know', () => {
    expect(unknowable(corpus)).toEqual([]);
  });

  test('would not be confirmed with derivatives a thousandth too large', () => {
    const larger = (matrix: Matrix) => ({ ...matrix, values: matrix.values.map((v) => 1.001 * v) });
    const told = corpus
      .filter(({ verified, kinked, kind }) => verified < 1e-3 && !kinked && kind !== 'large')
      .flatMap((row) => {
        const wrong = { ...row, derivative: (x: readonly number[]) => larger(row.derivative(x)) };
        const [x] = row.points;
        return row.derivative(x).values.length > 0 && isVerified(wrong, x) ? [row.name] : [];
      });
    expect(told).toEqual([]);
  });

  const reference = readFileSync('__tests__/testing/corpus/reference.tsv', 'utf8').trimEnd().split('\n');
  test(`has the derivatives that mpmath finds with sixty digits at ${reference.length} points`, () => {
    const far = reference.flatMap((line) => {
      const [name, point, derivative] = line.split('\t');
      const row = corpus.find((one) => one.name === name);
      const x = JSON.parse(point) as number[];
      const [known, found] = [JSON.parse(derivative) as number[], new Array<number>(x.length).fill(0)];
      const { column, row: at, values } = row?.derivative(x) ?? { column: [], row: [], values: [] };
      values.forEach((value, k) => {
        if (at[k] === 0) found[column[k]] = value;
      });
      const size = 1e-9 * Math.max(...known.map(Math.abs));
      const isNear = known.every((v, k) => Math.abs(v - found[k]) <= 2e-8 * Math.max(Math.abs(v), size));
      return isNear ? [] : [`${name} at ${point}: ${found}, not ${known}`];
    });
    expect(far).toEqual([]);
  });
});

describe('checkGradients over the corpus', () => {
  test(
    isWhole ? 'holds every limit over the whole' : 'holds every limit over a sample of each kind',
    async () => {
      const outcomes = await run(chosen(isWhole ? {} : SAMPLE), checker);
      if (isWhole) console.log(printed(outcomes));
      expect(breaches(outcomes).length === 0 ? [] : [...breaches(outcomes), ...failures(outcomes)]).toEqual([]);
    },
    isWhole ? 3_600_000 : 120_000,
  );
});

describe('the limits', () => {
  const right: Answer = { ok: true, certain: true, verdict: 'ok' };
  let outcomes: readonly Outcome[] = [];
  /** The same outcomes with the answers of another checker. */
  const answered = (answer: (one: Outcome) => Partial<Answer>) =>
    outcomes.map((one) => ({ ...one, answer: { ...right, ...answer(one) } }));
  const knows = ({ fault }: Outcome) => ({ ok: fault === 'right' });

  beforeAll(async () => {
    outcomes = await run(chosen({ ...SAMPLE, cases: 60 }), () => Promise.resolve(right));
  });

  test.each<[string, Partial<Answer>, RegExp]>([
    ['says that all is right', {}, /passed as right and certain/],
    ['says that all is wrong', { ok: false }, /called wrong/],
    ['never can tell', { certain: false }, /nothing can be said/],
    ['claims to see what it passes', { resolution: 1e-4 }, /says it resolves/],
  ])('are broken by a checker that %s', (_says, answer, breach) => {
    expect(breaches(answered(() => answer)).join()).toMatch(breach);
  });

  test('are held by a checker that knows', () => {
    expect(breaches(answered(knows))).toEqual([]);
    expect(failures(answered(knows))).toEqual([]);
  });

  test.each<[string, RegExp]>([
    ['right', /called wrong: 1 of/],
    ['sign flipped', /passed as right and certain: 1 of/],
    ['factor 2', /passed as right and certain: 1 of/],
    ['all zero', /passed as right and certain: 1 of/],
  ])('are broken by a checker that errs once, on "%s"', (fault, breach) => {
    const spoilt = outcomes.find((one) => one.fault === fault && one.smooth);
    const once = answered((one) => ({ ok: knows(one).ok !== (one === spoilt) }));
    expect(breaches(once).join()).toMatch(breach);
  });

  test('fill a table between the marks of a page, and nothing beside them', () => {
    const page = 'before\n<!-- made: corpus -->\nold\n<!-- end -->\nafter\n';
    const made = pageWith(page, outcomes);
    expect(made).toMatch(/^before\n<!-- made: corpus -->\n\| {2}\| right, called wrong[\s\S]*<!-- end -->\nafter\n$/);
    expect(made).not.toContain('old');
    expect(() => pageWith('before', [])).toThrow('<!-- made: corpus -->');
  });
});
