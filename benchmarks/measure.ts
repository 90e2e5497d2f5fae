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

/** How much time a case gets, in seconds. */
export interface Effort {
  /** For each contestant. */
  readonly seconds: number;
  /** For each contestant, before anything counts: compilers compile what has been running for a while. */
  readonly warm: number;
  /** That a round lasts, where a call is short. */
  readonly round: number;
  readonly leastRounds: number;
}

// As many as the original's own suite runs, where a call is long.
const FEWEST_ROUNDS = 2;
const MOST_ROUNDS = 60;
const MOST_CALLS = 100_000;

/** Takes the last result, so that no call is left out by the compiler. */
const keep: { last: unknown } = { last: undefined };

/** Let go of the last result of all calls that were measured. */
export function forget(): void {
  keep.last = undefined;
}

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

/** Calls before which something is done that does not count. */
export function timedApart(call: () => unknown, before: () => void): Run {
  return async (calls) => {
    let seconds = 0;
    for (let i = 0; i < calls; i++) {
      before();
      const start = performance.now();
      keep.last = await call();
      seconds += (performance.now() - start) / 1000;
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
  effort: Effort,
  { gc = false, per = 1 }: { readonly gc?: boolean | undefined; readonly per?: number | undefined } = {},
): Promise<Record<string, Timing>> {
  const lanes: Lane[] = [];
  for (const [name, run] of Object.entries(contestants)) {
    lanes.push({ name, run, calls: await warmUp(run, effort), spent: 0, times: [] });
  }
  for (let round = 0; lanes.some((lane) => isWanting(lane, effort)); round++) {
    for (const lane of turn(lanes, round)) {
      if (gc) globalThis.gc?.();
      const time = await lane.run(lane.calls);
      lane.spent += time;
      lane.times.push(time / lane.calls / per);
    }
  }
  forget();
  return Object.fromEntries(lanes.map(({ name, times }) => [name, timingOf(times)]));
}

/** The order of a round: each begins with another lane, every other one runs backwards, so that nobody has one predecessor. */
export function turn<T>(lanes: readonly T[], round: number): T[] {
  const first = (round >> 1) % lanes.length;
  const order = [...lanes.slice(first), ...lanes.slice(0, first)];
  return round % 2 === 0 ? order : order.reverse();
}

function isWanting({ spent, times }: Lane, { seconds, leastRounds }: Effort): boolean {
  if (times.length < FEWEST_ROUNDS) return true;
  return times.length < leastRounds ? spent < 5 * seconds : times.length < MOST_ROUNDS && spent < seconds;
}

/** Calls that compile and load what is needed, and tell how many make a round. */
async function warmUp(run: Run, { warm, round }: Effort): Promise<number> {
  let calls = 1;
  let spent = await run(1);
  while (spent < warm && calls < MOST_CALLS) {
    const time = await run(calls);
    spent += time;
    calls = fitting(round, time / calls, 8 * calls);
  }
  return calls;
}

const fitting = (round: number, once: number, most: number) =>
  Math.max(1, Math.round(Math.min(round / Math.max(once, 1e-9), most, MOST_CALLS)));

/** The median of some times, and their quartiles: what lies between is drawn from both neighbours. */
export function timingOf(times: readonly number[]): Timing {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => {
    const place = part * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return below + (above - below) * (place % 1);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75), rounds: sorted.length };
}
