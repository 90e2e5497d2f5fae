/**
 * A small seeded source of random numbers: mulberry32 with Box–Muller normals.
 *
 * Everything random in a derivation comes from here, so that a seed reproduces it bit by bit on every platform with the
 * same `Math` library. It is not for cryptography. Its period of 2³² uniforms is plenty for probe vectors.
 */

/** A reproducible stream of random numbers. */
export interface Seeded {
  /** The next number of the uniform distribution on (0, 1), never 0 and never 1. */
  uniform(): number;
  /** The next number of the standard normal distribution. */
  normal(): number;
  /** The next whole number of 0 … below − 1, for 1 ≤ below ≤ 2³². */
  integer(below: number): number;
}

/** One step of mulberry32 (Tommy Ettinger, public domain): the mixed state, a whole number of 32 bits. */
function mix(state: number): number {
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}

/**
 * A stream that `seed` alone decides. Seeds are taken modulo 2³²; fractions are cut off.
 *
 * Normals come in pairs (Box–Muller): r = √(−2 ln u₁), r cos 2πu₂ and r sin 2πu₂.
 */
export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  let spare: number | undefined;
  const bits = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    return mix(state);
  };
  const uniform = (): number => (bits() + 0.5) / 2 ** 32;
  const normal = (): number => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  const integer = (below: number): number => Math.floor(uniform() * below);
  return { uniform, normal, integer };
}
