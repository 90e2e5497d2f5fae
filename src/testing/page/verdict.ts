/** Verdicts as marks: a sign, a color and a word, so that none of them is needed alone. */
import { isWrong, type Verdict } from '../check/report.js';
import { element, escaped } from './markup.js';

/** The kinds of verdicts, with their signs. */
const signs = { good: '✓', bad: '✕', unsure: '?', none: '–' } as const;

/** The kind of a verdict, which is its class in the style. */
export function kindOf(verdict: Verdict): keyof typeof signs {
  if (verdict === 'skipped') return 'none';
  if (isWrong(verdict)) return 'bad';
  return verdict === 'ok' ? 'good' : 'unsure';
}

/** A sign in a disc. */
export function sign(verdict: Verdict): string {
  const kind = kindOf(verdict);
  return element('span', { class: `sign ${kind}`, 'aria-hidden': 'true' }, signs[kind]);
}

/** A verdict with its sign. */
export function badge(verdict: Verdict): string {
  return element('span', { class: `badge ${kindOf(verdict)}` }, sign(verdict), ` ${escaped(verdict)}`);
}
