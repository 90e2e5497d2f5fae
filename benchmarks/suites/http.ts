/**
 * `http/apply`: one request after the other over one connection. `http/apply` has the original's client on both sides,
 * `http-client/apply` each side's own, and `http-load/apply` sixteen connections at once.
 *
 * The limit is a bare server with the same bodies: it reads the request to its end and sends an answer that is ready.
 */
import { createServer } from 'node:http';
import { connect as open, type Socket } from 'node:net';
import { NdArray } from 'cotangent';
import { connect } from 'cotangent/client';
import { writeJson } from '../../src/codec/write.js';
import { type Run, timedAsync } from '../measure.js';
import { noop, noopPython, program } from '../places.js';
import { type Server, startServer } from '../processes.js';
import { programs } from '../python.js';
import { type Case, type Entry, grouped, type Setting, type Suite, values } from './suite.js';

const CONNECTIONS = 16;
const headers = { 'content-type': 'application/json', accept: 'application/json+base64' };

const bodyOf = (size: number) =>
  writeJson({ inputs: { data: new NdArray('float64', [size], values(size)) } }, { format: 'json+base64' });

/** The bare server: what `ours` answers is asked once, and sent again and again. */
async function startBare(ours: string, body: Uint8Array): Promise<Server> {
  const of = async (path: string, init?: RequestInit) =>
    Buffer.from(await (await fetch(`${ours}${path}`, init)).arrayBuffer());
  const answers: Record<string, Buffer> = {
    '/health': await of('/health'),
    '/openapi.json': await of('/openapi.json'),
    '/apply': await of('/apply', { method: 'POST', headers, body: Buffer.from(body) }),
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      Buffer.concat(chunks);
      const answer = answers[request.url ?? ''] ?? Buffer.alloc(0);
      response.writeHead(200, { 'content-type': 'application/json+base64', 'content-length': answer.length });
      response.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const stop = async () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}

/** So many requests over several connections at once, with as little work on this side as can be. */
async function load(url: string, body: Uint8Array): Promise<{ run: Run; close: () => void }> {
  const { hostname, port } = new URL(url);
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST /apply HTTP/1.1\r\nhost: ${hostname}:${port}\r\n${fields.join('')}content-length: ${body.length}\r\n\r\n`;
  const request = Buffer.concat([Buffer.from(head), body]);
  const sockets = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => {
      const socket = open(Number(port), hostname).setNoDelay();
      return new Promise<Socket>((resolve) => socket.once('connect', () => resolve(socket)));
    }),
  );
  const run = async (calls: number) => {
    let left = calls * CONNECTIONS;
    const start = performance.now();
    await Promise.all(
      sockets.map(async (socket) => {
        while (left-- > 0) await exchange(socket, request);
      }),
    );
    return (performance.now() - start) / 1000;
  };
  return { run, close: () => sockets.forEach((socket) => void socket.destroy()) };
}

function exchange(socket: Socket, request: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    let wanted = Infinity;
    let received = 0;
    let head = '';
    const onData = (chunk: Buffer) => {
      received += chunk.length;
      if (wanted === Infinity) {
        head += chunk.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        if (!head.startsWith('HTTP/1.1 200')) reject(new Error(head.slice(0, 200)));
        wanted = end + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1]);
      }
      if (received < wanted) return;
      socket.off('data', onData);
      resolve();
    };
    socket.on('data', onData);
    socket.write(request);
  });
}

/** Servers that are started when they are first wanted. */
function servers() {
  const started = new Map<string, Promise<Server>>();
  const start = (name: string, line: Parameters<typeof startServer>[0]) => {
    const known = started.get(name) ?? startServer(line);
    started.set(name, known);
    return known;
  };
  return {
    ours: () =>
      start('ours', (port) => ({
        command: process.execPath,
        args: [program, 'serve', noop, '--output-format', 'json+base64', '--port', String(port)],
      })),
    theirs: () =>
      start('theirs', (port) => ({
        command: programs.runtime,
        args: ['--output-format', 'json+base64', 'serve', '--port', String(port)],
        env: { TESSERACT_API_PATH: noopPython },
      })),
    close: async () => {
      for (const server of started.values()) await (await server.catch(() => undefined))?.stop();
    },
  };
}

/** The cases over HTTP. */
export function http({ sizes, original, quick }: Setting): Suite {
  const { ours, theirs, close } = servers();
  const python = async (url: string, size: number) => original!.run('http', { url, size });
  const same = async (size: number): Promise<Case> => {
    const { url } = await ours();
    const bare = await startBare(url, bodyOf(size));
    return {
      ours: (await python(url, size)).run,
      theirs: await python((await theirs()).url, size),
      limit: { name: 'bare server', run: (await python(bare.url, size)).run },
      close: bare.stop,
    };
  };
  const own = async (size: number): Promise<Case> => {
    const { url } = await ours();
    const bare = await startBare(url, bodyOf(size));
    const inputs = { data: values(size) };
    const [handle, limit] = [await connect(url), await connect(bare.url)];
    return {
      ours: timedAsync(() => handle.apply(inputs)),
      theirs: original && (await python((await theirs()).url, size)),
      limit: { name: 'bare server', run: timedAsync(() => limit.apply(inputs)) },
      gc: size >= 1e6,
      close: bare.stop,
    };
  };
  const loaded = async (size: number): Promise<Case> => {
    const body = bodyOf(size);
    const { url } = await ours();
    const bare = await startBare(url, body);
    const [mine, least] = [await load(url, body), await load(bare.url, body)];
    const peer = original && (await load((await theirs()).url, body));
    const stop = () => {
      for (const one of [mine, least, peer]) one?.close();
      return bare.stop();
    };
    return {
      ours: mine.run,
      theirs: peer && { run: peer.run, peak: async () => 0 },
      limit: { name: 'bare server', run: least.run },
      per: CONNECTIONS,
      close: stop,
    };
  };
  const entry = (id: string, size: number, open: (size: number) => Promise<Case>): Entry => ({
    id: `${id}_${grouped(size)}`,
    open: () => open(size),
  });
  const few = quick ? sizes.slice(0, 1) : sizes;
  return {
    entries: [
      ...(original ? sizes.map((size) => entry('http/apply', size, same)) : []),
      ...few.map((size) => entry('http-client/apply', size, own)),
      ...sizes.slice(0, 1).map((size) => entry('http-load/apply', size, loaded)),
    ],
    close,
  };
}
