/** Plain arithmetic on flat vectors. A vector of complex elements is interleaved, and products do not conjugate. */

/** √Σ v² over a range, without overflow or underflow. */
export function norm(v: Float64Array, start = 0, end: number = v.length): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum += v[i]! * v[i]!;
  return sum > 1e-250 && sum < 1e250 ? Math.sqrt(sum) : scaledNorm(v, start, end);
}

function scaledNorm(v: Float64Array, start: number, end: number): number {
  let largest = 0;
  for (let i = start; i < end; i++) {
    if (Number.isNaN(v[i]!)) return Number.NaN;
    largest = Math.max(largest, Math.abs(v[i]!));
  }
  if (largest === 0 || largest === Number.POSITIVE_INFINITY) return largest;
  let sum = 0;
  for (let i = start; i < end; i++) sum += (v[i]! / largest) ** 2;
  return largest * Math.sqrt(sum);
}

/** The root mean square over a range; 0 of none. */
export function rootMeanSquare(v: Float64Array, start = 0, end: number = v.length): number {
  return end > start ? norm(v, start, end) / Math.sqrt(end - start) : 0;
}

/** Σ a·b, and Σ |a·b|, the measure of what rounding may do to it. */
export interface Pairing {
  readonly re: number;
  readonly im: number;
  readonly size: number;
}

/** Σ a_i·b_i of real (1 part) or complex (2 parts) elements. */
export function pair(a: Float64Array, b: Float64Array, parts: 1 | 2): Pairing {
  let [re, im, size] = [0, 0, 0];
  if (parts === 1) {
    for (let i = 0; i < a.length; i++) {
      const term = a[i]! * b[i]!;
      if (a[i] === 0) continue;
      re += term;
      size += Math.abs(term);
    }
    return { re, im, size };
  }
  for (let i = 0; i < a.length; i += 2) {
    const [p, q, r, s] = [a[i]!, a[i + 1]!, b[i]!, b[i + 1]!];
    if (p === 0 && q === 0) continue;
    re += p * r - q * s;
    im += p * s + q * r;
    size += Math.hypot(p, q) * Math.hypot(r, s);
  }
  return { re, im, size };
}

/** |a − b|. */
export function gap(a: Pairing, b: Pairing): number {
  return Math.hypot(a.re - b.re, a.im - b.im);
}

/** αa + βb. */
export function combine(alpha: number, a: Float64Array, beta: number, b: Float64Array): Float64Array {
  return a.map((value, i) => alpha * value + beta * b[i]!);
}

/** a − b. */
export function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
}

/** Whether two vectors hold the same values; NaN is the same as NaN. */
export function identical(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i] && !(Number.isNaN(a[i]!) && Number.isNaN(b[i]!))) return false;
  }
  return true;
}

/** The value that a share `q` of the finite values does not exceed; 0 of none. */
export function quantile(values: Float64Array, q: number): number {
  const sorted = values.filter((value) => Number.isFinite(value)).sort();
  return sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!;
}
