/** What a client is told of how to reach its server: who it is, by which way, and how much it takes. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type ConnectOptions, connect, type NdArray } from '../../../src/client/index.js';
import { encoded, vectorDocument } from '../document.js';
import { json, type Stub, stub, stubFor } from '../stub.js';
import { answerOf, plainAnswer, type RawOptions, type RawRespond, rawServer } from './rawServer.js';
import { forwardProxy } from './throughProxy.js';
import { codeOf, transports } from './transports.js';

const fixture = (name: string): string => resolve(import.meta.dirname, '../../fixtures/client', name);
const pem = readFileSync(fixture('localhost.pem'), 'utf8');
const key = readFileSync(fixture('localhost.key'), 'utf8');
const answer = { y: encoded([2], [1]) };

const open: { readonly close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function opened<T extends { readonly close: () => Promise<void> }>(starting: Promise<T>): Promise<T> {
  const one = await starting;
  open.push(one);
  return one;
}

const echo: RawRespond = (socket) => socket.write(plainAnswer(answerOf(2)));
const raw = (respond: RawRespond = echo, options: RawOptions = {}) => opened(rawServer(respond, options));
const plain = () => opened(stubFor(vectorDocument, (response) => json(response, answer)));

async function applied(url: string, options: ConnectOptions = {}): Promise<unknown> {
  const handle = await connect<{ x: number[] }, { y: NdArray }>(url, options);
  return (await handle.apply({ x: [1] })).y.toNested();
}

const authorizations = ({ received }: Stub) => received.map(({ headers }) => headers['authorization']);

describe.each(transports)('who asks, over %s', (_name, through) => {
  test.each([
    ['user:secret', 'user:secret'],
    ['u:p%40ss%3Aw%2Frd', 'u:p@ss:w/rd'],
    ['only', 'only:'],
    [':key', ':key'],
    ['us%C3%A9r:%E2%82%AC', 'usér:€'],
  ])('is told by credentials in the address: %s', async (written, meant) => {
    const server = await plain();
    const url = server.url.replace('://', `://${written}@`);
    expect(await applied(url, through)).toEqual([2]);
    const basic = `Basic ${Buffer.from(meant).toString('base64')}`;
    expect(authorizations(server)).toEqual([basic, basic]);
    expect((await connect(url, through)).url).toBe(server.url);
  });

  test('is told by a token', async () => {
    const server = await plain();
    await applied(server.url, { ...through, token: 'abc.def' });
    expect(authorizations(server)).toEqual(['Bearer abc.def', 'Bearer abc.def']);
  });

  test('is told to no other server: not a token, not credentials, not what has the name of a secret', async () => {
    const second = await plain();
    const first = await opened(
      stubFor(vectorDocument, (response) => json(response, {}, 302, { location: `${second.url}/apply` })),
    );
    await applied(first.url, { ...through, token: 'abc' });
    await applied(first.url.replace('://', '://u:p@'), through);
    expect(authorizations(second)).toEqual([undefined, undefined]);
    expect(authorizations(first).every(Boolean)).toBe(true);
  });

  test.each([
    ['a token and credentials', 'u:p@', { token: 'a' }],
    ['a token and a header', '', { token: 'a', headers: { Authorization: 'b' } }],
    ['credentials and a header', 'u:p@', { headers: { authorization: 'b' } }],
  ])('is told once: %s are refused', async (_both, credentials, options) => {
    const url = `http://${credentials}127.0.0.1:9`;
    expect(await codeOf(connect(url, { ...through, ...options }))).toBe('E_REMOTE_OPTION');
  });

  test.each(['', ' ', 'a b', 'line\n', 'a\r\nx: y', 'é'])(
    'a token that cannot be sent is refused: %j',
    async (token) => {
      const failed = await connect('http://127.0.0.1:9', { ...through, token }).catch((error: unknown) => error);
      expect(failed).toMatchObject({
        code: 'E_REMOTE_OPTION',
        fields: { option: 'token', received: 'something else' },
      });
    },
  );

  test.each([
    ['http://127.0.0.1:9/a?token=secret', 'a query'],
    ['127.0.0.1:9?x', 'a query'],
    ['http://127.0.0.1:9/#part', 'a fragment'],
    ['http://u:%zz@127.0.0.1:9', 'hexadecimal'],
    ['http+unix://%2Frun%2Fs.sock', 'not spoken'],
    ['unix:server.sock', 'begins with /'],
    ['unix://server.sock', 'begins with /'],
  ])('%s is no address', async (url, reason) => {
    await expect(connect(url, through)).rejects.toMatchObject({
      code: 'E_REMOTE_ADDRESS',
      fields: { reason: expect.stringContaining(reason) },
    });
  });

  test('a password stands in no message', async () => {
    const failures = ['ftp://user:hunter2@host', 'http://user:hunter2@host?x', 'http://user:hunter2@127.0.0.1:9'].map(
      (url) => connect(url, through).catch(String),
    );
    for (const message of await Promise.all(failures)) expect(message).not.toContain('hunter2');
  });
});

describe('headers that have the name of a secret', () => {
  test.each(['x-api-key', 'X-Auth-Token', 'x-amz-security-token', 'x-csrf', 'x-kept'])('%s', async (name) => {
    const second = await plain();
    const first = await opened(
      stubFor(vectorDocument, (response) => json(response, {}, 307, { location: `${second.url}/apply` })),
    );
    await applied(first.url, { headers: { [name]: 'value' } });
    const travels = !/key|token/i.test(name);
    expect(second.received[0]!.headers[name.toLowerCase()]).toBe(travels ? 'value' : undefined);
  });
});

describe.each(transports)('how long is waited at most, over %s', (_name, through) => {
  test.each([Infinity, 2 ** 31, 2 ** 40, 1e300])('%p ms is long enough', async (timeout) => {
    const server = await opened(stubFor(vectorDocument, (response) => setTimeout(() => json(response, answer), 30)));
    expect(await applied(server.url, { ...through, timeout })).toEqual([2]);
  });

  test.each([0, -5, Number.NaN, -Infinity, '5'])('%p ms is refused', async (timeout) => {
    const failed = await connect('http://127.0.0.1:9', { ...through, timeout: timeout as number }).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 'E_REMOTE_OPTION', fields: { option: 'timeout', received: String(timeout) } });
  });
});

describe.each(transports)('how much is taken, over %s', (_name, through) => {
  const text = answerOf(...Array.from({ length: 5000 }, (_, i) => i));
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
  const packed = gzipSync(text).toString('latin1');
  test.each([
    ['announced', plainAnswer(text)],
    ['in chunks', `${head}transfer-encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`],
    ['without an end', `${head}\r\n${text.repeat(100)}`],
    ['compressed', `${head}content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n${packed}`],
  ])('an answer that is larger, %s, is refused', async (_how, bytes) => {
    const server = await raw((socket) => void socket.write(bytes, 'latin1'));
    const options = { ...through, answerLimit: 10_000, headers: { 'accept-encoding': 'gzip' } };
    expect(await codeOf(applied(server.url, options))).toBe('E_REMOTE_LIMIT');
    expect(server.received).toHaveLength(1);
  });

  test('an answer of just so many bytes is taken', async () => {
    const exact = answerOf(2);
    const server = await raw((socket) => void socket.write(plainAnswer(exact)));
    const answerLimit = Math.max(exact.length, JSON.stringify(vectorDocument).length);
    expect(await applied(server.url, { ...through, answerLimit })).toEqual([2]);
  });

  test('an answer without an end is given up by the default', async () => {
    const server = await raw((socket) => void socket.write(`${head}content-length: ${2 ** 40}\r\n\r\n`));
    expect(await codeOf(applied(server.url, through))).toBe('E_REMOTE_LIMIT');
  });
});

describe('options that make no sense', () => {
  test.each<ConnectOptions>([
    { retries: -1 },
    { retries: 0.5 },
    { connections: 0 },
    { connections: Number.NaN },
    { answerLimit: 0 },
    { fetch, tls: { ca: pem } },
    { fetch, socketPath: '/run/s.sock' },
    { fetch, proxy: 'http://127.0.0.1:9' },
    { fetch, connections: 4 },
  ])('%j is refused', async (options) => {
    expect(await codeOf(connect('http://127.0.0.1:9', options))).toBe('E_REMOTE_OPTION');
  });
});

describe('connections', () => {
  test.each([1, 3])('are no more than %i at once', async (connections) => {
    const server = await raw((socket) => void setTimeout(() => echo(socket, undefined as never, 0), 10));
    const handle = await connect<{ x: number[] }, { y: NdArray }>(server.url, { connections });
    const calls = Array.from({ length: 20 }, () => handle.apply({ x: [1] }));
    expect((await Promise.all(calls)).map(({ y }) => y.toNested())).toEqual(calls.map(() => [2]));
    expect(server.connections()).toBe(connections);
  });

  test('a call that waits for one and is given up is never sent', async () => {
    const server = await raw((socket) => void setTimeout(() => echo(socket, undefined as never, 0), 100));
    const handle = await connect<{ x: number[] }, { y: NdArray }>(server.url, { connections: 1 });
    const stop = new AbortController();
    const first = handle.apply({ x: [1] });
    const second = handle.apply({ x: [1] }, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await expect(second).rejects.toThrow('enough');
    await first;
    await handle.apply({ x: [1] });
    expect(server.received).toHaveLength(2);
  });
});

describe('a Unix socket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cotangent-socket-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test.each<readonly [string, (path: string) => Promise<unknown>]>([
    ['by its address', (path) => applied(`unix:${path}`)],
    ['by its address, as a URL', (path) => applied(`unix://${path}`)],
    ['by an option, with a path', (socketPath) => applied('http://localhost/deep', { socketPath })],
  ])('is reached %s', async (_how, call) => {
    const path = join(mkdtempSync(join(tmpdir(), 'cotangent-')), 'a b.sock');
    const urls: string[] = [];
    const server = createServer((request, response) => {
      urls.push(`${request.headers.host}${request.url}`);
      json(response, request.url?.endsWith('openapi.json') ? vectorDocument : answer);
    });
    await new Promise<void>((done) => server.listen(path, done));
    expect(await call(path)).toEqual([2]);
    expect(urls[1]).toMatch(/^localhost(\/deep)?\/apply$/);
    server.closeAllConnections();
    server.close();
  });

  test('that nobody listens on is unreachable, and the message names it', async () => {
    const path = join(tmpdir(), 'cotangent-nobody.sock');
    await expect(connect(`unix:${path}`)).rejects.toThrow(`No answer from /openapi.json of unix:${path}`);
  });
});

describe('certificates', () => {
  const secure = { cert: pem, key };

  test.each<readonly [string, ConnectOptions, unknown]>([
    ['of an authority of its own', { tls: { ca: pem } }, [2]],
    ['that nobody vouches for, and that is taken all the same', { tls: { rejectUnauthorized: false } }, [2]],
    ['that nobody vouches for', {}, 'E_REMOTE_UNREACHABLE'],
    ['of a name that is another', { tls: { ca: pem, servername: 'elsewhere.example' } }, 'E_REMOTE_UNREACHABLE'],
  ])('a server %s', async (_which, options, wanted) => {
    const { url } = await raw(echo, { secure });
    expect(await applied(url, options).catch((error: { code: string }) => error.code)).toEqual(wanted);
  });

  test('the client has its own where the server asks for one', async () => {
    const { url } = await raw(echo, { secure: { ...secure, requestCert: true, rejectUnauthorized: true, ca: pem } });
    expect(await applied(url, { tls: { ca: pem, cert: pem, key } })).toEqual([2]);
    expect(await codeOf(applied(url, { tls: { ca: pem } }))).toBe('E_REMOTE_UNREACHABLE');
  });
});

describe('a proxy', () => {
  const names = ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'];
  const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  afterEach(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test.each(['http_proxy', 'all_proxy'])('of the environment is used: %s', async (name) => {
    const server = await plain();
    const proxy = await opened(forwardProxy(server.url));
    process.env[name] = proxy.url.replace('://', '://user:p%40ss@');
    expect(await applied('http://component.test')).toEqual([2]);
    const basic = `Basic ${Buffer.from('user:p@ss').toString('base64')}`;
    expect(proxy.asked).toEqual([
      `GET http://component.test/openapi.json ${basic}`,
      `POST http://component.test/apply ${basic}`,
    ]);
  });

  test.each<readonly [string, string, ConnectOptions]>([
    ['that is left out for the host', 'component.test', {}],
    ['that is left out for the domain', '.test', {}],
    ['that is left out for all', '*', {}],
    ['that the caller wants none of', '', { proxy: false }],
  ])('of the environment %s is not used', async (_why, except, options) => {
    const proxy = await opened(forwardProxy('http://127.0.0.1:9'));
    process.env['http_proxy'] = proxy.url;
    process.env['no_proxy'] = except;
    // The name is known to nobody else.
    expect(await codeOf(connect('http://component.test', { ...options, timeout: 5000 }))).toMatch(
      /^E_REMOTE_(UNREACHABLE|TIMEOUT)$/,
    );
    expect(proxy.asked).toEqual([]);
  });

  test('of the environment is not asked for what is on this machine', async () => {
    const server = await plain();
    const proxy = await opened(forwardProxy(server.url));
    process.env['http_proxy'] = proxy.url;
    expect(await applied(server.url)).toEqual([2]);
    expect(await applied(server.url.replace('127.0.0.1', 'localhost'))).toEqual([2]);
    expect(proxy.asked).toEqual([]);
  });

  test('for encrypted connections is asked for a tunnel, and sees nothing of what goes through', async () => {
    const server = await raw(echo, { secure: { cert: pem, key } });
    const proxy = await opened(forwardProxy(server.url));
    const options = { proxy: proxy.url.slice('http://'.length), tls: { ca: pem } };
    const url = server.url.replace('127.0.0.1', 'localhost');
    expect(await applied(url, options)).toEqual([2]);
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(url).host}`]));
    expect(await codeOf(applied(url, { proxy: proxy.url }))).toBe('E_REMOTE_UNREACHABLE');
  });

  test('that hangs up is an error, and is not asked for ever', async () => {
    const proxy = await opened(forwardProxy('http://127.0.0.1:9', { refuse: true }));
    expect(await codeOf(connect('https://component.test', { proxy: proxy.url }))).toBe('E_REMOTE_UNREACHABLE');
    expect(proxy.asked.length).toBeLessThan(5);
  });

  test('that nobody runs is an error', async () => {
    expect(await codeOf(connect('http://component.test', { proxy: 'http://127.0.0.1:9' }))).toBe(
      'E_REMOTE_UNREACHABLE',
    );
  });

  test('that cannot be read is an error', async () => {
    expect(await codeOf(connect('http://component.test', { proxy: 'http://a b' }))).toBe('E_REMOTE_UNREACHABLE');
  });
});

describe('what is thrown away', () => {
  const page = (title: string, body = '') =>
    `<!DOCTYPE html>\n<html>\n<head><title>${title}</title></head>\n<body>${body}</body>\n</html>\n`;
  test.each([
    [413, page('413 Request Entity Too Large'), /^Request Entity Too Large\. .*client_max_body_size/],
    [
      502,
      page('502 Bad Gateway', '<center><h1>502 Bad Gateway</h1></center><hr><center>nginx/1.22.1</center>'),
      /^Bad Gateway$/,
    ],
    [
      503,
      '<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n',
      /^Service Unavailable$/,
    ],
    [
      504,
      '<?xml version="1.0"?>\n<!-- made -->\n<html><head>\n<title>\n Upstream &amp; more &#39;late&#x27;\n</title></head></html>',
      /^Upstream & more 'late'$/,
    ],
    [500, '<html></html>', /^Internal Server Error$/],
    [418, '', /^I'm a Teapot$/i],
  ])('of an answer %i that is a page, the title is told', async (status, body, reason) => {
    const server = await opened(
      stub((response, { url }) => {
        if (url === '/openapi.json') json(response, vectorDocument);
        else response.writeHead(status, { 'content-type': 'text/html' }).end(body);
      }),
    );
    await expect(applied(server.url)).rejects.toMatchObject({
      code: 'E_REMOTE_FAILED',
      fields: { status: String(status), reason: expect.stringMatching(reason) },
    });
  });

  test('of a document that a login stands before, it is said what is missing', async () => {
    const server = await opened(stub((response) => json(response, {}, 401)));
    await expect(connect(server.url)).rejects.toThrow(/status 401.*[Gg]ive a token, headers, or credentials/);
  });
});

describe('loading undici', () => {
  test('leaves Node’s own fetch its own agent', async () => {
    const { execFileSync } = await import('node:child_process');
    const root = resolve(import.meta.dirname, '../../..');
    const source = `
      import { connect } from './dist/bundle/client/index.js';
      await connect('http://127.0.0.1:9').catch(() => undefined);
      const { default: undici } = await import('undici');
      console.log(globalThis[Symbol.for('undici.globalDispatcher.1')] instanceof undici.Agent);`;
    const text = execFileSync(process.execPath, ['--input-type=module', '-e', source], { cwd: root, encoding: 'utf8' });
    expect(text).toBe('false\n');
  });
});
