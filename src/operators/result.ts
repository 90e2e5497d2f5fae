/** Checking what a method returned against the contract of its endpoint, and presenting a checked result. */
import { castArray } from '../array/cast.js';
import { castable, type DType, promote } from '../array/dtype.js';
import { readArray } from '../array/literal.js';
import { isNdArray, NdArray, scalarOf } from '../array/ndarray.js';
import { formatShape, isFixed, type Shape, type ShapePattern, sizeOf } from '../array/shape.js';
import { ComponentError, problem } from '../errors.js';
import { describe } from '../schema/check.js';
import type { Arrays, ArrayValue, Blocks, JacobianValue, ProductValue, Variable } from './endpoints.js';

/** What is being checked: whose method, and where in its result. */
export interface Source {
  /** `Wing.jacobian()`. */
  readonly method: string;
  readonly problems: ComponentError[];
}

/** What an array of a result has to be. */
interface Wanted {
  readonly path: string;
  readonly shape: ShapePattern;
  readonly dtype: DType | 'any';
  /** Why it has to have this shape, for the message. */
  readonly rule: string;
  /** For a block: how many leading axes are the output's, so that a matrix can be told apart. */
  readonly matrix?: { readonly rows: ShapePattern; readonly columns: Shape } | undefined;
}

/** Raise the problems found in a result: the only one itself, or all of them in one error. */
export function raiseResult(source: Source, endpoint: string): void {
  const { problems, method } = source;
  if (problems.length === 0) return;
  if (problems.length === 1 && problems[0]!.code.startsWith('E_RESULT')) throw problems[0];
  const list = problems.map((one) => `  ${one.message}`).join('\n');
  throw new ComponentError('E_RESULT', { method, endpoint, list }, { problems });
}

/** The arrays of a product, one for each variable; what was not asked for is dropped. */
export function acceptArrays(
  source: Source,
  raw: unknown,
  variables: readonly Variable[],
  side: 'input' | 'output',
): Arrays {
  const entries = entriesOf(source, '', raw);
  const arrays: Record<string, NdArray<DType>> = {};
  for (const one of entries ? variables : []) {
    const rule = `the shape of the ${side} "${one.path}"`;
    const wanted: Wanted = { path: `["${one.path}"]`, shape: one.shape ?? one.pattern, dtype: one.dtype, rule };
    const array = acceptArray(source, entries!(one.path), wanted);
    if (array) arrays[one.path] = array;
  }
  return arrays;
}

/** The blocks of a Jacobian, one for each pair; free extents of an output must agree among its blocks. */
export function acceptBlocks(source: Source, raw: unknown, of: readonly Variable[], wrt: readonly Variable[]): Blocks {
  const rows = entriesOf(source, '', raw);
  const blocks: Record<string, Arrays> = {};
  for (const output of rows ? of : []) {
    const entries = entriesOf(source, `["${output.path}"]`, rows!(output.path));
    let rowShape: ShapePattern = output.shape ?? output.pattern;
    const row: Record<string, NdArray<DType>> = {};
    for (const input of entries ? wrt : []) {
      const block = acceptArray(source, entries!(input.path), wantedBlock(output, rowShape, input));
      if (!block) continue;
      row[input.path] = block;
      rowShape = block.shape.slice(0, block.shape.length - input.shape!.length);
    }
    blocks[output.path] = row;
  }
  return blocks;
}

function wantedBlock(output: Variable, rows: ShapePattern, input: Variable): Wanted {
  const columns = input.shape ?? [];
  const dtype = output.dtype === 'any' || input.dtype === 'any' ? 'any' : promote(output.dtype, input.dtype);
  return {
    path: `["${output.path}"]["${input.path}"]`,
    shape: rows === 'any' ? 'any' : [...rows, ...columns],
    dtype,
    rule: "the output's shape, then the input's",
    matrix: { rows, columns },
  };
}

function entriesOf(source: Source, at: string, raw: unknown): ((key: string) => unknown) | undefined {
  if (raw instanceof Map) return (key) => raw.get(key);
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw) && !isNdArray(raw)) {
    return (key) => (key in raw ? (raw as Record<string, unknown>)[key] : undefined);
  }
  const facts = { path: `${source.method}${at}`, expected: 'an object with an entry for each path' };
  if (raw === undefined) source.problems.push(problem('E_RESULT_MISSING', { ...facts, expected: 'Return it.' }));
  else source.problems.push(problem('E_RESULT_TYPE', { ...facts, received: describe(raw) }));
  return undefined;
}

function acceptArray(source: Source, value: unknown, wanted: Wanted): NdArray<DType> | undefined {
  const path = `${source.method}${wanted.path}`;
  if (value === undefined || value === null) {
    source.problems.push(problem('E_RESULT_MISSING', { path, expected: `It has ${wanted.rule}.` }));
    return undefined;
  }
  const array = readArray(value, { dtype: 'any', shape: 'any' });
  if ('code' in array) {
    source.problems.push(problem('E_RESULT_TYPE', { path, received: array.received, expected: 'an array of numbers' }));
    return undefined;
  }
  if (wanted.dtype !== 'any' && !castable(array.dtype, wanted.dtype)) {
    source.problems.push(problem('E_RESULT_DTYPE', { path, received: array.dtype, expected: wanted.dtype }));
    return undefined;
  }
  return isMatrix(value) ? fitMatrix(source, path, array, wanted) : fit(source, path, array, wanted);
}

function fit(source: Source, path: string, array: NdArray<DType>, wanted: Wanted): NdArray<DType> | undefined {
  if (fits(array.shape, wanted) && endsWith(array.shape, wanted.matrix?.columns)) return array;
  const facts = { path, received: formatShape(array.shape), expected: formatShape(wanted.shape), rule: wanted.rule };
  source.problems.push(problem('E_RESULT_SHAPE', facts));
  return undefined;
}

function fits(shape: Shape, { shape: pattern }: Wanted): boolean {
  if (pattern === 'any') return true;
  return shape.length === pattern.length && pattern.every((extent, axis) => extent === null || extent === shape[axis]);
}

function endsWith(shape: Shape, tail: Shape | undefined): boolean {
  if (!tail) return true;
  const start = shape.length - tail.length;
  return start >= 0 && tail.every((extent, axis) => shape[start + axis] === extent);
}

/** A matrix stands for a block of any rank, rows for the output and columns for the input, or for a vector. */
function fitMatrix(source: Source, path: string, array: NdArray<DType>, wanted: Wanted): NdArray<DType> | undefined {
  const [rows, columns] = array.shape as readonly [number, number];
  const block = wanted.matrix;
  const shape = block
    ? columns === sizeOf(block.columns) && join(solve(block.rows, rows), block.columns)
    : solve(wanted.shape, rows * columns, array.shape);
  if (shape) return new NdArray(array.dtype, shape, array.data);
  const received = `${rows} × ${columns}`;
  const expected = block
    ? `${formatShape(block.rows)} rows and ${formatShape(block.columns)} columns, flattened`
    : formatShape(wanted.shape);
  const ambiguous = block ? columns === sizeOf(block.columns) && !isFixed(block.rows) : !isFixed(wanted.shape);
  source.problems.push(
    ambiguous
      ? problem('E_RESULT_AMBIGUOUS', { path, received, expected })
      : problem('E_RESULT_SHAPE', { path, received, expected, rule: wanted.rule }),
  );
  return undefined;
}

function join(rows: Shape | undefined, columns: Shape): Shape | undefined {
  return rows && [...rows, ...columns];
}

/** The shape of `size` elements that a pattern with at most one free extent allows; the shape itself where it fits. */
function solve(pattern: ShapePattern, size: number, shape?: Shape): Shape | undefined {
  if (pattern === 'any') return shape;
  if (shape && fits(shape, { shape: pattern } as Wanted)) return shape;
  const free = pattern.filter((extent) => extent === null).length;
  const fixed = pattern.reduce<number>((product, extent) => product * (extent ?? 1), 1);
  if (free > 1 || (free === 1 && (fixed === 0 || size % fixed !== 0))) return undefined;
  if (free === 0 && fixed !== size) return undefined;
  return pattern.map((extent) => extent ?? size / fixed);
}

function isMatrix(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'klass' in value && value.klass === 'Matrix';
}

/** Present a product: each array in its variable's dtype, a scalar as a number. */
export function presentArrays(source: Source, arrays: Arrays, variables: readonly Variable[]): ProductValue {
  const value: Record<string, ArrayValue> = {};
  for (const one of variables) value[one.path] = present(source, `["${one.path}"]`, arrays[one.path]!, one.dtype);
  return value;
}

/** Present a Jacobian: each block in the dtype that holds both its output's and its input's. */
export function presentBlocks(
  source: Source,
  blocks: Blocks,
  of: readonly Variable[],
  wrt: readonly Variable[],
): JacobianValue {
  const value: Record<string, ProductValue> = {};
  for (const output of of) {
    const row: Record<string, ArrayValue> = {};
    for (const input of wrt) {
      const { path, dtype } = wantedBlock(output, 'any', input);
      row[input.path] = present(source, path, blocks[output.path]![input.path]!, dtype);
    }
    value[output.path] = row;
  }
  return value;
}

function present(source: Source, at: string, array: NdArray<DType>, dtype: DType | 'any'): ArrayValue {
  const cast = dtype === 'any' ? array : castArray(array, dtype);
  if (!('code' in cast)) return cast.shape.length === 0 ? (scalarOf(cast) as ArrayValue) : cast;
  // A value may be out of range where the dtype is not: what is received is then the value.
  const code = cast.code === 'E_ARRAY_DTYPE' ? 'E_RESULT_DTYPE' : 'E_RESULT_TYPE';
  const { received, expected } = cast;
  source.problems.push(problem(code, { path: `${source.method}${at}`, received, expected }));
  return array;
}
