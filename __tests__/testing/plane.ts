/** A component in closed form whose derivatives can be spoiled: y = A·sin a + b², z = Σ a·b. */
import { Apply, Component, DifferentiableComponent, Float64, Jacobian, Jvp, type NdArray, Vjp } from 'cotangent';

/** The number of elements of a, b and y. */
export const size = 4;

/** A square matrix that is not symmetric. */
export const matrix: readonly (readonly number[])[] = [
  [1.5, -0.4, 0.9, 0.1],
  [0.2, 2.1, -1.3, 0.7],
  [-0.8, 0.5, 1.1, 1.9],
  [0.3, -1.7, 0.6, 0.4],
];

/** Two vectors. */
export class PlaneInputs {
  @Float64({ shape: [size], differentiable: true }) a!: NdArray;
  @Float64({ shape: [size], differentiable: true }) b!: NdArray;
}

/** A vector and a number. */
export class PlaneOutputs {
  @Float64({ shape: [size], differentiable: true }) y!: NdArray;
  @Float64({ differentiable: true }) z!: number;
}

/** Where it is evaluated. */
export const point = { a: [0.3, -1.1, 0.8, 2.2], b: [1.4, 0.6, -0.9, 0.5] };

type Numbers = readonly number[];
/** A pushforward or pullback as lists. */
export type Parts = Record<string, number[] | number>;
/** The seed and the inputs a method was given, as lists. */
export interface Given {
  readonly a: Numbers;
  readonly b: Numbers;
  readonly seed: Readonly<Record<string, Numbers>>;
}

const rows = Array.from({ length: size }, (_, i) => i);
const sum = (term: (i: number) => number) => rows.reduce((total, i) => total + term(i), 0);

/** The outputs. */
export const outputs = (a: Numbers, b: Numbers): Parts => ({
  y: rows.map((i) => sum((j) => matrix[i]![j]! * Math.sin(a[j]!)) + b[i]! ** 2),
  z: sum((i) => a[i]! * b[i]!),
});

/** J·t. */
export const push = ({ a, b, seed }: Given): Parts => {
  const [da, db] = [seed['a'] ?? rows.map(() => 0), seed['b'] ?? rows.map(() => 0)];
  return {
    y: rows.map((i) => sum((j) => matrix[i]![j]! * Math.cos(a[j]!) * da[j]!) + 2 * b[i]! * db[i]!),
    z: sum((i) => da[i]! * b[i]! + a[i]! * db[i]!),
  };
};

/** Jᵀ·c. */
export const pull = ({ a, b, seed }: Given): Parts => {
  const [y, z] = [seed['y'] ?? rows.map(() => 0), seed['z']?.[0] ?? 0];
  return {
    a: rows.map((j) => Math.cos(a[j]!) * sum((i) => matrix[i]![j]! * y[i]!) + b[j]! * z),
    b: rows.map((i) => 2 * b[i]! * y[i]! + a[i]! * z),
  };
};

/** The blocks of J. */
export const blocks = (a: Numbers, b: Numbers) => ({
  y: {
    a: rows.map((i) => rows.map((j) => matrix[i]![j]! * Math.cos(a[j]!))),
    b: rows.map((i) => rows.map((j) => (i === j ? 2 * b[i]! : 0))),
  },
  z: { a: [...b], b: [...a] },
});

/** What replaces a method, or is done to its result; it may write to what the method was given. */
export interface Spoils {
  readonly apply?: (result: Parts, inputs: PlaneInputs) => object;
  readonly jvp?: (result: Parts, given: Given, request: Spoilt) => object;
  readonly vjp?: (result: Parts, given: Given, request: Spoilt) => object;
  readonly jacobian?: (result: ReturnType<typeof blocks>) => object;
}

/** A request as a method gets it. */
export interface Spoilt {
  readonly inputs: PlaneInputs;
  readonly tangent: Record<string, NdArray>;
  readonly cotangent: Record<string, NdArray | number>;
  readonly of: readonly string[];
  readonly wrt: readonly string[];
}

const lists = (seed: Record<string, NdArray | number>) =>
  Object.fromEntries(
    Object.entries(seed).map(([path, one]) => [path, typeof one === 'number' ? [one] : [...one.data]]),
  );
const same = <T>(result: T) => result;

/** A component with those derivatives that `own` names, each spoilt as `spoils` says. */
export function plane(own: readonly ('jvp' | 'vjp' | 'jacobian')[], spoils: Spoils = {}) {
  class Plane extends DifferentiableComponent<PlaneInputs, PlaneOutputs> {}
  const methods = {
    apply: (inputs: PlaneInputs) => (spoils.apply ?? same)(outputs([...inputs.a.data], [...inputs.b.data]), inputs),
    jvp: (request: Spoilt) => {
      const given = { a: [...request.inputs.a.data], b: [...request.inputs.b.data], seed: lists(request.tangent) };
      return (spoils.jvp ?? same)(push(given), given, request);
    },
    vjp: (request: Spoilt) => {
      const given = { a: [...request.inputs.a.data], b: [...request.inputs.b.data], seed: lists(request.cotangent) };
      return (spoils.vjp ?? same)(pull(given), given, request);
    },
    jacobian: ({ inputs }: Spoilt) => (spoils.jacobian ?? same)(blocks([...inputs.a.data], [...inputs.b.data])),
  };
  const decorators = { apply: Apply(), jvp: Jvp(), vjp: Vjp(), jacobian: Jacobian() };
  for (const name of ['apply', ...own] as const) {
    Object.defineProperty(Plane.prototype, name, { value: methods[name], configurable: true, writable: true });
    (decorators[name] as unknown as (target: object, key: string) => void)(Plane.prototype, name);
  }
  (Component({ inputs: PlaneInputs, outputs: PlaneOutputs }) as (target: unknown) => void)(Plane);
  return Plane;
}
