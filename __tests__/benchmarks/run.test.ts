/** The benchmark as it is run, compiled beside the compiled sources, and the server that it starts. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { startServer } from '../../benchmarks/processes.js';
import { readResults } from '../../benchmarks/results.js';
import { makeFolder, root, runNode } from '../package/consumer.js';

const folder = join(root, 'dist/benchmarks');

beforeAll(async () => {
  const entryPoints = ['benchmarks', 'decorators', 'src'].map((part) => join(root, part, '**/*.ts'));
  await build({
    entryPoints,
    outbase: root,
    outdir: join(root, 'dist'),
    format: 'esm',
    tsconfig: join(root, 'tsconfig.json'),
    logLevel: 'error',
  });
});

describe('a run', () => {
  const { path, remove } = makeFolder();
  const file = join(path, 'run.json');
  const run = (...args: string[]) =>
    runNode(root, '--expose-gc', join(folder, 'run.js'), '--quick', '--no-python', ...args);

  test('without Python measures our half, judges it, and draws nothing without the original', async () => {
    const { failed, stdout } = await run('--only', '^api/', '--json', file, '--svg', `${file}.svg`);
    expect(failed).toBe(false);
    const { original, options, results, ...rest } = readResults(file);
    expect([original, options.startsWith('--quick --no-python --only ^api/')]).toEqual(['none', true]);
    expect(results.map(({ id }) => id)).toEqual(['api/apply_100', 'api/apply_1,000', 'api/apply_100,000']);
    for (const { ours, theirs } of results) {
      expect([ours.median > 0, ours.low <= ours.median, ours.high >= ours.median, ours.rounds > 1]).not.toContain(
        false,
      );
      expect(theirs).toBeUndefined();
    }
    expect(rest).toMatchObject({ targets: [{ what: 'a call in process, 100 elements', worst: 'api/apply_100' }] });
    expect(stdout).toMatch(/^api\/apply_1,000 .* [nµ]s /m);
    expect(stdout).toMatch(/^\d of 1 targets met$/m);
    expect(readFileSync(`${file}.svg`, 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  }, 60_000);

  test('is compared with an earlier one', async () => {
    const { failed, stdout } = await run('--only', '^api/apply_100$', '--compare', file);
    expect(failed).toBe(false);
    expect(stdout).toMatch(/\d faster, \d slower, \d unchanged, 0 new\n$/);
  }, 60_000);

  test('has servers, a bare one as the limit, and arrays of no elements', async () => {
    const { failed, text } = await run(
      '--only',
      '^(http-load|encoding/b|decoding/b)',
      '--array-sizes',
      '0',
      '--json',
      file,
    );
    expect([failed, text]).toEqual([false, expect.not.stringContaining('broken')]);
    const load = readResults(file).results.find(({ id }) => id === 'http-load/apply_0')!;
    expect(load.limitName).toBe('bare server');
    expect(load.limit!.median).toBeGreaterThan(0);
    expect(readResults(file).results).toHaveLength(10);
  }, 60_000);

  test('fails where a case breaks, and says which one', async () => {
    const { failed, text } = await run('--only', '^api/', '--array-sizes=-1,100');
    expect(failed).toBe(true);
    expect(text).toMatch(/^broken: api\/apply_-1$/m);
    expect(text).not.toMatch(/^broken: api\/apply_100$/m);
  }, 60_000);

  test('fails where there is no such id', async () => {
    const { failed, text } = await run('--only', '^nothing');
    expect([failed, text]).toEqual([true, expect.stringContaining('no id is found by /^nothing/')]);
  }, 60_000);

  test('lists what it would measure', async () => {
    const { stdout } = await run('--list', '--only', '^api/', '--array-sizes', '7');
    expect(stdout).toBe('api/apply_100\napi/apply_7\n');
    remove();
  }, 60_000);
});

describe('the bare server', () => {
  test('asks for an answer once, and then gives it to all requests of the same path and length', async () => {
    const asked: string[] = [];
    const other = createServer((request, response) => {
      asked.push(request.url!);
      request.resume().on('end', () => response.setHeader('content-type', 'text/x').end(`answer ${asked.length}`));
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const args = (port: number) => [join(folder, 'bare.js'), String(port), url];
    const bare = await startServer((port) => ({ command: process.execPath, args: args(port) }));
    const answer = async (body: string) => {
      const response = await fetch(`${bare.url}/apply`, { method: 'POST', body });
      return [response.headers.get('content-type'), await response.text()];
    };
    expect(await answer('abc')).toEqual(['text/x', 'answer 2']);
    expect(await answer('xyz')).toEqual(['text/x', 'answer 2']);
    expect(await answer('abcd')).toEqual(['text/x', 'answer 3']);
    expect(asked).toEqual(['/health', '/apply', '/apply']);
    await bare.stop();
    other.close();
  });
});
