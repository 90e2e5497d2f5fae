/**
 * Random components whose outputs hide what they depend on: in branches, guards, tables, text, whole numbers, sorts. The
 * generator knows the derivative of every term in closed form. Shares no code with src/.
 */
import {
  Apply,
  Component,
  type ComponentHandle,
  DeriveJacobianFromJvp,
  DeriveJacobianFromProducts,
  DeriveJacobianFromVjp,
  DifferentiableComponent,
  Float32,
  Float64,
  Int32,
  Jvp,
  type JvpRequest,
  NdArray,
  openComponent,
  type PlanOptions,
  Vjp,
  type VjpRequest,
  zeros,
} from 'cotangent';

/** Numbers of (0, 1) that a seed decides (xorshift32). */
export function dice(seed: number): { next(): number; below(n: number): number; sign(): number } {
  let state = (seed * 2654435761 + 88675123) >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return (state + 0.5) / 2 ** 32;
  };
  return { next, below: (n) => Math.floor(next() * n), sign: () => (next() < 0.5 ? -1 : 1) };
}

type Slopes = (x: Float64Array, flag: number) => readonly (readonly [number, number])[];

/** A term of an output: its value, and its derivative by each input that has one here. */
export interface Term {
  readonly kind: string;
  readonly value: (x: Float64Array, flag: number) => number;
  readonly slopes: Slopes;
}

interface Draw {
  /** Distinct inputs. */
  readonly at: readonly number[];
  readonly c: number;
  readonly n: number;
}

type Make = (draw: Draw) => Omit<Term, 'kind'>;

const table = [0, 1, 4, 9, 16, 25];

/** Every kind of term. All inputs lie in (0.1, 1.1) but for those that a test moves. */
const kinds: Readonly<Record<string, Make>> = {
  linear: ({ at: [a], c }) => ({ value: (x) => c * x[a], slopes: () => [[a, c]] }),
  square: ({ at: [a], c }) => ({ value: (x) => c * x[a] * x[a], slopes: (x) => [[a, 2 * c * x[a]]] }),
  product: ({ at: [a, b], c }) => ({
    value: (x) => c * x[a] * x[b],
    slopes: (x) => [
      [a, c * x[b]],
      [b, c * x[a]],
    ],
  }),
  branch: ({ at: [a, b], c }) => ({
    value: (x) => (x[a] > 0.6 ? c * x[a] : c * x[b]),
    slopes: (x) => [[x[a] > 0.6 ? a : b, c]],
  }),
  maximum: ({ at: [a, b], c }) => ({
    value: (x) => c * (x[a] > x[b] ? x[a] : x[b]),
    slopes: (x) => [[x[a] > x[b] ? a : b, c]],
  }),
  or: ({ at: [a, b], c }) => ({ value: (x) => c * (x[a] || x[b]), slopes: (x) => [[x[a] ? a : b, c]] }),
  guard: ({ at: [a], c }) => ({ value: (x) => (Number.isNaN(x[a]) ? 0 : c * x[a]), slopes: () => [[a, c]] }),
  text: ({ at: [a], c }) => ({
    value: (x) => c * (JSON.parse(JSON.stringify([x[a]])) as number[])[0],
    slopes: () => [[a, c]],
  }),
  tableOf: ({ at: [a, b], c }) => ({
    value: (x) => c * (table[Math.floor(4 * x[a])] ?? 0) * x[b],
    slopes: (x) => [[b, c * (table[Math.floor(4 * x[a])] ?? 0)]],
  }),
  sorted: ({ at, c }) => ({
    value: (x) => c * at.map((j) => x[j]).sort((p, q) => p - q)[0],
    slopes: (x) => [[[...at].sort((p, q) => x[p] - x[q])[0], c]],
  }),
  indexed: ({ at: [a], c, n }) => ({
    value: (x) => c * x[Math.floor(n * 0.9 * Math.min(1, x[a])) || 0],
    slopes: (x) => [[Math.floor(n * 0.9 * Math.min(1, x[a])), c]],
  }),
  flagged: ({ at, c }) => ({
    value: (x, flag) => c * x[at[flag % at.length]],
    slopes: (_, flag) => [[at[flag % at.length], c]],
  }),
  truncated: ({ at: [a, b], c }) => ({
    value: (x) => c * ((10 * x[a]) | 0) * x[b],
    slopes: (x) => [[b, c * ((10 * x[a]) | 0)]],
  }),
  power0: ({ at: [a, b], c }) => ({ value: (x) => c * x[a] ** 0 * x[b], slopes: () => [[b, c]] }),
  filtered: ({ at, c }) => ({
    value: (x) => c * Math.min(...at.map((j) => x[j]).filter((v) => v > 0.05)),
    slopes: (x) => [[[...at].sort((p, q) => x[p] - x[q])[0], c]],
  }),
  throwing: ({ at: [a], c }) => ({
    value: (x) => {
      if (Number.isNaN(x[a])) throw new RangeError('not a number');
      return c * x[a];
    },
    slopes: () => [[a, c]],
  }),
  newton: ({ at: [a], c }) => ({
    value: (x) => {
      let root = 1;
      for (let k = 0; k < 60 && Math.abs(root * root - x[a]) > 1e-15; k++) root = (root + x[a] / root) / 2;
      return c * root;
    },
    slopes: (x) => [[a, c / (2 * Math.sqrt(x[a]))]],
  }),
  // The derivative is infinite at 0, and the branch hides the other input.
  root: ({ at: [a, b], c }) => ({
    value: (x) => Math.sqrt(x[a]) + (x[b] > 0 ? c * x[b] : 0),
    slopes: (x) => [
      [a, 0.5 / Math.sqrt(x[a])],
      [b, x[b] > 0 ? c : 0],
    ],
  }),
};

/** The names of the kinds. */
export const kindNames: readonly string[] = Object.keys(kinds);

/** A random component: the terms of each output, and the dtypes. */
export interface Case {
  readonly n: number;
  readonly m: number;
  readonly terms: readonly (readonly Term[])[];
  readonly single: { readonly x: boolean; readonly y: boolean };
  /** Whether its products multiply by zeros of a seed: 0 times an infinite derivative is NaN. */
  readonly careless: boolean;
  readonly names: readonly string[];
}

/** Draw a component. Coefficients lie within so many powers of ten; columns have units of their own where that is asked. */
export function anyCase(seed: number, largest: number): Case {
  const die = dice(seed);
  const [n, m] = [3 + die.below(largest - 2), 1 + die.below(largest)];
  const decades = [0, 0, 2, 5, 8, 16][die.below(6)];
  const single = { x: die.next() < 0.4, y: die.next() < 0.4 };
  const span = single.x || single.y ? Math.min(decades, 8) : decades;
  const names = new Set<string>();
  const draw = (): Term => {
    const at = new Set<number>();
    const wanted = Math.min(n, 2 + die.below(3));
    while (at.size < wanted) at.add(die.below(n));
    const kind = kindNames[die.below(kindNames.length)];
    names.add(kind);
    const c = die.sign() * (0.5 + die.next()) * 10 ** (span * (die.next() - 0.5));
    return { kind, ...kinds[kind]({ at: [...at], c, n }) };
  };
  const terms = Array.from({ length: m }, () => Array.from({ length: die.below(5) }, draw));
  return { n, m, terms, single, careless: die.next() < 0.2, names: [...names] };
}

/** The Jacobian in closed form, row by row. */
export function jacobianOf({ n, terms }: Case, x: Float64Array, flag: number): Float64Array[] {
  return terms.map((row) => {
    const full = new Float64Array(n);
    for (const { slopes } of row) for (const [j, slope] of slopes(x, flag)) full[j] += slope;
    return full;
  });
}

/** The rules that recover, and the options that a case is made with. */
export const rules = {
  jacobianFromJvp: { products: ['jvp'], decorate: DeriveJacobianFromJvp },
  jacobianFromVjp: { products: ['vjp'], decorate: DeriveJacobianFromVjp },
  jacobianFromProducts: { products: ['jvp', 'vjp'], decorate: DeriveJacobianFromProducts },
} as const;

type Decorate = (target: unknown) => void;

/** A component of a case. */
export function open(one: Case, rule: keyof typeof rules, options: PlanOptions): ComponentHandle {
  const { n, m, terms, single, careless } = one;
  const times = (slope: number, seed: number) => (seed === 0 && !careless ? 0 : slope * seed);
  const [OfX, OfY] = [single.x ? Float32 : Float64, single.y ? Float32 : Float64];
  class Inputs {
    @OfX({ shape: [n], differentiable: true }) x = zeros([n]) as never;
    @Int32() flag = 0;
  }
  class Outputs {
    @OfY({ shape: [m], differentiable: true }) y!: never;
  }
  const pointOf = (inputs: Inputs) => [Float64Array.from((inputs.x as NdArray).data), inputs.flag] as const;
  const dtype = (is: boolean) => (is ? 'float32' : 'float64');
  const wrap = (is: boolean, values: Float64Array) =>
    new NdArray(dtype(is) as 'float64', [values.length], is ? (Float32Array.from(values) as never) : values);
  class Trap extends DifferentiableComponent<Inputs, Outputs> {
    @Apply()
    apply(inputs: Inputs): Outputs {
      const [x, flag] = pointOf(inputs);
      const y = Float64Array.from(terms, (row) => row.reduce((sum, { value }) => sum + value(x, flag), 0));
      return { y: wrap(single.y, y) as never };
    }
  }
  class Forward extends Trap {
    @Jvp()
    jvp({ inputs, tangent }: JvpRequest<Inputs>) {
      const [x, flag] = pointOf(inputs);
      const t = (tangent.x as unknown as NdArray).data;
      const push = ({ slopes }: Term) => slopes(x, flag).reduce((sum, [j, s]) => sum + times(s, t[j]), 0);
      const y = Float64Array.from(terms, (row) => row.reduce((sum, term) => sum + push(term), 0));
      return { y: wrap(single.y, y) };
    }
  }
  const pull = ({ inputs, cotangent }: VjpRequest<Inputs, Outputs>) => {
    const [x, flag] = pointOf(inputs);
    const c = (cotangent.y as unknown as NdArray).data;
    const gradient = new Float64Array(n);
    for (const [i, row] of terms.entries())
      for (const { slopes } of row) for (const [j, s] of slopes(x, flag)) gradient[j] += times(s, c[i]);
    return { x: wrap(single.x, gradient) };
  };
  class Backward extends Trap {
    @Vjp()
    vjp(request: VjpRequest<Inputs, Outputs>) {
      return pull(request);
    }
  }
  class Both extends Forward {
    @Vjp()
    vjp(request: VjpRequest<Inputs, Outputs>) {
      return pull(request);
    }
  }
  const types = { jacobianFromJvp: Forward, jacobianFromVjp: Backward, jacobianFromProducts: Both };
  class Made extends (types[rule] as unknown as typeof Trap) {}
  (rules[rule].decorate(options as never) as unknown as Decorate)(Made);
  (Component({ inputs: Inputs, outputs: Outputs, cache: false }) as unknown as Decorate)(Made);
  return openComponent(Made) as unknown as ComponentHandle;
}

/** How far entries may be from the closed form, relative to the largest of their row. */
const allowed = { double: 1e-12, single: 1e-5 } as const;

/** The entries of a Jacobian that are wrong: not those that the dtype cannot hold. */
export function wrongEntries(one: Case, found: Float64Array, x: Float64Array, flag: number): string[] {
  const wanted = jacobianOf(one, x, flag);
  const limit = one.single.x || one.single.y ? allowed.single : allowed.double;
  return wanted.flatMap((row, i) => {
    const most = row.reduce((size, value) => (Number.isFinite(value) ? Math.max(size, Math.abs(value)) : size), 0);
    return [...row].flatMap((value, j) => {
      const got = found[i * one.n + j];
      // A product that multiplies zeros by what is infinite says NaN: that is no number, so it is not a wrong one.
      const silent = one.careless && Number.isNaN(got);
      const near = silent || Object.is(got, value) || Math.abs(got - value) <= limit * most;
      return near ? [] : [`[${i}, ${j}]: ${got} for ${value} in a row of ${most}`];
    });
  });
}
