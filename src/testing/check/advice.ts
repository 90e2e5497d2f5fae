/** What to do about a line of the report that is not ok: the option that would settle it, and its value. */
import { type Bench, show } from './bench.js';
import type { Evidence } from './evidence.js';
import { type Pair, pairsOf } from './ladder.js';
import type { CheckResult } from './report.js';

/** A deviation up to this may be the tolerance of a solver. */
const small = { float64: 1e-4, coarse: 1e-2 };

/** The power of ten that is not below a number. */
export function tenAbove(value: number): number {
  return Number(`1e${Math.ceil(Math.log10(value) - 1e-9)}`);
}

/** The words for an option: in a program, and on the command line. */
export function option(name: 'noise' | 'tolerance', value: number): string {
  return `${name}: ${show(value)} (--${name === 'tolerance' ? 'rtol' : name} ${show(value)})`;
}

/**
 * A verdict of derivatives among each other that rests on a small deviation: products with a solver inside are linear,
 * and adjoint, up to its tolerance. Nobody is blamed for that, and the line says what to declare.
 */
export function doubted({ allowance }: Bench, result: CheckResult): CheckResult {
  const { deviation = Number.POSITIVE_INFINITY } = result;
  if (!(deviation <= (allowance.adjoint < 1e-8 ? small.float64 : small.coarse))) return result;
  const message = `${result.message} A tolerance inside? Say ${option('noise', tenAbove(deviation))}, or tighten the solver.`;
  return { ...result, verdict: 'finite differences cannot tell', message };
}

/** What to say where somebody means a deviation. */
export function nearEnough(deviation: number): string {
  return deviation < 0.1 && deviation > 0
    ? ` If that is near enough, say ${option('tolerance', tenAbove(deviation))}.`
    : '';
}

/** Why differences say nothing of some outputs, and what would help. */
export function whyOpen({ session }: Bench, { references }: Evidence, open: readonly number[]): string {
  const [reference] = references;
  const first = open[0]!;
  if (!reference) return 'there are none.';
  const pairs = pairsOf(reference.samples);
  if (reference.stepped.has(first)) {
    const level = jumpOf(pairs, first, session.y[first]!);
    if (level < 1e-12) return drowned;
    return `apply stands still at short steps there and moves at longer ones: rounded inside? Say ${option('noise', tenAbove(level))}.`;
  }
  if (reference.torn.has(first)) {
    const level = Math.min(0.1, wobbleOf(pairs.slice(0, 3), first, session.y[first]!) || 0.1);
    return `short steps and long ones say different things there, as where something inside is rounded, or jumps. To go by the long ones, say ${option('noise', tenAbove(level))}.`;
  }
  const lost = reference.samples.some(({ values }) => !Number.isFinite(values[first]!));
  if (lost)
    return 'apply is not finite, or throws, at points nearby. Say bounds: { path: [lower, upper] } (--bounds path=lower,upper), or try another point.';
  const [near, far] = [
    wobbleOf(pairs.slice(-3), first, session.y[first]!),
    wobbleOf(pairs.slice(0, 3), first, session.y[first]!),
  ];
  if (near > 1e-14 && near > 0.03 * far) return `apply is noisy there. Say ${option('noise', tenAbove(near))}.`;
  if (near < 1e-14 && far < 1e-9) return drowned;
  return 'apply is not smooth at the point. Try another point nearby, or exhaustive: true (--exhaustive).';
}

const drowned =
  'it drowns in the rounding of the output. Say magnitudes: { path: size } (--magnitudes path=size) for longer steps, or leave the output out of "of".';

// The smallest change there is, beside the size.
function jumpOf(pairs: readonly Pair[], i: number, y: number): number {
  const changes = pairs.flatMap(({ up, down }) =>
    [up, down].flatMap((one) => (one && one.values[i] !== y ? [Math.abs(one.values[i]! - y)] : [])),
  );
  const least = Math.min(...changes.filter(Number.isFinite));
  return Math.min(0.1, least / (Math.abs(y) || least));
}

// The largest second difference, beside the size: noise where it does not shrink with the step.
function wobbleOf(pairs: readonly Pair[], i: number, y: number): number {
  const found = pairs.map(({ up, down }) => (up && down ? Math.abs(up.values[i]! - 2 * y + down.values[i]!) / 2 : 0));
  return Math.max(0, ...found.filter(Number.isFinite)) / (Math.abs(y) || 1);
}
