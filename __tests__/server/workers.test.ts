/** A component in worker threads: the server stays free, what hangs is stopped, and what stops is replaced. */
import { execFile } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type RunningServer, serve } from '../../src/server/index.js';
import { post, send, until } from './client.js';

const file = new URL('../fixtures/server/labour.ts', import.meta.url).pathname;
const gauge = async (url: string, name: string): Promise<number> => {
  const { text } = await send(`${url}/metrics`);
  return Number(new RegExp(`^cotangent_${name} (\\d+)`, 'm').exec(text)?.[1]);
};

describe('one worker', () => {
  let server: RunningServer;
  let url: string;
  beforeAll(async () => {
    server = await serve({ component: { file }, port: 0, log: 'silent', queueLimit: 2, workerHeap: 96 });
    url = server.url;
  });
  afterAll(() => server.close());

  test('answers what the component does, its document and its refusals included', async () => {
    const { json } = await post(`${url}/apply`, { inputs: { x: [4, 5] } });
    expect(json.y.data.buffer).toEqual([4, 5]);
    const { json: document } = await send(`${url}/openapi.json`);
    expect(Object.keys(document.paths)).toEqual(['/apply', '/jacobian', '/vector_jacobian_product', '/health']);
    const missing = await post(`${url}/jacobian_vector_product`, {});
    expect([missing.status, missing.json.ctx.code]).toEqual([404, 'E_NO_SUCH_ENDPOINT']);
    expect(missing.json.detail).toContain('@DeriveJvpFromVjp()');
    const wrong = await post(`${url}/apply`, { inputs: { x: 'a', z: 1 } });
    expect(wrong.json.detail.map(({ type }: { type: string }) => type)).toEqual([
      'extra_forbidden',
      'array_non_numeric',
    ]);
  });

  test('leaves /health free while an apply computes', async () => {
    const long = post(`${url}/apply`, { inputs: { ms: 400 } });
    await until(async () => (await gauge(url, 'requests_running')) === 1);
    let answers = 0;
    let isDone = false;
    void long.then(() => {
      isDone = true;
    });
    while (!isDone) {
      expect((await send(`${url}/health`)).status).toBe(200);
      answers++;
    }
    expect(answers).toBeGreaterThan(10);
    expect((await long).status).toBe(200);
  });

  test('beyond the queue it is 503', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(`${url}/apply`, { inputs: { ms: 100 } })));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 200, 503, 503, 503]);
  });

  test('a sweep stops between two probes when its client goes', async () => {
    const size = 100;
    const before = (await post(`${url}/apply`, { inputs: {} })).json.evaluations.data.buffer;
    const controller = new AbortController();
    const body = { inputs: { x: Array(size).fill(1), ms: 20 }, jac_inputs: ['x'], jac_outputs: ['y'] };
    const sent = post(`${url}/jacobian`, body, { signal: controller.signal });
    await until(async () => (await gauge(url, 'requests_running')) === 1);
    controller.abort();
    await expect(sent).rejects.toThrow('abort');
    await until(async () => (await gauge(url, 'requests_running')) === 0);
    const after = (await post(`${url}/apply`, { inputs: {} })).json.evaluations.data.buffer;
    expect(after - before).toBeLessThan(size / 2);
    expect(await gauge(url, 'workers_replaced_total')).toBe(0);
  });

  test('a request whose client goes while it waits is never run', async () => {
    const long = post(`${url}/apply`, { inputs: { ms: 300 } });
    await until(async () => (await gauge(url, 'requests_running')) === 1);
    const before = (await long.then(({ json }) => json)).evaluations.data.buffer;
    const first = post(`${url}/apply`, { inputs: { ms: 200 } });
    await until(async () => (await gauge(url, 'requests_running')) === 1);
    const controller = new AbortController();
    const waiting = post(`${url}/apply`, { inputs: {} }, { signal: controller.signal });
    await until(async () => (await gauge(url, 'requests_waiting')) === 1);
    controller.abort();
    await expect(waiting).rejects.toThrow('abort');
    await until(async () => (await gauge(url, 'requests_waiting')) === 0);
    await first;
    const after = (await post(`${url}/apply`, { inputs: {} })).json.evaluations.data.buffer;
    expect(after - before).toBe(2);
  });

  test.each([
    ['process.exit', 'exit'],
    ['an error that nobody catches', 'crash'],
  ])('%s costs one request, and the next one is answered', async (_what, deed) => {
    const { status, text } = await post(`${url}/apply`, { inputs: { deed } });
    expect(status).toBe(500);
    expect(text).not.toContain('crashed later');
    expect((await post(`${url}/apply`, { inputs: {} })).status).toBe(200);
  });

  test.each(['exit', 'crash'])('those that wait in it when it ends (%s) are answered by the next one', async (deed) => {
    const patient = await serve({ component: { file }, port: 0, log: 'silent' });
    try {
      const first = post(`${patient.url}/apply`, { inputs: { deed: 'wait', ms: 200 } });
      await until(async () => (await gauge(patient.url, 'requests_running')) === 1);
      const fatal = post(`${patient.url}/apply`, { inputs: { deed } });
      await until(async () => (await gauge(patient.url, 'requests_waiting')) === 1);
      const others = Array.from({ length: 20 }, (_, i) => post(`${patient.url}/apply`, { inputs: { x: [i] } }));
      expect([(await first).status, (await fatal).status]).toEqual([200, 500]);
      const answers = (await Promise.all(others)).map(({ json }) => json.y.data.buffer);
      expect(answers).toEqual(others.map((_, i) => [i]));
      expect(await gauge(patient.url, 'workers_replaced_total')).toBe(1);
    } finally {
      await patient.close();
    }
  });

  test('those that wait in it are run one after the other, also where its methods are asynchronous', async () => {
    const patient = await serve({ component: { file }, port: 0, log: 'silent' });
    try {
      const all = Array.from({ length: 5 }, () => post(`${patient.url}/apply`, { inputs: { deed: 'wait', ms: 20 } }));
      const counts = (await Promise.all(all)).map(({ json }) => json.evaluations.data.buffer);
      // Were two to run at once, the first would end with the count of both.
      expect(counts.sort()).toEqual([1, 2, 3, 4, 5]);
    } finally {
      await patient.close();
    }
  });

  test('memory that runs out costs one request, and the next one is answered', async () => {
    expect((await post(`${url}/apply`, { inputs: { deed: 'fill' } })).status).toBe(500);
    expect((await post(`${url}/apply`, { inputs: {} })).status).toBe(200);
  });
});

describe('a time limit', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await serve({ component: { file }, port: 0, log: 'silent', timeout: 200 });
  });
  afterAll(() => server.close());

  test('ends a request with 504, and its sweep between two probes', async () => {
    const body = { inputs: { x: Array(100).fill(1), ms: 20 }, jac_inputs: ['x'], jac_outputs: ['y'] };
    const { status, json } = await post(`${server.url}/jacobian`, body);
    expect([status, json.ctx]).toMatchObject([504, { code: 'E_TIMEOUT', expected: '200' }]);
    await until(async () => (await gauge(server.url, 'requests_running')) === 0);
    expect(await gauge(server.url, 'workers_replaced_total')).toBe(0);
  });

  test('replaces a worker that does not stop', async () => {
    const start = performance.now();
    expect((await post(`${server.url}/apply`, { inputs: { deed: 'hang' } })).status).toBe(504);
    expect(performance.now() - start).toBeGreaterThanOrEqual(199);
    await until(async () => (await gauge(server.url, 'workers_replaced_total')) === 1, 10_000);
    await until(async () => (await post(`${server.url}/apply`, { inputs: {} })).status === 200, 10_000);
  });
});

describe('loading', () => {
  test('two workers run two requests at once', async () => {
    const server = await serve({ component: { file }, port: 0, log: 'silent', workers: 2 });
    try {
      const both = Promise.all([1, 2].map(() => post(`${server.url}/apply`, { inputs: { ms: 300 } })));
      await until(async () => (await gauge(server.url, 'requests_running')) === 2);
      expect((await both).map(({ status }) => status)).toEqual([200, 200]);
    } finally {
      await server.close();
    }
  });

  test('rules are added when it is served, and the document says so', async () => {
    const server = await serve({
      component: { file },
      port: 0,
      log: 'silent',
      derive: ['jvpFromVjp'],
      name: 'Other',
      version: '9',
    });
    try {
      const body = { inputs: { x: [1, 2] }, jvp_inputs: ['x'], jvp_outputs: ['y'], tangent_vector: { x: [3, 4] } };
      expect((await post(`${server.url}/jacobian_vector_product`, body)).json.y.data.buffer).toEqual([3, 4]);
      const { json } = await send(`${server.url}/openapi.json`);
      expect(json.info).toMatchObject({ title: 'Other', version: '9' });
      expect(json.paths['/jacobian_vector_product'].post['x-derived-from']).toMatchObject({
        rule: 'jvpFromVjp',
        base: ['vector_jacobian_product'],
        exact: true,
      });
    } finally {
      await server.close();
    }
  });

  test('a program that came as a flag of Node is not run again in its workers, and flags of the engine hinder none', async () => {
    const entry = new URL('../../dist/bundle/server/index.js', import.meta.url).href;
    const program = `
      import { serve } from ${JSON.stringify(entry)};
      const server = await serve({ component: { file: ${JSON.stringify(file)} }, port: 0, log: 'silent' });
      console.log(server.url);
      await server.close();`;
    const flags = ['--max-old-space-size=200', '--input-type=module', '-e', program];
    const { stdout } = await promisify(execFile)(process.execPath, flags);
    expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
  });

  test('a component that cannot be loaded is an error of serve, with its own code', async () => {
    const missing = serve({ component: { file: 'nowhere.ts' }, port: 0, log: 'silent' });
    await expect(missing).rejects.toMatchObject({ code: 'E_LOAD_MISSING' });
    const wrong = serve({ component: { file, export: 'Nothing' }, port: 0, log: 'silent' });
    await expect(wrong).rejects.toMatchObject({ code: 'E_LOAD_EXPORT' });
  });
});
