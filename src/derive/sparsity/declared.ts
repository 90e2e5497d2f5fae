/**
 * Declared sparsity: plain data that a decorator can carry, turned into a pattern once the sizes are known. To add a
 * kind, add a member to `Kinds` and a row to `kinds`.
 */
import { fail } from '../../errors.js';
import { dense, fromCoordinates, type Pattern, RowWriter, union, zero } from './pattern.js';

/** A stencil on a grid: each cell depends on itself displaced by each offset. */
export interface StencilSpec {
  /** The extents of the grid; the last axis runs fastest. */
  readonly shape: readonly number[];
  /** Displacements, one number per axis; `cross` is the cell and its 2d neighbors, `box` all 3^d cells around it. */
  readonly offsets: 'cross' | 'box' | readonly (readonly number[])[];
  /** Whether the grid closes on itself, for all axes or for each. */
  readonly periodic?: boolean | readonly boolean[];
}

/** The parameters of each kind of declared sparsity. */
interface Kinds {
  /** [l, u]: nonzeros at −l ≤ column − row ≤ u. */
  readonly band: readonly [number, number];
  /** The entries as [row, column]. */
  readonly pairs: readonly (readonly [number, number])[];
  /** The columns of each row. */
  readonly perRow: readonly (readonly number[])[];
  readonly stencil: StencilSpec;
  /** Dense blocks along the diagonal: each the size of a square, or [rows, columns]. */
  readonly blocks: readonly (number | readonly [number, number])[];
  /** All entries of all of these. */
  readonly union: readonly PatternSpec[];
}

/** A declared sparsity, for the flattened outputs (rows) by the flattened inputs (columns). */
export type PatternSpec =
  | 'dense'
  | 'zero'
  | 'diagonal'
  | { readonly [K in keyof Kinds]: { readonly [P in K]: Kinds[K] } }[keyof Kinds];

type Size = readonly [number, number];

interface Kind<Value> {
  /** The size that the parameters themselves fix, if they do. */
  readonly size?: (value: Value) => Size | undefined;
  readonly build: (value: Value, rows: number, columns: number, path: string) => Pattern;
}

const pairOf = (size: number | Size): Size => (typeof size === 'number' ? [size, size] : size);
const whole = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const cells = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

function needed(holds: boolean, path: string, received: string, expected: string): void {
  if (!holds) fail('E_SPARSITY', { path, received, expected });
}

/** Entries at −lower ≤ column − row ≤ upper. */
export function band(rows: number, columns: number, lower: number, upper: number): Pattern {
  const writer = new RowWriter(rows, columns, rows * Math.min(columns, lower + upper + 1));
  for (let i = 0; i < rows; i++) {
    for (let j = Math.max(0, i - lower); j <= Math.min(columns - 1, i + upper); j++) writer.add(j);
    writer.endRow();
  }
  return writer.finish({ kind: 'band', lower, upper });
}

/** Dense blocks along the diagonal, of the given [rows, columns]. */
export function blockDiagonal(sizes: readonly Size[]): Pattern {
  const rowSizes = sizes.map(([rows]) => rows);
  const columnSizes = sizes.map(([, columns]) => columns);
  const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
  const writer = new RowWriter(total(rowSizes), total(columnSizes));
  let first = 0;
  for (const [rows, columns] of sizes) {
    for (let i = 0; i < rows; i++) {
      for (let j = first; j < first + columns; j++) writer.add(j);
      writer.endRow();
    }
    first += columns;
  }
  return writer.finish({ kind: 'blocks', rows: rowSizes, columns: columnSizes });
}

/** All displacements by −1, 0, 1 along each of `axes` axes; with `cross` only those along one axis at a time. */
function neighbors(axes: number, cross: boolean): number[][] {
  let offsets: number[][] = [[]];
  for (let axis = 0; axis < axes; axis++) offsets = offsets.flatMap((offset) => [-1, 0, 1].map((d) => [...offset, d]));
  return cross ? offsets.filter((offset) => offset.filter((d) => d !== 0).length <= 1) : offsets;
}

/** The cell of the grid that lies at `cell + offset`, as an index; −1 outside of the grid. */
function displaced(
  cell: number[],
  offset: readonly number[],
  shape: readonly number[],
  wraps: readonly boolean[],
): number {
  let index = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis];
    let place = cell[axis] + offset[axis];
    if (wraps[axis]) place = ((place % extent) + extent) % extent;
    if (place < 0 || place >= extent) return -1;
    index = index * extent + place;
  }
  return index;
}

/** Each cell of a grid depends on the cells at the given offsets from it: 5-point, 9-point, 7-point or any other. */
export function stencil({ shape, offsets, periodic = false }: StencilSpec): Pattern {
  const list = typeof offsets === 'string' ? neighbors(shape.length, offsets === 'cross') : offsets;
  const wraps = shape.map((_, axis) => (typeof periodic === 'boolean' ? periodic : periodic[axis]));
  const size = cells(shape);
  const writer = new RowWriter(size, size, size * list.length);
  const cell = shape.map(() => 0);
  for (let i = 0; i < size; i++) {
    for (const offset of list) {
      const column = displaced(cell, offset, shape, wraps);
      if (column >= 0) writer.add(column);
    }
    writer.endRow();
    for (let axis = shape.length - 1; axis >= 0 && ++cell[axis] === shape[axis]; axis--) cell[axis] = 0;
  }
  return writer.finish({ kind: 'grid', shape });
}

function checkStencil({ shape, offsets, periodic }: StencilSpec, path: string): void {
  needed(shape.every(whole), `${path}.shape`, JSON.stringify(shape), 'a list of whole numbers');
  const axes = `one entry per axis of the grid (${shape.length})`;
  if (typeof periodic === 'object') {
    needed(periodic.length === shape.length, `${path}.periodic`, `a list of ${periodic.length}`, axes);
  }
  if (typeof offsets === 'string') {
    const known = offsets === 'cross' || offsets === 'box';
    needed(known, `${path}.offsets`, JSON.stringify(offsets), "'cross', 'box' or a list of displacements");
    return;
  }
  for (const [k, offset] of offsets.entries()) {
    const fits = offset.length === shape.length && offset.every(Number.isInteger);
    needed(fits, `${path}.offsets[${k}]`, JSON.stringify(offset), `${axes}, all whole`);
  }
}

function checkIndex(index: number, extent: number, path: string): void {
  needed(whole(index) && index < extent, path, String(index), `an index from 0 to ${extent - 1}`);
}

const kinds: { readonly [K in keyof Kinds]: Kind<Kinds[K]> } = {
  band: {
    build: ([lower, upper], rows, columns, path) => {
      needed(whole(lower) && whole(upper), path, JSON.stringify([lower, upper]), 'two whole numbers, 0 or more');
      return band(rows, columns, lower, upper);
    },
  },
  pairs: {
    build: (pairs, rows, columns, path) => {
      for (const [k, [row, column]] of pairs.entries()) {
        checkIndex(row, rows, `${path}[${k}][0]`);
        checkIndex(column, columns, `${path}[${k}][1]`);
      }
      const part = (place: 0 | 1) => Uint32Array.from(pairs, (pair) => pair[place]);
      return fromCoordinates(rows, columns, part(0), part(1));
    },
  },
  perRow: {
    build: (lists, rows, columns, path) => {
      needed(lists.length === rows, path, `a list of ${lists.length} rows`, `one list for each of ${rows} rows`);
      const writer = new RowWriter(rows, columns);
      for (const [i, list] of lists.entries()) {
        for (const [k, column] of list.entries()) {
          checkIndex(column, columns, `${path}[${i}][${k}]`);
          writer.add(column);
        }
        writer.endRow();
      }
      return writer.finish();
    },
  },
  stencil: {
    size: ({ shape }) => pairOf(cells(shape)),
    build: (spec, _rows, _columns, path) => {
      checkStencil(spec, path);
      return stencil(spec);
    },
  },
  blocks: {
    size: (sizes) => sizes.map(pairOf).reduce(([rows, columns], [r, c]) => [rows + r, columns + c], [0, 0]),
    build: (sizes, _rows, _columns, path) => {
      const pairs = sizes.map(pairOf);
      needed(pairs.flat().every(whole), path, JSON.stringify(sizes), 'whole numbers, 0 or more');
      return blockDiagonal(pairs);
    },
  },
  union: {
    size: (specs) => specs.map(sizeOf).find((size) => size !== undefined),
    build: (specs, rows, columns, path) =>
      specs.map((spec, k) => patternOf(spec, rows, columns, `${path}[${k}]`)).reduce(union, zero(rows, columns)),
  },
};

const named = {
  dense,
  zero,
  diagonal: (rows: number, columns: number): Pattern => band(rows, columns, 0, 0),
} as const;

/** The kind of a spec and its row, or undefined where the spec names no kind that there is. */
function kindOf(spec: PatternSpec): { name: string; kind: Kind<unknown>; value: unknown } | undefined {
  if (typeof spec !== 'object' || spec === null) return undefined;
  const entries: [string, unknown][] = Object.entries(spec);
  const [name, value] = entries[0] ?? ['', undefined];
  // The type of PatternSpec ties each value to the row of its name.
  const kind = Object.hasOwn(kinds, name) ? (kinds[name as keyof Kinds] as Kind<unknown>) : undefined;
  return entries.length === 1 && kind ? { name, kind, value } : undefined;
}

/** The size that a spec fixes by itself. */
function sizeOf(spec: PatternSpec): Size | undefined {
  const found = kindOf(spec);
  return found?.kind.size?.(found.value);
}

/**
 * The pattern that `spec` declares for a matrix of `rows` × `columns`. Raises E_SPARSITY, with the place in the
 * declaration, where the spec names no known kind, or does not fit the sizes.
 */
export function patternOf(spec: PatternSpec, rows: number, columns: number, path = 'sparsity'): Pattern {
  if (typeof spec === 'string' && Object.hasOwn(named, spec)) return named[spec](rows, columns);
  const found = kindOf(spec);
  if (!found) {
    const expected = `one of ${[...Object.keys(named), ...Object.keys(kinds)].join(', ')}`;
    fail('E_SPARSITY', { path, received: JSON.stringify(spec) ?? 'undefined', expected });
  }
  const place = `${path}.${found.name}`;
  const size = found.kind.size?.(found.value);
  if (size) {
    const fits = size[0] === rows && size[1] === columns;
    needed(fits, place, `a pattern of ${size[0]} × ${size[1]}`, `one of ${rows} × ${columns}`);
  }
  return found.kind.build(found.value, rows, columns, place);
}

/** Whether `spec` names a kind of declared sparsity, well formed or not. A map of maps may have the name of a kind. */
export function isPatternSpec(spec: unknown): spec is PatternSpec {
  if (typeof spec === 'string') return Object.hasOwn(named, spec);
  const found = kindOf(spec as PatternSpec);
  if (!found) return false;
  const { name, value } = found;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true;
  return name === 'stencil' && 'shape' in value && 'offsets' in value;
}
