/** What a client sends, what it sends again, and what it makes of a server that does not answer. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { type ConnectOptions, connect } from '../../src/client/index.js';
import { encoded, vectorDocument } from './document.js';
import { json, type Respond, type Stub, stub, stubFor } from './stub.js';
import { codeOf, transports } from './wire/transports.js';

const open: Stub[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serving(respond: Respond, document: unknown = vectorDocument): Promise<Stub> {
  const one = await stubFor(document, respond);
  open.push(one);
  return one;
}

const answer = { y: encoded([2, 4], [2]) };
const calls = ({ received }: Stub): number => received.filter(({ url }) => url !== '/openapi.json').length;

describe.each(transports)('what is sent, over %s', (_name, through) => {
  async function applied(server: Stub, options: ConnectOptions = {}): Promise<unknown> {
    const handle = await connect(server.url, { ...through, ...options });
    return handle.apply({ x: [1, 2] });
  }

  test('a request has a JSON body, the media type of one encoding, and the headers of the connection', async () => {
    const document = { ...vectorDocument, 'x-supported-output-formats': ['json', 'json+base64'] };
    const server = await serving((response) => json(response, answer), document);
    await applied(server, { headers: { authorization: 'Bearer t' } });
    const { method, url, headers, body } = server.received[1]!;
    expect([method, url, headers['content-type'], headers['accept'], headers['authorization']]).toEqual([
      'POST',
      '/apply',
      'application/json',
      'application/json+base64',
      'Bearer t',
    ]);
    const bytes = Buffer.from(Float64Array.of(1, 2).buffer).toString('base64');
    expect(JSON.parse(body)).toEqual({
      inputs: {
        x: { object_type: 'array', shape: [2], dtype: 'float64', data: { buffer: bytes, encoding: 'base64' } },
      },
    });
  });

  test('a server that lists no formats is asked for any, unless its schemas are those of Tesseract Core', async () => {
    const plain = await serving((response) => json(response, answer));
    await applied(plain);
    expect(plain.received[1]!.headers['accept']).toBe('*/*');
    const { components } = vectorDocument as { components: { schemas: object } };
    const schemas = { ...components.schemas, Base64ArrayData: {}, JsonArrayData: {} };
    const old = await serving((response) => json(response, answer), { ...vectorDocument, components: { schemas } });
    await applied(old);
    expect(old.received[1]!.headers['accept']).toBe('application/json+base64');
  });

  test.each([
    ['json', { buffer: [1, 2], encoding: 'json' }],
    ['base64', expect.objectContaining({ encoding: 'base64' })],
  ] as const)('the encoding %s is that of the arrays of a request', async (encoding, data) => {
    const server = await serving((response) => json(response, answer));
    await applied(server, { encoding });
    expect(JSON.parse(server.received[1]!.body).inputs.x.data).toEqual(data);
  });

  test('compressed arrays say so, and have the magic number of an LZ4 frame', async () => {
    const server = await serving((response) => json(response, answer));
    await applied(server, { compression: 'lz4' });
    const { buffer, compression } = JSON.parse(server.received[1]!.body).inputs.x.data;
    expect(compression).toBe('lz4');
    expect(Buffer.from(buffer, 'base64').readUInt32LE(0)).toBe(0x184d2204);
  });

  test('an address may lack its scheme and end in a slash, and a path in it is kept', async () => {
    const server = await stub((response, { url }) =>
      json(response, url === '/deep/openapi.json' ? vectorDocument : answer),
    );
    open.push(server);
    const handle = await connect(`${server.url.slice('http://'.length)}/deep/`, through);
    expect(handle.url).toBe(`${server.url}/deep`);
    await handle.apply({ x: [1, 2] });
    expect(server.received.map(({ url }) => url)).toEqual(['/deep/openapi.json', '/deep/apply']);
  });
});

describe.each(transports)('what is sent again, over %s', (_name, through) => {
  async function applied(server: Stub, options: ConnectOptions = {}): Promise<unknown> {
    const handle = await connect(server.url, { ...through, ...options });
    return handle.apply({ x: [1, 2] });
  }

  test('a connection that breaks before any answer is tried once more', async () => {
    const server = await serving((response, _received, count) => {
      if (count === 0) response.destroy();
      else json(response, answer);
    });
    await expect(applied(server)).resolves.toMatchObject({ y: { shape: [2] } });
    expect(calls(server)).toBe(2);
  });

  test('a connection that breaks twice is unreachable', async () => {
    const server = await serving((response) => response.destroy());
    expect(await codeOf(applied(server))).toBe('E_REMOTE_UNREACHABLE');
    expect(calls(server)).toBe(2);
  });

  test('a connection that breaks in the middle of an answer is not tried again', async () => {
    const server = await serving((response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"y":');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await codeOf(applied(server))).toBe('E_REMOTE_UNREACHABLE');
    expect(calls(server)).toBe(1);
  });

  test('a busy server that says when to come back is asked again', async () => {
    const server = await serving((response, _received, count) => {
      if (count < 2)
        json(response, { detail: 'busy' }, 503, { 'retry-after': count === 0 ? '0' : new Date().toUTCString() });
      else json(response, answer);
    });
    await expect(applied(server)).resolves.toMatchObject({ y: { shape: [2] } });
    expect(calls(server)).toBe(3);
  });

  test.each([
    ['does not say when to come back', {}, 1],
    ['says to come back in an hour', { 'retry-after': '3600' }, 1],
    ['stays busy', { 'retry-after': '0' }, 4],
  ] as const)('a busy server that %s is an error', async (_case, headers, count) => {
    const server = await serving((response) => json(response, { detail: 'busy' }, 503, headers));
    const failure = await applied(server).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'E_REMOTE_FAILED', fields: { status: '503', reason: 'busy' } });
    expect(calls(server)).toBe(count);
  });

  test.each([500, 502, 404, 413])('status %i is not asked again', async (status) => {
    const server = await serving((response) => json(response, { detail: 'no' }, status, { 'retry-after': '0' }));
    expect(await codeOf(applied(server))).toBe('E_REMOTE_FAILED');
    expect(calls(server)).toBe(1);
  });
});

describe.each(transports)('how long is waited, over %s', (_name, through) => {
  async function applied(server: Stub, options: ConnectOptions = {}): Promise<unknown> {
    const handle = await connect(server.url, { ...through, ...options });
    return handle.apply({ x: [1, 2] });
  }

  test('a timeout bounds the whole call, repetitions included', async () => {
    const server = await serving((response) => json(response, {}, 503, { 'retry-after': '30' }));
    const failure = await applied(server, { timeout: 150 }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'E_REMOTE_TIMEOUT', fields: { timeout: '150' } });
  });

  test('a server that accepts and never answers is a timeout', async () => {
    const server = await serving(() => undefined);
    expect(await codeOf(applied(server, { timeout: 100 }))).toBe('E_REMOTE_TIMEOUT');
  });

  test("the caller's signal stops a call, and its reason is what is thrown", async () => {
    const stop = new AbortController();
    const server = await serving(() => stop.abort(new Error('changed my mind')));
    const handle = await connect(server.url, through);
    await expect(handle.apply({ x: [1] }, { signal: stop.signal })).rejects.toThrow('changed my mind');
  });

  test('the signal of the connection stops every call', async () => {
    const stop = new AbortController();
    const server = await serving(() => stop.abort(new Error('all of it')));
    await expect(applied(server, { signal: stop.signal })).rejects.toThrow('all of it');
  });

  test('a closed connection refuses calls, those under way included', async () => {
    const server = await serving(() => handle.close());
    const handle = await connect(server.url, through);
    expect(await codeOf(handle.apply({ x: [1] }))).toBe('E_REMOTE_CLOSED');
    expect(await codeOf(handle.apply({ x: [1] }))).toBe('E_REMOTE_CLOSED');
    expect(calls(server)).toBe(1);
  });
});

describe.each(transports)('what is no component, over %s', (_name, through) => {
  test('a port that nobody listens on is unreachable', async () => {
    const server = await stub(() => undefined);
    await server.close();
    expect(await codeOf(connect(server.url, through))).toBe('E_REMOTE_UNREACHABLE');
  });

  test.each(['ftp://127.0.0.1', 'http://a b', 'http://'])('%p is no address', async (url) => {
    expect(await codeOf(connect(url, through))).toBe('E_REMOTE_ADDRESS');
  });

  test.each([
    ['a page', (response: Parameters<Respond>[0]) => void response.end('<html>')],
    ['an error', (response: Parameters<Respond>[0]) => json(response, {}, 404)],
    ['a document without apply', (response: Parameters<Respond>[0]) => json(response, { paths: {} })],
    ['a document without schemas', (response: Parameters<Respond>[0]) => json(response, { paths: { '/apply': {} } })],
  ])('a server that answers /openapi.json with %s serves no component', async (_case, respond) => {
    const server = await stub(respond);
    open.push(server);
    expect(await codeOf(connect(server.url, through))).toBe('E_REMOTE_NO_COMPONENT');
  });
});

describe.each(transports)('answers that cannot be read, over %s', (_name, through) => {
  async function applied(server: Stub, options: ConnectOptions = {}): Promise<unknown> {
    const handle = await connect(server.url, { ...through, ...options });
    return handle.apply({ x: [1, 2] });
  }

  test.each([
    ['text', (response: Parameters<Respond>[0]) => void response.end('hello'), 'E_REMOTE_ANSWER'],
    [
      'an array of too few bytes',
      (response: Parameters<Respond>[0]) =>
        json(response, { y: { shape: [3], dtype: 'float64', data: { buffer: 'AAAA', encoding: 'base64' } } }),
      'E_REMOTE_ANSWER',
    ],
    [
      'a file that nobody shares',
      (response: Parameters<Respond>[0]) =>
        json(response, { y: { shape: [1], dtype: 'float64', data: { buffer: '/etc/hostname', encoding: 'binref' } } }),
      'E_REMOTE_ANSWER',
    ],
    [
      'an array of another rank',
      (response: Parameters<Respond>[0]) => json(response, { y: encoded(1, []) }),
      'E_RESULT',
    ],
    ['no outputs', (response: Parameters<Respond>[0]) => json(response, {}), 'E_RESULT'],
  ])('%s', async (_case, respond, code) => {
    expect(await codeOf(applied(await serving(respond)))).toBe(code);
  });
});
