/** What a client makes of every form that an answer in HTTP/1.1 may have, and of what only looks like one. */
import type { Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ConnectOptions, connect, type NdArray } from '../../../src/client/index.js';
import { answerOf, plainAnswer, type RawRespond, type RawServer, rawServer } from './rawServer.js';
import { codeOf, transports } from './transports.js';

const open: RawServer[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function serving(respond: RawRespond): Promise<RawServer> {
  const one = await rawServer(respond);
  open.push(one);
  return one;
}

async function answered({ url }: RawServer, options: ConnectOptions): Promise<unknown> {
  const handle = await connect<{ x: number[] }, { y: NdArray }>(url, options);
  return (await handle.apply({ x: [1] })).y.toNested();
}

const text = answerOf(1, 2, 3);
const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const half = Math.floor(text.length / 2);
const chunk = (part: string, after = '') => `${part.length.toString(16)}${after}\r\n${part}\r\n`;
const chunks = (after = '') => `${chunk(text.slice(0, half), after)}${chunk(text.slice(half), after)}`;

/** Answers that all say the same, and whether the connection has to be closed to tell their end. */
const forms: Readonly<Record<string, readonly [string, boolean]>> = {
  'a length': [plainAnswer(text), false],
  'names of headers in capitals': [plainAnswer(text).replace('content-length', 'CONTENT-LENGTH'), false],
  'no reason behind the status': [plainAnswer(text).replace(' OK', ' '), false],
  chunks: [`${head}transfer-encoding: chunked\r\n\r\n${chunks()}0\r\n\r\n`, false],
  'chunks in capitals': [
    `${head}Transfer-Encoding: Chunked\r\n\r\n${chunks().replace(/^[0-9a-f]+/gm, (size) => size.toUpperCase())}0\r\n\r\n`,
    false,
  ],
  'chunks with extensions': [`${head}transfer-encoding: chunked\r\n\r\n${chunks(';name=value')}0\r\n\r\n`, false],
  'chunks with trailers': [`${head}transfer-encoding: chunked\r\n\r\n${chunks()}0\r\nx-sum: 1\r\n\r\n`, false],
  'a connection that ends': [`${head}\r\n${text}`, true],
  'HTTP/1.0': [plainAnswer(text).replace('HTTP/1.1', 'HTTP/1.0'), true],
  'answers before the answer': [
    `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${plainAnswer(text)}`,
    false,
  ],
};

function send(socket: Socket, bytes: string, ends: boolean): void {
  socket.write(bytes, 'latin1');
  if (ends) socket.end();
}

describe.each(transports)('an answer, over %s', (_name, through) => {
  test.each(Object.entries(forms))('with %s is read', async (_form, [bytes, ends]) => {
    const server = await serving((socket) => send(socket, bytes, ends));
    expect(await answered(server, through)).toEqual([1, 2, 3]);
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('that is compressed by %s is uncompressed', async (coding, compress) => {
    const server = await serving((socket) => {
      const bytes = compress(text);
      socket.write(`${head}content-encoding: ${coding}\r\ncontent-length: ${bytes.length}\r\n\r\n`);
      socket.write(bytes);
    });
    expect(await answered(server, { ...through, headers: { 'Accept-Encoding': coding } })).toEqual([1, 2, 3]);
  });

  test.each([
    ['breaks off', `${head}content-length: 1000\r\n\r\n${text}`],
    ['breaks off between chunks', `${head}transfer-encoding: chunked\r\n\r\n${chunks()}`],
    ['breaks off in a chunk', `${head}transfer-encoding: chunked\r\n\r\nffff\r\n${text}`],
    ['is another protocol', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['has a chunk without a size', `${head}transfer-encoding: chunked\r\n\r\nmany\r\n${text}\r\n0\r\n\r\n`],
    ['has a chunk that is longer than it says', `${head}transfer-encoding: chunked\r\n\r\n5\r\n${text}\r\n0\r\n\r\n`],
    ['has two lengths', plainAnswer(text, `content-length: 5\r\n`)],
    ['has a length and chunks', plainAnswer(`${chunks()}0\r\n\r\n`, 'transfer-encoding: chunked\r\n')],
    ['has a length that is no number', plainAnswer(text).replace(/content-length: \d+/, 'content-length: 0x10')],
    ['has no end of its head', `${head}${'x-long: 0123456789\r\n'.repeat(10_000)}`],
  ])('that %s is an error, and is not asked for again', async (_fault, bytes) => {
    const server = await serving((socket) => send(socket, bytes, true));
    expect(await codeOf(answered(server, { ...through, timeout: 5000 }))).toBe('E_REMOTE_UNREACHABLE');
    expect(server.received).toHaveLength(1);
  });
});

describe('an answer over sockets', () => {
  test.each([['1000', `the answer broke off after ${text.length} of 1000 bytes`]])(
    'of %s bytes that never come is an error that says so',
    async (length, reason) => {
      const server = await serving((socket) => send(socket, `${head}content-length: ${length}\r\n\r\n${text}`, true));
      await expect(answered(server, {})).rejects.toMatchObject({ code: 'E_REMOTE_UNREACHABLE', fields: { reason } });
    },
  );

  // These `fetch` reads otherwise.
  test.each([
    ['a header without a name', plainAnswer(text, ': nothing\r\n'), 'Invalid header token'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n', 'changes the protocol'],
  ])('with %s is an error that says so', async (_fault, bytes, reason) => {
    const server = await serving((socket) => send(socket, bytes, true));
    await expect(answered(server, {})).rejects.toThrow(reason);
    expect(server.received).toHaveLength(1);
  });

  test('may be announced by a status that nobody asked for', async () => {
    const server = await serving((socket) => send(socket, `HTTP/1.1 100 Continue\r\n\r\n${plainAnswer(text)}`, false));
    expect(await answered(server, {})).toEqual([1, 2, 3]);
  });

  test.each([
    ['before it begins', '', 2],
    ['in its head', head, 2],
    ['in its body', `${head}content-length: 1000\r\n\r\n${text}`, 1],
  ])('that is reset %s is asked for so often', async (_where, bytes, times) => {
    const server = await serving((socket) => socket.write(bytes, () => setTimeout(() => socket.resetAndDestroy(), 20)));
    expect(await codeOf(answered(server, {}))).toBe('E_REMOTE_UNREACHABLE');
    expect(server.received).toHaveLength(times);
  });

  test('compressed in a way that is not known is an error that names it', async () => {
    const server = await serving((socket) => send(socket, plainAnswer(text, 'content-encoding: zstd\r\n'), false));
    await expect(answered(server, {})).rejects.toThrow('compressed by zstd');
  });

  test('is the same however it is cut on its way', async () => {
    const whole = Object.values(forms).filter(([, ends]) => !ends);
    const cases = fc.sample(fc.tuple(fc.constantFrom(...whole), fc.array(fc.nat({ max: 600 }), { maxLength: 8 })), 60);
    const handles = cases.map(async ([[bytes], cuts]) => {
      const sent = Buffer.from(bytes, 'latin1');
      const ends = [...cuts.filter((at) => at < sent.length), sent.length].sort((a, b) => a - b);
      const server = await serving(async (socket) => {
        let at = 0;
        for (const end of ends) {
          socket.write(sent.subarray(at, end));
          at = end;
          await new Promise(setImmediate);
        }
      });
      return answered(server, {});
    });
    expect(await Promise.all(handles)).toEqual(cases.map(() => [1, 2, 3]));
  });

  test('is the same when every byte comes by itself', async () => {
    const server = await serving(async (socket) => {
      for (const byte of Buffer.from(`HTTP/1.1 100 Continue\r\n\r\n${forms['chunks']![0]}`, 'latin1')) {
        socket.write(Uint8Array.of(byte));
        await new Promise(setImmediate);
      }
    });
    expect(await answered(server, {})).toEqual([1, 2, 3]);
  });
});
