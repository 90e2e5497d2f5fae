/** A report as text, for terminals and failing tests. */
import { asShare } from './agreement.js';
import { type GradientReport, isWrong, totalCalls, type Verdict, verdicts } from './report.js';

const marks = { wrong: '✗', unsure: '?', fine: '✓', skipped: '-' } as const;

function markOf(verdict: Verdict): string {
  if (verdict === 'skipped') return marks.skipped;
  if (isWrong(verdict)) return marks.wrong;
  return verdict === 'ok' ? marks.fine : marks.unsure;
}

/** The report as lines: the verdict, each check, each block that is not ok, the faults with both values, and the calls. */
export function formatReport(report: GradientReport): string {
  const { component, verdict, checks, blocks, faults, endpoints } = report;
  const skipped = endpoints.filter(({ checked }) => !checked);
  const lines = [
    `${markOf(verdict)} ${component}: ${verdict}. ${headline(report)}`,
    ...checks.map((one) => `  ${markOf(one.verdict)} ${one.name.padEnd(11)} ${one.message}`),
    ...skipped.map((one) => `  ${marks.skipped} ${one.endpoint} (${one.source}) was not checked: ${one.reason}.`),
    ...faults.map(
      ({ message, error }) =>
        `  ${marks.wrong} ${message}${error === undefined ? '' : ` Differences are within ${error.toPrecision(2)}.`}`,
    ),
    ...(report.ok && new Set(blocks.map((one) => one.verdict)).size < 2 && !report.reached
      ? []
      : blocks
          .filter((one) => one.verdict !== 'ok')
          .map(
            (one) => `  ${markOf(one.verdict)} d(${one.of})/d(${one.wrt}): ${one.verdict}${accuracyOf(report, one)}`,
          )),
    `  ${callsText(report)}; seed ${report.seed}.`,
  ];
  return lines.join('\n');
}

function callsText({ calls, ok }: GradientReport): string {
  const [check, steps, search] = [calls.check, calls.steps ?? {}, calls.search].map(totalCalls) as [
    number,
    number,
    number,
  ];
  const more = steps > 0 ? `, ${steps} at more steps` : '';
  return `${check} calls${more}${search > 0 ? `, and ${search} to ${ok ? 'make sure' : 'find the fault'}` : ''}`;
}

function accuracyOf({ reached }: GradientReport, { deviation }: GradientReport['blocks'][number]): string {
  if (!reached) return '';
  return deviation === undefined ? ', of unknown accuracy' : `, accurate to ${deviation.toPrecision(2)}`;
}

function headline(report: GradientReport): string {
  const { verdict, certain, reached } = report;
  const { text } = verdicts[verdict];
  if (reached && (verdict === 'skipped' || !isWrong(verdict))) return madeOfDifferences(reached);
  if (verdict !== 'ok') return `${text}${elsewhere(report)}`;
  return certain ? `The derivatives are those of apply.${blind(report)}` : text;
}

function madeOfDifferences({ of, wrt, accuracy }: NonNullable<GradientReport['reached']>): string {
  const how =
    accuracy === undefined ? 'of an accuracy that is not known' : `accurate to ${accuracy.toPrecision(1)} at worst`;
  return `There is nothing to check against: its derivatives are made of differences, ${how}, in d(${of})/d(${wrt}).`;
}

/** A resolution above this is worth a word in the first line. */
const coarse = 1e-3;

function blind({ resolution = 0 }: GradientReport): string {
  return resolution > coarse ? ` An error below ${asShare(resolution)} would not be seen here.` : '';
}

// One output that cannot be judged says nothing against the others, nor for itself.
function elsewhere({ verdict, blocks }: GradientReport): string {
  if (isWrong(verdict)) return '';
  const fine = blocks.filter((one) => one.verdict === 'ok').length;
  return fine > 0 ? ` ${fine} of ${blocks.length} blocks are ok.` : '';
}
