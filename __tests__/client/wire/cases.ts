/** Answers as servers, broken ones included, put them on the wire; and what a client has to make of each. */
import type { Socket } from 'node:net';
import { answerOf, plainAnswer } from './rawServer.js';

/** One way to answer. */
export interface RawCase {
  readonly name: string;
  /** What is written, piece by piece, each after the one before was sent. */
  readonly pieces: readonly string[];
  /** How the connection ends behind it: it stays open where nothing is said. */
  readonly end?: 'fin' | 'rst';
  /** The numbers of the answer, or the code of the error. */
  readonly gives: readonly number[] | string;
  /** How often the request is sent; 1. */
  readonly hits?: number;
  /** Whether the next call may use the same connection. */
  readonly kept?: boolean;
}

const text = answerOf(1, 2, 3);
const right = [1, 2, 3];
const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const half = Math.floor(text.length / 2);
const chunk = (part: string, after = '') => `${part.length.toString(16)}${after}\r\n${part}\r\n`;
const chunked = `${head}transfer-encoding: chunked\r\n\r\n`;
const last = '0\r\n\r\n';
const lengths = (...fields: readonly string[]) =>
  `${head}${fields.map((one) => `content-length: ${one}\r\n`).join('')}\r\n`;
const status = (line: string, fields = '', body = '') => `HTTP/1.1 ${line}\r\n${fields}\r\n${body}`;
const unread = 'E_REMOTE_UNREACHABLE';

/** The cases. The numbers in an error's name are what `E_REMOTE_FAILED` tells of the status. */
export const rawCases: readonly RawCase[] = [
  { name: 'a plain answer', pieces: [plainAnswer(text)], gives: right, kept: true },
  { name: '100 before the answer', pieces: [status('100 Continue'), plainAnswer(text)], gives: right, kept: true },
  { name: '100 in one piece with the answer', pieces: [`${status('100 Continue')}${plainAnswer(text)}`], gives: right },
  {
    name: '100 twice, with a header',
    pieces: [status('100 Continue', 'x-a: b\r\n').repeat(2), plainAnswer(text)],
    gives: right,
  },
  {
    name: '100 cut in its status',
    pieces: ['HTTP/1.1 10', '0 Continue\r\n', '\r\nHTTP/1.1 2', plainAnswer(text).slice(10)],
    gives: right,
  },
  { name: '102 before the answer', pieces: [status('102 Processing'), plainAnswer(text)], gives: right },
  {
    name: '103 before the answer',
    pieces: [status('103 Early Hints', 'link: </a>\r\n'), plainAnswer(text)],
    gives: right,
  },
  {
    name: '100, 103 and then the answer',
    pieces: [status('100 Continue'), status('103 Early Hints'), plainAnswer(text)],
    gives: right,
  },
  { name: '100 and then the end', pieces: [status('100 Continue')], end: 'fin', gives: unread, hits: 2 },
  { name: '204', pieces: [status('204 No Content')], gives: 'E_REMOTE_ANSWER' },
  { name: '204 with a length', pieces: [status('204 No Content', 'content-length: 3\r\n')], gives: 'E_REMOTE_ANSWER' },
  { name: '304', pieces: [status('304 Not Modified')], gives: 'E_REMOTE_FAILED' },
  {
    name: '304 with the length of what was not modified',
    pieces: [status('304 Not Modified', 'content-length: 300\r\n')],
    gives: 'E_REMOTE_FAILED',
  },
  { name: '101 without an upgrade', pieces: [status('101 Switching Protocols')], gives: unread },
  {
    name: '101 with an upgrade',
    pieces: [status('101 Switching Protocols', 'connection: upgrade\r\nupgrade: websocket\r\n')],
    gives: unread,
  },
  { name: 'a status of one digit', pieces: [status('2 OK')], gives: unread },
  { name: 'the status 099', pieces: [status('099 Odd', 'content-length: 0\r\n')], gives: unread },
  { name: 'the status 999', pieces: [status('999 Odd', 'content-length: 0\r\n')], gives: 'E_REMOTE_FAILED' },
  {
    name: 'chunks of one byte',
    pieces: [chunked, ...Array.from(text, (one) => chunk(one)), last],
    gives: right,
    kept: true,
  },
  {
    name: 'trailers',
    pieces: [`${chunked}${chunk(text)}0\r\nx-sum: 1\r\nx-more: 2\r\n\r\n`],
    gives: right,
    kept: true,
  },
  { name: 'extensions of chunks', pieces: [`${chunked}${chunk(text, ';a=b;c="d e"')}${last}`], gives: right },
  {
    name: 'a chunk whose size has zeros in front',
    pieces: [`${chunked}0000000000000${chunk(text)}${last}`],
    gives: right,
  },
  {
    name: 'a chunk that is too large to be true',
    pieces: [`${chunked}ffffffffffffffffff\r\n${text}`],
    end: 'fin',
    gives: unread,
  },
  { name: 'a negative size of a chunk', pieces: [`${chunked}-5\r\n${text}${last}`], end: 'fin', gives: unread },
  {
    name: 'bytes behind the answer',
    pieces: [`${plainAnswer(text)}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}`],
    gives: right,
    kept: false,
  },
  { name: 'text behind the answer', pieces: [`${plainAnswer(text)}, and so on`], gives: right, kept: false },
  { name: 'a length that is too short', pieces: [`${lengths('10')}${text}`], gives: 'E_REMOTE_ANSWER' },
  { name: 'a length that is too long', pieces: [`${lengths('1000')}${text}`], end: 'fin', gives: unread },
  { name: 'a length that is too long, and a reset', pieces: [`${lengths('1000')}${text}`], end: 'rst', gives: unread },
  {
    name: 'two lengths that differ',
    pieces: [`${lengths('5', String(text.length))}${text}`],
    end: 'fin',
    gives: unread,
  },
  {
    name: 'a length in hexadecimal',
    pieces: [`${lengths(`0x${text.length.toString(16)}`)}${text}`],
    end: 'fin',
    gives: unread,
  },
  { name: 'a negative length', pieces: [`${lengths('-1')}${text}`], end: 'fin', gives: unread },
  {
    name: 'a length and chunks',
    pieces: [`${head}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n${chunk(text)}${last}`],
    end: 'fin',
    gives: unread,
  },
  { name: 'HTTP/1.0 with a length', pieces: [plainAnswer(text).replace('1.1', '1.0')], gives: right, kept: false },
  { name: 'HTTP/1.0 without a length', pieces: [`${head.replace('1.1', '1.0')}\r\n`, text], end: 'fin', gives: right },
  { name: 'HTTP/1.1 without a length', pieces: [`${head}\r\n`, text], end: 'fin', gives: right },
  { name: 'no answer', pieces: [], end: 'fin', gives: unread, hits: 2 },
  { name: 'no answer, and a reset', pieces: [], end: 'rst', gives: unread, hits: 2 },
  { name: 'half a head', pieces: [head.slice(0, 20)], end: 'fin', gives: unread, hits: 2 },
  { name: 'half a body', pieces: [plainAnswer(text).slice(0, -half)], end: 'fin', gives: unread },
  { name: 'a slow drip', pieces: Array.from(plainAnswer(text)), gives: right, kept: true },
  { name: 'a head of 30 kB', pieces: [plainAnswer(text, `x-long: ${'a'.repeat(30_000)}\r\n`)], gives: right },
  { name: 'a head of 100 kB', pieces: [plainAnswer(text, `x-long: ${'a'.repeat(100_000)}\r\n`)], gives: unread },
  {
    name: 'a head of 100 kB in many fields',
    pieces: [plainAnswer(text, 'x-long: 0123456789\r\n'.repeat(5000))],
    gives: unread,
  },
  {
    name: 'line ends without a carriage return',
    pieces: ['HTTP/1.1 200 OK\ncontent-length: 2\n\n{}'],
    end: 'fin',
    gives: unread,
  },
  { name: 'another protocol', pieces: ['SSH-2.0-OpenSSH_9.6\r\n\r\n'], gives: unread },
  { name: 'a header without a name', pieces: [plainAnswer(text, ': nothing\r\n')], gives: unread },
  {
    name: 'a space before the colon',
    pieces: [plainAnswer(text).replace('content-length:', 'content-length :')],
    end: 'fin',
    gives: unread,
  },
  {
    name: 'a transfer that is compressed, and is not',
    pieces: [`${head}transfer-encoding: gzip, chunked\r\n\r\n${chunk(text)}${last}`],
    gives: unread,
  },
];

/** Write a case's answer to a socket. */
export async function answerRaw(socket: Socket, { pieces, end }: RawCase): Promise<void> {
  socket.setNoDelay(true);
  for (const piece of pieces) {
    await new Promise((done) => socket.write(piece, 'latin1', done));
    await new Promise(setImmediate);
  }
  if (end === 'fin') socket.end();
  // What was written has to arrive first.
  if (end === 'rst') setTimeout(() => socket.resetAndDestroy(), 20);
}
