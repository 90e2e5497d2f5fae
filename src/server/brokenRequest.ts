/** Answers to what is no HTTP request, or does not become one in time: there is only a socket to answer on. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

const known: Readonly<Record<string, readonly [status: number, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'The headers are longer than 16 KiB.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request did not arrive in time.'],
};

/** Answer on `socket`, and close it. */
export function refuseBroken(error: Error & { readonly code?: string }, socket: Socket): void {
  const { code = '' } = error;
  if (code !== 'ECONNRESET' && !socket.destroyed && socket.writable) {
    const [status, detail] = known[code] ?? [400, `This is no request that HTTP allows (${code.slice(0, 40)}).`];
    const body = JSON.stringify({ detail });
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ];
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }
  socket.destroy();
}
