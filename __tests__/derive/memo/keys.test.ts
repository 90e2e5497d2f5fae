/** Keys by content: equal where a walk over all bytes says so, and nowhere else; copies share nothing. */
import { describe, expect, test } from '@jest/globals';
import { NdArray } from 'cotangent';
import fc from 'fast-check';
import { contentOf, kept, sameContent, snapshot } from '../../../src/derive/memo/content.js';
import { Memo } from '../../../src/derive/memo/memo.js';

class Model {
  [field: string]: unknown;
}
class Other extends Model {}

const made = (type: new () => Model) => (fields: Record<string, unknown>) => Object.assign(new type(), fields);

const array = fc
  .tuple(
    fc.constantFrom('float64' as const, 'float32' as const),
    fc.array(fc.constantFrom(0, -0, 1, 1.5, Number.NaN, Infinity), { maxLength: 4 }),
    fc.boolean(),
  )
  .map(([dtype, values, column]) => {
    const shape = column ? [values.length, 1] : [values.length];
    return dtype === 'float64'
      ? new NdArray('float64', shape, Float64Array.from(values))
      : new NdArray('float32', shape, Float32Array.from(values));
  });

const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<unknown>(
      null,
      undefined,
      true,
      false,
      '',
      'a',
      'ab',
      0,
      -0,
      1,
      Number.NaN,
      1n,
      11n,
      's1:a',
      'n',
      'l0:',
    ),
    array,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'ab'), tie('tree'), { maxKeys: 3, noNullPrototype: true }),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('tree'), { maxKeys: 2 }).map(made(Model)),
    fc.dictionary(fc.constantFrom('a', 'b'), tie('tree'), { maxKeys: 2 }).map(made(Other)),
    fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), tie('tree')), { maxLength: 3 }).map((all) => new Map(all)),
  ),
}));

/** The same content, by a walk that shares nothing with the keys: side by side, bit by bit. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b);
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof NdArray && b instanceof NdArray) {
    if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false;
    const [one, two] = [a.data, b.data].map((data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    return one!.equals(two!);
  }
  const entries = (value: object) => (value instanceof Map ? [...value] : Object.entries(value)) as [string, unknown][];
  const [first, second] = [entries(a), entries(b)];
  return (
    first.length === second.length && first.every(([key, one], k) => second[k]![0] === key && same(one, second[k]![1]))
  );
}

const equal = (a: unknown, b: unknown) => sameContent(contentOf(a)!, contentOf(b)!);

test('two trees have one key where all of their parts are the same, and only there', () => {
  let hits = 0;
  fc.assert(
    fc.property(tree, tree, (a, b) => {
      if (same(a, b)) hits++;
      expect(equal(a, b)).toBe(same(a, b));
    }),
    { seed: 3, numRuns: 4000 },
  );
  expect(hits).toBeGreaterThan(20);
});

test('a snapshot has the key of its original, shares nothing with it, and keeps it when the original changes', () => {
  fc.assert(
    fc.property(tree, (value) => {
      const copy = snapshot(value);
      expect(same(copy, value)).toBe(true);
      const content = kept(contentOf(value)!);
      spoil(value);
      expect(sameContent(contentOf(copy)!, content)).toBe(true);
    }),
    { seed: 4, numRuns: 1500 },
  );
});

function spoil(value: unknown): void {
  if (value instanceof NdArray) value.data.fill(77);
  else if (value instanceof Map) for (const one of value.values()) spoil(one);
  else if (typeof value === 'object' && value !== null) {
    for (const one of Object.values(value)) spoil(one);
    if (Array.isArray(value)) value.push('more');
    else (value as Model)['more'] = 1;
  }
}

describe('what looks alike and is not', () => {
  const bits = (low: number) => {
    const data = new Float64Array(1);
    new Uint32Array(data.buffer).set([low, 0x7ff80000]);
    return new NdArray('float64', [1], data);
  };
  const view = (offset: number) =>
    new NdArray('float64', [2], new Float64Array(Float64Array.of(9, 1, 2, 9, 9).buffer, 8 * offset, 2));
  const holed = (at: number) => {
    const list: number[] = new Array(2);
    list[at] = 1;
    return list;
  };

  test.each<[string, unknown, unknown, boolean]>([
    ['NaN of two bit patterns', bits(1), bits(2), false],
    ['NaN of one bit pattern', bits(5), bits(5), true],
    ['a view and a copy of what it shows', view(1), new NdArray('float64', [2], Float64Array.of(1, 2)), true],
    ['two views into one buffer', view(1), view(3), false],
    ['a list with a hole before and one with a hole behind', holed(1), holed(0), false],
    ['a list with a hole and one without', holed(1), [1], false],
    [
      'maps in two orders',
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
      new Map([
        ['b', 2],
        ['a', 1],
      ]),
      false,
    ],
    ['a map and an object', new Map([['a', 1]]), { a: 1 }, false],
    ['a class and its subclass', made(Model)({ a: 1 }), made(Other)({ a: 1 }), false],
    ['lists that nest otherwise', [[1], 2], [[1, 2]], false],
    ['lists of equal numbers', [[1], [2, 3]], [[1, 2], [3]], false],
    ['texts that run together', ['ab', 'c'], ['a', 'bc'], false],
    ['a text that looks like a key', ['a', 'b'], ['as1:b'], false],
    ['bigint and number', 1n, 1, false],
    ['undefined and a missing field', { a: undefined }, {}, false],
    ['int bytes of two kinds', new Int8Array([1]), new Uint8Array([1]), false],
    ['one array twice and two arrays alike', [view(1), view(1)], Array(2).fill(view(1)), true],
  ])('%s', (_name, a, b, alike) => {
    expect(equal(a, b)).toBe(alike);
    expect(equal(b, a)).toBe(alike);
  });

  test.each([[() => 1], [Symbol('s')], [new Date(0)], [new Set([1])], [new WeakMap()], [/x/], [new ArrayBuffer(4)]])(
    'what hides its content has no key: %p',
    (value) => {
      expect(contentOf(value)).toBeUndefined();
      expect(contentOf({ deep: [value] })).toBeUndefined();
      expect(new Memo(10_000).at({ value })).toBeUndefined();
    },
  );
});

/** A memory as one would write it down: a list, the point asked at last at its end. */
class ListMemory {
  readonly points: {
    readonly at: number;
    readonly items: Map<string, { readonly value: number; readonly bytes: number }>;
  }[] = [];
  readonly limit: number;
  readonly base: number;

  constructor(limit: number, base: number) {
    this.limit = limit;
    this.base = base;
  }

  sizeOf(items: ReadonlyMap<string, { readonly bytes: number }>): number {
    return [...items.values()].reduce((sum, { bytes }) => sum + bytes, this.base);
  }

  get bytes(): number {
    return this.points.reduce((sum, { items }) => sum + this.sizeOf(items), 0);
  }

  get(at: number, name: string): number | undefined {
    const found = this.points.findIndex((one) => one.at === at);
    if (found < 0) return undefined;
    const [point] = this.points.splice(found, 1);
    this.points.push(point!);
    return point!.items.get(name)?.value;
  }

  set(at: number, name: string, value: number, bytes: number): void {
    if (this.base > this.limit) return;
    this.get(at, name);
    const last = this.points.at(-1);
    const items = last?.at === at ? last.items : new Map<string, { value: number; bytes: number }>();
    if (last?.at !== at) this.points.push({ at, items });
    items.delete(name);
    if (this.sizeOf(items) + bytes <= this.limit) items.set(name, { value, bytes });
    if (items.size === 0) this.points.pop();
    const spared = items.size === 0 ? 0 : 1;
    while (this.bytes > this.limit && this.points.length > spared) this.points.shift();
  }
}

describe('a memory under any load', () => {
  const load = fc.record({
    point: fc.nat(6),
    name: fc.constantFrom('a', 'b', 'c'),
    bytes: fc.constantFrom(0, 100, 700, 1500, 5000, 9000),
    kind: fc.constantFrom('set', 'set', 'get'),
  });

  test('gives what a list of what was set last gives, forgets what it forgets, and holds no more than its limit', () => {
    const empty = new Memo(1e6);
    empty.at({ x: 1 })!.set([{ name: 'a', value: 0, bytes: 0 }]);
    const loads = fc.array(load, { minLength: 20, maxLength: 120, size: 'max' });
    fc.assert(
      fc.property(loads, fc.constantFrom(0, 600, 2_000, 8_000, 12_000), (all, limit) => {
        const [memo, list] = [new Memo(limit), new ListMemory(limit, empty.bytes)];
        for (const [value, { point, name, bytes, kind }] of all.entries()) {
          if (kind === 'get') expect(memo.at({ x: point })?.get(name)).toBe(list.get(point, name));
          else {
            memo.at({ x: point })?.set([{ name, value, bytes }]);
            list.set(point, name, value, bytes);
          }
          expect(memo.bytes).toBe(list.bytes);
          expect(memo.bytes).toBeLessThanOrEqual(limit);
        }
        const copy = memo.fork();
        for (const point of [0, 1, 2, 3, 4, 5, 6])
          for (const name of ['a', 'b', 'c']) {
            const right = list.get(point, name);
            expect([memo, copy].map((one) => one.at({ x: point })?.get(name))).toEqual([right, right]);
          }
      }),
      { seed: 8, numRuns: 60 },
    );
  });

  test('what is kept in a copy to try things on is not kept in the memory itself', () => {
    const memo = new Memo(10_000);
    memo.at({ x: 1 })!.set([{ name: 'v', value: 'old', bytes: 10 }]);
    const [before, copy] = [memo.bytes, memo.fork()];
    copy.at({ x: 1 })!.set([{ name: 'v', value: 'new', bytes: 100 }]);
    copy.at({ x: 2 })!.set([{ name: 'v', value: 'more', bytes: 100 }]);
    expect([memo.at({ x: 1 })!.get('v'), memo.at({ x: 2 })!.get('v'), memo.bytes]).toEqual(['old', undefined, before]);
    expect([copy.at({ x: 1 })!.get('v'), copy.at({ x: 2 })!.get('v')]).toEqual(['new', 'more']);
  });

  test('forgets what was not asked at for the longest time first', () => {
    const memo = new Memo(3_500);
    const at = (x: number) => memo.at({ x })!;
    for (const x of [1, 2, 3]) at(x).set([{ name: 'v', value: x, bytes: 500 }]);
    expect(at(1).get('v')).toBe(1);
    at(4).set([{ name: 'v', value: 4, bytes: 500 }]);
    expect([1, 2, 3, 4].map((x) => at(x).get('v'))).toEqual([1, undefined, 3, 4]);
  });

  test('a value that would not fit takes the one of its name that it replaces with it', () => {
    const memo = new Memo(8000);
    const at = () => memo.at({ x: 0 })!;
    at().set([{ name: 'c', value: 'old', bytes: 0 }]);
    at().set([{ name: 'a', value: 1, bytes: 5000 }]);
    at().set([{ name: 'c', value: 'new', bytes: 5000 }]);
    expect([at().get('c'), at().get('a')]).toEqual([undefined, 1]);
    at().set([{ name: 'a', value: 2, bytes: 10_000 }]);
    expect([at().get('a'), memo.bytes]).toEqual([undefined, 0]);
  });

  test('a field that a class keeps behind accessors counts, in keys and in copies', () => {
    class Hidden {
      #x = [0];
      get x() {
        return this.#x;
      }
      set x(value: number[]) {
        this.#x = value;
      }
    }
    const [one, other] = [new Hidden(), new Hidden()];
    other.x = [1];
    expect(equal(one, other)).toBe(false);
    const copy = snapshot(other);
    other.x[0] = 7;
    expect([copy.x, copy instanceof Hidden]).toEqual([[1], true]);
  });

  test('a copy holds a field of any name, and shares only what hides what it holds', () => {
    const value = JSON.parse('{ "__proto__": { "a": [1] }, "constructor": [2] }') as Record<string, unknown>;
    const copy = snapshot({ value, date: new Date(5) });
    expect(Object.entries(copy.value)).toEqual(Object.entries(value));
    expect(Object.getPrototypeOf(copy.value)).toBe(Object.prototype);
    expect(copy.date.getTime()).toBe(5);
  });
});
