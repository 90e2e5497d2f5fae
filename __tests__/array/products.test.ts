/** Products in WebAssembly memory: the same bits as the plain loops, wherever the matrix lies. */
import { describe, expect, test } from '@jest/globals';
import { contractLeading, contractTrailing } from '../../src/array/contraction.js';
import { gemv, gevm } from '../../src/array/kernels.js';
import { NdArray, zeros } from '../../src/array/ndarray.js';
import { blockMemory, memoryOf } from '../../src/array/products/memory.js';

const shapes = [
  [256, 256],
  [17, 4096],
  [17, 4097],
  [2051, 129],
  // More elements than a cache holds: rows are taken by eights.
  [1031, 1021],
  [257, 259],
  [3, 30001],
  [30001, 3],
  [1, 70001],
  [70001, 1],
  [9, 4099, 2],
  [7, 5, 2003],
] as const;

/** Values that do not add up exactly, the same in every run. */
function fill(data: Float64Array, seed: number): Float64Array {
  let state = seed;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    data[i] = Math.sin(state) / ((i % 7) + 1);
  }
  return data;
}

const vector = (size: number, seed: number) => new NdArray('float64', [size], fill(new Float64Array(size), seed));
const bits = ({ data }: NdArray) => new BigUint64Array(data.slice().buffer);

/** The product by plain loops: a single row times a column is taken for the row times a matrix of one column. */
function plain(product: 'gevm' | 'gemv', { data }: NdArray, rows: number, columns: number): NdArray {
  const into = vector(product === 'gevm' ? columns : rows, 3);
  if (product === 'gevm') gevm(vector(rows, 5).data, data, rows, columns, into.data);
  else if (rows === 1) gevm(data, vector(columns, 5).data, columns, 1, into.data);
  else gemv(data, vector(columns, 5).data, rows, columns, into.data);
  return into;
}

describe.each(shapes)('a block of %d × %d …', (...shape) => {
  const size = shape.reduce<number>((a, b) => a * b, 1);
  const inside = new NdArray('float64', [...shape], fill(blockMemory(shape), 7));
  const outside = new NdArray('float64', [...shape], inside.data.slice());
  const splits = shape.slice(1).map((_, i) => shape.slice(0, i + 1).reduce<number>((a, b) => a * b, 1));

  test('lies in a memory of its own, as zeros until it is written', () => {
    expect(memoryOf(inside.data)).toBeDefined();
    expect(memoryOf(outside.data)).toBeUndefined();
    expect(blockMemory(shape).every((value) => value === 0)).toBe(true);
  });

  test.each(splits)('gives c·J the bits of plain loops, wherever it lies, as a matrix of %d rows', (rows) => {
    const expected = bits(plain('gevm', outside, rows, size / rows));
    for (const block of [inside, outside]) {
      const into = vector(size / rows, 3);
      contractLeading(vector(rows, 5), block, into);
      expect(bits(into)).toEqual(expected);
    }
  });

  test.each(splits)('gives J·t the bits of plain loops, wherever it lies, as a matrix of %d rows', (rows) => {
    const expected = bits(plain('gemv', outside, rows, size / rows));
    for (const block of [inside, outside]) {
      const into = vector(rows, 3);
      contractTrailing(block, vector(size / rows, 5), into);
      expect(bits(into)).toEqual(expected);
    }
  });
});

test('a part of a block in its memory is a matrix of its own', () => {
  const [rows, columns] = [300, 301];
  const block = fill(blockMemory([rows + 1, columns]), 7);
  const part = new NdArray('float64', [rows, columns], block.subarray(columns));
  const copy = new NdArray('float64', [rows, columns], part.data.slice());
  const [row, column] = [vector(columns, 3), vector(rows, 3)];
  contractLeading(vector(rows, 5), part, row);
  contractTrailing(part, vector(columns, 5), column);
  expect([bits(row), bits(column)]).toEqual([
    bits(plain('gevm', copy, rows, columns)),
    bits(plain('gemv', copy, rows, columns)),
  ]);
});

test('what is written to a block in its memory counts in the next product', () => {
  const block = new NdArray('float64', [300, 300], blockMemory([300, 300]));
  block.data[300 * 2 + 1] = 4;
  const into = zeros([300]);
  contractTrailing(block, new NdArray('float64', [300], new Float64Array(300).fill(1)), into);
  expect(Array.from(into.data.slice(0, 4))).toEqual([0, 0, 4, 0]);
  block.data[300 * 2 + 1] = Number.NaN;
  contractLeading(zeros([300]), block, into);
  expect(into.data[1]).toBeNaN();
});

test('a block too small for a memory, and one of a single axis, lie in ordinary memory', () => {
  expect(memoryOf(blockMemory([3, 4]))).toBeUndefined();
  expect(blockMemory([0, 5]).length).toBe(0);
  expect(blockMemory([]).length).toBe(1);
});
