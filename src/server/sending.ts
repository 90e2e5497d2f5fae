/** Sending within bounds: how many bytes of answers are under way, and how long a client may read nothing of one. */
import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { ComponentError } from '../errors.js';
import type { Budget } from './readBody.js';
import { LONGEST_MS } from './timer.js';

/**
 * Take the share of an answer until its response is closed. Raises `E_BUSY` where too many bytes are under way; an answer
 * larger than all of the budget goes alone.
 */
export function holdAnswer(budget: Budget, response: ServerResponse, length: number): void {
  // What is not sent any more holds nothing.
  if (response.destroyed) return;
  if (budget.held > 0 && budget.held + length > budget.most) {
    throw new ComponentError('E_BUSY', { received: `${budget.held} bytes of answers are under way` });
  }
  budget.held += length;
  response.once('close', () => {
    budget.held -= length;
  });
}

/** Cut the connection of a response once nothing of it could be written for `ms`: whoever does not read keeps its memory. */
export function guardWriting(response: ServerResponse, ms: number): void {
  // A request that a program makes by itself has no socket.
  if (ms === Infinity || !(response.socket === null || response.socket instanceof Socket)) return;
  response.once('prefinish', () => {
    // The system looks whether a write goes on before it says that nothing does.
    response.setTimeout(Math.min(ms, LONGEST_MS), () => response.socket?.destroy());
    // The next request on this connection may take its time. Node's own listener, which comes after, sets the idle time.
    response.prependOnceListener('finish', () => response.setTimeout(0));
  });
}
