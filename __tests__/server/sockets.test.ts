/** What happens on the wire itself: slow and broken clients, odd headers, and the end of a server. */
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningServer, serve } from '../../src/server/index.js';
import { Labour } from '../fixtures/server/labour.js';
import { post, send, until } from './client.js';

let server: RunningServer;
let port: number;

beforeAll(async () => {
  server = await serve({ component: Labour, port: 0, log: 'silent', headersTimeout: 300, requestTimeout: 600 });
  port = Number(new URL(server.url).port);
});
afterAll(() => server.close());

/** Send raw bytes, in pieces; gives what came back until the connection closed. */
function raw(pieces: readonly (string | number)[]): Promise<string> {
  return new Promise((resolve) => {
    let received = '';
    const socket = connect(port, '127.0.0.1');
    socket.on('data', (chunk) => {
      received += String(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
    const next = (i: number): void => {
      const piece = pieces[i];
      if (piece === undefined || socket.destroyed) return;
      if (typeof piece === 'string') socket.write(piece, () => next(i + 1));
      else setTimeout(() => next(i + 1), piece);
    };
    next(0);
  });
}

const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
const head = 'POST /apply HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n';

describe('slow clients', () => {
  test('headers that do not end are 408', async () => {
    expect(statusOf(await raw(['GET /health HTTP/1.1\r\nhost: localhost\r\n']))).toBe(408);
  });

  test('a body that does not come is 408', async () => {
    expect(statusOf(await raw([`${head}content-length: 100\r\n\r\n{"inputs"`]))).toBe(408);
  });

  test('a body in pieces is put together', async () => {
    const text = await raw([`${head}content-length: 13\r\n\r\n{"in`, 50, 'puts"', 50, ':{}}']);
    expect([statusOf(text), text.includes('evaluations')]).toEqual([200, true]);
  });

  test('a client that goes in the middle of its body leaves nothing behind', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`${head}content-length: 100\r\n\r\n{"inputs"`);
    await new Promise((done) => setTimeout(done, 50));
    socket.destroy();
    await new Promise((done) => setTimeout(done, 50));
    const { text } = await send(`${server.url}/metrics`);
    expect(text).toContain('cotangent_requests_running 0');
  });
});

describe('odd requests', () => {
  test.each([
    ['no HTTP', 'hello\r\n\r\n'],
    ['no host', 'GET /health HTTP/1.1\r\n\r\n'],
    ['a version from elsewhere', 'GET /health HTTP/9.9\r\nhost: localhost\r\n\r\n'],
    ['two lengths', `${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
    ['a negative length', `${head}content-length: -1\r\n\r\n`],
    ['a length and chunks (smuggling)', `${head}content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ['a chunk of no length', `${head}transfer-encoding: chunked\r\n\r\nzz\r\n`],
    ['a header with a line break in it', `${head}x: a\rb\r\n\r\n`],
    ['a header without a name', `${head}: a\r\n\r\n`],
    ['a zero byte', `${head}x: \0\r\n\r\n`],
  ])('%s is refused with 400', async (_what, text) => {
    expect(statusOf(await raw([text]))).toBe(400);
  });

  test.each([
    ['GET', '/%', 400],
    ['GET', '/%c0%af', 400],
    ['GET', `/${'a'.repeat(8000)}`, 404],
    ['GET', '/..%2f..%2fetc/passwd', 404],
    ['GET', '//health', 404],
    ['GET', '/health?__proto__[a]=1', 200],
    ['GET', 'http://127.0.0.1/health', 200],
    ['TRACE', '/apply', 405],
    ['PROPFIND', '/apply', 405],
    ['FROBNICATE', '/apply', 405],
  ])('%s %s is %i', async (method, path, status) => {
    const text = await raw([`${method} ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`]);
    expect(statusOf(text)).toBe(status);
    expect(text).not.toMatch(/node_modules|\n\s+at /);
  });

  test('requests in a row on one connection are answered in their order', async () => {
    const one = (n: number, last: boolean) => {
      const body = `{"inputs":{"x":[${n}]}}`;
      return `POST /apply HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${last ? 'connection: close\r\n' : ''}content-length: ${body.length}\r\n\r\n${body}`;
    };
    const text = await raw([one(1, false) + one(2, false) + one(3, true)]);
    expect(Array.from(text.matchAll(/"buffer":\[(\d)\]/g), ([, value]) => value)).toEqual(['1', '2', '3']);
  });

  test('a client that waits for 100 Continue gets it', async () => {
    const text = await raw([`${head}expect: 100-continue\r\ncontent-length: 13\r\n\r\n`, 50, '{"inputs":{}}']);
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/);
  });
});

describe('the end of a server', () => {
  const start = () => serve({ component: Labour, port: 0, log: 'silent', workers: 0 });

  test('waits for what runs, and then takes no connection', async () => {
    const ending = await start();
    const agent = new Agent({ keepAlive: true });
    const long = post(`${ending.url}/apply`, { inputs: { deed: 'wait', ms: 300 } }, { agent });
    await until(async () => (await send(`${ending.url}/metrics`)).text.includes('requests_running 1'));
    const begun = performance.now();
    const closed = ending.close();
    const answer = await long;
    expect([answer.status, answer.headers.connection]).toEqual([200, 'close']);
    await closed;
    expect(performance.now() - begun).toBeLessThan(2000);
    await expect(send(`${ending.url}/health`)).rejects.toThrow('ECONNREFUSED');
    agent.destroy();
  });

  test('answers a request that comes on an open connection meanwhile, and closes that', async () => {
    const ending = await start();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await post(`${ending.url}/apply`, { inputs: {} }, { agent });
    const closed = ending.close();
    const late = await post(`${ending.url}/apply`, { inputs: {} }, { agent });
    expect([late.status, late.headers.connection]).toEqual([200, 'close']);
    await closed;
    agent.destroy();
  });

  test('cuts connections that are idle', async () => {
    const ending = await start();
    const agent = new Agent({ keepAlive: true });
    await post(`${ending.url}/apply`, { inputs: {} }, { agent });
    await ending.close();
    agent.destroy();
  });

  test('happens once, however often it is asked for', async () => {
    const ending = await start();
    await Promise.all([ending.close(), ending.close()]);
    await ending.close();
  });
});
