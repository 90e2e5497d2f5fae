/** The corpus on the command line, put to `checkGradients`. */
import { checkGradients } from 'cotangent/testing';
import { corpus } from './index.js';
import { type Answer, type Case, type Checker, casesOf, type Outcome, run, sample } from './run.js';
import { failures, wholeTable } from './tally.js';

/** `checkGradients`, with what the corpus reads of its report. */
export const checker: Checker = async (component, inputs) => {
  const { ok, certain, verdict, ...rest } = await checkGradients(component as never, inputs as never);
  return { ok, certain, verdict, ...resolutionOf(rest) };
};

/** The resolution a report states for the whole, where it does. */
function resolutionOf(report: object): Partial<Answer> {
  const stated: unknown = 'resolution' in report ? report.resolution : undefined;
  return typeof stated === 'number' ? { resolution: stated } : {};
}

/** Which cases to run; a text is part of the name. */
export interface Choice {
  readonly name?: string | undefined;
  readonly kind?: string | undefined;
  readonly form?: string | undefined;
  readonly dtype?: string | undefined;
  readonly cases?: number | undefined;
}

/** The cases of a choice, a seeded sample of them where it says how many. */
export function chosen({ name = '', kind = '', form, dtype, cases }: Choice): readonly Case[] {
  const all = casesOf(corpus.filter((row) => row.name.includes(name) && row.kind.includes(kind))).filter(
    (one) => (form ?? one.form) === one.form && (dtype ?? one.dtype) === one.dtype,
  );
  return cases === undefined ? all : sample(all, cases, 1);
}

/** Run a choice. */
export const runChosen = (choice: Choice): Promise<readonly Outcome[]> => run(chosen(choice), checker);

/** What a run prints: its table, and what failed. */
export const printed = (outcomes: readonly Outcome[]): string =>
  [wholeTable(outcomes), '', ...failures(outcomes)].join('\n');

const [mark, end] = ['<!-- made: corpus -->', '<!-- end -->'];

/** `page` with the table of `outcomes` between its marks. */
export function pageWith(page: string, outcomes: readonly Outcome[]): string {
  const [before, after] = page.split(mark);
  if (after === undefined)
    throw new Error(`There is no ${mark} in the page: write it, and ${end} after it, where the table shall be.`);
  return `${before}${mark}\n${wholeTable(outcomes)}\n${after.slice(after.indexOf(end))}`;
}
