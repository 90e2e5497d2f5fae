/**
 * A sparsity pattern: which entries of a matrix may be nonzero. Held as compressed rows, O(nonzeros) memory; a dense
 * pattern holds no indices at all. What is known about the shape of a pattern (a band, a grid, …) is kept in
 * `structure`, for the colorings that have a closed form. Declared patterns are made in `declared.ts`.
 */

/** What is known of a pattern beyond its indices. Only `dense` replaces the indices, the others are hints. */
export type Structure =
  | { readonly kind: 'dense' }
  /** Nonzeros at −lower ≤ column − row ≤ upper. */
  | { readonly kind: 'band'; readonly lower: number; readonly upper: number }
  /** Block k has `rows[k]` rows and `columns[k]` columns. */
  | { readonly kind: 'blocks'; readonly rows: readonly number[]; readonly columns: readonly number[] }
  /** Rows and columns are the cells of a grid of this shape, the last axis running fastest. */
  | { readonly kind: 'grid'; readonly shape: readonly number[] };

/**
 * A pattern of `rows` × `columns`: the columns of row i are `columnIndex[rowStart[i]] … columnIndex[rowStart[i+1] − 1]`,
 * ascending, without duplicates. Where `structure.kind` is `dense` both arrays are empty, and the entry of row i and
 * column j is number i·columns + j.
 */
export interface Pattern {
  readonly rows: number;
  readonly columns: number;
  readonly rowStart: Uint32Array;
  readonly columnIndex: Uint32Array;
  readonly structure?: Structure;
}

/** The same entries by column: those of column j are at `columnStart[j] … columnStart[j+1] − 1`, rows ascending. */
export interface ColumnView {
  readonly columnStart: Uint32Array;
  readonly rowIndex: Uint32Array;
  /** The position of each entry in the compressed rows. */
  readonly entry: Uint32Array;
}

/** Collects a pattern row by row: `add` the columns of a row in any order, then `endRow`. */
export class RowWriter {
  readonly #rowStart: Uint32Array;
  readonly #rows: number;
  readonly #columns: number;
  #columnIndex: Uint32Array;
  #count = 0;
  #row = 0;

  constructor(rows: number, columns: number, expected = rows) {
    this.#rows = rows;
    this.#columns = columns;
    this.#rowStart = new Uint32Array(rows + 1);
    this.#columnIndex = new Uint32Array(Math.max(16, expected));
  }

  /** Entries so far. */
  get count(): number {
    return this.#count;
  }

  add(column: number): void {
    if (this.#count === this.#columnIndex.length) {
      const grown = new Uint32Array(2 * this.#count);
      grown.set(this.#columnIndex);
      this.#columnIndex = grown;
    }
    this.#columnIndex[this.#count++] = column;
  }

  /** Close the row: its columns are sorted, and duplicates dropped. */
  endRow(): void {
    const start = this.#rowStart[this.#row];
    this.#count = sortAndDedupe(this.#columnIndex, start, this.#count);
    this.#rowStart[++this.#row] = this.#count;
  }

  finish(structure?: Structure): Pattern {
    const indices = { rowStart: this.#rowStart, columnIndex: this.#columnIndex.slice(0, this.#count) };
    return { rows: this.#rows, columns: this.#columns, ...indices, ...(structure && { structure }) };
  }
}

/** Sort `items[start … end − 1]`, drop duplicates, and give the new end. */
function sortAndDedupe(items: Uint32Array, start: number, end: number): number {
  let sorted = true;
  for (let k = start + 1; k < end && sorted; k++) sorted = items[k - 1] < items[k];
  if (sorted) return end;
  const part = items.subarray(start, end).sort();
  let kept = 1;
  for (let k = 1; k < part.length; k++) if (part[k] !== part[kept - 1]) part[kept++] = part[k];
  return start + kept;
}

/** Every entry may be nonzero; holds no indices. */
export function dense(rows: number, columns: number): Pattern {
  const none = new Uint32Array(0);
  return { rows, columns, rowStart: none, columnIndex: none, structure: { kind: 'dense' } };
}

/** No entry is nonzero. */
export function zero(rows: number, columns: number): Pattern {
  return { rows, columns, rowStart: new Uint32Array(rows + 1), columnIndex: new Uint32Array(0) };
}

/** Whether the pattern is the dense one that holds no indices. */
export function isDense(pattern: Pattern): boolean {
  return pattern.structure?.kind === 'dense';
}

/** The number of entries that may be nonzero. */
export function nnz(pattern: Pattern): number {
  return isDense(pattern) ? pattern.rows * pattern.columns : pattern.columnIndex.length;
}

/** The same pattern with its indices written out: a dense one takes rows·columns of them. */
export function explicit(pattern: Pattern): Pattern {
  if (!isDense(pattern)) return pattern;
  const writer = new RowWriter(pattern.rows, pattern.columns, nnz(pattern));
  for (let i = 0; i < pattern.rows; i++) {
    for (let j = 0; j < pattern.columns; j++) writer.add(j);
    writer.endRow();
  }
  return writer.finish();
}

/**
 * The pattern of the entries (rowIndex[k], columnIndex[k]), in any order; duplicates are dropped. The indices must lie
 * inside rows × columns: `patternOf` checks those of a caller.
 */
export function fromCoordinates(
  rows: number,
  columns: number,
  rowIndex: ArrayLike<number>,
  columnIndex: ArrayLike<number>,
): Pattern {
  const start = new Uint32Array(rows + 1);
  for (let k = 0; k < rowIndex.length; k++) start[rowIndex[k] + 1]++;
  for (let i = 0; i < rows; i++) start[i + 1] += start[i];
  const sorted = new Uint32Array(rowIndex.length);
  const next = start.slice();
  for (let k = 0; k < rowIndex.length; k++) sorted[next[rowIndex[k]]++] = columnIndex[k];
  const writer = new RowWriter(rows, columns, rowIndex.length);
  for (let i = 0; i < rows; i++) {
    for (let e = start[i]; e < start[i + 1]; e++) writer.add(sorted[e]);
    writer.endRow();
  }
  return writer.finish();
}

/** The pattern of the entries `[row, column]`. */
export function fromPairs(rows: number, columns: number, pairs: readonly (readonly [number, number])[]): Pattern {
  const rowIndex = Uint32Array.from(pairs, ([row]) => row);
  return fromCoordinates(
    rows,
    columns,
    rowIndex,
    Uint32Array.from(pairs, ([, column]) => column),
  );
}

/** The entries by column. Writes the indices out where the pattern is dense. */
export function byColumn(pattern: Pattern): ColumnView {
  const { rows, columns, rowStart, columnIndex } = explicit(pattern);
  const columnStart = new Uint32Array(columns + 1);
  for (let e = 0; e < columnIndex.length; e++) columnStart[columnIndex[e] + 1]++;
  for (let j = 0; j < columns; j++) columnStart[j + 1] += columnStart[j];
  const next = columnStart.slice();
  const rowIndex = new Uint32Array(columnIndex.length);
  const entry = new Uint32Array(columnIndex.length);
  for (let i = 0; i < rows; i++) {
    for (let e = rowStart[i]; e < rowStart[i + 1]; e++) {
      const position = next[columnIndex[e]]++;
      rowIndex[position] = i;
      entry[position] = e;
    }
  }
  return { columnStart, rowIndex, entry };
}

function transposeStructure(structure: Structure): Structure {
  if (structure.kind === 'band') return { kind: 'band', lower: structure.upper, upper: structure.lower };
  if (structure.kind === 'blocks') return { kind: 'blocks', rows: structure.columns, columns: structure.rows };
  return structure;
}

/** The pattern of the transposed matrix. */
export function transpose(pattern: Pattern): Pattern {
  if (isDense(pattern)) return dense(pattern.columns, pattern.rows);
  const { columnStart, rowIndex } = byColumn(pattern);
  const turned = { rows: pattern.columns, columns: pattern.rows, rowStart: columnStart, columnIndex: rowIndex };
  return pattern.structure ? { ...turned, structure: transposeStructure(pattern.structure) } : turned;
}

/** The entries that are in `a` or in `b`; both have the same sizes. */
export function union(a: Pattern, b: Pattern): Pattern {
  if (isDense(a)) return a;
  if (isDense(b)) return b;
  const writer = new RowWriter(a.rows, a.columns, nnz(a) + nnz(b));
  for (let i = 0; i < a.rows; i++) {
    for (const part of [a, b]) {
      for (let e = part.rowStart[i]; e < part.rowStart[i + 1]; e++) writer.add(part.columnIndex[e]);
    }
    writer.endRow();
  }
  return writer.finish();
}

/** The largest number of entries in one row. */
export function maxRowCount(pattern: Pattern): number {
  if (isDense(pattern)) return pattern.rows === 0 ? 0 : pattern.columns;
  let most = 0;
  for (let i = 0; i < pattern.rows; i++) most = Math.max(most, pattern.rowStart[i + 1] - pattern.rowStart[i]);
  return most;
}

/**
 * A hash of the sizes and the entries, 16 hexadecimal digits: two lanes of FNV-1a over 32-bit words. The same entries
 * give the same hash however the pattern was made. Good for finding a stored plan, not against an adversary.
 */
export function patternHash(pattern: Pattern): string {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  const take = (word: number) => {
    low = Math.imul(low ^ word, 0x01000193);
    high = Math.imul(high ^ (word + 0x7f4a7c15), 0x85ebca6b);
    high ^= high >>> 15;
  };
  take(pattern.rows);
  take(pattern.columns);
  if (nnz(pattern) < pattern.rows * pattern.columns) {
    for (const part of [pattern.rowStart, pattern.columnIndex]) for (let k = 0; k < part.length; k++) take(part[k]);
  }
  return [high, low].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}
