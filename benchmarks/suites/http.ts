/**
 * `http/apply`: one request after the other over one connection. `http/apply` has the original's client on both sides,
 * `http-client/apply` each side's own, and `http-load/apply` sixteen connections at once.
 *
 * The original computes in the process that serves, and so do we in these (`--workers 0`). With `-apart` in their names, we
 * compute in a worker thread, as `cotangent serve` does unless told otherwise.
 *
 * The limit is a bare server in a process of its own, with the same bodies. What is looked at for its memory is the server.
 */
import { NdArray } from 'cotangent';
import { connect } from 'cotangent/client';
import { writeJson } from '../../src/codec/write.js';
import { type Run, timedAsync } from '../measure.js';
import { peakOf } from '../memory.js';
import { bare, noop, noopPython, program, scratch } from '../places.js';
import { type CommandLine, type Server, startServer } from '../processes.js';
import { programs, unhampered } from '../python.js';
import { openLoad } from './load.js';
import { type Case, type Contestant, type Entry, grouped, type Setting, type Suite, values } from './suite.js';

const CONNECTIONS = 16;

const served =
  (...flags: readonly string[]) =>
  (port: number): CommandLine => ({
    command: process.execPath,
    args: [program, 'serve', noop, '--output-format', 'json+base64', '--port', String(port), ...flags],
  });

const lines = {
  ours: served('--workers', '0'),
  apart: served('--workers', '1'),
  theirs: (port: number): CommandLine => ({
    command: programs.runtime,
    args: ['--output-format', 'json+base64', 'serve', '--port', String(port)],
    // It makes a folder for each request.
    cwd: scratch,
    env: { ...unhampered, TESSERACT_API_PATH: noopPython },
  }),
};

/** Servers that are started when they are first wanted. */
function servers() {
  const started = new Map<string, Promise<Server>>();
  const start = (name: string, line: (port: number) => CommandLine) => {
    const server = started.get(name) ?? startServer(line);
    started.set(name, server);
    return server;
  };
  const ours = () => start('ours', lines.ours);
  return {
    ours,
    apart: () => start('apart', lines.apart),
    theirs: () => start('theirs', lines.theirs),
    bare: async () => {
      const { url } = await ours();
      return start('bare', (port) => ({ command: process.execPath, args: [bare, String(port), url] }));
    },
    close: async () => {
      for (const server of started.values()) await (await server.catch(() => undefined))?.stop();
    },
  };
}

// Our server keeps the memory of large bodies for ten seconds.
const LARGE = 1e6;
const LARGE_REST_MS = 11_000;

const against = ({ pid }: Server, run: Run, size: number): Contestant => ({
  run,
  peak: () => peakOf(() => run(1), pid, size < LARGE ? undefined : LARGE_REST_MS),
});

function requestOf(url: string, size: number): Buffer {
  const inputs = { data: new NdArray('float64', [size], values(size)) };
  const body = writeJson({ inputs }, { format: 'json+base64' });
  const fields = [
    'content-type: application/json',
    'accept: application/json+base64',
    `content-length: ${body.length}`,
  ];
  const head = ['POST /apply HTTP/1.1', `host: ${new URL(url).host}`, ...fields].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body]);
}

/** The cases over HTTP. */
export function http({ sizes, original, quick, python }: Setting): Suite {
  const { ours, apart, theirs, bare, close } = servers();
  const contest = async (
    size: number,
    of: (server: Server) => Promise<Run>,
    { peer = of, own = ours }: { readonly peer?: typeof of; readonly own?: typeof ours } = {},
  ): Promise<Case> => {
    const [mine, least] = [await own(), await bare()];
    const other = original && (await theirs());
    return {
      ours: against(mine, await of(mine), size),
      theirs: other && against(other, await peer(other), size),
      limit: { name: 'bare server', run: await of(least) },
    };
  };
  const theirClient = (size: number) => async (server: Server) =>
    (await original!.run('http', { url: server.url, size })).run;
  const ourClient = (size: number) => async (server: Server) => {
    const handle = await connect(server.url);
    const inputs = { data: values(size) };
    return timedAsync(() => handle.apply(inputs));
  };
  const loaded = async (size: number, own = ours): Promise<Case> => {
    const closes: (() => void)[] = [];
    const load = async ({ url }: Server) => {
      const { run, close } = await openLoad(url, CONNECTIONS, requestOf(url, size));
      closes.push(close);
      return run;
    };
    const one = await contest(size, load, { own });
    return { ...one, per: CONNECTIONS, close: () => closes.forEach((close) => void close()) };
  };
  const entry = (id: string, size: number, open: () => Promise<Case>): Entry => ({
    id: `${id}_${grouped(size)}`,
    open,
  });
  const few = quick ? sizes.slice(0, 1) : sizes;
  return {
    entries: [
      ...(python ? sizes.map((size) => entry('http/apply', size, () => contest(size, theirClient(size)))) : []),
      ...few.map((size) =>
        entry('http-client/apply', size, async () => ({
          ...(await contest(size, ourClient(size), { peer: theirClient(size) })),
          gc: size >= LARGE,
        })),
      ),
      ...sizes.slice(0, 1).map((size) => entry('http-load/apply', size, () => loaded(size))),
      ...(python
        ? few.map((size) => entry('http-apart/apply', size, () => contest(size, theirClient(size), { own: apart })))
        : []),
      ...sizes.slice(0, 1).map((size) => entry('http-load-apart/apply', size, () => loaded(size, apart))),
    ],
    close,
  };
}
