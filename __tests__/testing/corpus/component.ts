/** A row as a component whose derivatives can be exchanged. */
import {
  Apply,
  Component,
  DifferentiableComponent,
  Float32,
  Float64,
  Jacobian,
  type JacobianRequest,
  Jvp,
  type JvpRequest,
  NdArray,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import { type Matrix, times, transposed } from './matrix.js';
import type { Field, Row, Vector } from './row.js';

/** The dtypes in which a row is checked. */
export type Kind = 'float64' | 'float32';
/** An endpoint that is written. */
export type Endpoint = 'jacobian' | 'jvp' | 'vjp';

const decorators = { float64: Float64, float32: Float32 };
const product = (shape: Vector) => shape.reduce((size, n) => size * n, 1);
/** The number of elements of all fields. */
export const sizeOf = (fields: readonly Field[]) => fields.reduce((sum, { shape }) => sum + product(shape), 0);
const starts = (fields: readonly Field[]) => fields.map((_, k) => sizeOf(fields.slice(0, k)));

/** `values` in the form of one field. */
function inField(kind: Kind, shape: Vector, values: Vector | Float64Array): number | NdArray<Kind> {
  if (shape.length === 0) return values[0];
  return kind === 'float64'
    ? new NdArray('float64', shape, Float64Array.from(values))
    : new NdArray('float32', shape, Float32Array.from(values));
}

/** The parts of a flat vector by path. */
const byPath = (kind: Kind, fields: readonly Field[], flat: Vector | Float64Array) =>
  starts(fields).map((start, k) => {
    const { path, shape } = fields[k];
    return [path, inField(kind, shape, flat.slice(start, start + product(shape)))] as const;
  });

/** The name of a field and the key within it: `rates` and `k1` of `rates.{k1}`. */
const parse = (path: string) => {
  const [, name = path, index, key] = /^(\w+)(?:\.\[(\d+)\]|\.\{(.*)\})?$/.exec(path) ?? [];
  return { name, index, key };
};

/** Values by path as the object that a component takes. */
function nested(parts: readonly (readonly [path: string, value: unknown])[]): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [path, value] of parts) {
    const { name, index, key } = parse(path);
    if (index !== undefined) found[name] = [...((found[name] as unknown[] | undefined) ?? []), value];
    else if (key !== undefined) found[name] = new Map(found[name] as Map<string, unknown> | undefined).set(key, value);
    else found[name] = value;
  }
  return found;
}

/** The inputs of a component at a flat point. */
export const inputsAt = ({ takes }: Row, kind: Kind, point: Vector): object => nested(byPath(kind, takes, point));

const valueAt = (inputs: unknown, path: string): unknown => {
  const { name, index, key } = parse(path);
  const field = (inputs as Record<string, unknown>)[name];
  if (index !== undefined) return (field as unknown[])[Number(index)];
  return key === undefined ? field : (field as Map<string, unknown>).get(key);
};

const numbersOf = (value: unknown): Vector =>
  typeof value === 'number' ? [value] : Array.from((value as NdArray).data, Number);

/** One flat vector of the parts that `read` gives; zeros for those it does not. */
const flat = (fields: readonly Field[], read: (path: string) => unknown): Vector =>
  fields.flatMap(({ path, shape }) => {
    const value = read(path);
    return value === undefined ? new Array<number>(product(shape)).fill(0) : numbersOf(value);
  });

/** A class with a differentiable field for each of `fields`. */
function model(kind: Kind, fields: readonly Field[]): new () => object {
  class Model {}
  const seen = new Set<string>();
  for (const { path, shape } of fields) {
    const { name, index, key } = parse(path);
    if (seen.has(name)) continue;
    seen.add(name);
    const each =
      index !== undefined ? ({ each: 'list' } as const) : key !== undefined ? ({ each: 'map' } as const) : {};
    const decorate = decorators[kind]({ shape: [...shape], differentiable: true, ...each }) as unknown as (
      target: object,
      name: string,
    ) => void;
    decorate(Model.prototype, name);
  }
  return Model;
}

/** The blocks of a matrix: one array of each output by each input. */
function blocks(row: Row, kind: Kind, matrix: Matrix, of: readonly string[], wrt: readonly string[]) {
  const [outs, ins] = [starts(row.gives), starts(row.takes)];
  const block = (output: string, input: string) => {
    const [o, i] = [row.gives.findIndex((f) => f.path === output), row.takes.findIndex((f) => f.path === input)];
    const [height, width] = [product(row.gives[o].shape), product(row.takes[i].shape)];
    const values = new Float64Array(height * width);
    matrix.values.forEach((value, k) => {
      const [r, c] = [matrix.row[k] - outs[o], matrix.column[k] - ins[i]];
      if (r >= 0 && r < height && c >= 0 && c < width) values[r * width + c] = value;
    });
    return inField(kind, [...row.gives[o].shape, ...row.takes[i].shape], values);
  };
  return Object.fromEntries(
    of.map((output) => [output, Object.fromEntries(wrt.map((input) => [input, block(output, input)]))]),
  );
}

/** A component that has the endpoints of `own`; what they say is the matrix it is made with. */
export function componentOf(row: Row, kind: Kind, own: readonly Endpoint[]) {
  const [inputs, outputs] = [model(kind, row.takes), model(kind, row.gives)];
  const some = (fields: readonly Field[], vector: Vector | Float64Array, paths: readonly string[]) =>
    Object.fromEntries(byPath(kind, fields, vector).filter(([path]) => paths.includes(path)));
  class Made extends DifferentiableComponent<object, object> {
    readonly #matrix: Matrix;
    constructor(matrix: Matrix) {
      super();
      this.#matrix = matrix;
    }
    evaluate(given: object) {
      return nested(byPath(kind, row.gives, row.apply(flat(row.takes, (path) => valueAt(given, path)))));
    }
    differentiate({ of, wrt }: JacobianRequest<object>) {
      return blocks(row, kind, this.#matrix, of, wrt);
    }
    push({ tangent, of }: JvpRequest<object>) {
      const seed = flat(row.takes, (path) => (tangent as Record<string, unknown>)[path]);
      return some(row.gives, times(this.#matrix, seed), of);
    }
    pull({ cotangent, wrt }: VjpRequest<object>) {
      const seed = flat(row.gives, (path) => (cotangent as Record<string, unknown>)[path]);
      return some(row.takes, times(transposed(this.#matrix), seed), wrt);
    }
  }
  const decorate = (decorator: unknown, name: string) =>
    (decorator as (target: object, name: string) => void)(Made.prototype, name);
  decorate(Apply(), 'evaluate');
  const written = { jacobian: Jacobian(), jvp: Jvp(), vjp: Vjp() };
  const methods = { jacobian: 'differentiate', jvp: 'push', vjp: 'pull' };
  for (const endpoint of own) decorate(written[endpoint], methods[endpoint]);
  (Component({ inputs, outputs }) as (target: unknown) => void)(Made);
  return Made;
}
