/** Flat vectors of a derivation by differences as the arrays and blocks of its answer. */
import { type DType, dtypes } from '../array/dtype.js';
import { NdArray, zeros } from '../array/ndarray.js';
import type { Arrays, Blocks } from '../operators/endpoints.js';
import { type Place } from './evaluation.js';
import { refuseBeyond } from './memory.js';
import { writeColumn } from './probe.js';

/** Zeros like an array, or like the block of an array by its partner: float64, or complex128. */
export function zeroLike({ dtype, shape }: NdArray<DType>, partner?: NdArray<DType>): NdArray<DType> {
  const complex = [dtype, partner?.dtype ?? dtype].some((one) => dtypes[one].kind === 'complex');
  return zeros<DType>([...shape, ...(partner?.shape ?? [])], complex ? 'complex128' : 'float64');
}

/** Zeros for the gradient by each input. */
export function gradients(inputs: readonly Place[]): Arrays {
  return Object.fromEntries(inputs.map(({ variable, array }) => [variable.path, zeroLike(array)]));
}

/** Zeros for each block; a complex step has complex outputs, and a real derivative of them. Raises `E_MEMORY_LIMIT`. */
export function emptyBlocks(outputs: readonly Place[], inputs: readonly Place[], limit: number | undefined): Blocks {
  const elements = (places: readonly Place[]) => places.reduce((sum, { array }) => sum + array.size, 0);
  const [rows, columns] = [elements(outputs), elements(inputs)];
  const complex = inputs.some(({ array }) => dtypes[array.dtype].components === 2);
  refuseBeyond({ rule: 'jacobianFromApply', rows, columns, bytes: rows * columns * (complex ? 16 : 8) }, limit);
  const row = (output: Place) =>
    inputs.map(({ variable, array }) => [variable.path, zeroBlock(output.array, array)] as const);
  return Object.fromEntries(outputs.map((output) => [output.variable.path, Object.fromEntries(row(output))]));
}

function zeroBlock(output: NdArray<DType>, input: NdArray<DType>): NdArray<DType> {
  const complex = dtypes[input.dtype].kind === 'complex';
  return zeros<DType>([...output.shape, ...input.shape], complex ? 'complex128' : 'float64');
}

/** Write a column of a Jacobian into its blocks. */
export function setColumn(
  blocks: Blocks,
  outputs: readonly Place[],
  { variable, array }: Place,
  element: number,
  column: Float64Array,
): void {
  const parts = split(column, halved(outputs, column));
  for (const { variable: output } of outputs) {
    writeColumn(blocks[output.path]![variable.path]!, element, array.size, parts[output.path]!);
  }
}

// Complex outputs fill twice their size; a column that is half as long holds their real derivative.
function halved(outputs: readonly Place[], column: Float64Array): readonly Place[] {
  const end = outputs.at(-1)?.end ?? 0;
  if (column.length === end) return outputs;
  return outputs.map(({ variable, array, start, end }) => ({
    variable,
    array: zeros<DType>(array.shape, 'float64'),
    start: start / 2,
    end: end / 2,
  }));
}

/** The real derivatives of complex outputs, by path. */
export function imaginaryFree(values: Float64Array, outputs: readonly Place[]): Arrays {
  return split(values, halved(outputs, values));
}

/** A flat vector as arrays, by path. */
export function split(values: Float64Array, found: readonly Place[]): Arrays {
  return Object.fromEntries(
    found.map(({ variable, array: { dtype, shape }, start, end }) => {
      const complex = dtypes[dtype].kind === 'complex';
      const data = values.slice(start, end);
      return [variable.path, new NdArray<DType>(complex ? 'complex128' : 'float64', shape, data)];
    }),
  );
}

/** The elements of an array; complex ones are interleaved. */
export function flat({ data }: NdArray<DType>): Float64Array {
  return Float64Array.from(data as Float64Array);
}

/** Σ c_i d_i of interleaved complex numbers, without conjugation. */
export function complexDot(c: Float64Array, d: Float64Array): [number, number] {
  let [re, im] = [0, 0];
  for (let i = 0; i < c.length; i += 2) {
    if (c[i] === 0 && c[i + 1] === 0) continue;
    re += c[i]! * d[i]! - c[i + 1]! * d[i + 1]!;
    im += c[i]! * d[i + 1]! + c[i + 1]! * d[i]!;
  }
  return [re, im];
}
