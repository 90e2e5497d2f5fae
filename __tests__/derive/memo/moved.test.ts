/** Jacobians that are kept at a point: they lie where SIMD multiplies them, and are nobody else's. */
import { describe, expect, test } from '@jest/globals';
import { NdArray } from '../../../src/array/ndarray.js';
import { bytesHeld, memoryOf } from '../../../src/array/products/memory.js';
import { drive } from '../../../src/derive/drive.js';
import { vjpFromJacobian } from '../../../src/derive/functions.js';
import { blocksAt } from '../../../src/derive/memo/blocks.js';
import { Memo } from '../../../src/derive/memo/memo.js';
import { keeping } from '../../../src/derive/memo/recall.js';
import { pullBack } from '../../../src/derive/products.js';
import type { Arrays, Blocks, Endpoint, SeededPoint } from '../../../src/operators/endpoints.js';
import { pointOf, seededPointOf } from '../../../src/operators/loose.js';

const [rows, columns] = [300, 301];
const vector = (size: number, by: number) =>
  new NdArray(
    'float64',
    [size],
    Float64Array.from({ length: size }, (_, i) => Math.sin(by * i + 1)),
  );
const request = { inputs: { x: vector(columns, 0.1) }, of: ['y'], wrt: ['x'], cotangent: { y: vector(rows, 0.7) } };
const bits = (data: ArrayBufferView) => new BigUint64Array((data as Float64Array).slice().buffer);

const shelfIn = (memo: Memo) => ({ memo, origin: 'jacobian', whole: false });

/** An author's jacobian that gives one array again and again, and the vjp derived from it, as they are kept. */
function component(memo: Memo) {
  const own = new NdArray('float64', [rows, columns], vector(rows * columns, 0.3).data);
  let calls = 0;
  const shelf = shelfIn(memo);
  const jacobian = keeping(
    shelf,
    () => {
      calls++;
      return { y: { x: own } };
    },
    false,
  );
  const behind = { component: 'Test', traits: {}, known: new Map(), shelf, warn: () => undefined };
  const vjp = ((point: SeededPoint) => drive(pullBack({ jacobian }, point, { behind }))) as Endpoint<'jvp'>;
  return { own, jacobian, calls: () => calls, product: () => vjp(seededPointOf('cotangent', request)) as Arrays };
}

const keptIn = (memo: Memo) => {
  const { of, wrt, inputs } = pointOf(request);
  return blocksAt(shelfIn(memo), memo.at(inputs)!, { of, wrt })?.['y']?.['x'];
};

describe('a Jacobian that an author gave and that is kept', () => {
  test('is copied once, to memory of its own, and gives the bits that the author’s array gives', () => {
    const memo = new Memo(2 ** 24);
    const { own, calls, product } = component(memo);
    const expected = vjpFromJacobian(() => ({ y: { x: own } }), request) as { x: NdArray };
    for (let i = 0; i < 4; i++) expect(bits(product()['x']!.data)).toEqual(bits(expected.x.data));
    const kept = keptIn(memo)!;
    expect(memoryOf(kept.data as Float64Array)).toBeDefined();
    expect(memoryOf(own.data)).toBeUndefined();
    expect([calls(), keptIn(memo)]).toEqual([1, kept]);
  });

  test('is not the array that the author changes afterwards', () => {
    const { own, product } = component(new Memo(2 ** 24));
    const first = bits(product()['x']!.data);
    own.data.fill(Number.NaN);
    expect(bits(product()['x']!.data)).toEqual(first);
  });

  test('is read anew from the author by a jacobian, and changed then', () => {
    const memo = new Memo(2 ** 24);
    const { own, jacobian, product } = component(memo);
    product();
    own.data.fill(2);
    const { y } = jacobian(pointOf(request)) as Blocks;
    expect(y!['x']).toBe(own);
    const sum = request.cotangent.y.data.reduce((total, value) => total + 2 * value, 0);
    expect(Array.from(product()['x']!.data as Float64Array)).toEqual(new Array(columns).fill(sum));
  });

  test('counts with all of its memory', () => {
    const memo = new Memo(2 ** 24);
    const { product } = component(memo);
    const before = memo.bytes;
    product();
    const { data } = keptIn(memo)!;
    expect(bytesHeld(data)).toBeGreaterThanOrEqual(data.byteLength + 65_536);
    expect(memo.bytes - before).toBeGreaterThanOrEqual(bytesHeld(data));
    expect(bytesHeld(data.slice())).toBe(data.byteLength);
  });

  test('is not kept where only its elements would fit', () => {
    const memo = new Memo(8 * rows * columns + 8192);
    const { calls, product } = component(memo);
    product();
    product();
    expect([calls(), keptIn(memo)]).toEqual([2, undefined]);
  });
});
