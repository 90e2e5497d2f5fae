/**
 * Derivations on dense blocks: contractions with an author's own Jacobian and with one that is kept for products
 * (`kept`), rules as functions, and what a sweep itself costs per probe.
 *
 * Contractions are compared with NumPy's `tensordot` on one thread and with ml-matrix's `mmul`; rules with the
 * functions of the original that do the same.
 */

import { Matrix } from 'ml-matrix';
import { contractLeading, contractTrailing } from '../../src/array/contraction.js';
import { copies } from '../../src/derive/memo/blocks.js';
import {
  jacobianFromJvp,
  jacobianFromVjp,
  jvpFromJacobian,
  NdArray,
  type NdArray as Vector,
  vjpFromJacobian,
  zeros,
} from '../../src/index.js';
import type { Blocks } from '../../src/operators/endpoints.js';
import { type Run, timed } from '../measure.js';
import { type Case, type Entry, here, type Setting, type Suite, values } from './suite.js';

const shapes = [
  [3, 4],
  [100, 100],
  [1000, 1000],
  [4000, 4000],
  [10, 1_000_000],
  [1_000_000, 10],
] as const;

type Extents = readonly [rows: number, columns: number];

const vector = (size: number) => new NdArray('float64', [size], values(size));

/** The sum of all elements, eight at a time: one pass over the bytes. */
function sum(data: Float64Array): number {
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  const whole = data.length - (data.length % 8);
  for (let i = 0; i < whole; i += 8) {
    a += data[i]!;
    b += data[i + 1]!;
    c += data[i + 2]!;
    d += data[i + 3]!;
    e += data[i + 4]!;
    f += data[i + 5]!;
    g += data[i + 6]!;
    h += data[i + 7]!;
  }
  return a + b + c + d + e + f + g + h;
}

/** A request at a point of so many elements; the block alone says how many outputs there are. */
const requestAt = (columns: number) => ({ inputs: { x: vector(columns) }, of: ['y'], wrt: ['x'] });

function contraction(what: string, [rows, columns]: Extents, block: Vector): () => void {
  const [cotangent, tangent] = [vector(rows), vector(columns)];
  if (what === 'vjp') return () => contractLeading(cotangent, block, zeros([columns]));
  return () => contractTrailing(block, tangent, zeros([rows]));
}

function productOf(what: string, [rows, columns]: Extents, block: Vector) {
  const jacobian = () => ({ y: { x: block } });
  const at = requestAt(columns);
  if (what === 'vjp') {
    const request = { ...at, cotangent: { y: vector(rows) } };
    return () => vjpFromJacobian(jacobian, request as never);
  }
  const request = { ...at, tangent: { x: vector(columns) } };
  return () => jvpFromJacobian(jacobian, request as never);
}

/** ml-matrix's own product, where its matrix of row objects can be made in reasonable time. */
function matrixProduct(what: string, [rows, columns]: Extents, block: Vector): Record<string, Run> {
  if (rows > 10_000 || columns > 10_000) return {};
  const matrix = Matrix.from1DArray(rows, columns, block.data);
  const [row, column] = [Matrix.rowVector(values(rows)), Matrix.columnVector(values(columns))];
  return { 'ml-matrix': timed(what === 'vjp' ? () => row.mmul(matrix) : () => matrix.mmul(column)) };
}

function product(what: 'vjp' | 'jvp', extents: Extents, { original }: Setting): Entry[] {
  const [rows, columns] = extents;
  const name = `${what}_${rows}x${columns}`;
  const own = () => new NdArray('float64', [rows, columns], values(rows * columns));
  const contract = async (block: Vector): Promise<Case> => ({
    ours: here(timed(contraction(what, extents, block))),
    theirs: await original?.run('tensordot', { rows, columns, what }),
    limit: { name: 'sum', run: timed(() => sum(block.data)) },
    others: matrixProduct(what, extents, block),
  });
  const whole = async (): Promise<Case> => {
    const block = own();
    return {
      ours: here(timed(productOf(what, extents, block))),
      theirs: await original?.run('rule', { rows, columns, what: `${what}_from_jacobian` }),
      limit: { name: 'sum', run: timed(() => sum(block.data)) },
    };
  };
  return [
    { id: `contraction/${name}`, open: () => contract(own()) },
    { id: `contraction/kept_${name}`, open: () => contract(kept(extents)) },
    { id: `${what}FromJacobian/${rows}x${columns}`, open: whole },
  ];
}

/** A Jacobian that a rule has assembled, as it is kept for products at the same point. */
function kept([rows, columns]: Extents): Vector {
  const source = values(rows * columns);
  const wide = columns > rows;
  const request = requestAt(columns);
  const y = new NdArray('float64', [rows], new Float64Array(rows));
  let probe = 0;
  const vjp = () => ({ x: new NdArray('float64', [columns], source.slice(probe * columns, ++probe * columns)) });
  const jvp = () => {
    const column = new Float64Array(rows);
    for (let i = 0; i < rows; i++) column[i] = source[i * columns + probe]!;
    probe++;
    return { y: new NdArray('float64', [rows], column) };
  };
  const blocks = wide
    ? jacobianFromVjp(vjp as never, (() => ({ y })) as never, request as never)
    : jacobianFromJvp(jvp as never, request as never);
  return copies(blocks as unknown as Blocks)['y']!['x']! as Vector;
}

/** A Jacobian from so many products, each of which answers with so many elements. */
interface Sweep {
  readonly from: 'Jvp' | 'Vjp';
  readonly probes: number;
  readonly answer: Vector;
  readonly call: () => unknown;
}

function sweepOf(from: 'Jvp' | 'Vjp', [rows, columns]: Extents): Sweep {
  if (from === 'Jvp') {
    const answer = vector(rows);
    return { from, probes: columns, answer, call: byJvp(columns, answer) };
  }
  const answer = vector(columns);
  return { from, probes: rows, answer, call: byVjp([rows, columns], answer) };
}

/**
 * What a sweep cannot do without: a result that is new, and one pass over the data of each probe, its seed and its answer,
 * which is written where it belongs: to a row, or to a column.
 */
function leastSweep({ from, probes, answer }: Sweep): Run {
  const seed = new Float64Array(probes);
  const write = from === 'Jvp' ? columnsOf(probes, answer.size) : rowsOf(answer.size);
  return timed(() => {
    const result = new Float64Array(probes * answer.size);
    for (let i = 0; i < probes; i++) {
      seed.fill(0);
      seed[i] = 1;
      write(result, i, answer.data);
    }
    return result;
  });
}

type Write = (result: Float64Array, i: number, answer: Float64Array) => void;

const rowsOf =
  (size: number): Write =>
  (result, i, answer) =>
    result.set(answer, i * size);

/** One after the other, columns of a large result take three times as long as some that are held back in the second cache. */
function columnsOf(columns: number, rows: number): Write {
  const width = Math.min(64, columns, Math.floor(65_536 / rows));
  const tile = new Float64Array(Math.max(0, width) * rows);
  if (width < 8 || rows < 8) {
    return (result, j, answer) => {
      for (let i = 0, at = j; i < rows; i++, at += columns) result[at] = answer[i]!;
    };
  }
  return (result, j, answer) => {
    const held = j % width;
    tile.set(answer, held * rows);
    if (held === width - 1 || j === columns - 1) spread(tile, held + 1, rows, result, j - held, columns);
  };
}

/** Eight elements of a row at a time, which single ones take half as long again for. */
function spread(tile: Float64Array, width: number, rows: number, result: Float64Array, first: number, stride: number) {
  for (let i = 0; i < rows; i++) {
    const end = first + i * stride + width;
    let [at, from] = [first + i * stride, i];
    for (; at + 8 <= end; at += 8, from += 8 * rows) {
      result[at] = tile[from]!;
      result[at + 1] = tile[from + rows]!;
      result[at + 2] = tile[from + 2 * rows]!;
      result[at + 3] = tile[from + 3 * rows]!;
      result[at + 4] = tile[from + 4 * rows]!;
      result[at + 5] = tile[from + 5 * rows]!;
      result[at + 6] = tile[from + 6 * rows]!;
      result[at + 7] = tile[from + 7 * rows]!;
    }
    for (; at < end; at++, from += rows) result[at] = tile[from]!;
  }
}

const leastName = 'a new result, seed and answer written once';

/** Whole Jacobians: what a rule adds to the calls of its base, which here hand out one buffer again and again. */
function jacobian(from: 'Jvp' | 'Vjp', [rows, columns]: Extents, { original }: Setting): Entry {
  const what = `jacobianFrom${from}`;
  return {
    id: `${what}/${rows}x${columns}`,
    open: async () => {
      const sweep = sweepOf(from, [rows, columns]);
      return {
        ours: here(timed(sweep.call)),
        theirs: await original?.run('rule', { rows, columns, what: `jacobian_from_${from.toLowerCase()}` }),
        limit: { name: leastName, run: leastSweep(sweep) },
        gc: rows * columns >= 1e6,
        needed: 8 * (rows * columns + sweep.probes),
        probes: sweep.probes,
      };
    },
  };
}

// The methods are made once, as an author's are: a new one would have to be compiled after each collection of garbage.
function byJvp(columns: number, answer: Vector): () => unknown {
  const request = requestAt(columns) as never;
  const jvp = (() => ({ y: answer })) as never;
  return () => jacobianFromJvp(jvp, request);
}

function byVjp([rows, columns]: Extents, answer: Vector): () => unknown {
  const request = requestAt(columns) as never;
  const shape = new NdArray('float64', [rows], new Float64Array(rows));
  const [vjp, apply] = [(() => ({ x: answer })) as never, (() => ({ y: shape })) as never];
  return () => jacobianFromVjp(vjp, apply, request);
}

/** What a sweep costs per probe: a Jacobian of so many columns and few rows, divided by the number of its probes. */
function perProbe(probes: number, rows: number): Entry {
  return {
    id: `sweep/perProbe_${rows}x${probes}`,
    open: async () => {
      const sweep = sweepOf('Jvp', [rows, probes]);
      const needed = 8 * (rows * probes + probes);
      return {
        ours: here(timed(sweep.call)),
        limit: { name: leastName, run: leastSweep(sweep) },
        needed,
        per: probes,
      };
    },
  };
}

// A sweep of a million probes is a million calls, whatever they cost.
const MOST_PROBES = 4000;

/** The cases of derivations. */
export function derivations(setting: Setting): Suite {
  const chosen = setting.quick ? shapes.slice(0, 3) : shapes;
  const jacobians = chosen.flatMap(([rows, columns]) => [
    ...(columns <= MOST_PROBES ? [jacobian('Jvp', [rows, columns], setting)] : []),
    ...(rows <= MOST_PROBES ? [jacobian('Vjp', [rows, columns], setting)] : []),
  ]);
  return {
    entries: [
      ...chosen.flatMap((extents) => product('vjp', extents, setting)),
      ...chosen.flatMap((extents) => product('jvp', extents, setting)),
      ...jacobians,
      perProbe(1000, 1),
      perProbe(1000, 100),
    ],
  };
}
