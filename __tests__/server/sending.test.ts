/** Clients that do not read: their answers have a budget and a time, and the end of the server waits for nobody for ever. */
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { type RunningServer, type ServeOptions, serve } from '../../src/server/index.js';
import { type Answer, post, send, until } from './client.js';
import { ask, type Program, serveProgram } from './program.js';

jest.setTimeout(60_000);
const file = new URL('../fixtures/server/sampler.ts', import.meta.url).pathname;
const moody = new URL('../fixtures/server/moody.ts', import.meta.url).pathname;
const servers: RunningServer[] = [];
const sockets: Socket[] = [];
const programs: Program[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const { child } of programs.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) await server.close();
});

async function start(options: Partial<ServeOptions>): Promise<string> {
  const server = await serve({ component: { file }, port: 0, log: 'silent', queueLimit: 1000, ...options });
  servers.push(server);
  return server.url;
}

const MIB = 2 ** 20;
const VALUES = 750_000;
// 6 MB of values, 8 MB in base64: more than the buffers of the system hold.
const array = {
  shape: [VALUES],
  dtype: 'float64',
  data: { buffer: Buffer.alloc(8 * VALUES).toString('base64'), encoding: 'base64' },
};
const large = JSON.stringify({ inputs: { x: array } });
const head = (path: string, body: string) =>
  `POST ${path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json+base64\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** A client that asks and reads nothing. */
function unread(url: string, text = head('/apply', large)): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
  socket.pause().on('error', () => undefined);
  sockets.push(socket);
  return socket;
}

/** How many bytes of memory a program takes. */
async function resident(url: string): Promise<number> {
  return Number(/^process_resident_memory_bytes (\S+)/m.exec((await send(`${url}/metrics`)).text)?.[1]);
}

describe('clients that do not read their answers', () => {
  test('hold no more than the budget, whatever their number; the others are 503 until there is room', async () => {
    const program = await serveProgram([
      moody,
      '--answer-budget',
      '64MiB',
      '--write-timeout',
      '2',
      '--queue-limit',
      '1000',
    ]);
    programs.push(program);
    const text = JSON.stringify({ inputs: { mode: `large ${16 * MIB}` } });
    const read = () => post(`${program.url}/apply`, text);
    expect((await read()).status).toBe(200);
    const before = await resident(program.url);
    for (let i = 0; i < 60; i++) unread(program.url, head('/apply', text));
    let busy: Answer | undefined;
    await until(async () => {
      busy = await read();
      return busy.status === 503;
    }, 30_000);
    expect([busy?.json.ctx.code, busy?.headers['retry-after']]).toEqual(['E_BUSY', '1']);
    expect(busy?.json.detail).toContain('bytes of answers');
    // 60 answers would take 1 GB.
    expect((await resident(program.url)) - before).toBeLessThan(400 * MIB);
    await until(async () => (await read()).status === 200, 30_000);
  });

  test('are cut off once nothing of them could be written for a while; who reads slowly is not', async () => {
    const url = await start({ writeTimeout: 1500 });
    const [silent, slow] = [unread(url), unread(url)];
    let taken = 0;
    slow.on('end', () => {
      taken = taken < 8_000_000 ? Number.NaN : taken;
    });
    const reading = setInterval(() => {
      taken += slow.read()?.length ?? 0;
    }, 10);
    await until(() => !(taken < 8_000_000), 40_000);
    clearInterval(reading);
    expect(taken).toBeGreaterThan(8_000_000);
    await new Promise((done) => setTimeout(done, 3500));
    // That it was cut shows once it reads what the system still holds.
    const closed = new Promise<void>((done) => silent.once('close', () => done()));
    silent.resume();
    await closed;
    expect(silent.bytesRead).toBeLessThan(8_000_000);
  });

  test('do not shorten the time of the next request on their connection', async () => {
    const url = await start({ component: { file: moody }, writeTimeout: 200 });
    const one = (mode: string) => head('/apply', JSON.stringify({ inputs: { mode } }));
    const socket = unread(url, one('echo') + one('wait 700') + one('echo'));
    let text = '';
    socket.on('data', (piece) => {
      text += piece;
    });
    socket.resume();
    await until(() => text.split('HTTP/1.1 200').length === 4);
  });

  test('an answer larger than the budget goes alone', async () => {
    const url = await start({ answerBudget: 1000 });
    expect((await post(`${url}/apply`, large)).status).toBe(200);
    expect((await post(`${url}/apply`, large)).status).toBe(200);
  });
});

describe('the end of a server', () => {
  test('has a bound, whoever does not read and whatever hangs', async () => {
    const server = await serve({ component: { file }, port: 0, log: 'silent', drainTimeout: 700 });
    unread(server.url);
    await new Promise((done) => setTimeout(done, 500));
    const begun = performance.now();
    await server.close();
    expect(performance.now() - begun).toBeLessThan(4000);
    expect(server.isStuck).toBe(false);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('by %s comes within the bound, whatever hangs', async (signal) => {
    const program = await serveProgram([moody, '--drain-timeout', '1', '--workers', '3', '--log', 'warn']);
    programs.push(program);
    const hung = ['loop', 'never', 'loop'].map((mode) => ask(program.url, mode));
    await until(async () => (await send(`${program.url}/metrics`)).text.includes('requests_running 3'));
    program.child.kill(signal);
    const begun = performance.now();
    const { code, said } = await program.ended;
    expect(performance.now() - begun).toBeLessThan(6000);
    expect(code).toBe(0);
    expect(said).toContain('3 requests were cut off');
    expect((await Promise.all(hung)).every((answer) => typeof answer === 'string')).toBe(true);
  });

  test('comes within the bound also where a worker waits for a program that it started', async () => {
    const program = await serveProgram([moody, '--drain-timeout', '1', '--log', 'silent']);
    programs.push(program);
    const hung = ask(program.url, 'program 60');
    await until(async () => (await send(`${program.url}/metrics`)).text.includes('requests_running 1'));
    const begun = performance.now();
    program.child.kill('SIGTERM');
    const { signal, said } = await program.ended;
    expect(performance.now() - begun).toBeLessThan(8000);
    expect(signal).toBe('SIGKILL');
    expect(said).toContain('cannot be stopped');
    await hung;
  });
});
