/** The iterative methods of the corpus, each with the tolerance at which it stops. */
import type { Vector } from '../row.js';
import { range, solve, sum } from './numeric.js';

type Field = (t: number, y: Vector) => Vector;

/** Bogacki and Shampine’s method of third order, whose steps follow from its error of second order. */
export function adaptive(field: Field, start: Vector, from: number, to: number, tolerance: number): Vector {
  let [t, y, h] = [from, start, (to - from) / 10];
  const along = (terms: readonly (readonly [number, Vector])[]) =>
    y.map((v, i) => v + h * terms.reduce((total, [weight, k]) => total + weight * k[i], 0));
  for (let n = 0; n < 1e5 && t < to && h > 1e-13; n++) {
    h = Math.min(h, to - t);
    const a = field(t, y);
    const b = field(t + h / 2, along([[1 / 2, a]]));
    const c = field(t + 0.75 * h, along([[3 / 4, b]]));
    const next = along([
      [2 / 9, a],
      [1 / 3, b],
      [4 / 9, c],
    ]);
    const d = field(t + h, next);
    const low = along([
      [7 / 24, a],
      [1 / 4, b],
      [1 / 3, c],
      [1 / 8, d],
    ]);
    const error = Math.max(...next.map((v, i) => Math.abs(v - low[i]) / (tolerance * (1 + Math.abs(v)))));
    if (error <= 1) [t, y] = [h === to - t ? to : t + h, next];
    h *= Math.min(4, Math.max(0.2, 0.9 * error ** (-1 / 3)));
  }
  return y;
}

/** Conjugate gradients from zero, until the residual is `tolerance` of the right side. */
export function conjugateGradient(matrix: Vector, b: Vector, tolerance: number): Vector {
  const n = b.length;
  const dot = (p: Vector, q: Vector) => sum(n, (i) => p[i] * q[i]);
  let [x, r, p] = [b.map(() => 0), [...b], [...b]];
  const limit = tolerance ** 2 * dot(b, b);
  for (let k = 0; k < 10 * n && dot(r, r) > limit; k++) {
    const product = range(n).map((i) => sum(n, (j) => matrix[n * i + j] * p[j]));
    const length = dot(r, r) / dot(p, product);
    const rest = r.map((v, i) => v - length * product[i]);
    x = x.map((v, i) => v + length * p[i]);
    p = rest.map((v, i) => v + (dot(rest, rest) / dot(r, r)) * p[i]);
    r = rest;
  }
  return x;
}

/** Sweeps of Gauss and Seidel from zero, until none changes by `tolerance`. */
export function relax(matrix: Vector, b: Vector, tolerance: number): Vector {
  const n = b.length;
  const x = b.map(() => 0);
  for (let sweep = 0, change = Infinity; sweep < 1e4 && change > tolerance; sweep++) {
    change = 0;
    for (let i = 0; i < n; i++) {
      const next = (b[i] - sum(n, (j) => (j === i ? 0 : matrix[n * i + j] * x[j]))) / matrix[n * i + i];
      change = Math.max(change, Math.abs(next - x[i]));
      x[i] = next;
    }
  }
  return x;
}

/** a and b of a·exp(−b·t) that fit y at t = 0, 1, …, by steps of Gauss and Newton. */
export function fitDecay(y: Vector, tolerance: number): Vector {
  let [a, b] = [2, 0.3];
  for (let n = 0; n < 200; n++) {
    const e = y.map((_, t) => Math.exp(-b * t));
    const by = y.map((_, t) => -t * a * e[t]);
    const rest = y.map((v, t) => v - a * e[t]);
    const total = (p: Vector, q: Vector) => sum(y.length, (t) => p[t] * q[t]);
    const step = solve([total(e, e), total(e, by), total(e, by), total(by, by)], [total(e, rest), total(by, rest)]);
    [a, b] = [a + step[0], b + step[1]];
    if (Math.max(...step.map(Math.abs)) < tolerance) break;
  }
  return [a, b];
}

/** Nelder and Mead’s search, until the simplex is smaller than `tolerance`. */
export function simplex(f: (x: Vector) => number, start: Vector, tolerance: number): Vector {
  const valued = (x: Vector) => ({ x, value: f(x) });
  let corners = [start, ...start.map((_, k) => start.map((v, i) => v + (i === k ? 0.5 : 0)))].map(valued);
  const between = (a: Vector, b: Vector, t: number) => a.map((v, i) => v + t * (b[i] - v));
  for (let n = 0; n < 2000; n++) {
    corners.sort((p, q) => p.value - q.value);
    const [best, worst] = [corners[0], corners[corners.length - 1]];
    if (Math.max(...worst.x.map((v, i) => Math.abs(v - best.x[i]))) < tolerance) break;
    const rest = corners.slice(0, -1);
    const middle = start.map((_, i) => sum(rest.length, (k) => rest[k].x[i]) / rest.length);
    const reflected = valued(between(worst.x, middle, 2));
    const further = valued(between(worst.x, middle, reflected.value < best.value ? 3 : 0.5));
    const better = reflected.value < rest[rest.length - 1].value ? reflected : worst;
    const chosen = further.value < better.value ? further : better;
    if (chosen !== worst) corners = [...rest, chosen];
    else corners = corners.map(({ x }) => valued(between(best.x, x, 0.5)));
  }
  return corners[0].x;
}

/** The place of a minimum in [low, high], by golden section. */
export function goldenSection(f: (x: number) => number, low: number, high: number, tolerance: number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [low, high];
  while (b - a > tolerance) {
    const [c, d] = [b - golden * (b - a), a + golden * (b - a)];
    if (f(c) < f(d)) b = d;
    else a = c;
  }
  return (a + b) / 2;
}

/** Simpson’s rule, halved where halving changes it. */
export function simpson(f: (x: number) => number, a: number, b: number, tolerance: number): number {
  const rule = (p: number, q: number) => ((q - p) / 6) * (f(p) + 4 * f((p + q) / 2) + f(q));
  const visit = (p: number, q: number, whole: number, allowed: number, depth: number): number => {
    const m = (p + q) / 2;
    const [left, right] = [rule(p, m), rule(m, q)];
    const change = left + right - whole;
    if (depth === 0 || !(Math.abs(change) >= 15 * allowed)) return left + right + change / 15;
    return visit(p, m, left, allowed / 2, depth - 1) + visit(m, q, right, allowed / 2, depth - 1);
  };
  return visit(a, b, rule(a, b), tolerance, 40);
}
