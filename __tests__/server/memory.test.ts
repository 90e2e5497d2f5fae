/** Memory of large bodies: given back at once where it is the server's own, left alone where others may keep it. */
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fastify from 'fastify';
import { freeMemory } from '../../src/server/freeMemory.js';
import { componentPlugin, type RunningServer, serve } from '../../src/server/index.js';
import { readBody } from '../../src/server/readBody.js';
import { Sampler } from '../fixtures/server/sampler.js';
import { type Answer, post, send } from './client.js';

const file = new URL('../fixtures/server/sampler.ts', import.meta.url).pathname;
const SIZE = 50_000;
const headers = { accept: 'application/json+base64' };

/** Values of one request, and the body that brings them: s · x is to be told from what others ask. */
function request(s: number, size = SIZE) {
  const x = Float64Array.from({ length: size }, (_, i) => i / 7);
  const buffer = Buffer.from(x.buffer).toString('base64');
  const array = { object_type: 'array', shape: [size], dtype: 'float64', data: { buffer, encoding: 'base64' } };
  return { x, body: JSON.stringify({ inputs: { x: array, s } }) };
}

/** Whether an answer holds these values, to the bit. */
function holds({ status, json }: Answer, values: Float64Array): boolean {
  return status === 200 && json.y.data.buffer === Buffer.from(values.buffer).toString('base64');
}

describe('memory is freed', () => {
  test('where it is large and all of a buffer', () => {
    const whole = new Uint8Array(100_000);
    freeMemory(whole);
    expect([whole.length, whole.buffer.byteLength]).toEqual([0, 0]);
  });

  test.each([
    ['a part of a buffer', () => new Uint8Array(200_000).subarray(0, 100_000)],
    ['little', () => new Uint8Array(100)],
    ['memory that is shared', () => new Uint8Array(new SharedArrayBuffer(100_000))],
  ])('and not where it is %s', (_what, make) => {
    const bytes = make();
    const { length } = bytes;
    freeMemory(bytes);
    expect(bytes.length).toBe(length);
  });

  test.each([
    ['a chunk that is all of its buffer is the body as it is', new Uint8Array(50_000).fill(7), freeMemory, true],
    ['a part of a buffer is copied', new Uint8Array(60_000).fill(7).subarray(0, 50_000), freeMemory, false],
    ['what others may keep is copied', new Uint8Array(50_000).fill(7), undefined, false],
  ])('and %s', async (_what, chunk, done, isKept) => {
    const { buffer } = chunk;
    const stream = new PassThrough();
    const budget = { held: 0, most: 1e9 };
    const reading = readBody(stream, { announced: 50_000, limit: 1e6, budget, done });
    stream.end(Buffer.from(buffer, 0, 50_000));
    const { bytes } = await reading;
    expect(bytes.buffer === buffer).toBe(isKept);
    expect([bytes.length, bytes.buffer.byteLength]).toEqual([50_000, 50_000]);
    expect(bytes.every((byte) => byte === 7)).toBe(true);
  });

  test('of a chunk once it has been copied, and never of the body', async () => {
    const stream = new PassThrough();
    const chunks = [1, 2, 3, 4, 5].map((value) => new Uint8Array(50_000).fill(value));
    const budget = { held: 0, most: 1e9 };
    const reading = readBody(stream, { announced: 250_000, limit: 1e6, budget, done: freeMemory });
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
    const { bytes } = await reading;
    expect(bytes.length).toBe(250_000);
    expect([0, 1, 2, 3, 4].map((i) => new Set(bytes.subarray(50_000 * i, 50_000 * (i + 1))))).toEqual(
      [1, 2, 3, 4, 5].map((value) => new Set([value])),
    );
    expect(chunks.map(({ length }) => length)).toEqual([0, 0, 0, 0, 0]);
  });
});

describe.each([0, 1, 2])('a server with %d workers', (workers) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await serve({ component: workers === 0 ? Sampler : { file }, port: 0, log: 'silent', workers });
  });
  afterAll(() => server.close());

  test.each([
    ['large requests, several', 12, () => SIZE],
    ['small requests, many', 60, () => 1000],
    ['requests of all sizes', 40, (i: number) => [1, 500, 3000, 9000, 30_000][i % 5]!],
  ])('answers %s at once, each with its own values', async (_what, count, sizeOf) => {
    const all = Array.from({ length: count }, async (_, i) => {
      const { x, body } = request(i + 1, sizeOf(i));
      const answer = await post(`${server.url}/apply`, body, { headers });
      expect(
        holds(
          answer,
          x.map((value) => value * (i + 1)),
        ),
      ).toBe(true);
    });
    await Promise.all(all);
  });

  test('answers on after clients that left in the middle of a large answer', async () => {
    for (const ms of [1, 5, 10, 20]) {
      const controller = new AbortController();
      const sent = post(`${server.url}/apply`, request(2).body, { headers, signal: controller.signal });
      setTimeout(() => controller.abort(), ms);
      await sent.catch(() => undefined);
    }
    const { x, body } = request(3);
    const answer = await post(`${server.url}/apply`, body, { headers });
    expect(
      holds(
        answer,
        x.map((value) => value * 3),
      ),
    ).toBe(true);
    expect((await send(`${server.url}/health`)).status).toBe(200);
  });
});

test('an application that keeps the payloads it sees finds them as they were', async () => {
  const app = fastify();
  const kept: Uint8Array[] = [];
  app.addHook('onSend', async (_request, _reply, payload) => {
    if (payload instanceof Uint8Array) kept.push(payload);
    return payload;
  });
  await app.register(componentPlugin, { component: Sampler, metrics: false });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const answer = await post(`${url}/apply`, request(2).body, { headers });
  await app.close();
  expect(kept.length).toBe(1);
  expect(Buffer.from(kept[0]!).toString() === answer.text).toBe(true);
});
