/** Two runs compared, as a bot would: faster, slower or unchanged, beyond what the noise explains. */
import { factor, type Result, ratio, spread } from './results.js';

const LEAST_CHANGE = 0.1;
const beside = ['limit', 'theirs'] as const;

/** What became of one case. */
export interface Change {
  readonly id: string;
  readonly verdict: 'faster' | 'slower' | 'unchanged' | 'new';
  /** How many times as long as before; undefined for a new case. */
  readonly ratio?: number;
  readonly noise?: number;
}

/**
 * Compare each case with the same case of an older run, in relation to what was measured beside both: the limit and the original.
 * A change is one only where each of them shows it, so that another machine, or a busy one, changes little.
 */
export function compare(now: readonly Result[], before: readonly Result[]): Change[] {
  const old = new Map(before.map((one) => [one.id, one]));
  return now.map((one) => changeOf(one, old.get(one.id)));
}

function changeOf(now: Result, before: Result | undefined): Change {
  if (!before) return { id: now.id, verdict: 'new' };
  const absolute = {
    ratio: ratio(now.ours, before.ours)!,
    noise: LEAST_CHANGE + spread(now.ours) + spread(before.ours),
  };
  const relative = beside.flatMap((one) => {
    const [current, former] = [now[one], before[one]];
    if (!current || !former) return [];
    const noise = absolute.noise + spread(current) + spread(former);
    return [{ ratio: absolute.ratio * ratio(former, current)!, noise }];
  });
  const seen = (relative.length > 0 ? relative : [absolute]).map((one) => ({ ...one, verdict: verdictOf(one) }));
  const least = seen.reduce((a, b) => (Math.abs(Math.log(b.ratio)) < Math.abs(Math.log(a.ratio)) ? b : a));
  const agreed = seen.every(({ verdict }) => verdict === least.verdict);
  return { id: now.id, ...least, verdict: agreed ? least.verdict : 'unchanged' };
}

function verdictOf({ ratio, noise }: { readonly ratio: number; readonly noise: number }): Change['verdict'] {
  if (ratio > 1 + noise) return 'slower';
  return ratio < 1 / (1 + noise) ? 'faster' : 'unchanged';
}

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
