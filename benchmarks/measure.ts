/**
 * Measuring by turns: on a machine with neighbours a time says little, but a ratio of times that were taken in turns does.
 */

/** Seconds that so many calls take. What is prepared or cleaned up between calls is not counted. */
export type Run = (calls: number) => number | Promise<number>;

/** Seconds per call: the median of the rounds, and their quartiles. */
export interface Timing {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

/** How much time a case gets. */
export interface Effort {
  /** Seconds for each contestant. */
  readonly seconds: number;
  readonly leastRounds: number;
  /** Seconds that a round lasts, where a call is short. */
  readonly round: number;
}

// As many as the original's own suite runs, where a call is long.
const FEWEST_ROUNDS = 2;
const MOST_ROUNDS = 60;
const MOST_CALLS = 100_000;

/** Takes the last result, so that no call is left out by the compiler. */
const keep: { last: unknown } = { last: undefined };

/** Calls that give their result at once. */
export function timed(call: () => unknown): Run {
  return (calls) => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) keep.last = call();
    return (performance.now() - start) / 1000;
  };
}

/** Calls that give a promise, one after the other. */
export function timedAsync(call: () => Promise<unknown>): Run {
  return async (calls) => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) keep.last = await call();
    return (performance.now() - start) / 1000;
  };
}

/** Calls before or after which something is done that does not count. */
export function timedApart(call: () => unknown, { before = () => {}, after = () => {} }): Run {
  return async (calls) => {
    let seconds = 0;
    for (let i = 0; i < calls; i++) {
      await before();
      const start = performance.now();
      keep.last = await call();
      seconds += (performance.now() - start) / 1000;
      await after();
    }
    return seconds;
  };
}

interface Lane {
  readonly name: string;
  readonly run: Run;
  readonly calls: number;
  spent: number;
  readonly times: number[];
}

/**
 * Let the contestants run in turns until each has had its time; `gc` collects garbage before each round, and a call does
 * `per` times what is reported.
 */
export async function race(
  contestants: Readonly<Record<string, Run>>,
  { seconds, leastRounds, round }: Effort,
  { gc = false, per = 1 }: { readonly gc?: boolean | undefined; readonly per?: number | undefined } = {},
): Promise<Record<string, Timing>> {
  const lanes: Lane[] = [];
  for (const [name, run] of Object.entries(contestants)) {
    lanes.push({ name, run, calls: await warmUp(run, round), spent: 0, times: [] });
  }
  const wanted = ({ spent, times }: Lane) =>
    times.length < FEWEST_ROUNDS ||
    (spent < 5 * seconds && times.length < leastRounds) ||
    (spent < seconds && times.length < MOST_ROUNDS);
  while (lanes.some(wanted)) {
    for (const lane of lanes) {
      if (gc) globalThis.gc?.();
      const time = await lane.run(lane.calls);
      lane.spent += time;
      lane.times.push(time / lane.calls / per);
    }
  }
  keep.last = undefined;
  return Object.fromEntries(lanes.map(({ name, times }) => [name, timingOf(times)]));
}

/** Calls that compile and load what is needed, and tell how many make a round. */
async function warmUp(run: Run, round: number): Promise<number> {
  const first = await run(1);
  if (first > 1) return 1;
  let once = await run(1);
  for (let calls = 10; once * calls < round && calls < MOST_CALLS; calls *= 4) once = (await run(calls)) / calls;
  return Math.max(1, Math.min(MOST_CALLS, Math.round(round / Math.max(once, 1e-9))));
}

function timingOf(times: number[]): Timing {
  const sorted = times.sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!;
  return { median: at(0.5), low: at(0.25), high: at(0.75), rounds: sorted.length };
}
