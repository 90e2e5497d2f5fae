/**
 * Matrices for the sparsity tests, written out densely: patterns as tables of true and false, products by the
 * definition. Shares no code with src/ but the pattern's own arrays.
 */
import fc from 'fast-check';
import type { Pattern } from '../../../src/derive/sparsity/pattern.js';

/** Row i, column j: whether the entry may be nonzero. */
export type Table = readonly (readonly boolean[])[];

/** The table for which `holds(i, j)`. */
export function table(rows: number, columns: number, holds: (i: number, j: number) => boolean): Table {
  return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => holds(i, j)));
}

/** The table of a pattern, read from its arrays; a dense one has none. */
export function tableOf({ rows, columns, rowStart, columnIndex, structure }: Pattern): Table {
  if (structure?.kind === 'dense') return table(rows, columns, () => true);
  return table(rows, columns, (i, j) => columnIndex.subarray(rowStart[i], rowStart[i + 1]).includes(j));
}

/** The entries of a table as [row, column]. */
export function pairsOf(entries: Table): [number, number][] {
  return entries.flatMap((row, i) => row.flatMap((holds, j): [number, number][] => (holds ? [[i, j]] : [])));
}

/** The pattern without what is known of its structure. */
export function plain({ rows, columns, rowStart, columnIndex }: Pattern): Pattern {
  return { rows, columns, rowStart, columnIndex };
}

/** The entries of an arrow pointing up and left: first row, first column, diagonal. */
export function arrow(n: number): [number, number][] {
  const rest = Array.from({ length: n - 1 }, (_, k) => k + 1);
  return [[0, 0], ...rest.flatMap((k): [number, number][] => [[0, k], [k, 0], [k, k]])]; // biome-ignore format: one line per kind
}

/** The entries of the ring: each row its own column and both neighbors, the ends joined. */
export function ring(n: number): [number, number][] {
  return Array.from({ length: n }, (_, i) => [-1, 0, 1].map((d): [number, number] => [i, (i + d + n) % n])).flat();
}

/**
 * The entries of two species on a periodic N×N grid: each depends on its own five-point neighborhood, and on the other
 * species in the same cell. Unknown s·N² + y·N + x.
 */
export function reactionDiffusion(N: number): [number, number][] {
  const entries: [number, number][] = [];
  const unknown = (s: number, x: number, y: number) => s * N * N + ((y + N) % N) * N + ((x + N) % N);
  for (let s = 0; s < 2; s++) {
    for (let y = 0; y < N; y++) {
      for (let x = 0; x < N; x++) {
        const row = unknown(s, x, y);
        entries.push([row, row], [row, unknown(s, x - 1, y)], [row, unknown(s, x + 1, y)]);
        entries.push([row, unknown(s, x, y - 1)], [row, unknown(s, x, y + 1)], [row, unknown(1 - s, x, y)]);
      }
    }
  }
  return entries;
}

/** Whether any two columns of one group meet in a row, by looking at all pairs. */
export function haveClash(entries: Table, colors: ArrayLike<number>): boolean {
  return entries.some((row) => {
    const groups = row.flatMap((holds, j) => (holds ? [colors[j]] : []));
    return new Set(groups).size < groups.length;
  });
}

/** The fewest groups of any valid coloring of the columns, by trying all: for a handful of columns. */
export function fewestGroups(entries: Table): number {
  const columns = entries[0]?.length ?? 0;
  const clashes = (j: number, k: number) => entries.some((row) => row[j] && row[k]);
  const used = Array.from({ length: columns }, (_, j) => j).filter((j) => entries.some((row) => row[j]));
  let fewest = used.length;
  const assign = (place: number, groups: number[][]) => {
    if (groups.length >= fewest) return;
    if (place === used.length) {
      fewest = groups.length;
      return;
    }
    const j = used[place];
    for (const [g, group] of groups.entries()) {
      if (!group.some((k) => clashes(j, k))) assign(place + 1, groups.with(g, [...group, j]));
    }
    assign(place + 1, [...groups, [j]]);
  };
  assign(0, []);
  return fewest;
}

/** Random tables of up to `most` rows and columns, with few or many entries. */
export function anyTable(most: number): fc.Arbitrary<Table> {
  return fc
    .tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: 6 }))
    .chain(([rows, columns, thin]) =>
      fc.array(fc.array(fc.nat(thin), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    )
    .map((rows) => rows.map((row) => row.map((draw) => draw === 0)));
}

/** Numbers that differ from one another and from every sum of a few others, as the values of the entries. */
export function valuesFor(entries: Table): number[][] {
  return entries.map((row, i) => row.map((holds, j) => (holds ? Math.sqrt(2 + i * row.length + j) + 1 / (7 + j) : 0)));
}

/** M·v by the definition. */
export function times(matrix: readonly (readonly number[])[], v: ArrayLike<number>): Float64Array {
  return Float64Array.from(matrix, (row) => row.reduce((sum, value, j) => sum + value * v[j], 0));
}

/** The transposed matrix. */
export function turned<T>(matrix: readonly (readonly T[])[]): T[][] {
  return (matrix[0] ?? []).map((_, j) => matrix.map((row) => row[j]));
}
