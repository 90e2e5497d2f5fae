/** Scalars of every dtype as themselves: alone, in lists, in maps, optional, by default and nested, in and out. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Equals, IsIn } from 'class-validator';
import {
  Apply,
  Bool,
  Complex64,
  Complex128,
  Component,
  type ComponentHandle,
  DifferentiableComponent,
  type DType,
  dtypeNames,
  Field,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  openComponent,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
} from 'cotangent';
import { readArray } from '../../src/array/literal.js';
import { connect } from '../../src/client/connect.js';
import { modelOf as modelOfNode } from '../../src/client/fields.js';
import { inProcess } from '../cli/inProcess.js';
import { type Served, served } from '../interchange/served.js';

const fields = {
  float16: [Float16, [0.5, -65504, 2 ** -24]],
  float32: [Float32, [0.5, 3.4028234663852886e38, 2 ** -149]],
  float64: [Float64, [0.1, -1e300, 5e-324]],
  int8: [Int8, [-128, 127, 0]],
  int16: [Int16, [-32768, 32767, 5]],
  int32: [Int32, [-(2 ** 31), 2 ** 31 - 1, 3]],
  int64: [Int64, [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n]],
  bool: [Bool, [true, false, true]],
  uint8: [UInt8, [255, 0, 7]],
  uint16: [UInt16, [65535, 0, 7]],
  uint32: [UInt32, [2 ** 32 - 1, 0, 7]],
  uint64: [UInt64, [2n ** 64n - 1n, 0n, 2n ** 53n + 1n]],
  complex64: [
    Complex64,
    [
      { re: 0.5, im: -2 },
      { re: 0, im: 1 },
      { re: -0, im: 0 },
    ],
  ],
  complex128: [
    Complex128,
    [
      { re: 0.1, im: 1e300 },
      { re: 0, im: 1 },
      { re: 2, im: 0 },
    ],
  ],
} as const satisfies { readonly [D in DType]: readonly [unknown, readonly unknown[]] };

type Decorate = (target: object, key: string) => void;
type Options = { readonly each?: 'list' | 'map'; readonly optional?: boolean };
const field = (dtype: DType, options: Options) => (fields[dtype][0] as (options: Options) => Decorate)(options);

/** A model with a field of the dtype in every place that a field may have, and another model in it that has one. */
function modelOf(dtype: DType, depth = 1): new () => object {
  const [, values] = fields[dtype];
  class Scalars {
    alone!: unknown;
    byDefault: unknown = values[2];
    optional?: unknown;
    absent?: unknown;
    list!: unknown[];
    map!: Map<string, unknown>;
  }
  for (const [name, options] of Object.entries({
    alone: {},
    byDefault: {},
    optional: { optional: true },
    absent: { optional: true },
    list: { each: 'list' },
    map: { each: 'map' },
  } as Record<string, Options>))
    field(dtype, options)(Scalars.prototype, name);
  if (depth === 0) return Scalars;
  const Inner = modelOf(dtype, depth - 1);
  (Field(() => Inner) as Decorate)(Scalars.prototype, 'nested');
  (Field(() => Inner, { each: 'list' }) as Decorate)(Scalars.prototype, 'several');
  return Scalars;
}

/** A component that gives back what it gets: as it is, or with arrays of rank 0 for its numbers. */
function echo(dtype: DType, boxes: boolean) {
  const Model = modelOf(dtype);
  class Echo extends DifferentiableComponent<object, object> {
    apply(inputs: object): object {
      return boxes ? (boxed(inputs, dtype) as object) : inputs;
    }
  }
  (Apply() as unknown as Decorate)(Echo.prototype, 'apply');
  (Component({ inputs: Model, outputs: Model }) as unknown as (type: object) => void)(Echo);
  return Echo;
}

function boxed(value: unknown, dtype: DType): unknown {
  const isNumber = typeof value !== 'object' || value === null || 're' in value;
  if (value === undefined || value === null) return value;
  if (isNumber) return readArray(value, { dtype, shape: [] });
  if (Array.isArray(value)) return value.map((one) => boxed(one, dtype));
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, boxed(one, dtype)]));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, boxed(one, dtype)]));
}

function literalOf(dtype: DType, depth = 1): Record<string, unknown> {
  const [, [a, b, c]] = fields[dtype];
  const flat = { alone: a, optional: b, list: [a, b, c], map: { 'a b': b, 'ü.x': c } };
  if (depth === 0) return flat;
  return { ...flat, nested: literalOf(dtype, 0), several: [literalOf(dtype, 0), literalOf(dtype, 0)] };
}

/** What comes back for the literal: the default is there, and the field that was left out is not. */
function expected(dtype: DType, depth = 1): Record<string, unknown> {
  const [, [a, b, c]] = fields[dtype];
  const map = new Map<string, unknown>([
    ['a b', b],
    ['ü.x', c],
  ]);
  const flat = { alone: a, byDefault: c, optional: b, list: [a, b, c], map };
  if (depth === 0) return flat;
  return { ...flat, nested: expected(dtype, 0), several: [expected(dtype, 0), expected(dtype, 0)] };
}

/** The dtypes of all arrays in a body. */
function dtypesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('dtype' in value) return [String(value.dtype)];
  return Object.values(value).flatMap(dtypesIn);
}

const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return new Map([...value].map(([key, one]) => [key, plain(one)]));
  if (typeof value !== 'object' || value === null || 're' in value) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === undefined || one === null ? [] : [[key, plain(one)]])),
  );
};

describe.each(dtypeNames.flatMap((dtype) => [[dtype, false] as const, [dtype, true] as const]))(
  'scalars of %s, given back as arrays of rank 0: %s,',
  (dtype, boxes) => {
    let server: Served;
    let remote: ComponentHandle;
    beforeAll(async () => {
      server = await served(echo(dtype, boxes));
      remote = await connect(server.url);
    });
    afterAll(() => server.close());

    test('come back as they went, in this process and over HTTP', async () => {
      const local = openComponent(echo(dtype, boxes));
      for (const handle of [local, remote]) {
        for (const given of [literalOf(dtype), boxed(literalOf(dtype), dtype)])
          expect(plain(await handle.apply(given as never))).toEqual(expected(dtype));
      }
    });

    test('travel in their own dtype, whatever JSON they came as', async () => {
      const inputs = JSON.parse(
        JSON.stringify(literalOf(dtype), (_key, value: unknown) =>
          typeof value === 'bigint' ? 3 : typeof value === 'object' && value && 're' in value ? 2 : value,
        ),
      );
      const answer = await fetch(`${server.url}/apply`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ inputs }),
      });
      expect(answer.status).toBe(200);
      expect(new Set(dtypesIn(await answer.json()))).toEqual(new Set([dtype]));
    });

    test('are sent by the client in their own dtype', async () => {
      const bodies: string[] = [];
      const spy: typeof fetch = async (url, init) => {
        if (init?.body) bodies.push(new TextDecoder().decode(init.body as Uint8Array));
        return fetch(url, init);
      };
      const handle = await connect(server.url, { fetch: spy });
      await handle.apply(literalOf(dtype) as never);
      expect(new Set(bodies.flatMap((body) => dtypesIn(JSON.parse(body))))).toEqual(new Set([dtype]));
    });
  },
);

test('a field of numbers from a list of choices is sent in its dtype', async () => {
  class Choice {
    @Int32() @IsIn([1, 2, 4]) order = 2;
    @UInt8() @Equals(3) always = 3;
    @Int8({ each: 'list' }) @IsIn([1, 2], { each: true }) several = [1];
  }
  @Component({ inputs: Choice, outputs: Choice })
  class Chosen extends DifferentiableComponent<Choice, Choice> {
    @Apply()
    apply(inputs: Choice): Choice {
      return inputs;
    }
  }
  const server = await served(Chosen);
  try {
    const handle = await connect(server.url);
    expect(await handle.apply({ order: 4, several: [2, 1] })).toEqual({ order: 4, always: 3, several: [2, 1] });
    expect(await handle.apply({})).toEqual({ order: 2, always: 3, several: [1] });
  } finally {
    await server.close();
  }
});

test('a choice beside an array is no choice for the client: what marks an array is looked for first', () => {
  const array = {
    type: 'object',
    title: 'EncodedArrayModel__scalar__int16__noflags',
    properties: { shape: { type: 'array', minItems: 0, maxItems: 0 }, dtype: { type: 'string' }, data: {} },
  };
  for (const more of [{ enum: [1, 2] }, { const: 3 }, { array_flags: [], enum: [1] }]) {
    const node = {
      title: 'In',
      properties: { n: { ...array, ...more }, l: { type: 'array', items: { ...array, ...more } } },
    };
    const { fields } = modelOfNode(node, { resolve: () => undefined });
    for (const { spec } of fields) expect(spec).toMatchObject({ kind: 'array', dtype: 'int16', shape: [] });
  }
});

describe('on the command line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cotangent-scalars-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const decoratorOf = (dtype: string) =>
    dtype.replace(/^u/, 'U').replace(/^[a-z]|(?<=^U)i/, (first) => first.toUpperCase());
  const file = (dtype: DType, name: string) => {
    const path = join(folder, `${dtype}.mjs`);
    const lines = [
      `import { ${name}, Apply, Component, DifferentiableComponent } from ${JSON.stringify(resolve('dist/bundle/index.js'))};`,
      `class M { }`,
      `${name}()(M.prototype, 'a'); ${name}({ each: 'list' })(M.prototype, 'l'); ${name}({ each: 'map' })(M.prototype, 'm');`,
      `export class Echo extends DifferentiableComponent { apply(inputs) { return inputs; } }`,
      `Apply()(Echo.prototype, 'apply', Object.getOwnPropertyDescriptor(Echo.prototype, 'apply'));`,
      `Component({ inputs: M, outputs: M })(Echo);`,
    ];
    writeFileSync(path, lines.join('\n'));
    return path;
  };

  test.each(dtypeNames)('scalars of %s are written in their dtype', async (dtype) => {
    const one = dtype === 'bool' ? true : 1;
    const inputs = { a: one, l: [one, one], m: { 'a b': one } };
    const words = ['apply', file(dtype, decoratorOf(dtype)), JSON.stringify({ inputs })];
    const { code, stdout, stderr } = await inProcess(words, folder);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(dtypesIn(JSON.parse(stdout))).toEqual([dtype, dtype, dtype, dtype]);
  });
});
