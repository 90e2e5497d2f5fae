/** Scenarios of vectors, scalars and matrices of float64. */
import { Float64, Int32, type NdArray, type ShapeDType } from 'cotangent';
import type { Scenario } from './scenario.js';

const float64 = (...shape: number[]): ShapeDType => ({ shape, dtype: 'float64' });

class Four {
  @Float64({ shape: [4], differentiable: true }) x!: NdArray;
}
class Three {
  @Float64({ shape: [3], differentiable: true }) y!: NdArray;
}

/** f: R⁴ → R³, the wide map. */
export const wide: Scenario<Four> = {
  name: 'a map from R⁴ to R³',
  inputs: Four,
  outputs: Three,
  at: { x: [1, 2, 3, 4] },
  wrt: { x: [4] },
  of: { y: [3] },
  fixed: true,
  tangent: { x: [1, -1, 0.5, 2] },
  cotangent: { y: [1, -1, 0.5] },
  tolerance: 1e-12,
  apply: ({ x }) => {
    const [a, b, c, d] = x.data as unknown as [number, number, number, number];
    return { y: [a * b + c ** 2, Math.exp(a) - b * c, a ** 2 * d + b] };
  },
  abstractEval: () => ({ y: float64(3) }),
  jacobian: ({ x }) => {
    const [a, b, c, d] = x.data as unknown as [number, number, number, number];
    return { y: { x: [b, a, 2 * c, 0, Math.exp(a), -c, -b, 0, 2 * a * d, 1, 0, a ** 2] } };
  },
};

class Two {
  @Float64({ shape: [2], differentiable: true }) x!: NdArray;
}
class FourOut {
  @Float64({ shape: [4], differentiable: true }) y!: NdArray;
}

/** g: R² → R⁴, the tall map. */
export const tall: Scenario<Two> = {
  name: 'a map from R² to R⁴',
  inputs: Two,
  outputs: FourOut,
  at: { x: [0.5, 1.2] },
  wrt: { x: [2] },
  of: { y: [4] },
  fixed: true,
  tangent: { x: [1, -0.5] },
  cotangent: { y: [1, -1, 0.5, 0.3] },
  tolerance: 1e-12,
  apply: ({ x }) => {
    const [a, b] = x.data as unknown as [number, number];
    return { y: Float64Array.of(Math.sin(a) * b, a ** 2 + Math.cos(b), Math.exp(a * b), a - b ** 2) };
  },
  abstractEval: () => ({ y: float64(4) }),
  jacobian: ({ x }) => {
    const [a, b] = x.data as unknown as [number, number];
    const e = Math.exp(a * b);
    return { y: { x: [Math.cos(a) * b, Math.sin(a), 2 * a, -Math.sin(b), b * e, a * e, 1, -2 * b] } };
  },
};

class One {
  @Float64({ differentiable: true }) x = 0;
}
class OneOut {
  @Float64({ differentiable: true }) y!: number;
}

/** y = x³. */
export const cube: Scenario<One> = {
  name: 'a scalar of a scalar',
  inputs: One,
  outputs: OneOut,
  at: { x: -1.5 },
  wrt: { x: [] },
  of: { y: [] },
  fixed: true,
  tangent: { x: [0.25] },
  cotangent: { y: [-3] },
  tolerance: 1e-12,
  apply: ({ x }) => ({ y: x ** 3 }),
  abstractEval: () => ({ y: float64() }),
  jacobian: ({ x }) => ({ y: { x: [3 * x ** 2] } }),
};

class Matrix {
  @Float64({ shape: [null, null], differentiable: true }) a!: NdArray;
}
class Rows {
  @Float64({ shape: [null], differentiable: true }) r!: NdArray;
}

/** r_i = Σ_j a_ij², so ∂r_i/∂a_kj = 2·a_ij·δ_ik. */
export const rows: Scenario<Matrix> = {
  name: 'a vector of a matrix',
  inputs: Matrix,
  outputs: Rows,
  at: {
    a: [
      [1, -2, 3],
      [0.5, 4, -1],
    ],
  },
  wrt: { a: [2, 3] },
  of: { r: [2] },
  fixed: false,
  tangent: { a: [1, 2, -1, 0.5, 0, 3] },
  cotangent: { r: [2, -0.5] },
  tolerance: 1e-12,
  apply: ({ a }) => {
    const [p, q, r, s, t, u] = a.data as unknown as [number, number, number, number, number, number];
    return { r: [p * p + q * q + r * r, s * s + t * t + u * u] };
  },
  abstractEval: ({ a }) => ({ r: float64(a.shape[0]!) }),
  jacobian: ({ a }) => {
    const [p, q, r, s, t, u] = [...a.data].map((value) => 2 * value) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return { r: { a: [p, q, r, 0, 0, 0, 0, 0, 0, s, t, u] } };
  },
};

class Several {
  @Float64({ differentiable: true }) a = 1;
  @Float64({ shape: [null], differentiable: true }) v!: NdArray;
  @Int32() k = 2;
}
class SeveralOut {
  @Float64({ shape: [null], differentiable: true }) p!: NdArray;
  @Float64({ differentiable: true }) q!: number;
}

/** p = k·a·v, q = Σ v² + a, where k is a whole number. */
export const several: Scenario<Several> = {
  name: 'several inputs and outputs',
  inputs: Several,
  outputs: SeveralOut,
  at: { a: 1.5, v: [2, -1, 0.5], k: 3 },
  wrt: { a: [], v: [3] },
  of: { p: [3], q: [] },
  fixed: false,
  tangent: { a: [-2], v: [1, 0.5, 4] },
  cotangent: { p: [1, -1, 2], q: [0.75] },
  tolerance: 1e-12,
  apply: ({ a, v, k }) => ({
    p: [...v.data].map((value) => k * a * value),
    q: [...v.data].reduce((sum, value) => sum + value ** 2, 0) + a,
  }),
  abstractEval: ({ v }) => ({ p: float64(v.shape[0]!), q: float64() }),
  jacobian: ({ a, v, k }) => {
    const ka = k * a;
    return {
      p: { a: [...v.data].map((value) => k * value), v: [ka, 0, 0, 0, ka, 0, 0, 0, ka] },
      q: { a: [1], v: [...v.data].map((value) => 2 * value) },
    };
  },
};

class Empty {
  @Float64({ shape: [null], differentiable: true }) v!: NdArray;
  @Float64({ differentiable: true }) s = 2;
}
class EmptyOut {
  @Float64({ shape: [null], differentiable: true }) w!: NdArray;
  @Float64({ differentiable: true }) q!: number;
}

const emptyFunctions: Pick<Scenario<Empty>, 'inputs' | 'outputs' | 'apply' | 'abstractEval' | 'jacobian' | 'at'> = {
  inputs: Empty,
  outputs: EmptyOut,
  at: { v: [], s: 3 },
  apply: ({ v, s }) => ({ w: [...v.data].map((value) => s * value), q: s ** 2 }),
  abstractEval: ({ v }) => ({ w: float64(v.shape[0]!), q: float64() }),
  jacobian: ({ s }) => ({ w: { v: [], s: [] }, q: { v: [], s: [2 * s] } }),
};

/** w = s·v, q = s², where v has no elements. */
export const empty: Scenario<Empty> = {
  ...emptyFunctions,
  name: 'arrays without elements beside scalars',
  wrt: { v: [0], s: [] },
  of: { w: [0], q: [] },
  fixed: false,
  tangent: { v: [], s: [0.5] },
  cotangent: { w: [], q: [-2] },
  tolerance: 1e-12,
};

class AnyRank {
  @Float64({ shape: 'any', differentiable: true }) x!: NdArray;
}
class AnyRankOut {
  @Float64({ shape: 'any', differentiable: true }) y!: NdArray;
  @Float64({ differentiable: true }) s!: number;
}

/** y = x², element by element, and s = Σ x, of an array of any rank. */
export const anyRank: Scenario<AnyRank> = {
  name: 'an array of any rank',
  inputs: AnyRank,
  outputs: AnyRankOut,
  at: { x: [[[1, 2]], [[3, -4]]] },
  wrt: { x: [2, 1, 2] },
  of: { y: [2, 1, 2], s: [] },
  fixed: false,
  tangent: { x: [1, -1, 0.5, 2] },
  cotangent: { y: [3, 1, -1, 0.5], s: [2] },
  tolerance: 1e-12,
  apply: ({ x }) => ({
    y: [0, 2].map((i) => [[x.data[i]! ** 2, x.data[i + 1]! ** 2]]),
    s: x.data[0]! + x.data[1]! + x.data[2]! + x.data[3]!,
  }),
  abstractEval: ({ x }) => ({ y: float64(...x.shape), s: float64() }),
  jacobian: ({ x }) => {
    const [a, b, c, d] = [...x.data].map((value) => 2 * value) as [number, number, number, number];
    return { y: { x: [a, 0, 0, 0, 0, b, 0, 0, 0, 0, c, 0, 0, 0, 0, d] }, s: { x: [1, 1, 1, 1] } };
  },
};
