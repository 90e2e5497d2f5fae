/**
 * Requests that wait for `100 Continue` before they send their body. The word is given once the body is read: a request that
 * is refused sends none.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

const waiting = new WeakMap<IncomingMessage, ServerResponse>();

/** From now on requests of `server` wait until `goOn` is called. */
export function letWait(server: Server): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, response);
    server.emit('request', request, response);
  });
}

/** Whether a request still waits. */
export function isWaiting(request: IncomingMessage): boolean {
  return waiting.has(request);
}

/** Let a request that waits send its body. */
export function goOn(request: IncomingMessage): void {
  waiting.get(request)?.writeContinue();
  waiting.delete(request);
}
