/** Each trick by which a client might reach what is not its own, refused. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningServer, serve } from '../../src/server/index.js';
import { Labour } from '../fixtures/server/labour.js';
import { Sampler } from '../fixtures/server/sampler.js';
import { type Answer, post } from './client.js';

const home = mkdtempSync(join(tmpdir(), 'cotangent-security-'));
const [input, output, secret] = [join(home, 'input'), join(home, 'output'), join(home, 'secret.bin')];
let closed: RunningServer;
let open: RunningServer;

beforeAll(async () => {
  for (const folder of [input, output, join(home, 'input-other')]) mkdirSync(folder);
  for (const path of [secret, join(input, 'good.bin'), join(home, 'input-other/x.bin')]) {
    writeFileSync(path, Buffer.from(Float64Array.of(7, 8).buffer));
  }
  symlinkSync(secret, join(input, 'link.bin'));
  symlinkSync(home, join(input, 'folder'));
  closed = await serve({ component: Sampler, port: 0, log: 'silent' });
  open = await serve({ component: Sampler, port: 0, log: 'silent', inputPath: input, outputPath: output });
});
afterAll(async () => {
  await closed.close();
  await open.close();
  rmSync(home, { recursive: true });
});

const refer = (url: string, buffer: unknown) =>
  post(`${url}/apply`, { inputs: { x: { shape: [2], dtype: 'float64', data: { buffer, encoding: 'binref' } } } });

function expectRefused(answer: Answer): void {
  expect(answer.status).toBe(422);
  expect(answer.json.detail[0]).toMatchObject({
    type: 'array_decode_error',
    loc: ['body', 'inputs', 'x', 'data', 'buffer'],
  });
  // Its own words may come back, but nothing that a client does not know.
  expect(answer.text).not.toContain(input);
}

describe('files that a client names', () => {
  test('are read in the input folder, relative to it', async () => {
    const { json } = await refer(open.url, 'good.bin');
    expect(json.y.data.buffer).toEqual([7, 8]);
  });

  test('are refused where the operator gave no input folder', async () => {
    expectRefused(await refer(closed.url, 'good.bin'));
    expectRefused(await refer(closed.url, '/etc/hostname'));
  });

  test.each([
    ['the path of a file elsewhere', secret],
    ['a path of the system', '/etc/passwd:0'],
    ['a way up', '../secret.bin'],
    ['a way up behind a name', 'sub/../../secret.bin'],
    ['a way up with backslashes', '..\\secret.bin'],
    ['a way up, encoded', '%2e%2e/secret.bin'],
    ['a link to a file outside', 'link.bin'],
    ['a file behind a link to a folder outside', 'folder/secret.bin'],
    ['a neighbour with the same beginning', '../input-other/x.bin'],
    ['a file URL', `file://${secret}`],
    ['an http URL', 'http://127.0.0.1:1/x.bin'],
    ['a cloud address', 's3://bucket/x.bin'],
    ['a home folder', '~/x.bin'],
    ['a zero byte', 'good.bin\0.txt'],
    ['a folder', '.'],
    ['a device', '/dev/zero'],
    ['the memory of the process', '/proc/self/environ'],
    ['a file that is not there', 'none.bin'],
    ['bytes beyond its end', 'good.bin:8'],
    ['an offset beyond counting', 'good.bin:99999999999999999999'],
    ['no text', 5],
    ['nothing', ''],
  ])('are refused: %s', async (_what, buffer) => {
    expectRefused(await refer(open.url, buffer));
  });

  test('a URL is not even asked for', async () => {
    let asked = 0;
    const other: Server = createServer((_request, response) => {
      asked++;
      response.end();
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    for (const url of [`http://127.0.0.1:${port}/x.bin`, `http://127.0.0.1:${port}`])
      expectRefused(await refer(open.url, url));
    other.close();
    expect(asked).toBe(0);
  });
});

describe('the folder of a run', () => {
  const headers = { accept: 'application/json+binref' };
  const body = { inputs: { x: [1, 2] } };

  test('is made where files are asked for, inside the output folder', async () => {
    const { status, json } = await post(`${open.url}/apply?run_id=a-1_B`, body, { headers });
    expect(status).toBe(200);
    const [name] = String(json.y.data.buffer).split(':');
    expect(name).toMatch(/^run_a-1_B\/[\w-]+\.bin$/);
    expect(readFileSync(join(output, String(name))).subarray(0, 16)).toEqual(Buffer.from(Float64Array.of(1, 2).buffer));
  });

  test('is not made for an answer without files', async () => {
    const before = readdirSync(output);
    expect((await post(`${open.url}/apply?run_id=nothing`, body)).status).toBe(200);
    expect(readdirSync(output)).toEqual(before);
  });

  test.each([
    'x/../../evil',
    '..',
    '.',
    '/etc',
    'a b',
    'a%00b',
    '',
    'ü',
    '-'.repeat(65),
    'a\\b',
    '~root',
    '%2e%2e%2fevil',
  ])('run_id=%s is refused, and nothing is made', async (id) => {
    const before = [readdirSync(output), readdirSync(home)];
    const { status, json } = await post(`${open.url}/apply?run_id=${encodeURI(id)}`, body, { headers });
    expect(status).toBe(422);
    expect(json.detail[0]).toMatchObject({
      type: 'string_pattern_mismatch',
      loc: ['query', 'run_id'],
      ctx: { code: 'E_RUN_ID' },
    });
    expect([readdirSync(output), readdirSync(home)]).toEqual(before);
  });

  test.each([
    ['elsewhere', () => home],
    ['in the same folder', () => output],
    ['to nothing', () => join(home, 'missing')],
  ])('is no link, wherever it leads: %s', async (where, target) => {
    const id = where.replaceAll(' ', '-');
    symlinkSync(target(), join(output, `run_${id}`));
    const before = [readdirSync(home), readdirSync(output)];
    const { status, text } = await post(`${open.url}/apply?run_id=${id}`, body, { headers });
    expect(status).toBe(500);
    expect(text).not.toContain(home);
    expect([readdirSync(home), readdirSync(output)]).toEqual(before);
  });

  test('two run ids are refused', async () => {
    expect((await post(`${open.url}/apply?run_id=a&run_id=b`, body)).status).toBe(422);
  });
});

describe('what an answer gives away', () => {
  test('the message and the stack of an author stay in the log', async () => {
    const server = await serve({ component: Labour, port: 0, log: 'silent' });
    try {
      const { status, text, json } = await post(`${server.url}/apply`, { inputs: { deed: 'throw' } });
      expect(status).toBe(500);
      expect(json.detail).toMatch(/^Internal Server Error\. The server's log says more under \S+\.$/);
      expect(text).not.toMatch(/secret|TypeError|\.ts|\/|at /i);
    } finally {
      await server.close();
    }
  });

  test('with debug they are sent', async () => {
    const server = await serve({ component: Labour, port: 0, log: 'silent', debug: true });
    try {
      const { json } = await post(`${server.url}/apply`, { inputs: { deed: 'throw' } });
      expect(json.detail).toMatch(/^TypeError: secret of .*\n\s+at /);
    } finally {
      await server.close();
    }
  });

  test('a result that breaks the contract is told by its place and shape', async () => {
    const server = await serve({ component: Labour, port: 0, log: 'silent' });
    try {
      const { status, json } = await post(`${server.url}/apply`, { inputs: { deed: 'wrong' } });
      expect([status, json.ctx.code]).toEqual([500, 'E_RESULT']);
      expect(json.detail).toContain('outputs.y');
    } finally {
      await server.close();
    }
  });

  test('a key __proto__ is an unknown field like any other', async () => {
    const { status, json } = await post(`${closed.url}/apply`, '{"inputs":{"x":[1],"__proto__":{"s":5}}}');
    expect([status, json.detail[0].loc]).toEqual([422, ['body', 'inputs', '__proto__']]);
    expect(({} as { s?: number }).s).toBeUndefined();
  });

  test('what a client says is not a template of the answer', async () => {
    const { json } = await post(`${closed.url}/apply`, { inputs: { x: '<script>{path}{{7*7}}</script>' } });
    expect(json.detail[0].msg).toContain('{path}{{7*7}}');
  });

  test('no file of the machine is served under /docs', async () => {
    for (const path of [
      '/docs/../package.json',
      '/docs/%2e%2e/package.json',
      '/docs/browser.ts',
      '/docs//etc/passwd',
    ]) {
      expect((await post(closed.url + path, {})).status).toBe(404);
    }
    expect(existsSync('package.json')).toBe(true);
  });
});
