/** Answers to what is no HTTP request, or does not become one in time: there is only a socket to answer on. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

/** What is said to whom. */
type Refusal = readonly [status: number, detail: string, headers?: readonly string[]];

const known: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are longer than 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};

/** An error of Node's parser. */
interface BrokenRequest extends Error {
  readonly code?: string;
  /** What could not be read. */
  readonly rawPacket?: unknown;
}

/** Answer on `socket`, and close it. */
export function refuseBroken(error: BrokenRequest, socket: Socket): void {
  const { code = '' } = error;
  if (code !== 'ECONNRESET' && !socket.destroyed && socket.writable) {
    const [status, detail, headers = []] = known[code] ??
      unknownMethod(error) ?? [400, `This is no request that HTTP allows (${code.slice(0, 40)}).`];
    const body = JSON.stringify({ detail });
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      ...headers,
      'connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroy();
}

// Node's parser knows the methods of the registry alone, and says of any other that it is none.
function unknownMethod({ code, rawPacket }: BrokenRequest): Refusal | undefined {
  if (code !== 'HPE_INVALID_METHOD' || !(rawPacket instanceof Uint8Array)) return undefined;
  const line = Buffer.from(rawPacket.subarray(0, 9000)).toString('latin1');
  const [, method = '', path = ''] = /^([A-Za-z][\w-]{0,30}) (\/[^\s?]*)\S* HTTP\/1\.[01]\r?\n/.exec(line) ?? [];
  if (method === '') return undefined;
  const allowed = /^\/(?:health|metrics|openapi\.json|docs)(?:\/|$)/.test(path) ? 'GET, HEAD' : 'POST';
  return [405, `No path takes ${method}. This one takes ${allowed}.`, [`allow: ${allowed}`]];
}
