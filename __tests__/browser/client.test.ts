/** The client in Chromium, bundled as an application would, against a component that another origin serves. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  Apply,
  array,
  Component,
  DifferentiableComponent,
  Float64,
  Jacobian,
  type JacobianRequest,
  type NdArray,
} from 'cotangent';
import { type BuildResult, build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { VectorAdd } from '../../examples/vectoradd/component.js';
import { type RunningServer, serve } from '../../src/server/index.js';

class Inputs {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
}

class Outputs {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}

/** y = x², of which there is only a Jacobian. */
@Component({ inputs: Inputs, outputs: Outputs })
class Squares extends DifferentiableComponent<Inputs, Outputs> {
  @Apply()
  apply({ x }: Inputs) {
    return { y: array(x.data.map((value) => value * value)) };
  }

  @Jacobian()
  jacobian({ inputs: { x } }: JacobianRequest<Inputs>) {
    const row = (value: number, i: number) => Array.from(x.data, (_, j) => (i === j ? 2 * value : 0));
    return { y: { x: Array.from(x.data, row) } };
  }
}

const root = resolve(import.meta.dirname, '../..');

/** What a page is given of the client, by its built files. */
function bundled(contents: string): Promise<BuildResult<{ write: false; metafile: true }>> {
  const common = { bundle: true, minify: true, platform: 'browser', target: 'es2022', logLevel: 'error' } as const;
  const stdin = { contents, resolveDir: root };
  return build({ ...common, stdin, format: 'iife', write: false, metafile: true, absWorkingDir: root });
}

/** The sources that a file of the build was made of. */
function sourcesOf(path: string): string[] {
  const { sources } = JSON.parse(readFileSync(resolve(root, `${path}.map`), 'utf8')) as { sources: string[] };
  return sources.map((source) => relative(root, resolve(root, dirname(path), source)));
}

const everything = "import * as client from 'cotangent/client'; globalThis.client = client;";

describe('the bundle of the client', () => {
  test('holds no Node module, no server, and no class-validator', async () => {
    const { metafile } = await bundled(everything);
    const written = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
    const files = written.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
    const inputs = files.flatMap((path) => (path.startsWith('dist/') ? sourcesOf(path) : path));
    expect(inputs).toContain('src/client/connect.ts');
    expect(
      inputs.filter((path) => /^node:|\(disabled\)|class-validator|src\/(server|cli|proxy|loading)\//.test(path)),
    ).toEqual([]);
    expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
  });

  test.each(['README.md', 'docs/client.md'])('is compressed to the size that %s states, or less', async (page) => {
    const stated = Number(/(\d+) kB, compressed/.exec(readFileSync(resolve(root, page), 'utf8'))?.[1]);
    const [file] = (await bundled(everything)).outputFiles;
    expect(gzipSync(file!.contents).length).toBeLessThan(1000 * stated);
  });
});

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
// Where there is no Chromium these tests are left out, but never in CI.
const suite = existsSync(executablePath) || process.env['CI'] ? describe : describe.skip; // no Chromium on this machine

suite('the client in a browser', () => {
  let site: Server;
  let server: RunningServer;
  let closed: RunningServer;
  let lacking: RunningServer;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    const script = Buffer.from((await bundled(everything)).outputFiles[0]!.contents);
    site = createServer(({ url }, response) => {
      response.setHeader('content-type', url === '/client.js' ? 'text/javascript' : 'text/html');
      response.end(
        url === '/client.js' ? script : '<!doctype html><title>page</title><script src="/client.js"></script>',
      );
    });
    await new Promise<void>((done) => site.listen(0, '127.0.0.1', done));
    const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    server = await serve({ component: VectorAdd, port: 0, log: 'silent', cors: [origin] });
    lacking = await serve({ component: Squares, port: 0, log: 'silent', cors: '*' });
    closed = await serve({ component: VectorAdd, port: 0, log: 'silent' });
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
    const quiet = [
      '--disable-background-networking',
      '--disable-component-update',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ];
    browser = await chromium.launch({ executablePath, args: [...flags, ...quiet] });
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(origin);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await closed?.close();
    await lacking?.close();
    site?.close();
  });

  /** Run a function body in the page, with `client` and the server's `url`. */
  const inPage = (body: string, url = server.url): Promise<unknown> =>
    page.evaluate(`(async (url) => { ${body} })(${JSON.stringify(url)})`);

  test('calls a component of another origin, and gets arrays', async () => {
    const outcome = await inPage(`
      const handle = await client.connect(url);
      const { result, summary } = await handle.apply({ a: [1, 2], b: [3, 4], s: 2 });
      return [handle.name, result instanceof client.NdArray, result.dtype, result.toNested(), summary.norm ** 2];
    `);
    expect(outcome).toEqual(['VectorAdd', true, 'float32', [5, 8], expect.closeTo(89, 3)]);
  });

  test.each(['base64', 'json'])('derivatives and abstract values, with arrays as %s', async (encoding) => {
    const outcome = await inPage(`
      const handle = await client.connect(url, { encoding: '${encoding}' });
      const inputs = { a: [1, 2], b: [3, 4], s: 2 };
      const gradient = await handle.vjp({ inputs, wrt: ['a', 's'], cotangent: { result: [1, 10] } });
      const outline = await handle.abstractEval(inputs);
      return [gradient.a.toNested(), gradient.s, outline.result];
    `);
    expect(outcome).toEqual([[2, 20], 21, { shape: [2], dtype: 'float32' }]);
  });

  test('derives in the page what the component lacks', async () => {
    const body = `
      const lacking = await client.connect(url);
      const handle = client.withDerived(lacking, 'vjpFromJacobian');
      const { x } = await handle.vjp({ inputs: { x: [3, 4] }, cotangent: { y: [1, 10] } });
      const missing = await lacking.vjp({ inputs: { x: [3] }, cotangent: { y: [1] } }).catch(({ code }) => code);
      return [missing, handle.provenance.vjp.rule, x.toNested()];
    `;
    expect(await inPage(body, lacking.url)).toEqual(['E_NO_SUCH_ENDPOINT', 'vjpFromJacobian', [6, 80]]);
  });

  test('an error has the code and the path it has in process, those that only the server can find included', async () => {
    const outcome = await inPage(`
      const handle = await client.connect(url);
      const failed = (inputs) => handle.apply(inputs).catch(({ code, path }) => [code, path]);
      return Promise.all([failed({ a: [[1]], b: [1] }), failed({ a: [1], b: [1, 2] })]);
    `);
    expect(outcome).toEqual([
      ['E_ARRAY_RANK', 'inputs.a'],
      ['E_CONSTRAINT', 'inputs.b'],
    ]);
  });

  test('an aborted signal and a timeout stop a call', async () => {
    const outcome = await inPage(`
      const handle = await client.connect(url, { timeout: 10000 });
      const signal = AbortSignal.abort(new Error('enough'));
      return handle.apply({ a: [1], b: [1] }, { signal }).catch(({ message }) => message);
    `);
    expect(outcome).toBe('enough');
  });

  test('a server that allows no other origin cannot be reached', async () => {
    const outcome = await inPage('return client.connect(url).catch(({ code }) => code);', closed.url);
    expect(outcome).toBe('E_REMOTE_UNREACHABLE');
  });

  test('nothing was thrown in the page', () => {
    expect(faults).toEqual([]);
  });
});
