/** Who may call: pages of other names and strangers on the same machine may not. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { METHODS, request } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { accessOf } from '../../src/server/access.js';
import { type RunningServer, type ServeOptions, serve } from '../../src/server/index.js';
import { Sampler } from '../fixtures/server/sampler.js';
import { post, send } from './client.js';
import { type Program, serveProgram } from './program.js';

jest.setTimeout(60_000);
const paths = ['/apply', '/health', '/metrics', '/openapi.json', '/docs', '/docs/page.js', '/nowhere'];
const start = (options: Partial<ServeOptions> = {}) =>
  serve({ component: Sampler, port: 0, log: 'silent', ...options });

/** The status of a request that names this host. */
function naming(url: string, host: string, path = '/health'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { headers: { host }, agent: false, setHost: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end();
  });
}

describe('the host that a request names', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await start({ allowedHosts: ['wing.example', 'Lab.example:9000'] });
  });
  afterAll(() => server.close());

  test.each([
    'localhost',
    'LOCALHOST:8000',
    'localhost.',
    '127.0.0.1',
    '127.0.0.1:9',
    '127.200.3.4:1',
    '[::1]',
    '[::1]:8000',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]:80',
    'wing.example',
    'wing.example:8000',
    'lab.example',
  ])('%s is this machine, or allowed', async (host) => {
    expect(await naming(server.url, host)).toBe(200);
  });

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.evil.example',
    '128.0.0.1',
    '0.0.0.0',
    '[::2]',
    '[::]:80',
    '127.1',
    '2130706433',
    '0x7f000001',
    'evil.example:127',
    'localhost@evil.example',
    'evil.example#localhost',
    'wing.example.evil',
    'a:b:c',
    '',
  ])('%j is another, for every path', async (host) => {
    for (const path of paths) expect([path, await naming(server.url, host, path)]).toEqual([path, 403]);
  });

  test('is told, and what to do', async () => {
    const { status, json, headers } = await send(`${server.url}/apply`, {
      method: 'POST',
      headers: { host: 'evil.example' },
    });
    expect([status, json.ctx.code]).toEqual([403, 'E_HOST']);
    expect(json.detail).toContain('--allowed-hosts');
    expect(headers['x-request-id']).toBeDefined();
  });

  test('may be any where that is allowed, and beyond loopback unless some are named', async () => {
    const of = async (options: object) => (await accessOf(options)).refuseHost({ host: 'evil.example' })?.code;
    expect(await of({ allowedHosts: ['*'] })).toBeUndefined();
    expect(await of({ host: '0.0.0.0', token: 't' })).toBeUndefined();
    expect(await of({ host: '::', auth: 'none' })).toBeUndefined();
    expect(await of({ host: '0.0.0.0', auth: 'none', allowedHosts: ['a.example'] })).toBe('E_HOST');
    for (const host of ['localhost', '127.9.9.9', '::1', '::ffff:127.0.0.1']) expect(await of({ host })).toBe('E_HOST');
  });
});

describe('a token', () => {
  const token = 'correct-horse/battery+staple=';
  let server: RunningServer;
  beforeAll(async () => {
    server = await start({ token, cors: '*' });
  });
  afterAll(() => server.close());
  const bearer = (value: string) => ({ headers: { authorization: value } });

  test('is asked for by every path but /health and the page of the documentation, which knows nothing', async () => {
    for (const path of ['/apply', '/metrics', '/openapi.json', '/nowhere']) {
      const { status, json, headers } = await send(`${server.url}${path}`);
      expect([path, status, json.ctx.code]).toEqual([path, 401, 'E_TOKEN']);
      expect(headers['www-authenticate']).toMatch(/^Bearer /);
    }
    for (const path of ['/health', '/health/', '/docs', '/docs/page.js', '/docs/page.css']) {
      const { status, text } = await send(`${server.url}${path}`);
      expect([path, status < 400]).toEqual([path, true]);
      expect(text).not.toContain('Sampler');
    }
  });

  test('lets in whoever has it, however the word before it is written', async () => {
    for (const word of ['Bearer ', 'bearer ', 'BEARER   ']) {
      expect((await send(`${server.url}/openapi.json`, bearer(word + token))).status).toBe(200);
    }
    const body = { inputs: { x: [1, 2] } };
    expect((await post(`${server.url}/apply`, body, bearer(`Bearer ${token}`))).status).toBe(200);
    expect((await post(`${server.url}/apply`, body)).status).toBe(401);
  });

  test.each([
    'Bearer',
    'Bearer ',
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Bearer ${token.toUpperCase()}`,
    `Basic ${token}`,
    token,
    `Bearer ${token} ${token}`,
    `Bearer x, Bearer ${token}`,
  ])('%s is none', async (authorization) => {
    const { status, text } = await send(`${server.url}/openapi.json`, bearer(authorization));
    expect(status).toBe(401);
    expect(text).not.toContain(token.slice(2));
  });

  test('is not needed by the question of a browser whether it may send one', async () => {
    const headers = {
      origin: 'http://page.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    };
    const { status, headers: said } = await send(`${server.url}/apply`, { method: 'OPTIONS', headers });
    expect(status).toBe(204);
    expect(said['access-control-allow-headers']).toContain('authorization');
  });

  test.each(['', ' ', 'two words', 'line\n', 'ümlaut'])('%j is refused as one, and not repeated', async (wrong) => {
    const refused = await start({ token: wrong }).catch((error) => error);
    expect(refused).toMatchObject({ code: 'E_SERVE_OPTION', fields: { option: 'token' } });
    if (wrong.trim() !== '') expect(refused.message).not.toContain(wrong);
  });
});

describe('beyond loopback', () => {
  test.each(['0.0.0.0', '::', ''])('%j needs a token, or the word that none is needed', async (host) => {
    await expect(start({ host })).rejects.toMatchObject({ code: 'E_SERVE_OPTION', fields: { option: 'host' } });
    expect((await accessOf({ host, token: 't' })).isOpen).toBe(false);
    expect((await accessOf({ host, auth: 'none' })).isOpen).toBe(true);
    expect((await accessOf({ host, auth: 'none', token: 't' })).isOpen).toBe(false);
  });

  test('a name that leads nowhere cannot be listened on', async () => {
    await expect(start({ host: 'nowhere.invalid' })).rejects.toMatchObject({ code: 'E_SERVE_LISTEN' });
  });
});

describe('on the command line', () => {
  const home = mkdtempSync(join(tmpdir(), 'cotangent-token-'));
  const file = new URL('../fixtures/server/sampler.ts', import.meta.url).pathname;
  const tokenFile = join(home, 'token');
  const programs: Program[] = [];
  const started = async (words: readonly string[], env = {}) => {
    const program = await serveProgram([file, ...words], env);
    programs.push(program);
    return program;
  };
  afterEach(() => {
    for (const { child } of programs.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => rmSync(home, { recursive: true }));
  const statuses = async ({ url }: Program, token: string) => {
    const { port } = new URL(url);
    const at = `http://127.0.0.1:${port}/openapi.json`;
    return [(await send(at)).status, (await send(at, { headers: { authorization: `Bearer ${token}` } })).status];
  };

  test('a token comes from a file or from the environment', async () => {
    writeFileSync(tokenFile, 'of-the-file\n');
    expect(await statuses(await started(['--token-file', tokenFile]), 'of-the-file')).toEqual([401, 200]);
    const open = await started(['--host', '0.0.0.0'], { COTANGENT_TOKEN: 'of-the-environment' });
    expect(await statuses(open, 'of-the-environment')).toEqual([401, 200]);
    expect(open.said()).not.toContain('of-the-environment');
  });

  test.each([
    [['--no-auth'], {}],
    [[], { COTANGENT_AUTH: 'none' }],
  ])('%j %j lets anybody in, and says so', async (words, env) => {
    const open = await started(['--host', '0.0.0.0', ...words], env);
    expect(await statuses(open, 'any')).toEqual([200, 200]);
    expect(open.said()).toContain('no token is asked for');
    expect(open.said()).toContain('"level":40');
  });

  test('a token is asked for also where none is needed', async () => {
    const both = await started(['--host', '0.0.0.0'], { COTANGENT_AUTH: 'none', COTANGENT_TOKEN: 'abc' });
    expect(await statuses(both, 'abc')).toEqual([401, 200]);
    expect(both.said()).not.toContain('no token is asked for');
  });

  test('without either, or with a file that has none, nothing listens', async () => {
    await expect(serveProgram([file, '--host', '0.0.0.0'])).rejects.toThrow('--no-auth');
    await expect(serveProgram([file, '--token-file', join(home, 'missing')])).rejects.toThrow('--token-file');
    writeFileSync(tokenFile, '\n');
    await expect(serveProgram([file, '--token-file', tokenFile])).rejects.toThrow('E_SERVE_OPTION');
  });
});

describe('a method that a path does not take', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.close());

  /** The first bytes that come back for these. */
  const raw = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = connectSocket(Number(new URL(server.url).port), '127.0.0.1', () => socket.write(text));
      let said = '';
      socket.on('data', (piece) => {
        said += piece;
      });
      socket.on('error', reject).on('close', () => resolve(said));
    });

  const known = METHODS.filter((method) => method !== 'CONNECT');
  test.each([...known, 'FROBNICATE', 'apply'])('%s is 405, with those that it takes', async (method) => {
    for (const [path, takes] of [
      ['/apply', ['POST']],
      ['/health', ['GET', 'HEAD']],
      ['/openapi.json', ['GET', 'HEAD']],
    ] as const) {
      if ((takes as readonly string[]).includes(method)) continue;
      const text = await raw(`${method} ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
      expect(text).toMatch(/^HTTP\/1\.1 405 /);
      expect(text).toMatch(new RegExp(`\r\nallow: ${takes.join(', ')}\r\n`, 'i'));
    }
  });

  const expecting = (head: string) =>
    raw(
      `POST /apply HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nexpect: 100-continue\r\n${head}\r\n\r\n`,
    );

  test.each([
    ['content-length: 999999999999', 413],
    ['content-length: 9\r\ncontent-encoding: gzip', 415],
  ])('a request that waits to send what is refused anyway (%s) is not told to go on', async (head, status) => {
    const text = await expecting(head);
    expect(text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(text).toMatch(/connection: close/i);
  });
});
