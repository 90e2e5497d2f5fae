/** Programs beside the benchmark: run, asked, watched and put under load. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { peakOf } from '../../benchmarks/memory.js';
import { peakOfProgram, runProgram, startRespondent } from '../../benchmarks/processes.js';
import { openLoad } from '../../benchmarks/suites/load.js';

const node = (script: string, env: Record<string, string | undefined> = {}) => ({
  command: process.execPath,
  args: ['-e', script],
  env,
});

describe('a program', () => {
  test('that fails is raised with what it said', async () => {
    await expect(runProgram(node('console.error("no luck"); process.exitCode = 3'))).rejects.toThrow('no luck');
    await expect(runProgram(node('0'))).resolves.toBeUndefined();
  });

  test('that is asked answers line by line, raises errors, and ends when it is no longer asked', async () => {
    const { ask, stop } = startRespondent<{ twice: number }>(
      node(
        `const lines = require('node:readline').createInterface({ input: process.stdin });
         lines.on('line', (line) => {
           const { n } = JSON.parse(line);
           console.log(JSON.stringify(n < 0 ? { error: 'too small' } : { twice: 2 * n }));
         });`,
      ),
    );
    expect(await ask({ n: 21 })).toEqual({ twice: 42 });
    await expect(ask({ n: -1 })).rejects.toThrow('too small');
    expect(await ask({ n: 1 })).toEqual({ twice: 2 });
    await stop();
    await expect(ask({ n: 1 })).rejects.toThrow();
  });

  test('does not see a variable that is taken out of its environment', async () => {
    process.env['BENCH_TEST'] = 'set';
    const sees = (env = {}) => runProgram(node('process.exitCode = process.env.BENCH_TEST ? 1 : 0', env));
    await expect(sees()).rejects.toThrow();
    await expect(sees({ BENCH_TEST: undefined })).resolves.toBeUndefined();
    delete process.env['BENCH_TEST'];
  });
});

describe('memory', () => {
  const size = 96e6;

  test('of a call is at least what it writes to, though nothing is left of it', async () => {
    // In a process of its own: this one gives back what other tests have left, while the call runs.
    const { ask, stop } = startRespondent<{ pid: number }>(
      node(
        `const lines = require('node:readline').createInterface({ input: process.stdin });
         lines.on('line', (line) => {
           new Uint8Array(JSON.parse(line).bytes).fill(1);
           console.log(JSON.stringify({ pid: process.pid }));
         });`,
      ),
    );
    const { pid } = await ask({ bytes: 1 });
    const peak = await peakOf(() => ask({ bytes: size }), pid);
    expect(peak).toBeGreaterThan(0.9 * size);
    expect(await peakOf(() => ask({ bytes: 1 }), pid)).toBeLessThan(0.5 * size);
    await stop();
  });

  test('of a program is all that it holds', async () => {
    const hold = (bytes: number) => node(`new Uint8Array(${bytes}).fill(1); setTimeout(() => {}, 100)`);
    const [much, little] = [await peakOfProgram(hold(size)), await peakOfProgram(hold(1))];
    expect(much! - little!).toBeGreaterThan(0.9 * size);
  });
});

describe('a load', () => {
  const open: (() => void)[] = [];
  afterEach(() => open.splice(0).forEach((close) => void close()));

  const request = Buffer.from('POST /apply HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nhi');
  const serve = async (respond: (count: number) => { status?: number; body: string }) => {
    const counts = { requests: 0, most: 0, open: 0 };
    const server = createServer((incoming, response) => {
      counts.most = Math.max(counts.most, ++counts.open);
      incoming.resume().on('end', () => {
        const { status = 200, body } = respond(++counts.requests);
        setTimeout(() => {
          counts.open--;
          response.writeHead(status, { 'content-length': body.length, 'x-count': counts.requests }).end(body);
        }, 1);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { run, close } = await openLoad(url, 4, request);
    open.push(close, () => server.close());
    return { run, counts };
  };

  test('is so many requests over each connection, all connections at once', async () => {
    const { run, counts } = await serve(() => ({ body: 'x'.repeat(200_000) }));
    await run(5);
    await run(2);
    expect([counts.requests, counts.most]).toEqual([28, 4]);
  });

  test('of which a request fails is raised', async () => {
    const { run } = await serve((count) => ({ status: count > 6 ? 500 : 200, body: 'x' }));
    await expect(run(5)).rejects.toThrow('500');
  });
});
