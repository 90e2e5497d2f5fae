/** The parts of a server by themselves: bodies, flags, deadlines, errors between threads, places, formats. */
import type { ServerResponse } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Format } from '../../src/codec/index.js';
import { blameAuthor, isAuthors } from '../../src/component/blame.js';
import { ComponentError, problem } from '../../src/errors.js';
import { Deadline, waitingFor } from '../../src/server/deadline.js';
import { errorAnswer } from '../../src/server/errorAnswer.js';
import { locate } from '../../src/server/location.js';
import { negotiate } from '../../src/server/negotiate.js';
import { settingsOf } from '../../src/server/options.js';
import { packError, unpackError } from '../../src/server/packedError.js';
import { workerPool } from '../../src/server/pool.js';
import { readBody } from '../../src/server/readBody.js';
import { Following, raiseFlag, stopFlags } from '../../src/server/stopFlag.js';
import { WorkerSlot } from '../../src/server/workerSlot.js';
import { until } from './client.js';

const budget = () => ({ held: 0, most: 1_000_000 });

describe('a body that is read', () => {
  test('is what was sent, however it is cut and whatever was announced', async () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 12 });
    const announcement = fc.option(fc.nat({ max: 400 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(chunks, announcement, async (pieces, announced) => {
        const whole = Buffer.concat(pieces);
        const held = budget();
        const stream = Readable.from(pieces.filter(({ length }) => length > 0).map((piece) => Buffer.from(piece)));
        const { bytes, release } = await readBody(stream, { announced, limit: 1000, budget: held });
        expect(Buffer.from(bytes)).toEqual(whole);
        // It is handed to another thread, so nothing else may lie in its buffer.
        expect(bytes.buffer.byteLength).toBe(bytes.length);
        expect(held.held).toBe(whole.length);
        release();
        release();
        expect(held.held).toBe(0);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  test.each([1, 3, 7])('leaves nothing in the budget where its chunk %i goes beyond that', async (most) => {
    const held = { held: 0, most: 100 * most };
    const pieces = Array.from({ length: most + 2 }, () => Buffer.alloc(90));
    const small = Readable.from(pieces.map((piece) => Buffer.concat([piece, Buffer.alloc(20)])));
    await expect(readBody(small, { announced: undefined, limit: 10_000, budget: held })).rejects.toMatchObject({
      code: 'E_BUSY',
    });
    expect(held.held).toBe(0);
  });

  test('takes no memory for what is only announced', async () => {
    const stream = new PassThrough();
    const before = process.memoryUsage().arrayBuffers;
    const reading = readBody(stream, { announced: 2 ** 30, limit: 2 ** 31, budget: budget() });
    stream.write(Buffer.alloc(1000));
    await new Promise((done) => setTimeout(done, 20));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
    stream.destroy();
    await expect(reading).rejects.toMatchObject({ code: 'E_CANCELLED' });
  });

  test('gives its share of the memory back when it breaks off or becomes too long', async () => {
    const held = budget();
    const stream = new PassThrough();
    const reading = readBody(stream, { announced: 100, limit: 1000, budget: held });
    stream.write(Buffer.alloc(50));
    await until(() => held.held === 50);
    stream.destroy();
    await expect(reading).rejects.toMatchObject({ code: 'E_CANCELLED' });
    expect(held.held).toBe(0);
    const long = readBody(Readable.from([Buffer.alloc(600), Buffer.alloc(600)]), {
      announced: undefined,
      limit: 1000,
      budget: held,
    });
    await expect(long).rejects.toMatchObject({ code: 'E_BODY_LIMIT', fields: { received: '1200', expected: '1000' } });
    expect(held.held).toBe(0);
  });
});

describe('a flag to stop', () => {
  const reason = () => new Error('stopped');

  test('is seen by whoever asks, without a turn of the event loop', () => {
    const flag = stopFlags();
    const following = new Following(flag, 7, reason);
    const { signal } = following;
    expect(signal.aborted).toBe(false);
    signal.throwIfAborted();
    raiseFlag(flag, 7);
    expect(signal.aborted).toBe(true);
    expect(() => signal.throwIfAborted()).toThrow('stopped');
    expect(signal.reason).toMatchObject({ message: 'stopped' });
    following.end();
  });

  test('that is up for one request is not for the next', () => {
    const flag = stopFlags();
    raiseFlag(flag, 7);
    const next = new Following(flag, 8, reason);
    expect(next.signal.aborted).toBe(false);
    next.end();
  });

  test('reaches a listener too, as an abort of a signal that fetch takes', async () => {
    const flag = stopFlags();
    const following = new Following(flag, 1, reason);
    const { signal } = following;
    const waiting = new Promise((resolve) => signal.addEventListener('abort', resolve));
    expect(signal).toBeInstanceOf(AbortSignal);
    raiseFlag(flag, 1);
    await waiting;
    expect(AbortSignal.any([signal]).aborted).toBe(true);
    following.end();
  });
});

describe('a deadline', () => {
  /** A client that can be told to go. */
  const client = () => {
    const listening = new Set<() => void>();
    const waiting = {
      hasLeft: false,
      watch: (leave: () => void) => {
        listening.add(leave);
        return () => listening.delete(leave);
      },
    };
    return { waiting, listening, go: () => listening.forEach((leave) => void leave()) };
  };

  test('passes when the time is up, with E_TIMEOUT', async () => {
    const deadline = new Deadline(client().waiting, 20);
    const heard: unknown[] = [];
    deadline.heed((reason) => heard.push(reason));
    await until(() => deadline.reason !== undefined);
    expect(deadline.reason).toMatchObject({ code: 'E_TIMEOUT', fields: { expected: '20' } });
    expect(heard).toEqual([deadline.reason]);
    expect(deadline.signal.reason).toBe(deadline.reason);
    deadline.clear();
  });

  test('passes when the client goes, with E_CANCELLED, also where it had gone before', () => {
    const { waiting, go } = client();
    const late = new Deadline(waiting, 0);
    const early = new Deadline({ ...client().waiting, hasLeft: true }, 0);
    const { signal } = late;
    expect(signal.aborted).toBe(false);
    go();
    expect(signal.reason).toMatchObject({ code: 'E_CANCELLED' });
    expect(early.signal.reason).toMatchObject({ code: 'E_CANCELLED' });
    const heard: unknown[] = [];
    early.heed((reason) => heard.push(reason.code));
    expect(heard).toEqual(['E_CANCELLED']);
  });

  test('never passes once it is cleared, and listens no longer', async () => {
    const { waiting, listening } = client();
    const deadline = new Deadline(waiting, 10);
    const { signal } = deadline;
    expect(listening.size).toBe(1);
    deadline.clear();
    expect(listening.size).toBe(0);
    await new Promise((done) => setTimeout(done, 30));
    expect(signal.aborted).toBe(false);
    const unheeded = new Deadline(waiting, 10);
    unheeded.clear();
    expect(unheeded.signal.aborted).toBe(false);
    expect(listening.size).toBe(0);
  });

  test('counts from its beginning, whenever somebody heeds it', async () => {
    const deadline = new Deadline(client().waiting, 60);
    const end = performance.now() + 80;
    while (performance.now() < end);
    const order: string[] = [];
    setTimeout(() => order.push('half of it'), 30);
    await new Promise<void>((done) => deadline.heed(() => done(void order.push('deadline'))));
    expect(order).toEqual(['deadline']);
  });

  test('listens to nobody until somebody heeds it', () => {
    const { waiting, listening, go } = client();
    const deadline = new Deadline(waiting, 0);
    expect(listening.size).toBe(0);
    const heard: unknown[] = [];
    deadline.heed(({ code }) => heard.push(code));
    go();
    expect(heard).toEqual(['E_CANCELLED']);
    deadline.clear();
  });

  test('is the one of a response: that it closes is heard, before or after', async () => {
    const response = new PassThrough() as unknown as ServerResponse;
    const before = new Deadline(waitingFor(response), 0);
    before.heed(() => undefined);
    const ended = new Deadline(waitingFor(response), 0);
    ended.clear();
    response.destroy();
    await until(() => before.reason !== undefined);
    expect(ended.reason).toBeUndefined();
    expect(new Deadline(waitingFor(response), 0).reason).toMatchObject({ code: 'E_CANCELLED' });
  });
});

describe('an error that crosses threads', () => {
  const cross = (error: unknown) => unpackError(structuredClone(packError(error)));

  test('keeps its code, facts, message, stack and cause', () => {
    const cause = new TypeError('inner');
    const error = new ComponentError('E_TYPE', { path: 'inputs.x', received: '1', expected: '2' }, { cause });
    const other = cross(error);
    expect(other).toBeInstanceOf(ComponentError);
    expect(other).toMatchObject({ code: 'E_TYPE', fields: error.fields, message: error.message, stack: error.stack });
    expect(other.cause).toMatchObject({ name: 'TypeError', message: 'inner' });
  });

  test('keeps its single problems, and one that is its own only problem', () => {
    const one = problem('E_MISSING', { path: 'inputs.x', expected: 'a value' });
    const all = new ComponentError(
      'E_INVALID',
      { path: 'The request', count: '2', list: '' },
      { problems: [one, one] },
    );
    expect((cross(all) as ComponentError).problems.map(({ path }) => path)).toEqual(['inputs.x', 'inputs.x']);
    const alone = cross(one) as ComponentError;
    expect(alone.problems).toEqual([alone]);
  });

  test('stays the fault of its author', () => {
    const error = new ComponentError('E_MISSING', { path: 'x', expected: 'y' });
    blameAuthor(error);
    expect(isAuthors(cross(error))).toBe(true);
    expect(isAuthors(cross(problem('E_MISSING', { path: 'x', expected: 'y' })))).toBe(false);
  });

  test('may be anything that was thrown', () => {
    expect(cross(new RangeError('far'))).toMatchObject({ name: 'RangeError', message: 'far' });
    expect(cross('a text')).toMatchObject({ message: 'a text' });
    expect(cross(undefined)).toMatchObject({ message: 'undefined' });
  });
});

describe('what an error says to a client', () => {
  const style = { debug: false, id: 'r-1' };
  const faulty = () => new ComponentError('E_MISSING', { path: 'inputs.x', expected: 'a value' });

  test('is its own fault, unless an author threw it', () => {
    expect(errorAnswer(faulty(), style).status).toBe(422);
    expect(errorAnswer(blameAuthor(faulty()), style)).toEqual({
      status: 500,
      body: { detail: "Internal Server Error. The server's log says more under r-1." },
    });
  });

  test('is nothing of a worker that stopped, nor of a file that could not be written', () => {
    const secret = new ComponentError('E_WORKER', { reason: 'Error: /home/secret' });
    const file = new ComponentError('E_ARRAY_FILE_WRITE', { received: 'EACCES', expected: 'a folder' });
    for (const error of [secret, file, new Error('/home/secret')]) {
      expect(JSON.stringify(errorAnswer(error, style))).not.toMatch(/secret|EACCES/);
    }
  });

  test('is everything where the operator debugs', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    expect(errorAnswer(error, { ...style, debug: true }).body.detail).toMatch(/outer[\s\S]*Caused by: Error: inner/);
  });
});

describe('the place of a problem', () => {
  test.each<readonly [string, readonly (string | number)[]]>([
    ['body', ['body']],
    ['inputs', ['body', 'inputs']],
    ['inputs.mesh.points', ['body', 'inputs', 'mesh', 'points']],
    ['inputs.l.[12].w', ['body', 'inputs', 'l', 12, 'w']],
    ['inputs.d.{a b.c}', ['body', 'inputs', 'd', 'a b.c']],
    ['inputs.x.shape[1]', ['body', 'inputs', 'x', 'shape', 1]],
    ['cotangent_vector["l.[0].w"]', ['body', 'cotangent_vector', 'l.[0].w']],
    ['cotangent_vector["y"].data.buffer', ['body', 'cotangent_vector', 'y', 'data', 'buffer']],
  ])('%s is %j', (path, location) => {
    expect(locate(problem('E_MISSING', { path, expected: 'a value' }))).toEqual(location);
  });

  test('of a syntax error is its offset', () => {
    expect(locate(problem('E_JSON', { offset: '17', received: 'x', expected: 'y' }))).toEqual(['body', 17]);
  });
});

describe('the negotiation of a format', () => {
  const offered: readonly Format[] = ['json', 'json+base64', 'json+binref'];

  test('gives the default where all are as good, whatever it is', () => {
    for (const first of offered) {
      const list = [first, ...offered.filter((other) => other !== first)];
      for (const accept of [undefined, '', ' ', '*/*', '*', 'application/*', 'text/html, */*;q=0.1']) {
        expect(negotiate(accept, list)).toBe(first);
      }
    }
  });

  test('gives what has the greatest weight among what is offered, or E_ACCEPT', () => {
    const weights = fc.array(fc.record({ name: fc.constantFrom(...offered), q: fc.integer({ min: 0, max: 9 }) }), {
      minLength: 1,
      maxLength: 3,
    });
    const unique = weights.filter((list) => new Set(list.map(({ name }) => name)).size === list.length);
    fc.assert(
      fc.property(unique, fc.boolean(), (list, bare) => {
        const accept = list.map(({ name, q }) => `${bare ? '' : 'application/'}${name};q=0.${q}`).join(', ');
        const [best] = list.filter(({ q }) => q > 0).sort((a, b) => b.q - a.q);
        if (best === undefined) expect(() => negotiate(accept, offered)).toThrow('E_ACCEPT');
        else expect(list.find(({ name }) => name === negotiate(accept, offered))?.q).toBe(best.q);
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  test('never fails otherwise, whatever the header is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '/', ';', ',', 'q', '=', '*', '"', ' ', '1', '.', '+', 'json') }),
        (accept) => {
          try {
            expect(offered).toContain(negotiate(accept, offered));
          } catch (error) {
            expect(error).toMatchObject({ code: 'E_ACCEPT' });
          }
        },
      ),
      { seed: 6, numRuns: 2000 },
    );
  });
});

describe('the worker of a component that cannot be loaded', () => {
  test('is tried again ever less often, and never once it is closed', async () => {
    const [reports, delays]: [string[], number[]] = [[], []];
    const settings = settingsOf({});
    const slot: WorkerSlot = new WorkerSlot({
      start: { component: { file: 'nowhere.ts' }, settings },
      heap: undefined,
      owner: {
        ready: () => reports.push('ready'),
        broken: (error) => {
          reports.push((error as ComponentError).code);
          delays.push(Math.round(((slot.trouble?.until ?? 0) - performance.now()) / 10) * 10);
        },
        replaced: () => reports.push('replaced'),
        free: () => reports.push('free'),
        warn: () => reports.push('warn'),
      },
    });
    await until(() => reports.length >= 4, 20_000);
    await slot.close();
    expect([...new Set(reports)]).toEqual(['E_LOAD_MISSING']);
    expect(delays).toEqual([50, 100, 200, 400]);
    expect(slot.isFree).toBe(false);
    await new Promise((done) => setTimeout(done, 600));
    expect(reports).toHaveLength(4);
  });
});

test('a pool that is closed leaves nobody waiting', async () => {
  const file = new URL('../fixtures/server/labour.ts', import.meta.url).pathname;
  const settings = settingsOf({});
  const pool = await workerPool({ start: { component: { file }, settings }, workers: 1, heap: undefined });
  const nobody = { hasLeft: false, watch: () => () => undefined };
  const body = () => new TextEncoder().encode('{"inputs":{"deed":"wait","ms":60000}}');
  const calls = Array.from(
    { length: 12 },
    () => ({ endpoint: 'apply', body: body(), format: 'json', run: 'a' }) as const,
  );
  const outcomes = calls.map((call) => Promise.resolve(pool.run(call, nobody)).catch(({ code }) => code));
  const { load } = pool;
  await pool.close();
  expect(load).toEqual({ running: 1, waiting: 11 });
  expect(await Promise.all(outcomes)).toEqual(Array(12).fill('E_WORKER'));
});
