/** A worker's end costs one request, whatever ended it; each server in a process of its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { transformSync } from '@swc/core';
import { type RunningServer, serve } from '../../src/server/index.js';
import { Moody, thrown } from '../fixtures/server/moody.js';
import { post, send, until } from './client.js';
import { ask, runProgram } from './program.js';

// Each test starts programs with workers, on a machine that may be busy.
jest.setTimeout(120_000);

const typed = new URL('../fixtures/server/moody.ts', import.meta.url).pathname;
// Beside the package, so that its imports are found.
const home = mkdtempSync(join(new URL('../../', import.meta.url).pathname, 'node_modules/.cache/moody-'));
const plain = join(home, 'moody.mjs');
beforeAll(() => {
  const { code } = transformSync(readFileSync(typed, 'utf8'), {
    filename: typed,
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
    },
    module: { type: 'es6' },
  });
  writeFileSync(plain, code);
});
afterAll(() => rmSync(home, { recursive: true }));

const files = { typed: () => typed, plain: () => plain } as const;
const things = Object.keys(thrown);

/** A program that asks a server for these moods, each followed by an echo, and prints the statuses; `rounds` servers in turn. */
function program(file: string, workers: number, moods: readonly string[], rounds = 1): string {
  return `
    const ask = async (url, mode) => {
      const body = JSON.stringify({ inputs: { mode } });
      const answer = await fetch(url + '/apply', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      await answer.text();
      return answer.status;
    };
    for (let round = 0; round < ${rounds}; round++) {
      const server = await serve({ component: { file: ${JSON.stringify(file)} }, port: 0, log: 'silent', workers: ${workers}, timeout: 3000, workerHeap: 64 });
      for (const mood of ${JSON.stringify(moods)}) {
        const first = await ask(server.url, mood);
        // What is thrown after the answer ends the worker a little later.
        if (mood.startsWith('stray')) await new Promise((done) => setTimeout(done, 150));
        console.log(mood + ': ' + first + ' ' + (await ask(server.url, 'echo')));
      }
      await server.close();
    }
    console.log('closed');`;
}

const deadly = [
  'exit 0',
  'exit 3',
  'crash error',
  'crash bare',
  'stray error',
  'reject error',
  'fill',
  'loop',
  'never',
];
const expected = (mood: string) => (mood.startsWith('stray') ? 200 : /^(loop|never)/.test(mood) ? 504 : 500);

describe.each(['typed', 'plain'] as const)('a component (%s)', (kind) => {
  test.each([1, 2, 8])('with %i workers survives whatever ends one of them', async (workers) => {
    const { code, signal, said } = await runProgram(program(files[kind](), workers, deadly));
    expect(said.trim().split('\n')).toEqual([...deadly.map((mood) => `${mood}: ${expected(mood)} 200`), 'closed']);
    expect([code, signal]).toEqual([0, null]);
  });

  test('is served, closed and served again in one program', async () => {
    const { code, said } = await runProgram(program(files[kind](), 1, ['echo', 'exit 1'], 3));
    expect(said).toBe(`${'echo: 200 200\nexit 1: 500 200\n'.repeat(3)}closed\n`);
    expect(code).toBe(0);
  });
});

describe('an addon that the component brings itself', () => {
  test.each(['@swc/core', '@napi-rs/nice', 'unrs-resolver'])('%s outlives every worker that loads it', async (name) => {
    const moods = [`addon ${name}`, 'exit 1', `addon ${name}`, 'exit 1'];
    const { code, said } = await runProgram(program(plain, 1, moods, 2));
    expect(said).toBe(
      `${[200, 500, 200, 500]
        .map((status, i) => `${moods[i]}: ${status} 200\n`)
        .join('')
        .repeat(2)}closed\n`,
    );
    expect(code).toBe(0);
  });
});

describe.each([0, 1])('with %i workers', (workers) => {
  let server: RunningServer;
  beforeAll(async () => {
    const component = workers === 0 ? Moody : { file: typed };
    server = await serve({ component, port: 0, log: 'silent', workers });
  });
  afterAll(() => server.close());

  test.each(things)('whatever is thrown (%s) is a 500, and the worker goes on', async (what) => {
    expect(await ask(server.url, `throw ${what}`)).toBe(500);
    expect(await ask(server.url, 'echo')).toBe(200);
    const { text } = await send(`${server.url}/metrics`);
    expect(text).toContain('cotangent_workers_replaced_total 0');
  });
});

test.each(things)('whatever is thrown where nobody catches it (%s) costs the request that waits', async (what) => {
  const server = await serve({ component: { file: typed }, port: 0, log: 'silent' });
  try {
    expect(await ask(server.url, `crash ${what}`)).toBe(500);
    expect(await ask(server.url, 'echo')).toBe(200);
    expect(await ask(server.url, `stray ${what}`)).toBe(200);
    await until(async () => /replaced_total 2/.test((await send(`${server.url}/metrics`)).text));
    expect(await ask(server.url, 'echo')).toBe(200);
  } finally {
    await server.close();
  }
});

describe('a component that cannot be loaded any more', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cotangent-broken-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const good = readFileSync(typed, 'utf8');

  test.each([
    ['throws', 'throw new Error("no database");'],
    ['leaves a handle open and throws', 'setInterval(() => undefined, 1000); throw new Error("no database");'],
    ['is cut off', 'export class {'],
    ['ends the worker', 'process.exit(4);'],
    ['throws later', 'setTimeout(() => { throw new Error("no database"); });'],
  ])('because it %s is said, and served again once it is mended', async (what, broken) => {
    const file = join(folder, `${what.replaceAll(' ', '_')}.ts`);
    writeFileSync(file, good);
    const server = await serve({ component: { file }, port: 0, log: 'silent' });
    try {
      expect(await ask(server.url, 'echo')).toBe(200);
      writeFileSync(file, `${good}\n${broken}`);
      expect(await ask(server.url, 'exit 1')).toBe(500);
      const apply = () => post(`${server.url}/apply`, { inputs: { mode: 'echo' } });
      await until(async () => (await send(`${server.url}/health`)).status === 503, 20_000);
      await until(async () => (await apply()).status === 503, 20_000);
      const { status, json, headers } = await apply();
      expect([status, json.ctx.code]).toEqual([503, 'E_UNLOADED']);
      if (/throws/.test(what)) expect(json.detail).toContain('no database');
      expect(json.detail).not.toContain(folder);
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
      const { text } = await send(`${server.url}/metrics`);
      expect(text).toMatch(/cotangent_worker_load_failures_total [1-9]/);
      expect(text).toContain('cotangent_workers_loaded 0');
      writeFileSync(file, good);
      await until(async () => (await send(`${server.url}/health`)).status === 200, 30_000);
      await until(async () => (await apply()).status === 200, 10_000);
    } finally {
      await server.close();
    }
  });

  test('is an error of serve where it ends the worker at once', async () => {
    const file = join(folder, 'ending.ts');
    writeFileSync(file, 'process.exit(4);');
    const starting = serve({ component: { file }, port: 0, log: 'silent' });
    await expect(starting).rejects.toMatchObject({
      code: 'E_LOAD_FAILED',
      message: expect.stringContaining('code: 4'),
    });
  });
});

describe('a time limit is that of the work', () => {
  const leave = (url: string, mode: string) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    return post(`${url}/apply`, { inputs: { mode } }, { signal: controller.signal }).catch(() => 'left');
  };

  test.each([
    ['loop', { timeout: 400 }, 1],
    ['never', { timeout: 400 }, 1],
    ['loop', { timeout: 400 }, 2],
    ['loop', { abandonTimeout: 300 }, 1],
    ['never', { abandonTimeout: 300 }, 1],
    ['never', { timeout: 60_000, abandonTimeout: 300 }, 1],
  ])('%s is stopped whose client has gone (%j, %i workers)', async (mode, options, workers) => {
    const server = await serve({ component: { file: typed }, port: 0, log: 'silent', workers, ...options });
    try {
      await Promise.all(Array.from({ length: workers }, () => leave(server.url, mode)));
      await until(async () => {
        const { text } = await send(`${server.url}/metrics`);
        return text.includes(`cotangent_workers_replaced_total ${workers}`);
      }, 10_000);
      await until(async () => (await ask(server.url, 'echo')) === 200, 20_000);
    } finally {
      await server.close();
    }
  });

  test('without a limit, what a client left may go on for its time, and the worker is kept', async () => {
    const server = await serve({ component: { file: typed }, port: 0, log: 'silent' });
    try {
      await leave(server.url, 'wait 600');
      expect(await ask(server.url, 'echo')).toBe(200);
      expect((await send(`${server.url}/metrics`)).text).toContain('cotangent_workers_replaced_total 0');
    } finally {
      await server.close();
    }
  });

  test.each([Infinity, 2 ** 31, 2 ** 31 - 1, 2 ** 53, Number.MAX_VALUE])(
    'of %d ms is none that fires at once',
    async (timeout) => {
      const times = { timeout, abandonTimeout: timeout, writeTimeout: timeout, keepAliveTimeout: timeout };
      const more = { drainTimeout: timeout, headersTimeout: timeout, requestTimeout: timeout };
      for (const component of [Moody, { file: typed }]) {
        const server = await serve({ component, port: 0, log: 'silent', ...times, ...more });
        expect(await ask(server.url, 'wait 30')).toBe(200);
        await server.close();
      }
    },
  );

  test.each([Number.NaN, 0, -5, -Infinity, 1.5, '100' as never])('of %p ms is refused by its name', async (value) => {
    const options = ['timeout', 'abandonTimeout', 'writeTimeout', 'drainTimeout', 'keepAliveTimeout', 'requestTimeout'];
    for (const option of options) {
      const starting = serve({ component: { file: typed }, port: 0, log: 'silent', [option]: value });
      await expect(starting).rejects.toMatchObject({ code: 'E_SERVE_OPTION', fields: { option } });
    }
  });
});
