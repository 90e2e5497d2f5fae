/** Numbers that a seed decides. */

/** Draws from one seed. */
export interface Draw {
  /** From 0 to 1. */
  readonly real: () => number;
  /** A whole number below `end`. */
  readonly below: (end: number) => number;
  readonly chance: (share: number) => boolean;
  readonly one: <T>(from: readonly T[]) => T;
  /** Some of them, at least one, in any order. */
  readonly some: <T>(from: readonly T[]) => T[];
}

/** Draws from `seed`. */
export function drawFrom(seed: number): Draw {
  let state = (seed * 2654435761) >>> 0;
  const real = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(real() * end);
  const one = <T>(from: readonly T[]) => from[below(from.length)]!;
  const some = <T>(from: readonly T[]) => {
    const left = [...from];
    return Array.from({ length: 1 + below(from.length) }, () => left.splice(below(left.length), 1)[0]!);
  };
  return { real, below, chance: (share) => real() < share, one, some };
}
