/** What a run comes to: alarms over right derivatives, wrong ones that pass, and how often nothing could be said. */
import { type FaultName, faults, gross } from './matrix.js';
import { grouped, type Outcome } from './run.js';

/** How often something happened among those that were looked at. */
export interface Share {
  readonly count: number;
  readonly of: number;
}
/** The figures of a set of outcomes. */
export interface Tally {
  /** Right derivatives that were called wrong. */
  readonly accused: Share;
  /** Those of them of which the report was certain. */
  readonly accusedForCertain: Share;
  /** Right derivatives of which the report could not be certain. */
  readonly cannotTell: Share;
  /** Gross faults that passed as right and certain. */
  readonly grossPassed: Share;
  /** Each fault that passed as right and certain. */
  readonly passed: Readonly<Record<FaultName, Share>>;
  /** Faults of all entries alike that passed as right and certain although the report claims to resolve them. */
  readonly dishonest: Share;
}

const share = (of: readonly Outcome[], is: (one: Outcome) => boolean): Share => ({
  count: of.filter(is).length,
  of: of.length,
});

/** A right derivative that is called wrong. */
export const isAccused = ({ fault, answer }: Outcome): boolean => fault === 'right' && !answer.ok;
/** A right derivative about which nothing is said for certain. */
export const isUntold = ({ fault, answer }: Outcome): boolean => fault === 'right' && answer.ok && !answer.certain;
/** A wrong derivative that is certified. */
export const isPassed = ({ fault, answer }: Outcome): boolean => fault !== 'right' && answer.ok && answer.certain;
/** A gross fault that is certified. */
export const isGrossPassed = (one: Outcome): boolean => isPassed(one) && gross.includes(one.fault as FaultName);
const uniform: readonly string[] = [...gross, 'all +0.1 %', 'all +1e-6'];
const isClaimed = ({ fault, size, answer: { resolution } }: Outcome): boolean =>
  uniform.includes(fault) && resolution !== undefined && size > resolution;

/** The figures of `outcomes`. */
export function tally(outcomes: readonly Outcome[]): Tally {
  const right = outcomes.filter(({ fault }) => fault === 'right');
  const of = (name: FaultName) => outcomes.filter(({ fault }) => fault === name);
  const passed = Object.fromEntries(Object.keys(faults).map((name) => [name, share(of(name as FaultName), isPassed)]));
  return {
    accused: share(right, isAccused),
    accusedForCertain: share(right, (one) => isAccused(one) && one.answer.certain),
    cannotTell: share(right, isUntold),
    grossPassed: share(
      outcomes.filter(({ fault }) => gross.includes(fault as FaultName)),
      isGrossPassed,
    ),
    passed: passed as Record<FaultName, Share>,
    dishonest: share(outcomes.filter(isClaimed), isPassed),
  };
}

const written = ({ count, of }: Share) => (of === 0 ? '–' : `${count}/${of}`);
const columns: Readonly<Record<string, (figures: Tally) => string>> = {
  'right, called wrong': ({ accused }) => written(accused),
  'right, cannot tell': ({ cannotTell }) => written(cannotTell),
  'sign passed': ({ passed }) => written(passed['sign flipped']),
  'factor 2 passed': ({ passed }) => written(passed['factor 2']),
  'zero passed': ({ passed }) => written(passed['all zero']),
  'largest +10 % passed': ({ passed }) => written(passed['largest entry +10 %']),
  'dropped passed': ({ passed }) => written(passed['an entry dropped']),
  'added passed': ({ passed }) => written(passed['an entry added']),
  '+0.1 % passed': ({ passed }) => written(passed['all +0.1 %']),
  '+1e-6 passed': ({ passed }) => written(passed['all +1e-6']),
  'finer than claimed': ({ dishonest }) => written(dishonest),
};

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** A table in markdown, a line for each group of outcomes. */
export function tableOf(head: string, groups: readonly (readonly [string, readonly Outcome[]])[]): string {
  const names = Object.keys(columns);
  return [
    line([head, ...names]),
    line(['---', ...names.map(() => '---:')]),
    ...groups.map(([name, outcomes]) => {
      const figures = tally(outcomes);
      return line([name, ...Object.values(columns).map((column) => column(figures))]);
    }),
  ].join('\n');
}

const texture = ({ smooth }: Outcome) => (smooth ? 'smooth' : 'not smooth');

/** The table of a whole run: all, by dtype, by form, by kind, each over smooth and other functions. */
export const wholeTable = (outcomes: readonly Outcome[]): string =>
  tableOf('', [
    ...grouped(outcomes, (one) => `everything, ${texture(one)}`),
    ...grouped(outcomes, (one) => `${one.dtype}, ${texture(one)}`),
    ...grouped(outcomes, (one) => `written as ${one.form === 'all' ? 'all three' : one.form}, ${texture(one)}`),
    ...grouped(outcomes, (one) => `${one.row.kind}, ${texture(one)}`),
  ]);

/** What a checker has to hold over any part of the corpus: each figure, and the most that it may be. */
const limits: Readonly<Record<string, (some: readonly Outcome[]) => readonly [share: Share, most: number]>> = {
  'right derivatives of smooth functions called wrong': (some) => [
    tally(some.filter(({ smooth }) => smooth)).accused,
    0,
  ],
  'signs, factors of 2 and zeros passed as right and certain': (some) => [tally(some).grossPassed, 0],
  'right derivatives of smooth functions of which nothing can be said': (some) => [
    tally(some.filter(({ smooth }) => smooth)).cannotTell,
    0.1,
  ],
  'faults passed that the report says it resolves': (some) => [tally(some).dishonest, 0],
};

/** Each limit that `outcomes` break, as a sentence. */
export const breaches = (outcomes: readonly Outcome[]): readonly string[] =>
  Object.entries(limits).flatMap(([name, measure]) => {
    const [{ count, of }, most] = measure(outcomes);
    return count > most * of ? [`${name}: ${count} of ${of}`] : [];
  });

/** What failed, a line each: where, with which fault, and what the checker said. */
export const failures = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes
    .filter(
      (one) =>
        isAccused(one) || isGrossPassed(one) || (isClaimed(one) && isPassed(one)) || (one.smooth && isUntold(one)),
    )
    .map((one) => {
      const { row, point, form, dtype, fault, answer } = one;
      const what = fault === 'right' ? (answer.ok ? 'right, cannot tell' : 'right, called wrong') : `${fault}, passed`;
      const claimed = answer.resolution === undefined ? '' : ` (resolution ${answer.resolution.toPrecision(2)})`;
      const at = point.slice(0, 4).map((v) => Number(v.toPrecision(9)));
      return `${row.kind} | ${texture(one)} | ${what} | ${row.name} | at ${at.join(', ')}${point.length > 4 ? ', …' : ''} | ${dtype} ${form} | ${answer.verdict}${claimed}`;
    });
