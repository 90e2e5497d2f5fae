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

/** What an array of a result has to be: one of a product, or the block of an output by an input. */
interface Wanted {
  readonly variable: Variable;
  /** Which side the array of a product is on. */
  readonly side?: 'input' | 'output';
  /** The input of a block: its axes are the last ones, and the others are the output's. */
  readonly input?: Variable;
  readonly shape: ShapePattern;
  readonly dtype: DType | 'any';
}

/** Where the array stands in the result. */
function placeOf({ method }: Source, { variable, input }: Wanted): string {
  return input ? `${method}["${variable.path}"]["${input.path}"]` : `${method}["${variable.path}"]`;
}

/** Why it has to have its shape. */
function ruleOf({ variable, side, input }: Wanted): string {
  return input ? "the output's shape, then the input's" : `the shape of the ${side} "${variable.path}"`;
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
  const arrays: Record<string, NdArray<DType>> = {};
  if (!isRecord(source, '', raw)) return arrays;
  for (const one of variables) {
    const { path, shape, pattern, dtype } = one;
    const array = acceptArray(source, entryOf(raw, path), { variable: one, side, shape: shape ?? pattern, dtype });
    if (array) arrays[path] = array;
  }
  return arrays;
}

/** The blocks of a Jacobian, one for each pair; free extents of an output must agree among its blocks. */
export function acceptBlocks(source: Source, raw: unknown, of: readonly Variable[], wrt: readonly Variable[]): Blocks {
  const blocks: Record<string, Arrays> = {};
  if (!isRecord(source, '', raw)) return blocks;
  for (const output of of) blocks[output.path] = acceptRow(source, entryOf(raw, output.path), output, wrt);
  return blocks;
}

function acceptRow(source: Source, raw: unknown, output: Variable, wrt: readonly Variable[]): Arrays {
  const row: Record<string, NdArray<DType>> = {};
  if (!isRecord(source, `["${output.path}"]`, raw)) return row;
  let rows: ShapePattern = output.shape ?? output.pattern;
  for (const input of wrt) {
    const block = acceptArray(source, entryOf(raw, input.path), wantedBlock(output, rows, input));
    if (!block) continue;
    row[input.path] = block;
    rows = block.shape.slice(0, block.shape.length - input.shape!.length);
  }
  return row;
}

function wantedBlock(output: Variable, rows: ShapePattern, input: Variable): Wanted {
  const shape = rows === 'any' ? 'any' : rows.concat(input.shape ?? []);
  return { variable: output, input, shape, dtype: blockType(output, input) };
}

function blockType({ dtype: output }: Variable, { dtype: input }: Variable): DType | 'any' {
  return output === 'any' || input === 'any' ? 'any' : promote(output, input);
}

type Entries = ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>;

function isRecord(source: Source, at: string, raw: unknown): raw is Entries {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw) && !isNdArray(raw)) return true;
  const facts = { path: `${source.method}${at}`, expected: 'an object with an entry for each path' };
  if (raw === undefined) source.problems.push(problem('E_RESULT_MISSING', { ...facts, expected: 'Return it.' }));
  else source.problems.push(problem('E_RESULT_TYPE', { ...facts, received: describe(raw) }));
  return false;
}

function entryOf(raw: Entries, key: string): unknown {
  return raw instanceof Map ? raw.get(key) : (raw as Readonly<Record<string, unknown>>)[key];
}

const anything = { dtype: 'any', shape: 'any' } as const;

function acceptArray(source: Source, value: unknown, wanted: Wanted): NdArray<DType> | undefined {
  if (value === undefined || value === null) {
    const facts = { path: placeOf(source, wanted), expected: `It has ${ruleOf(wanted)}.` };
    source.problems.push(problem('E_RESULT_MISSING', facts));
    return undefined;
  }
  const array = isNdArray(value) ? value : readArray(value, anything);
  if ('code' in array) {
    const facts = { path: placeOf(source, wanted), received: array.received, expected: 'an array of numbers' };
    source.problems.push(problem('E_RESULT_TYPE', facts));
    return undefined;
  }
  if (wanted.dtype !== 'any' && !castable(array.dtype, wanted.dtype)) {
    const facts = { path: placeOf(source, wanted), received: array.dtype, expected: wanted.dtype };
    source.problems.push(problem('E_RESULT_DTYPE', facts));
    return undefined;
  }
  return isMatrix(value) ? fitMatrix(source, array, wanted) : fit(source, array, wanted);
}

function fit(source: Source, array: NdArray<DType>, wanted: Wanted): NdArray<DType> | undefined {
  if (fits(array.shape, wanted) && endsWith(array.shape, wanted.input && (wanted.input.shape ?? []))) return array;
  const facts = { path: placeOf(source, wanted), received: formatShape(array.shape), rule: ruleOf(wanted) };
  source.problems.push(problem('E_RESULT_SHAPE', { ...facts, expected: formatShape(wanted.shape) }));
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
function fitMatrix(source: Source, array: NdArray<DType>, wanted: Wanted): NdArray<DType> | undefined {
  const [rows, columns] = array.shape as readonly [number, number];
  const { input } = wanted;
  const block = input && { rows: leading(wanted.shape, input.shape ?? []), columns: input.shape ?? [] };
  const shape = block
    ? columns === sizeOf(block.columns) && join(solve(block.rows, rows), block.columns)
    : solve(wanted.shape, rows * columns, array.shape);
  if (shape) return new NdArray(array.dtype, shape, array.data);
  const path = placeOf(source, wanted);
  const received = `${rows} × ${columns}`;
  const expected = block
    ? `${formatShape(block.rows)} rows and ${formatShape(block.columns)} columns, flattened`
    : formatShape(wanted.shape);
  const ambiguous = block ? columns === sizeOf(block.columns) && !isFixed(block.rows) : !isFixed(wanted.shape);
  source.problems.push(
    ambiguous
      ? problem('E_RESULT_AMBIGUOUS', { path, received, expected })
      : problem('E_RESULT_SHAPE', { path, received, expected, rule: ruleOf(wanted) }),
  );
  return undefined;
}

function leading(shape: ShapePattern, tail: Shape): ShapePattern {
  return shape === 'any' ? 'any' : shape.slice(0, shape.length - tail.length);
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
  for (const one of variables) {
    const { path, dtype } = one;
    value[path] = present(source, arrays[path]!, { variable: one, shape: 'any', dtype });
  }
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
    for (const input of wrt)
      row[input.path] = present(source, blocks[output.path]![input.path]!, wantedBlock(output, 'any', input));
    value[output.path] = row;
  }
  return value;
}

function present(source: Source, array: NdArray<DType>, wanted: Wanted): ArrayValue {
  const { dtype } = wanted;
  const cast = dtype === 'any' ? array : castArray(array, dtype);
  if (!('code' in cast)) return cast.shape.length === 0 ? (scalarOf(cast) as ArrayValue) : cast;
  // A value may be out of range where the dtype is not: what is received is then the value.
  const code = cast.code === 'E_ARRAY_DTYPE' ? 'E_RESULT_DTYPE' : 'E_RESULT_TYPE';
  const { received, expected } = cast;
  source.problems.push(problem(code, { path: placeOf(source, wanted), received, expected }));
  return array;
}
