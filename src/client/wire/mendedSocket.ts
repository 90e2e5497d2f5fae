/** Sockets as undici should see them: what it would take for a fault and is none is kept from it. */
import type { Socket } from 'node:net';

const CONTINUE = 'HTTP/1.1 100';
const continues = /^HTTP\/1\.1 100[ \r]$/;
const MOST_OF_A_HEAD = 16_384;
const PATIENCE_MS = 1000;
const reset: ReadonlySet<unknown> = new Set(['ECONNRESET', 'EPIPE']);

type Told = (error?: Error | null) => void;

/** The same socket, which says nothing of `100 Continue`, and lets an answer be read after a write has failed. */
export function mended<S extends Socket>(socket: S): S {
  readOverContinue(socket);
  letAnswersIn(socket);
  return socket;
}

/** A client has to read over a `100 Continue` that it did not ask for (RFC 9110, 15.2); undici gives up. */
function readOverContinue(socket: Socket): void {
  const [read, write] = [socket.read.bind(socket), socket.write.bind(socket)];
  let awaited = false;
  let held = Buffer.alloc(0);
  const taken = (): Buffer | null => {
    const bytes = held;
    awaited = false;
    held = Buffer.alloc(0);
    return bytes.length > 0 ? bytes : null;
  };
  // Heads are written as text, bodies as bytes.
  socket.write = ((chunk: unknown, ...rest: never[]) => {
    if (typeof chunk === 'string') awaited = true;
    return write(chunk as string, ...rest);
  }) as Socket['write'];
  socket.read = (size?: number) => {
    const chunk: Buffer | null = read(size);
    if (!awaited || chunk === null) return chunk;
    held = Buffer.concat([held, chunk]);
    while (held.length > 0) {
      const start = held.toString('latin1', 0, CONTINUE.length + 1);
      if (!CONTINUE.startsWith(start) && !continues.test(start)) return taken();
      const end = held.indexOf('\r\n\r\n');
      if (end < 0) return held.length > MOST_OF_A_HEAD ? taken() : null;
      held = held.subarray(end + 4);
    }
    return null;
  };
}

/**
 * A server may answer before it has read all, and close. Then a write fails while the answer is waiting to be read, and
 * Node would throw it away: so what is told of the write waits until there has been time to read.
 */
function letAnswersIn(socket: Socket): void {
  const later =
    (told: Told): Told =>
    (error) => {
      if (!reset.has((error as { code?: unknown } | null | undefined)?.code)) return told(error);
      const clock = setTimeout(() => told(error), PATIENCE_MS);
      socket.once('close', () => clearTimeout(clock));
    };
  const { _write, _writev } = socket;
  socket._write = (chunk, encoding, told) => _write.call(socket, chunk, encoding, later(told));
  if (_writev) socket._writev = (chunks, told) => _writev.call(socket, chunks, later(told));
}
