/** Random models: fields of every form and dtype, where their numbers are, and values for them. */
import {
  Bool,
  Complex64,
  Complex128,
  type DType,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  NdArray,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
} from 'cotangent';
import type { Draw } from './random.js';

/** A number, real or complex. */
export interface Num {
  readonly re: number;
  readonly im: number;
}

/** An array of a model that is differentiable: its path, its shape, and how it is read. */
export interface Leaf {
  readonly path: string;
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly read: (root: object) => unknown;
}

/** A model, its differentiable arrays in schema order, and how a value of it is made. */
export interface Model {
  readonly type: new () => object;
  readonly leaves: readonly Leaf[];
  /** Whether no field is a list or a map. */
  readonly isFlat: boolean;
  /** A value whose arrays hold the numbers, laid end to end in schema order. */
  readonly value: (numbers: readonly Num[]) => Record<string, unknown>;
  /** The sum of what is no array that is differentiable: flags, as one factor. */
  readonly factor: (root: object) => number;
}

type Decorate = (target: object, key: string) => void;
type Factory = (options?: object) => unknown;
const factories = { float64: Float64, float32: Float32, complex128: Complex128, complex64: Complex64 } as const;
const flags = {
  int8: Int8,
  int16: Int16,
  int32: Int32,
  int64: Int64,
  uint8: UInt8,
  uint16: UInt16,
  uint32: UInt32,
  uint64: UInt64,
  bool: Bool,
} as const;

/** How many numbers a shape has. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

function arrayOf(dtype: DType, shape: readonly number[], numbers: readonly Num[]): unknown {
  const isComplex = dtype.startsWith('complex');
  if (shape.length === 0) return isComplex ? numbers[0] : numbers[0]!.re;
  const flat = numbers.flatMap(({ re, im }) => (isComplex ? [re, im] : [re]));
  const single = dtype === 'float32' || dtype === 'complex64';
  return new NdArray<DType>(dtype, [...shape], single ? Float32Array.from(flat) : Float64Array.from(flat));
}

/** The numbers of an array as an author or a caller meets it. */
export function numbersIn(value: unknown): Num[] {
  if (typeof value === 'number') return [{ re: value, im: 0 }];
  if (typeof value === 'object' && value !== null && 're' in value) return [value as Num];
  const { dtype, data } = value as NdArray<DType>;
  const flat = Array.from(data as Float64Array);
  if (!dtype.startsWith('complex')) return flat.map((re) => ({ re, im: 0 }));
  return Array.from({ length: flat.length / 2 }, (_, k) => ({ re: flat[2 * k]!, im: flat[2 * k + 1]! }));
}

/** What a field adds to its model. */
interface Part {
  readonly name: string;
  readonly isFlat?: false;
  readonly decorate: (type: new () => object) => void;
  readonly leaves: readonly Leaf[];
  readonly value: (numbers: readonly Num[]) => unknown;
  readonly factor?: (value: unknown) => number;
}

const keys = ['a b', 'ü.x', '__proto__', 'constructor'];

function shapeFor(draw: Draw, long: number): number[] {
  const kind = draw.below(10);
  if (kind < 4) return [];
  if (kind === 4) return [0];
  if (kind === 5) return [draw.below(3), 2];
  if (kind === 6 && long > 0) return [long];
  return [1 + draw.below(4)];
}

function part(draw: Draw, name: string, dtype: keyof typeof factories, long: number): Part {
  const shape = shapeFor(draw, long);
  const free = draw.chance(0.5);
  const declared = shape.map((extent) => (free ? null : extent));
  const factory = factories[dtype] as unknown as Factory;
  const field = (options: object) => (type: new () => object) =>
    (factory({ shape: declared, differentiable: true, ...options }) as Decorate)(type.prototype, name);
  const at = (root: object) => (root as Record<string, unknown>)[name];
  const kind = draw.below(6);
  const size = sizeOf(shape);
  if (kind === 0) {
    const length = draw.below(3);
    const leaf = (_: unknown, k: number): Leaf => ({
      path: `${name}.[${k}]`,
      shape,
      dtype,
      read: (root) => (at(root) as unknown[])[k],
    });
    const value = (numbers: readonly Num[]) =>
      Array.from({ length }, (_, k) => arrayOf(dtype, shape, numbers.slice(k * size, (k + 1) * size)));
    return { name, decorate: field({ each: 'list' }), leaves: Array.from({ length }, leaf), value, isFlat: false };
  }
  if (kind === 1) {
    const chosen = keys.slice(0, draw.below(keys.length));
    const leaf = (key: string): Leaf => ({
      path: `${name}.{${key}}`,
      shape,
      dtype,
      read: (root) => (at(root) as Map<string, unknown>).get(key),
    });
    const value = (numbers: readonly Num[]) =>
      new Map(chosen.map((key, k) => [key, arrayOf(dtype, shape, numbers.slice(k * size, (k + 1) * size))]));
    return { name, decorate: field({ each: 'map' }), leaves: chosen.map(leaf), value, isFlat: false };
  }
  const leaf: Leaf = { path: name, shape, dtype, read: at };
  return {
    name,
    decorate: field(kind === 2 ? { optional: true } : {}),
    leaves: [leaf],
    value: (numbers) => arrayOf(dtype, shape, numbers),
  };
}

function nested(draw: Draw, name: string, dtypes: readonly (keyof typeof factories)[]): Part {
  const inner = modelFrom([part(draw, 'p', draw.one(dtypes), 0), part(draw, 'q', draw.one(dtypes), 0)]);
  const leaves = inner.leaves.map((leaf) => ({
    ...leaf,
    path: `${name}.${leaf.path}`,
    read: (root: object) => leaf.read((root as Record<string, object>)[name]!),
  }));
  const decorate = (type: new () => object) => (Field(() => inner.type) as unknown as Decorate)(type.prototype, name);
  return { name, decorate, leaves, value: inner.value, ...(inner.isFlat ? {} : { isFlat: false as const }) };
}

function flag(draw: Draw, name: string): Part {
  const dtype = draw.one(Object.keys(flags) as (keyof typeof flags)[]);
  const factory = flags[dtype] as unknown as Factory;
  const big = dtype.endsWith('64');
  const one = (value: number): unknown => (dtype === 'bool' ? value > 1 : big ? BigInt(value) : value);
  const list = draw.chance(0.3);
  const values = Array.from({ length: list ? 2 : 1 }, () => 1 + draw.below(2));
  return {
    name,
    decorate: (type) => (factory(list ? { each: 'list' } : {}) as Decorate)(type.prototype, name),
    leaves: [],
    value: () => (list ? values.map(one) : one(values[0]!)),
    factor: (value) => [value].flat().reduce<number>((sum, each) => sum + (each === true ? 1 : Number(each)), 0),
  };
}

function modelFrom(parts: readonly Part[]): Model {
  class Made {}
  for (const { decorate } of parts) decorate(Made);
  const leaves = parts.flatMap((one) => one.leaves);
  const value = (numbers: readonly Num[]) => {
    const left = [...numbers];
    const entries = parts.map((one) => {
      const size = one.leaves.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
      return [one.name, one.value(left.splice(0, size))] as const;
    });
    return Object.fromEntries(entries);
  };
  const factor = (root: object) =>
    parts.reduce((sum, { name, factor: of }) => sum + (of ? of((root as Record<string, unknown>)[name]) : 0), 1);
  return { type: Made, leaves, isFlat: parts.every((one) => one.isFlat !== false), value, factor };
}

/** A random model of real or complex numbers; inputs may have flags, and one field of 70 numbers. */
export function randomModel(draw: Draw, complex: boolean, isInput: boolean): Model {
  const dtypes = complex
    ? (['complex128'] as const)
    : draw.one([['float64'], ['float64', 'float32'], ['float32']] as const);
  const long = isInput && draw.chance(0.1) ? 70 : 0;
  const fields = Array.from({ length: 1 + draw.below(3) }, (_, k) => part(draw, `f${k}`, draw.one(dtypes), long));
  const more: Part[] = [];
  if (draw.chance(0.3)) more.push(nested(draw, 'inner', dtypes));
  if (isInput) for (let k = draw.below(3); k > 0; k--) more.push(flag(draw, `flag${k}`));
  return modelFrom([...fields, ...more]);
}
