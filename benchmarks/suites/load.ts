/** A load on a server: many connections, each of which sends its next request when its last one is answered. */
import { connect, type Socket } from 'node:net';
import type { Run } from '../measure.js';

/** A load that is ready: `run` sends so many requests over each connection. */
export interface Load {
  readonly run: Run;
  readonly close: () => void;
}

/**
 * Open the connections. The requests are bytes that are ready; of the answers, the bytes are counted, for their bodies are all
 * as long. So that it is the server that is busy, and not this side.
 */
export async function openLoad(url: string, connections: number, request: Buffer): Promise<Load> {
  const { hostname, port } = new URL(url);
  const lanes = await Promise.all(Array.from({ length: connections }, () => openLane(Number(port), hostname)));
  const run = async (calls: number) => {
    let left = calls * connections;
    const start = performance.now();
    await Promise.all(lanes.map((lane) => lane.exchange(request, () => left-- > 0)));
    return (performance.now() - start) / 1000;
  };
  return { run, close: () => lanes.forEach(({ socket }) => void socket.destroy()) };
}

async function openLane(port: number, host: string) {
  const socket = await new Promise<Socket>((resolve) => {
    const opened = connect(port, host, () => resolve(opened)).setNoDelay();
  });
  let body: number | undefined;
  const exchange = (request: Buffer, isMore: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      let left = 0;
      const next = () => {
        if (isMore()) return void socket.write(request);
        socket.removeAllListeners('data');
        resolve();
      };
      socket.on('data', (chunk) => {
        if (left === 0) {
          body ??= bodyOf(chunk);
          left = chunk.indexOf('\r\n\r\n') + 4 + body;
          if (chunk.toString('latin1', 9, 12) !== '200') reject(new Error(chunk.toString('latin1')));
        }
        left -= chunk.length;
        if (left === 0) next();
        if (left < 0) reject(new Error('The bodies of the answers are not equally long.'));
      });
      next();
    });
  return { socket, exchange };
}

/** Bytes of the body of an answer, by its head, which this chunk begins with. */
function bodyOf(chunk: Buffer): number {
  const length = /^content-length: *(\d+)/im.exec(chunk.toString('latin1'))?.[1];
  if (length === undefined) throw new Error('An answer does not say how long it is.');
  return Number(length);
}
