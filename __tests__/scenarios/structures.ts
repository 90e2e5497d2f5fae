/** Scenarios of lists, maps and nested models, of mixed precision, and of complex numbers. */
import { type Complex, Complex128, Field, Float32, Float64, type NdArray, type ShapeDType } from 'cotangent';
import type { Element, Scenario } from './scenario.js';

const scalar: ShapeDType = { shape: [], dtype: 'float64' };

class Mesh {
  @Float64({ differentiable: true }) scale = 1;
}
class Tree {
  @Float64({ shape: [2], each: 'list', differentiable: true }) items!: NdArray[];
  @Float64({ each: 'map', differentiable: true }) rates!: Map<string, number>;
  @Field(() => Mesh) mesh = new Mesh();
}
class TreeOut {
  @Float64({ each: 'map', differentiable: true }) totals!: Map<string, number>;
  @Float64({ each: 'list', differentiable: true }) products!: number[];
}

/** totals{k} = rates{k}²·Σ items, products[i] = scale·items[i]₀·items[i]₁. */
export const tree: Scenario<Tree> = {
  name: 'paths through lists, maps and models',
  inputs: Tree,
  outputs: TreeOut,
  at: {
    items: [
      [1, 2],
      [-3, 0.5],
    ],
    rates: { a: 2, 'b c.d': -1 },
    mesh: { scale: 4 },
  },
  wrt: { 'items.[0]': [2], 'items.[1]': [2], 'rates.{a}': [], 'rates.{b c.d}': [], 'mesh.scale': [] },
  of: { 'totals.{a}': [], 'totals.{b c.d}': [], 'products.[0]': [], 'products.[1]': [] },
  fixed: true,
  tangent: { 'items.[0]': [1, -1], 'items.[1]': [0.5, 2], 'rates.{a}': [3], 'rates.{b c.d}': [-2], 'mesh.scale': [1] },
  cotangent: { 'totals.{a}': [1], 'totals.{b c.d}': [-0.5], 'products.[0]': [2], 'products.[1]': [0.25] },
  tolerance: 1e-12,
  apply: ({ items, rates, mesh }) => {
    const [p, q] = items.map(({ data }) => data) as [Float64Array, Float64Array];
    const sum = p[0]! + p[1]! + q[0]! + q[1]!;
    return {
      totals: new Map([...rates].map(([key, rate]) => [key, rate ** 2 * sum])),
      products: [mesh.scale * p[0]! * p[1]!, mesh.scale * q[0]! * q[1]!],
    };
  },
  abstractEval: () => ({ totals: { a: scalar, 'b c.d': scalar }, products: [scalar, scalar] }),
  jacobian: ({ items, rates, mesh: { scale } }) => {
    const [[p0, p1], [q0, q1]] = items.map(({ data }) => [...data]) as [[number, number], [number, number]];
    const [a, b] = [rates.get('a')!, rates.get('b c.d')!];
    const sum = p0 + p1 + q0 + q1;
    const total = (rate: number) => ({ 'items.[0]': [rate ** 2, rate ** 2], 'items.[1]': [rate ** 2, rate ** 2] });
    const still = { 'rates.{a}': [0], 'rates.{b c.d}': [0] };
    return {
      'totals.{a}': { ...total(a), 'rates.{a}': [2 * a * sum], 'rates.{b c.d}': [0], 'mesh.scale': [0] },
      'totals.{b c.d}': { ...total(b), 'rates.{a}': [0], 'rates.{b c.d}': [2 * b * sum], 'mesh.scale': [0] },
      'products.[0]': { 'items.[0]': [scale * p1, scale * p0], 'items.[1]': [0, 0], ...still, 'mesh.scale': [p0 * p1] },
      'products.[1]': { 'items.[0]': [0, 0], 'items.[1]': [scale * q1, scale * q0], ...still, 'mesh.scale': [q0 * q1] },
    };
  },
};

class Mixed {
  @Float32({ shape: [2], differentiable: true }) x!: NdArray<'float32'>;
  @Float64({ differentiable: true }) z = 1;
}
class MixedOut {
  @Float32({ shape: [2], differentiable: true }) narrow!: NdArray<'float32'>;
  @Float64({ differentiable: true }) wide!: number;
}

/** narrow = z·x in float32, wide = z·Σ x² in float64. */
export const mixed: Scenario<Mixed> = {
  name: 'float32 beside float64',
  inputs: Mixed,
  outputs: MixedOut,
  at: { x: [0.1, -3], z: 0.3 },
  wrt: { x: [2], z: [] },
  of: { narrow: [2], wide: [] },
  fixed: true,
  tangent: { x: [1, 0.7], z: [-0.2] },
  cotangent: { narrow: [0.9, 1], wide: [0.3] },
  tolerance: 3e-7,
  dtypes: { x: 'float32', narrow: 'float32' },
  apply: ({ x, z }) => ({
    narrow: [z * x.data[0]!, z * x.data[1]!],
    wide: z * (x.data[0]! ** 2 + x.data[1]! ** 2),
  }),
  abstractEval: () => ({ narrow: { shape: [2], dtype: 'float32' }, wide: scalar }),
  jacobian: ({ x: { data }, z }) => {
    const [a, b] = [data[0]!, data[1]!];
    return { narrow: { x: [z, 0, 0, z], z: [a, b] }, wide: { x: [2 * z * a, 2 * z * b], z: [a * a + b * b] } };
  },
};

class ComplexIn {
  @Complex128({ shape: [2], differentiable: true }) z!: NdArray<'complex128'>;
  @Complex128({ differentiable: true }) c: Complex = { re: 0, im: 0 };
}
class ComplexOut {
  @Complex128({ shape: [null], differentiable: true }) w!: NdArray<'complex128'>;
}

const complex = (re: number, im: number): Complex => ({ re, im });
const times = (a: Complex, b: Complex): Complex => complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
const plus = (a: Complex, b: Complex): Complex => complex(a.re + b.re, a.im + b.im);
const pairs = ({ data }: { data: Float64Array }): [Complex, Complex] => [
  complex(data[0]!, data[1]!),
  complex(data[2]!, data[3]!),
];

/** w = [z₀·z₁, z₀² + c], which is holomorphic. */
export const holomorphic: Scenario<ComplexIn> = {
  name: 'a holomorphic map',
  inputs: ComplexIn,
  outputs: ComplexOut,
  at: { z: [complex(1, 2), complex(-0.5, 3)], c: complex(4, -1) },
  wrt: { z: [2], c: [] },
  of: { w: [2] },
  fixed: false,
  tangent: { z: [complex(1, -1), complex(0.5, 0.25)], c: [complex(0, 2)] },
  cotangent: { w: [complex(2, 1), complex(-1, 0.5)] },
  tolerance: 1e-12,
  dtypes: { z: 'complex128', w: 'complex128' },
  apply: ({ z, c }) => {
    const [a, b] = pairs(z);
    return { w: [times(a, b), plus(times(a, a), c)] };
  },
  abstractEval: () => ({ w: { shape: [2], dtype: 'complex128' } }),
  jacobian: ({ z }) => {
    const [a, b] = pairs(z);
    const nothing: Element = complex(0, 0);
    return { w: { z: [b, a, times(complex(2, 0), a), nothing], c: [nothing, complex(1, 0)] } };
  },
};
