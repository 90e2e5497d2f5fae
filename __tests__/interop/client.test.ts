/** Our client on Tesseracts in Python: values of every kind, files, errors, and derivations over them. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { array, isNdArray } from 'cotangent';
import { connect, sharedFolders, withDerived } from '../../src/client/node/index.js';
import { pythonServer } from './python.js';

const servers = {
  kinds: await pythonServer('kinds'),
  faulty: await pythonServer('faulty'),
  jacobianOnly: await pythonServer('jacobianOnly'),
};
afterAll(() => Promise.all(Object.values(servers).map(({ close }) => close())));

const dtypes = {
  float16: [0.5, -0, 65504, 6e-8, Number.NaN],
  float32: [0.1, -1e-45, Number.POSITIVE_INFINITY],
  float64: [0.1, 5e-324, Number.NEGATIVE_INFINITY, Number.NaN],
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  bool: [true, false],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 2 ** 32 - 1],
  uint64: [0n, 2n ** 64n - 1n],
  complex64: [
    { re: 0.5, im: -2 },
    { re: -0, im: 1 },
  ],
  complex128: [{ re: 0.1, im: 1e300 }],
} as const;

/** The bytes of an array, so that NaN and -0 count. */
function bytesOf(value: unknown): number[] {
  if (!isNdArray(value)) throw new Error(`${String(value)} is no array`);
  return [...new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.byteLength)];
}

describe('our client and Python: values', () => {
  for (const encoding of ['base64', 'json', 'binref'] as const) {
    const { url, input, output } = servers.kinds;
    const options = { encoding, files: sharedFolders({ requests: input, answers: output }) };

    for (const [dtype, values] of Object.entries(dtypes)) {
      test(`${dtype} goes there and back as ${encoding}, of ranks 1 to 3 and empty`, async () => {
        const kinds = await connect(url, options);
        const given = array(values as never, { dtype: dtype as keyof typeof dtypes });
        const finite = array(values.slice(0, 1) as never, { dtype: dtype as keyof typeof dtypes });
        // JSON has no word for infinity: Python's server answers with null, which is NaN.
        const whole = encoding === 'json' ? finite : given;
        for (const shape of [[whole.size], [1, whole.size], [1, whole.size, 1], [2, 0]]) {
          const sent = shape[1] === 0 ? array([], { dtype: dtype as 'float64' }) : whole;
          const one = Object.assign(Object.create(Object.getPrototypeOf(sent)), sent, { shape });
          const answer = (await kinds.apply({ [dtype]: one } as never)) as Record<string, unknown>;
          expect(answer[dtype]).toMatchObject({ dtype, shape });
          expect(bytesOf(answer[dtype])).toEqual(bytesOf(one));
        }
      });
    }
  }

  test('files of requests are removed after the call, and those of answers are the server’s', async () => {
    const { url, input, output } = servers.kinds;
    const before = readdirSync(input).filter((name) => name.endsWith('.bin'));
    const kinds = await connect(url, {
      encoding: 'binref',
      files: sharedFolders({ requests: input, answers: output }),
    });
    await kinds.apply({ float64: [1, 2] } as never);
    expect(readdirSync(input).filter((name) => name.endsWith('.bin'))).toEqual(before);
  });

  test('an answer that refers to a file outside the shared folder is refused', async () => {
    const { url, input, output } = servers.kinds;
    const files = sharedFolders({ requests: input, answers: join(output, 'elsewhere') });
    const kinds = await connect(url, { encoding: 'binref', files });
    await expect(kinds.apply({ float64: [1, 2] } as never)).rejects.toMatchObject({ code: 'E_REMOTE_ANSWER' });
  });

  test('lz4 in requests is read by Python', async () => {
    const kinds = await connect(servers.kinds.url, { compression: 'lz4' });
    const values = Array.from({ length: 5000 }, (_, i) => i % 7);
    const { float64 } = (await kinds.apply({ float64: values } as never)) as unknown as Record<
      string,
      { data: unknown }
    >;
    expect(Array.from(float64!.data as Float64Array)).toEqual(values);
  });

  test('models, lists, maps, choices, texts and defaults', async () => {
    const kinds = await connect(servers.kinds.url);
    const inner = { points: [[1, 2, 3]], tag: 'ü' };
    const answer = (await kinds.apply({
      inner,
      several: [[1], [], [2, 3]],
      named: new Map([['a b', inner]]),
      nested: [{ k: array([1n, 2n]) }],
      whatever: array([1, 2], { dtype: 'int16' }),
      choice: 'b',
      number: 1.25,
      flag: false,
    } as never)) as Record<string, never>;
    expect(answer['inner']).toMatchObject({ tag: 'ü', points: { shape: [1, 3], dtype: 'float32' } });
    expect((answer['several'] as { shape: unknown }[]).map(({ shape }) => shape)).toEqual([[1], [0], [2]]);
    expect((answer['named'] as ReadonlyMap<string, { tag: string }>).get('a b')?.tag).toBe('ü');
    expect(answer['nested']).toMatchObject([{ k: { dtype: 'int64' } }]);
    expect(answer['whatever']).toMatchObject({ dtype: 'int16', shape: [2] });
    expect([answer['choice'], answer['number'], answer['flag'], answer['uint8']]).toEqual([
      'b',
      1.25,
      false,
      undefined,
    ]);
  });
});

describe('our client and Python: errors', () => {
  const failure = async (inputs: object, endpoint: 'apply' | 'vjp' = 'apply'): Promise<unknown> => {
    const faulty = await connect(servers.faulty.url);
    const call = endpoint === 'apply' ? faulty.apply(inputs) : faulty.vjp({ inputs, cotangent: { y: [1] } } as never);
    const error = (await call.catch((thrown: unknown) => thrown)) as { code: string; path: string; message: string };
    return { code: error.code, path: error.path, message: error.message };
  };

  test.each([
    ["a validator's own words", { x: [-1] }, 'E_CONSTRAINT', 'inputs.x', /x must not be negative/],
    ['a bound in a model', { x: [1], inner: { k: 9 } }, 'E_CONSTRAINT', 'inputs.inner.k', /less than or equal to 5/],
    ['a bound in a list', { x: [1], items: [{}, { k: 7 }] }, 'E_CONSTRAINT', 'inputs.items.[1].k', /equal to 5/],
    ['a bound in a map', { x: [1], named: { 'a b': { k: 7 } } }, 'E_CONSTRAINT', 'inputs.named.{a b}.k', /equal to 5/],
    ['an exception', { x: [1], how: 'raise' }, 'E_REMOTE_FAILED', '', /status 500/],
    ['a result that does not fit', { x: [1], how: 'shape' }, 'E_REMOTE_FAILED', '', /status 500/],
  ])('%s is an error with a code, a path and a reason', async (_case, inputs, code, path, message) => {
    expect(await failure(inputs)).toEqual({ code, path, message: expect.stringMatching(message) });
  });

  test('the errors of derivatives are those of apply', async () => {
    expect(await failure({ x: [-1] }, 'vjp')).toMatchObject({ code: 'E_CONSTRAINT', path: 'inputs.x' });
  });

  test('several problems are one error, each with its own path', async () => {
    const faulty = await connect(servers.faulty.url);
    const call = faulty.apply({ x: [1], inner: { k: 9 }, items: [{ k: 8 }] } as never);
    const error = (await call.catch((thrown: unknown) => thrown)) as { code: string; problems: { path: string }[] };
    expect(error.code).toBe('E_INVALID');
    expect(error.problems.map(({ path }) => path)).toEqual(['inputs.inner.k', 'inputs.items.[0].k']);
  });

  test('an endpoint that is not there is said without a call', async () => {
    const faulty = await connect(servers.faulty.url);
    await expect(faulty.jacobian({ inputs: { x: [1] } } as never)).rejects.toMatchObject({
      code: 'E_NO_SUCH_ENDPOINT',
    });
  });
});

describe('our client and Python: derivations', () => {
  test('a vjp and a jvp from the Jacobian of a Tesseract: bᵀ·J and J·t by hand', async () => {
    const handle = withDerived(await connect(servers.jacobianOnly.url), 'vjpFromJacobian', 'jvpFromJacobian');
    const inputs = { x: [0, 0, 0], b: 2 } as never;
    // At x = 0, the cosines are 1: J = b·A.
    const { x, b } = await handle.vjp({ inputs, cotangent: { y: [1, 2], z: 5 } });
    expect((x as never as { toNested: () => unknown }).toNested()).toEqual([3, 8, -3]);
    expect(b).toBe(0);
    const { y } = await handle.jvp({ inputs, of: ['y'], tangent: { x: [1, 1, 0] } });
    expect((y as never as { toNested: () => unknown }).toNested()).toEqual([-2, 6.5]);
  });

  test('a Jacobian from the vjp of a Tesseract, whatever runs at once, in progress', async () => {
    const faulty = await connect(servers.faulty.url);
    const done: number[] = [];
    const onProgress = (count: number): void => void done.push(count);
    for (const concurrency of [1, 4]) {
      const handle = withDerived(faulty, 'jacobianFromVjp', { concurrency });
      const { y } = await handle.jacobian({ inputs: { x: [1, 2, 3] } as never, of: ['y'] }, { onProgress });
      expect((y!['x'] as never as { toNested: () => unknown }).toNested()).toEqual([
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ]);
    }
    expect(done).toEqual([1, 2, 3, 1, 2, 3]);
  });
});
