/** What a small request cannot make a server do, and how each limit says so. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { encodeLz4 } from '../../src/codec/lz4/write.js';
import { type RunningServer, serve } from '../../src/server/index.js';
import { Labour } from '../fixtures/server/labour.js';
import { Sampler } from '../fixtures/server/sampler.js';
import { type Answer, post, send } from './client.js';

const MIB = 2 ** 20;
let server: RunningServer;
let url: string;

beforeAll(async () => {
  server = await serve({
    component: Sampler,
    port: 0,
    log: 'silent',
    bodyLimit: 4 * MIB,
    resultLimit: 100_000,
    arrayLimit: 8 * MIB,
    jacobianLimit: MIB,
  });
  url = server.url;
});
afterAll(() => server.close());

const codeOf = ({ json }: Answer): string => json.ctx?.code ?? json.detail[0].ctx.code;
const factsOf = ({ json }: Answer): Record<string, string> => json.ctx ?? json.detail[0].ctx;
const zeros = (size: number) => ({
  shape: [size],
  dtype: 'float64',
  data: {
    buffer: Buffer.from(encodeLz4(new Uint8Array(8 * size))).toString('base64'),
    encoding: 'base64',
    compression: 'lz4',
  },
});

describe('the limits of a request', () => {
  test('a body that is announced to be too long is 413 before it has come', async () => {
    const answer = await post(`${url}/apply`, ' '.repeat(5 * MIB));
    expect([answer.status, factsOf(answer)]).toMatchObject([413, { code: 'E_BODY_LIMIT', expected: String(4 * MIB) }]);
  });

  test('a body that becomes too long is 413, and the server goes on', async () => {
    const chunked = await new Promise<Answer>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
      send(`${url}/apply`, { method: 'POST', headers, body: Buffer.alloc(5 * MIB, ' ') }).then(resolve, reject);
    });
    expect([chunked.status, codeOf(chunked)]).toEqual([413, 'E_BODY_LIMIT']);
    expect((await send(`${url}/health`)).status).toBe(200);
  });

  test('an answer that is too long is 413, and says how long it is', async () => {
    const answer = await post(`${url}/apply`, { inputs: { x: zeros(50_000) } });
    expect([answer.status, factsOf(answer)]).toMatchObject([413, { code: 'E_RESULT_LIMIT', expected: '100000' }]);
  });

  test('an array that would unpack to more than is allowed is refused by what it says of itself', async () => {
    const answer = await post(`${url}/apply`, { inputs: { x: zeros(2 * MIB) } });
    expect([answer.status, codeOf(answer)]).toEqual([422, 'E_ARRAY_LIMIT']);
  });

  test('many arrays may not unpack to more than one may', async () => {
    const d = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, zeros(MIB / 16)]));
    const answer = await post(`${url}/apply`, { inputs: { x: [1], d } });
    expect([answer.status, codeOf(answer)]).toEqual([422, 'E_ARRAY_LIMIT']);
  });

  test('a frame that holds more than its array is refused', async () => {
    const bomb = { ...zeros(4 * MIB), shape: [1] };
    const answer = await post(`${url}/apply`, { inputs: { x: bomb } });
    expect([answer.status, answer.json.detail[0].type]).toEqual([422, 'array_decode_error']);
  });

  test.each([
    [[1e9], 'E_ARRAY_LIMIT'],
    [[1e15, 1e15], 'E_ARRAY_LIMIT'],
    [[0, 1e15], 'E_ARRAY_LIMIT'],
    [Array(40).fill(1), 'E_ARRAY_FORM'],
    [[-1], 'E_ARRAY_FORM'],
  ])('an array of the shape %j is refused', async (shape, code) => {
    const x = { shape, dtype: 'float64', data: { buffer: '', encoding: 'base64' } };
    const answer = await post(`${url}/apply`, { inputs: { x } });
    expect([answer.status, codeOf(answer)]).toEqual([422, code]);
  });

  test('deep JSON is refused at the first level too many', async () => {
    const answer = await post(`${url}/apply`, `{"inputs":{"x":${'['.repeat(100_000)}`);
    expect(answer.json.detail[0]).toMatchObject({ type: 'json_invalid', loc: ['body', expect.any(Number)] });
  });

  test('thousands of paths are refused by their number', async () => {
    const paths = Array.from({ length: 10_001 }, (_, i) => `l.[${i}].w`);
    const body = { inputs: { x: [1] }, jac_inputs: paths, jac_outputs: ['y'] };
    const answer = await post(`${url}/jacobian`, body);
    expect([answer.status, factsOf(answer)]).toMatchObject([
      422,
      { code: 'E_LIMIT', path: 'jac_inputs', received: '10001 paths' },
    ]);
  });

  test('of thousands of problems, fifty are reported', async () => {
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`z${i}`, 0]));
    for (const body of [
      { inputs: { x: [1], ...many } },
      { inputs: { x: [1] }, ...many },
      { inputs: { x: [1], d: mapped(many, 'a') } },
    ]) {
      const { status, json } = await post(`${url}/apply`, body);
      expect([status, json.detail.length]).toEqual([422, expect.any(Number)]);
      expect(json.detail.length).toBeLessThanOrEqual(52);
    }
  });

  test('lists and maps may hold 100,000 values, all together', async () => {
    const body = JSON.stringify({ inputs: { x: [1], l: Array(100_001).fill({ w: 1 }) } });
    const answer = await post(`${url}/apply`, body);
    expect([answer.status, factsOf(answer)]).toMatchObject([422, { code: 'E_LIMIT', path: 'inputs.l' }]);
  });

  test('a derived Jacobian that would be too large is refused before a probe runs, with its size and what else there is', async () => {
    const answer = await post(`${url}/jacobian`, {
      inputs: { x: zeros(10_000) },
      jac_inputs: ['x'],
      jac_outputs: ['y'],
    });
    expect([answer.status, factsOf(answer)]).toMatchObject([
      413,
      {
        code: 'E_MEMORY_LIMIT',
        rule: 'jacobianFromVjp',
        received: String(8 * 10_000 ** 2 + 256),
        expected: String(MIB),
      },
    ]);
    expect(answer.json.detail).toContain('10000 by 10000');
    expect(answer.json.detail).toContain('vjp');
  });

  test('an abstract evaluation that would need large samples is refused', async () => {
    const answer = await post(`${url}/abstract_eval`, { inputs: { x: { shape: [1e9], dtype: 'float64' } } });
    expect([answer.status, codeOf(answer)]).toEqual([413, 'E_MEMORY_LIMIT']);
  });

  test('a compressed body is refused, not unpacked', async () => {
    const answer = await post(`${url}/apply`, '{}', { headers: { 'content-encoding': 'gzip' } });
    expect([answer.status, codeOf(answer)]).toEqual([415, 'E_ENCODING']);
  });

  test('headers beyond 16 KiB are 431', async () => {
    const { status } = await send(`${url}/health`, { headers: { 'x-long': 'a'.repeat(20_000) } });
    expect(status).toBe(431);
  });
});

function mapped(keys: object, value: unknown): object {
  return Object.fromEntries(Object.keys(keys).map((key) => [key, value]));
}

describe('the limit of those who wait', () => {
  test('beyond it a request is 503 at once, and told to try again', async () => {
    const small = await serve({ component: Labour, port: 0, log: 'silent', queueLimit: 2 });
    try {
      const body = { inputs: { deed: 'wait', ms: 300 } };
      const answers = await Promise.all(Array.from({ length: 8 }, () => post(`${small.url}/apply`, body)));
      const refused = answers.filter(({ status }) => status === 503);
      expect(answers.filter(({ status }) => status === 200).length + refused.length).toBe(8);
      expect(refused).toHaveLength(5);
      expect([refused[0]?.headers['retry-after'], refused[0] && codeOf(refused[0])]).toEqual(['1', 'E_BUSY']);
    } finally {
      await small.close();
    }
  });

  test('bodies that are under way together may not take more than a bounded memory', async () => {
    const { readBody } = await import('../../src/server/readBody.js');
    const { Readable } = await import('node:stream');
    const budget = { held: 0, most: 1000 };
    const read = (length: number) =>
      readBody(Readable.from([Buffer.alloc(length)]), { announced: undefined, limit: 1000, budget });
    const first = await read(600);
    await expect(read(600)).rejects.toMatchObject({ code: 'E_BUSY' });
    expect(budget.held).toBe(600);
    first.release();
    expect(budget.held).toBe(0);
    await expect(read(900)).resolves.toMatchObject({ bytes: { length: 900 } });
  });
});

describe('the options of a server', () => {
  test.each([
    ['queueLimit', -1],
    ['timeout', 1.5],
    ['workers', 2],
    ['keepAliveTimeout', 0],
    ['format', 'json+binref'],
    ['format', 'xml'],
  ])('%s: %j is refused before anything listens', async (option, value) => {
    const options = { component: Sampler, port: 0, log: 'silent', [option]: value } as const;
    await expect(serve(options)).rejects.toMatchObject({ code: 'E_SERVE_OPTION', fields: { option } });
  });

  test('a port that is taken is refused with the address', async () => {
    const port = Number(new URL(url).port);
    const taken = serve({ component: Sampler, port, log: 'silent' });
    await expect(taken).rejects.toMatchObject({
      code: 'E_SERVE_LISTEN',
      fields: { address: `127.0.0.1:${port}`, reason: 'EADDRINUSE' },
    });
  });
});
