/** The corpus on the command line, put to `checkGradients`. */
import { checkGradients } from 'cotangent/testing';
import { sizeOf } from './component.js';
import { corpus } from './index.js';
import { type Answer, type Case, type Checker, casesOf, type Outcome, run, sample } from './run.js';
import { breaches, failures, wholeTable } from './tally.js';

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
  /** The most elements that a Jacobian may have. */
  readonly entries?: number | undefined;
}

/** The cases of a choice, a seeded sample of them where it says how many. */
export function chosen({ name = '', kind = '', form, dtype, cases, entries = Infinity }: Choice): readonly Case[] {
  const rows = corpus.filter(
    (row) => row.name.includes(name) && row.kind.includes(kind) && sizeOf(row.takes) * sizeOf(row.gives) <= entries,
  );
  const all = casesOf(rows).filter((one) => (form ?? one.form) === one.form && (dtype ?? one.dtype) === one.dtype);
  return cases === undefined ? all : sample(all, cases, 1);
}

/** Run a choice; each failure is told as it comes. */
export const runChosen = (choice: Choice, tell: (line: string) => void): Promise<readonly Outcome[]> =>
  run(chosen(choice), checker, (outcome) => {
    for (const line of failures([outcome])) tell(line);
  });

/** What a run comes to: its table, and the limits that it breaks. */
export const printed = (outcomes: readonly Outcome[]): string =>
  ['', wholeTable(outcomes), '', ...breaches(outcomes).map((breach) => `FAIL ${breach}`)].join('\n');

const [mark, end] = ['<!-- made: corpus -->', '<!-- end -->'];

/** `page` with the table of `outcomes` between its marks. */
export function pageWith(page: string, outcomes: readonly Outcome[]): string {
  const [before, after] = page.split(mark);
  if (after === undefined)
    throw new Error(`There is no ${mark} in the page: write it, and ${end} after it, where the table shall be.`);
  return `${before}${mark}\n${wholeTable(outcomes)}\n${after.slice(after.indexOf(end))}`;
}
