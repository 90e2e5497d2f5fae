/** What the proxy makes of upstreams that answer as none should, early, late, or not at all; and what it passes on. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type ProxyOptions, type RunningProxy, startProxy } from '../../src/proxy/proxy.js';
import { answerRaw, type RawCase, rawCases } from '../client/wire/cases.js';
import { answerOf, plainAnswer, type RawRespond, type RawServer, rawServer } from '../client/wire/rawServer.js';

const open: { readonly close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

interface Pair {
  readonly upstream: RawServer;
  readonly proxy: RunningProxy;
}

async function behind(respond: RawRespond, options: Partial<ProxyOptions> = {}): Promise<Pair> {
  const upstream = await rawServer(respond);
  const proxy = await startProxy({ url: upstream.url, derive: [], port: 0, ...options });
  open.push(upstream, proxy);
  return { upstream, proxy };
}

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** One request over a connection of its own; what was answered, or the code of what went wrong. */
function ask(
  url: string,
  body: Buffer | string | undefined,
  headers: Record<string, string> = {},
  method = 'POST',
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = httpRequest(`${url}/apply`, { method, agent: false, headers: { ...length, ...headers } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString('latin1'),
        });
        sent.destroy();
      });
    });
    sent.setTimeout(4000, () => sent.destroy(new Error('no answer')));
    sent.on('error', reject);
    sent.end(body);
  });
}

const fine = plainAnswer(answerOf(7));
const endless = (field: string): RawCase => ({
  name: `a head without an end (${field.length} characters a piece)`,
  pieces: Array(400).fill(field.repeat(50)),
  gives: '',
});
const odd: readonly RawCase[] = [
  ...rawCases,
  { name: '099 and then nothing', pieces: ['HTTP/1.1 099 Odd\r\n\r\n'], gives: '' },
  { name: '1000', pieces: ['HTTP/1.1 1000 Odd\r\ncontent-length: 0\r\n\r\n'], gives: '' },
  { name: '600', pieces: ['HTTP/1.1 600 Odd\r\ncontent-length: 2\r\n\r\n{}'], gives: '' },
  { name: 'a status that is no number', pieces: ['HTTP/1.1 abc\r\n\r\n'], gives: '' },
  {
    name: 'a reason with bytes above 127',
    pieces: [`HTTP/1.1 200 \u00e9\u00ff\r\ncontent-length: 2\r\n\r\n{}`],
    gives: '',
  },
  {
    name: 'a header with bytes above 127',
    pieces: [plainAnswer('{}', 'x-name: caf\u00c3\u00a9\u00ff\r\n')],
    gives: '',
  },
  { name: 'a header with a control character', pieces: [plainAnswer('{}', 'x-name: a\u0001b\r\n')], gives: '' },
  { name: 'a header with a NUL', pieces: [plainAnswer('{}', 'x-name: a\u0000b\r\n')], end: 'fin', gives: '' },
  { name: 'a header folded over lines', pieces: [plainAnswer('{}', 'x-name: a\r\n b\r\n')], gives: '' },
  {
    name: 'headers named like what objects have',
    pieces: [plainAnswer('{}', '__proto__: 1\r\nconstructor: 2\r\nhasownproperty: 3\r\n')],
    gives: '',
  },
  { name: 'ten equal headers', pieces: [plainAnswer('{}', 'set-cookie: a=b\r\n'.repeat(10))], gives: '' },
  {
    name: '205 with a length',
    pieces: ['HTTP/1.1 205 Reset Content\r\ncontent-length: 3\r\n\r\n'],
    end: 'fin',
    gives: '',
  },
  { name: 'HTTP/2', pieces: ['HTTP/2.0 200 OK\r\n\r\n'], end: 'fin', gives: '' },
  { name: 'noise', pieces: ['\u0000\u0001\u0002\u00ff'.repeat(1000)], gives: '' },
  endless('x-a: b\r\n'),
  endless('x'),
];

describe('an upstream that answers with', () => {
  test.each(odd.map((one) => [one.name, one] as const))('%s, costs one request at most', async (_name, one) => {
    let calls = 0;
    const { proxy } = await behind((socket, { body }) => {
      if (body.toString() === 'odd') {
        calls++;
        void answerRaw(socket, one);
      } else socket.write(fine);
    });
    const got = await ask(proxy.url, 'odd').catch((error: Error) => error);
    if ('message' in got) {
      // Only what had begun can break off.
      expect(got.message).toMatch(/aborted|ECONNRESET|socket hang up|Parse Error/);
    } else {
      expect(got.status).toBeGreaterThanOrEqual(200);
      if (got.status === 502) expect(JSON.parse(got.text).detail).toMatch(/^E_REMOTE_UNREACHABLE: No answer from http/);
      if (Array.isArray(one.gives)) expect([got.status, got.text]).toEqual([200, answerOf(1, 2, 3)]);
    }
    if (one.gives === 'E_REMOTE_UNREACHABLE' && one.hits === 2) expect(got).toMatchObject({ status: 502 });
    expect(calls).toBe(one.hits ?? 1);
    expect(await ask(proxy.url, 'plain')).toMatchObject({ status: 200, text: answerOf(7) });
  });

  test('no answer within the time is a 504, and the request is given up', async () => {
    let closed = false;
    const { proxy } = await behind((socket) => void socket.once('close', () => (closed = true)), { timeout: 200 });
    const { status, text } = await ask(proxy.url, '{}');
    expect([status, JSON.parse(text).detail]).toEqual([504, expect.stringMatching(/^E_REMOTE_TIMEOUT/)]);
    await new Promise((done) => setTimeout(done, 50));
    expect(closed).toBe(true);
  });

  test('nothing any more is a 502, and the reason is told', async () => {
    const { proxy, upstream } = await behind((socket) => socket.write(fine));
    await upstream.close();
    const { status, text } = await ask(proxy.url, '{}');
    expect([status, JSON.parse(text).detail]).toEqual([502, expect.stringMatching(/ECONNREFUSED/)]);
  });
});

describe('a connection that went stale', () => {
  test.each([1, 70_000, 900_000])('costs a request of %i bytes nothing', async (size) => {
    const used = new Set<number>();
    const { proxy } = await behind((socket, { connection }) => {
      // Each connection answers once, and closes as soon as it is used again.
      if (used.has(connection)) return void socket.destroy();
      used.add(connection);
      socket.write(fine);
    });
    const body = 'x'.repeat(size);
    for (let i = 0; i < 10; i++) expect((await ask(proxy.url, body)).status).toBe(200);
  });

  test('costs a request without a body nothing', async () => {
    const used = new Set<number>();
    const { proxy } = await behind((socket, { connection }) => {
      if (used.has(connection)) return void socket.destroy();
      used.add(connection);
      socket.write(fine);
    });
    for (let i = 0; i < 10; i++) expect((await ask(proxy.url, undefined, {}, 'GET')).status).toBe(200);
  });

  test('that its upstream closes after 60 ms fails no call of 150', async () => {
    const { proxy } = await behind((socket) => {
      socket.write(fine);
      socket.setTimeout(60, () => socket.end());
    });
    const statuses: number[] = [];
    for (let i = 0; i < 150; i++) {
      statuses.push((await ask(proxy.url, '{}')).status);
      await new Promise((done) => setTimeout(done, 57 + (i % 8)));
    }
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  }, 60_000);
});

describe('a large request', () => {
  const large = Buffer.alloc(30_000_000, 'x');
  const refusal = 'HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 2\r\n\r\nno';

  /** An upstream that answers the head of a POST, and closes without reading the rest. */
  const early = (close: (socket: Socket) => void) =>
    behind(() => undefined).then(async ({ upstream, proxy }) => {
      await upstream.close();
      open.splice(open.indexOf(upstream), 1);
      const { createServer } = await import('node:net');
      const sockets: Socket[] = [];
      const server = createServer((socket) => {
        sockets.push(socket);
        socket.on('error', () => undefined);
        socket.once('data', () => {
          socket.pause();
          socket.write(refusal, () => close(socket));
        });
      });
      await new Promise<void>((done) => server.listen(Number(new URL(upstream.url).port), '127.0.0.1', done));
      const end = async () => {
        for (const socket of sockets) socket.destroy();
        await new Promise((done) => server.close(done));
      };
      open.push({ close: end });
      return proxy;
    });

  test.each<readonly [string, (socket: Socket) => void]>([
    ['ends', (socket) => void socket.end()],
    ['closes with bytes unread', (socket) => void socket.destroy()],
    ['resets', (socket) => void setTimeout(() => socket.resetAndDestroy(), 5)],
  ])(
    'that an upstream refuses early and %s gets its answer, each of ten times',
    async (_how, close) => {
      const proxy = await early(close);
      for (let i = 0; i < 10; i++) expect(await ask(proxy.url, large)).toMatchObject({ status: 413, text: 'no' });
    },
    60_000,
  );

  test.each([
    ['with a length', (): Record<string, string> => ({})],
    ['in chunks', (): Record<string, string> => ({ 'transfer-encoding': 'chunked' })],
  ])('%s arrives whole', async (_how, headers) => {
    const { upstream, proxy } = await behind((socket) => socket.write(fine));
    const chunked = 'transfer-encoding' in headers();
    const body = large.subarray(0, 5_000_000);
    if (!chunked) {
      expect((await ask(proxy.url, body)).status).toBe(200);
      expect(upstream.received[0]!.body.equals(body)).toBe(true);
      return;
    }
    const small = await new Promise<number>((resolve, reject) => {
      const sent = httpRequest(`${proxy.url}/apply`, { method: 'POST', agent: false }, ({ statusCode }) =>
        resolve(statusCode ?? 0),
      );
      sent.on('error', reject);
      sent.write('{"a":');
      sent.end('1}');
    });
    expect([small, upstream.received[0]!.body.toString()]).toEqual([200, '{"a":1}']);
  });
});

describe('headers', () => {
  test('that belong to one connection are not passed on, either way', async () => {
    const fields =
      'connection: keep-alive, X-Secret\r\nx-secret: 1\r\nkeep-alive: timeout=9\r\nproxy-authenticate: Basic\r\nx-kept: 2\r\ntrailer: x\r\n';
    const { upstream, proxy } = await behind((socket) => socket.write(plainAnswer('{}', fields)));
    const { headers } = await ask(proxy.url, '{}', {
      connection: 'close, x-hop , content-length',
      'x-hop': '1',
      te: 'trailers',
      'proxy-authorization': 'Basic x',
      'proxy-connection': 'keep-alive',
      upgrade: 'h2c',
      'x-end': '2',
      authorization: 'Bearer caller',
    });
    expect(headers).toMatchObject({ 'x-kept': '2' });
    for (const name of ['x-secret', 'proxy-authenticate', 'trailer']) expect(headers[name]).toBeUndefined();
    expect(headers['keep-alive'] ?? '').not.toContain('9');
    const sent = upstream.received[0]!.head.toLowerCase();
    for (const name of ['x-hop', 'te:', 'proxy-', 'upgrade']) expect(sent).not.toContain(`\r\n${name}`);
    expect(sent).toContain('\r\nx-end: 2');
    expect(sent).toContain('\r\nauthorization: bearer caller');
    expect(upstream.received[0]!.body.toString()).toBe('{}');
  });

  test('that come more than once stay as many, and their bytes are the same', async () => {
    const fields = 'set-cookie: a=1\r\nset-cookie: b=2\r\nx-name: caf\u00e9\r\n';
    const { proxy } = await behind((socket) => socket.write(plainAnswer('{}', fields), 'latin1'));
    const { headers } = await ask(proxy.url, '{}');
    expect([headers['set-cookie'], headers['x-name']]).toEqual([['a=1', 'b=2'], 'caf\u00e9']);
  });

  test('with the credentials of the upstream’s address are sent, where a caller has none of its own', async () => {
    const upstream = await rawServer((socket) => socket.write(fine));
    const proxy = await startProxy({ url: upstream.url.replace('://', '://u:p@'), derive: [], port: 0 });
    open.push(upstream, proxy);
    await ask(proxy.url, '{}');
    await ask(proxy.url, '{}', { authorization: 'Bearer mine' });
    const told = upstream.received.map(({ head }) => /^authorization: (.*)$/im.exec(head)?.[1]);
    expect(told).toEqual([`Basic ${Buffer.from('u:p').toString('base64')}`, 'Bearer mine']);
  });

  test.each([
    ['204 has no length', 'HTTP/1.1 204 No Content\r\ncontent-length: 3\r\n\r\n', 204, undefined],
    [
      '304 has the length of what was not modified',
      'HTTP/1.1 304 Not Modified\r\ncontent-length: 300\r\n\r\n',
      304,
      '300',
    ],
  ])('of %s', async (_what, bytes, status, length) => {
    const { proxy } = await behind((socket) => socket.write(bytes));
    const got = await ask(proxy.url, '{}');
    expect([got.status, got.headers['content-length']]).toEqual([status, length]);
  });

  test('of an answer to HEAD are those of the upstream', async () => {
    const { proxy } = await behind((socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n'));
    expect(await ask(proxy.url, undefined, {}, 'HEAD')).toMatchObject({
      status: 200,
      headers: { 'content-length': '1234' },
    });
  });
});

describe('a caller that leaves', () => {
  test('takes its request along', async () => {
    const gone = new Promise<void>((resolve) => {
      void behind((socket) => void socket.once('close', () => resolve())).then(({ proxy }) => {
        const sent = httpRequest(`${proxy.url}/apply`, { method: 'POST', agent: false });
        sent.on('error', () => undefined);
        sent.end('{}');
        setTimeout(() => sent.destroy(), 100);
      });
    });
    await expect(gone).resolves.toBeUndefined();
  });
});
