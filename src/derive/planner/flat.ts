/**
 * Several variables as one flat vector: laid end to end in schema order, in float64. Seeds are written straight into
 * the arrays of their variables; answers are read without a copy where there is only one float64 array.
 */
import { castArray, realValues } from '../../array/cast.js';
import { type DType, dtypes } from '../../array/dtype.js';
import { isFault } from '../../array/fault.js';
import { NdArray, zeros } from '../../array/ndarray.js';
import { type Shape, sizeOf } from '../../array/shape.js';
import type { Arrays, Variable } from '../../operators/endpoints.js';

/** The places of variables in a flat vector: variable k has the entries `starts[k]` … `starts[k + 1] − 1`. */
export interface Space {
  readonly variables: readonly Variable[];
  readonly starts: Float64Array;
  readonly size: number;
}

/** The space of variables whose shapes are known. */
export function spaceOf(variables: readonly Variable[]): Space {
  const starts = new Float64Array(variables.length + 1);
  for (const [k, { shape }] of variables.entries()) starts[k + 1] = starts[k] + sizeOf(shape ?? []);
  return { variables, starts, size: starts[variables.length] };
}

/** Which variable entry `i` belongs to. */
export function variableAt({ starts }: Space, i: number): number {
  let [low, high] = [0, starts.length - 2];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= i) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Writes entry `i` of seed `k`. */
export type Put = (k: number, i: number, value: number) => void;

/** The dtype of a seed: that of its variable where it can hold fractions, else float64. */
function seedDType({ dtype }: Variable): DType {
  return dtype !== 'any' && dtypes[dtype].kind === 'float' ? dtype : 'float64';
}

/**
 * Fresh seed arrays, so that a method may keep them: of the shapes of the variables, or with a leading axis of `count`
 * where `count` is given. `fill` says what is in them; a variable that it does not touch is left out.
 */
export function seedArrays(space: Space, count: number | undefined, fill: (put: Put) => void): Arrays {
  const { variables, starts } = space;
  const arrays: (NdArray<DType> | undefined)[] = variables.map(() => undefined);
  fill((k, i, value) => {
    const which = variableAt(space, i);
    const { shape = [] } = variables[which];
    arrays[which] ??= zeros<DType>(count === undefined ? shape : [count, ...shape], seedDType(variables[which]));
    const size = starts[which + 1] - starts[which];
    (arrays[which] as NdArray).data[k * size + i - starts[which]] = value;
  });
  const touched = variables.flatMap(({ path }, which) => {
    const array = arrays[which];
    return array ? [[path, array] as const] : [];
  });
  return Object.fromEntries(touched);
}

/** A flat vector as fresh arrays in the dtypes of the variables; it may be rounded on the way. */
export function splitFlat({ variables, starts }: Space, vector: Float64Array): Arrays {
  const entries = variables.map((variable, k) => {
    const exact = new NdArray<DType>('float64', variable.shape ?? [], vector.slice(starts[k], starts[k + 1]));
    const cast = castArray(exact, seedDType(variable));
    return [variable.path, isFault(cast) ? exact : cast] as const;
  });
  return Object.fromEntries(entries);
}

/** The arrays as one flat vector; those of seed `k`, where they have a leading axis. Only to be read, and at once. */
export function joinArrays({ variables, starts, size }: Space, arrays: Arrays, k = 0): Float64Array {
  const part = (which: number): Float64Array => {
    const length = starts[which + 1] - starts[which];
    return realValues(arrays[variables[which].path]).subarray(k * length, (k + 1) * length);
  };
  if (variables.length === 1) return part(0);
  const joined = new Float64Array(size);
  for (let which = 0; which < variables.length; which++) joined.set(part(which), starts[which]);
  return joined;
}

/** The shape of the block of an output and an input. */
export function blockShape(output: Variable, input: Variable): Shape {
  return [...(output.shape ?? []), ...(input.shape ?? [])];
}
