/** Timers of any length: Node's own fire at once beyond 2^31 ms. */

/** The longest time that Node's timers take. */
export const LONGEST_MS = 2 ** 31 - 1;

/** Call `then` in `ms` milliseconds, and never where that is Infinity. Gives how to call it off. Keeps no process alive. */
export function after(ms: number, then: () => void): () => void {
  if (ms === Infinity) return () => undefined;
  let rest = ms;
  let timer: NodeJS.Timeout;
  const wait = () => {
    const part = Math.min(rest, LONGEST_MS);
    rest -= part;
    timer = setTimeout(rest > 0 ? wait : then, part).unref();
  };
  wait();
  return () => clearTimeout(timer);
}
