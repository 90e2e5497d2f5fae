/** How a client makes connections, uses them again, and lets go of them. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type ConnectOptions, connect, type NdArray } from '../../../src/client/index.js';
import { vectorDocument } from '../document.js';
import { answerOf, plainAnswer, type RawOptions, type RawRespond, type RawServer, rawServer } from './rawServer.js';
import { codeOf, transports } from './transports.js';

const root = resolve(import.meta.dirname, '../../..');
const fixture = (name: string): string => resolve(root, '__tests__/fixtures/client', name);

const open: RawServer[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serving(respond: RawRespond, options: RawOptions = {}): Promise<RawServer> {
  const one = await rawServer(respond, options);
  open.push(one);
  return one;
}

async function opened({ url }: RawServer, options: ConnectOptions) {
  const handle = await connect<{ x: readonly number[] }, { y: NdArray }>(url, options);
  return async (...x: readonly number[]) => (await handle.apply({ x })).y.toNested();
}

/** Answers with the numbers it was sent. */
const echo: RawRespond = (socket, { body }) => {
  const { buffer } = JSON.parse(body.toString()).inputs.x.data;
  const bytes = Uint8Array.from(Buffer.from(buffer, 'base64'));
  socket.write(plainAnswer(answerOf(...new Float64Array(bytes.buffer))));
};

const hosts = ['127.0.0.1', ...(networkInterfaces()['lo']?.some(({ family }) => family === 'IPv6') ? ['::1'] : [])];

describe.each(transports)('connections, over %s', (_name, through) => {
  test('a hundred calls at once get a hundred answers, each its own', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error) => void warnings.push(warning);
    process.on('warning', warn);
    const server = await serving((socket, request, count) => setTimeout(() => echo(socket, request, count), 20));
    const call = await opened(server, through);
    const wanted = Array.from({ length: 100 }, (_, i) => i);
    expect(await Promise.all(wanted.map((i) => call(i, i / 2)))).toEqual(wanted.map((i) => [i, i / 2]));
    await new Promise(setImmediate);
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  test('what was answered before stays what it was', async () => {
    const server = await serving(echo);
    const call = await opened(server, through);
    const many = Array.from({ length: 5000 }, (_, i) => i);
    const first = await call(...many);
    await call(...many.map((x) => -x));
    expect(first).toEqual(many);
  });

  test.each(hosts)('a server at %s is reached', async (host) => {
    const call = await opened(await serving(echo, { host }), through);
    expect(await call(1)).toEqual([1]);
  });

  test('a server that answers before it has read all is heard', async () => {
    const early = createServer((request, response) => {
      if (request.url === '/openapi.json') return void response.end(JSON.stringify(vectorDocument));
      response.writeHead(413, { 'content-type': 'application/json' }).end('{"detail":"too much"}');
    });
    await new Promise<void>((done) => early.listen(0, '127.0.0.1', done));
    const { port } = early.address() as AddressInfo;
    const handle = await connect(`http://127.0.0.1:${port}`, through);
    const x = new Float64Array(4_000_000);
    await expect(handle.apply({ x })).rejects.toMatchObject({ fields: { status: '413', reason: 'too much' } });
    early.closeAllConnections();
    early.close();
  });

  test('a signal that was aborted before a call lets nothing be sent', async () => {
    const server = await serving(echo);
    const handle = await connect(server.url, through);
    const signal = AbortSignal.abort(new Error('never mind'));
    await expect(handle.apply({ x: [1] }, { signal })).rejects.toThrow('never mind');
    await new Promise((done) => setTimeout(done, 50));
    expect(server.received).toEqual([]);
  });

  test('a header that would end the head is not sent', async () => {
    const server = await serving(echo);
    const headers = { 'x-name': 'a\r\nx-other: b' };
    expect(await codeOf(connect(server.url, { ...through, headers }))).toBe('E_REMOTE_UNREACHABLE');
    expect(server.connections()).toBe(0);
  });

  test('a certificate that nobody vouches for is refused, and the error says so', async () => {
    const server = await serving(echo, { secure });
    await expect(connect(server.url, through)).rejects.toMatchObject({
      code: 'E_REMOTE_UNREACHABLE',
      fields: { reason: expect.stringContaining('self-signed certificate') },
    });
  });
});

describe('connections over sockets', () => {
  test('calls one after the other share one', async () => {
    const server = await serving(echo);
    const call = await opened(server, {});
    for (const x of [1, 2, 3]) expect(await call(x)).toEqual([x]);
    expect(server.connections()).toBe(1);
  });

  test.each<readonly [string, string, boolean]>([
    ['says that it closes', plainAnswer(answerOf(1), 'connection: close\r\n'), false],
    ['waits for nobody', plainAnswer(answerOf(1), 'keep-alive: timeout=1\r\n'), false],
    ['speaks HTTP/1.0', plainAnswer(answerOf(1)).replace('HTTP/1.1', 'HTTP/1.0'), false],
    ['says more than it announced', `${plainAnswer(answerOf(1))}, and so on`, false],
    ['ends its answer by closing', `HTTP/1.1 200 OK\r\n\r\n${answerOf(1)}`, true],
  ])('a server that %s is connected to anew', async (_case, bytes, ends) => {
    const server = await serving((socket) => void (ends ? socket.end(bytes) : socket.write(bytes)));
    const call = await opened(server, {});
    await call(1);
    await call(1);
    expect(server.received.map(({ connection }) => connection)).toEqual([0, 1]);
  });

  test('connections that were closed while they were idle are forgotten, and cost no repetition', async () => {
    const server = await serving((socket, request, count) => {
      if (count === 4) socket.destroy();
      else setTimeout(() => echo(socket, request, count), 20);
    });
    const call = await opened(server, {});
    await Promise.all([1, 2, 3, 4].map((x) => call(x)));
    server.hangUp();
    await new Promise((done) => setTimeout(done, 50));
    expect(await call(5)).toEqual([5]);
    expect(server.connections()).toBe(6);
  });

  test('a server that reads no more once it has answered is not asked again over that connection', async () => {
    const server = createNetServer((socket) => {
      socket.unref();
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        if (bytes.toString('latin1').startsWith('GET'))
          return void socket.write(plainAnswer(JSON.stringify(vectorDocument)));
        const much = Number(/content-length: (\d+)/.exec(bytes.toString('latin1'))?.[1]) > 1e6;
        if (much) socket.pause();
        socket.write(plainAnswer(answerOf(much ? 1 : 2)));
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const handle = await connect<{ x: unknown }, { y: NdArray }>(`http://127.0.0.1:${port}`, { timeout: 10_000 });
    const first = await handle.apply({ x: new Float64Array(8_000_000) });
    const second = await handle.apply({ x: [0] });
    expect([first.y.toNested(), second.y.toNested()]).toEqual([[1], [2]]);
    server.close();
  });

  test('a signal that is aborted after its call stops no other call', async () => {
    const server = await serving((socket, request, count) => setTimeout(() => echo(socket, request, count), 20));
    const handle = await connect<{ x: readonly number[] }, { y: NdArray }>(server.url);
    const stop = new AbortController();
    await handle.apply({ x: [1] }, { signal: stop.signal });
    const next = handle.apply({ x: [2] });
    stop.abort(new Error('too late'));
    expect((await next).y.toNested()).toEqual([2]);
    expect(server.connections()).toBe(1);
  });

  test('a handle that is closed stops no call of another, though they share a connection', async () => {
    const server = await serving((socket, request, count) => setTimeout(() => echo(socket, request, count), 20));
    const [one, other] = [await connect(server.url), await opened(server, {})];
    await one.apply({ x: [1] });
    const next = other(2);
    one.close();
    expect(await next).toEqual([2]);
    expect(server.connections()).toBe(1);
  });

  test('what frames a request is said once, by the client, and no compression is asked for', async () => {
    const server = await serving(echo);
    const call = await opened(server, { headers: { 'Content-Length': '1', Host: 'elsewhere', 'x-mine': 'yes' } });
    await call(1);
    const { head, body } = server.received[0]!;
    const fields = head.toLowerCase().split('\r\n').slice(1).sort();
    expect(fields).toEqual([
      'accept-encoding: identity',
      'accept: */*',
      'connection: keep-alive',
      `content-length: ${body.length}`,
      'content-type: application/json',
      `host: ${server.url.slice('http://'.length)}`,
      'user-agent: cotangent',
      'x-mine: yes',
    ]);
  });

  test('a connection that breaks when it is used again is replaced, and the request sent once more', async () => {
    const server = await serving((socket, request, count) => {
      if (request.connection < 3 && count >= 3) socket.destroy();
      else setTimeout(() => echo(socket, request, count), 20);
    });
    const call = await opened(server, {});
    await Promise.all([1, 2, 3].map((x) => call(x)));
    expect(await call(4)).toEqual([4]);
    expect(server.received).toHaveLength(5);
  });
});

// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost \
//   -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout localhost.key -out localhost.pem
const secure = { cert: readFileSync(fixture('localhost.pem')), key: readFileSync(fixture('localhost.key')) };

const script = `
  import { connect } from './dist/bundle/client/index.js';
  const handle = await connect(process.argv[1]);
  const answers = await Promise.all([1, 2, 3].map((x) => handle.apply({ x: [x] })));
  await new Promise(setImmediate);
  const waitsFor = process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS|Timeout)/.test(name));
  console.log(JSON.stringify({ answers: answers.map(({ y }) => y.toNested()), waitsFor }));
`;

/** What a program of its own prints. */
async function printed(url: string, env: NodeJS.ProcessEnv = {}): Promise<unknown> {
  const args = ['--input-type=module', '--eval', script, url];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });
  return JSON.parse(stdout);
}

describe('a program that calls a component', () => {
  test('is not kept alive by connections that nobody uses', async () => {
    const server = await serving(echo);
    expect(await printed(server.url)).toEqual({ answers: [[1], [2], [3]], waitsFor: [] });
    expect(server.connections()).toBe(3);
  });

  test.each(['127.0.0.1', 'localhost'])(
    'reaches %s over TLS, whose certificate its environment vouches for',
    async (host) => {
      const server = await serving(echo, { secure });
      const url = server.url.replace('127.0.0.1', host);
      expect(await printed(url, { NODE_EXTRA_CA_CERTS: fixture('localhost.pem') })).toMatchObject({
        answers: [[1], [2], [3]],
      });
    },
  );
});
