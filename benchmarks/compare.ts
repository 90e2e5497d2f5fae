/** Two runs compared, as a bot would: faster, slower or unchanged, beyond what the noise explains. */
import type { Timing } from './measure.js';
import { factor, type Result } from './results.js';

const LEAST_CHANGE = 0.1;

/** What became of one case. */
export interface Change {
  readonly id: string;
  readonly verdict: 'faster' | 'slower' | 'unchanged' | 'new';
  /** How many times as long as before; undefined for a new case. */
  readonly ratio?: number;
  readonly noise?: number;
}

/**
 * Compare each case with the same case of an older run. Both are seen in relation to what was measured beside them, the limit
 * or else the original, so that another machine, or a busy one, changes little.
 */
export function compare(now: readonly Result[], before: readonly Result[]): Change[] {
  const old = new Map(before.map((one) => [one.id, one]));
  return now.map((one) => changeOf(one, old.get(one.id)));
}

function changeOf(now: Result, before: Result | undefined): Change {
  if (!before) return { id: now.id, verdict: 'new' };
  const base = now.limit && before.limit ? 'limit' : now.theirs && before.theirs ? 'theirs' : undefined;
  const scale = base ? before[base]!.median / now[base]!.median : 1;
  const ratio = (now.ours.median / before.ours.median) * scale;
  const timings = base ? [now.ours, before.ours, now[base]!, before[base]!] : [now.ours, before.ours];
  const noise = LEAST_CHANGE + timings.reduce((sum, timing) => sum + spread(timing), 0);
  const verdict = ratio > 1 + noise ? 'slower' : ratio < 1 / (1 + noise) ? 'faster' : 'unchanged';
  return { id: now.id, verdict, ratio, noise };
}

const spread = ({ low, high, median }: Timing) => (high - low) / 2 / median;

/** The changes, the large ones by name. */
export function comparison(changes: readonly Change[]): string {
  const lines = changes.flatMap(({ id, verdict, ratio, noise }) =>
    verdict === 'faster' || verdict === 'slower'
      ? [`${verdict.padEnd(7)} ${id}: ${factor(ratio)} of the time before (noise ${factor(noise)})`]
      : [],
  );
  const count = (wanted: Change['verdict']) => changes.filter(({ verdict }) => verdict === wanted).length;
  const total = (['faster', 'slower', 'unchanged', 'new'] as const).map((one) => `${count(one)} ${one}`).join(', ');
  return [...lines, total].join('\n');
}
