/** A server that writes what a test says, byte by byte if need be: what no HTTP library would send. */

import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer, type TlsOptions } from 'node:tls';
import { encoded, vectorDocument } from '../document.js';

/** A request as it came in: its head, and the bytes behind it. */
export interface RawRequest {
  readonly head: string;
  readonly body: Buffer;
  /** Which connection of the server it came over, counted from 0. */
  readonly connection: number;
}

/** What a test does with a request; `count` is how many came before it, those for the document not counted. */
export type RawRespond = (socket: Socket, request: RawRequest, count: number) => void;

/** A running server. */
export interface RawServer {
  readonly url: string;
  /** The requests for anything but the document. */
  readonly received: RawRequest[];
  /** How many connections were made. */
  readonly connections: () => number;
  /** Close every connection, idle ones too. */
  readonly hangUp: () => void;
  readonly close: () => Promise<void>;
}

/** How a raw server is started. */
export interface RawOptions {
  readonly host?: string;
  readonly secure?: TlsOptions;
}

/** The JSON of an answer with these numbers. */
export const answerOf = (...values: readonly number[]): string =>
  JSON.stringify({ y: encoded(values, [values.length]) });

/** A whole answer of that text. */
export const plainAnswer = (text: string, fields = ''): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${fields}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;

/** Start a server that serves the document of one vector, and leaves every other request to `respond`. */
export async function rawServer(
  respond: RawRespond,
  { host = '127.0.0.1', secure }: RawOptions = {},
): Promise<RawServer> {
  const sockets: Socket[] = [];
  const received: RawRequest[] = [];
  const take = (socket: Socket) => {
    const connection = sockets.push(socket) - 1;
    socket.on('error', () => undefined);
    requestsOf(socket, (head, body) => {
      if (head.startsWith('GET /openapi.json ')) return void socket.write(plainAnswer(JSON.stringify(vectorDocument)));
      received.push({ head, body, connection });
      respond(socket, received.at(-1)!, received.length - 1);
    });
  };
  const server: Server = secure ? createSecureServer(secure, take) : createServer(take);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const hangUp = () => sockets.forEach((socket) => void socket.destroy());
  const close = async () => {
    hangUp();
    await new Promise((resolve) => server.close(resolve));
  };
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `http${secure ? 's' : ''}://${name}:${port}`,
    received,
    connections: () => sockets.length,
    hangUp,
    close,
  };
}

function requestsOf(socket: Socket, take: (head: string, body: Buffer) => void): void {
  let held = Buffer.alloc(0);
  socket.on('data', (bytes) => {
    held = Buffer.concat([held, bytes]);
    for (let end = held.indexOf('\r\n\r\n'); end >= 0; end = held.indexOf('\r\n\r\n')) {
      const head = held.toString('latin1', 0, end);
      const whole = end + 4 + Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      if (held.length < whole) return;
      const body = held.subarray(end + 4, whole);
      held = held.subarray(whole);
      take(head, body);
    }
  });
}
