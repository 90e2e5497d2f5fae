/** A report as text, for terminals and failing tests. */
import { type GradientReport, isWrong, totalCalls, type Verdict, verdicts } from './report.js';

const marks = { wrong: '✗', unsure: '?', fine: '✓', skipped: '-' } as const;

function markOf(verdict: Verdict): string {
  if (verdict === 'skipped') return marks.skipped;
  if (isWrong(verdict)) return marks.wrong;
  return verdict === 'ok' ? marks.fine : marks.unsure;
}

/** The report as lines: the verdict, each check, each block that is not ok, the faults with both values, and the calls. */
export function formatReport(report: GradientReport): string {
  const { component, verdict, checks, blocks, faults, endpoints, calls } = report;
  const skipped = endpoints.filter(({ checked }) => !checked);
  const lines = [
    `${markOf(verdict)} ${component}: ${verdict}. ${headline(report)}`,
    ...checks.map((one) => `  ${markOf(one.verdict)} ${one.name.padEnd(11)} ${one.message}`),
    ...skipped.map((one) => `  ${marks.skipped} ${one.endpoint} (${one.source}) was not checked: ${one.reason}.`),
    ...faults.map(
      ({ message, error }) =>
        `  ${marks.wrong} ${message}${error === undefined ? '' : ` Differences are within ${error.toPrecision(2)}.`}`,
    ),
    ...(report.ok
      ? []
      : blocks
          .filter((one) => one.verdict !== 'ok')
          .map((one) => `  ${markOf(one.verdict)} d(${one.of})/d(${one.wrt}): ${one.verdict}`)),
    `  ${totalCalls(calls.check)} calls${totalCalls(calls.search) > 0 ? `, and ${totalCalls(calls.search)} to find the fault` : ''}; seed ${report.seed}.`,
  ];
  return lines.join('\n');
}

function headline({ verdict, certain }: GradientReport): string {
  const { text } = verdicts[verdict];
  if (verdict !== 'ok') return text;
  return certain ? 'The derivatives are those of apply.' : text;
}
