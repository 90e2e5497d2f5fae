/** Programs that are measured from outside: run to their end, kept as servers, or asked line by line. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { statusOf } from './memory.js';

/** A command line. A variable that is undefined is taken out of the environment. */
export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const debug = process.env['BENCH_DEBUG'] ? 'inherit' : 'ignore';

const launch = ({ command, args, cwd, env }: CommandLine, stdio: readonly ('ignore' | 'pipe' | 'inherit')[]) =>
  spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: [...stdio] });

/** Run a program to its end; raises what it wrote to standard error where its exit code is not 0. */
export function runProgram(line: CommandLine, started: (child: ChildProcess) => void = () => {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = launch(line, ['ignore', 'ignore', 'pipe']);
    let said = '';
    child.stderr!.on('data', (chunk) => {
      said += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${line.command}: ${said.slice(-400)}`))));
    started(child);
  });
}

/** Bytes that a program holds at most, as seen while it runs: its last milliseconds may be missed. */
export async function peakOfProgram(line: CommandLine): Promise<number | undefined> {
  let peak = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = (child: ChildProcess) => {
    try {
      peak = Math.max(peak, statusOf('VmHWM', child.pid));
    } catch {
      // It has ended, or the system does not tell.
    }
  };
  await runProgram(line, (child) => {
    timer = setInterval(look, 2, child);
  }).finally(() => clearInterval(timer));
  return peak || undefined;
}

/** A server that answers. */
export interface Server {
  readonly url: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** Start a server on a free port, and wait until its /health answers. */
export async function startServer(line: (port: number) => CommandLine): Promise<Server> {
  const port = await freePort();
  const { command, args } = line(port);
  const child = launch(line(port), ['ignore', debug, debug]);
  process.once('exit', () => child.kill());
  const url = `http://127.0.0.1:${port}`;
  const until = performance.now() + 30_000;
  while (performance.now() < until && child.exitCode === null) {
    try {
      if ((await fetch(`${url}/health`)).ok) return { url, pid: child.pid!, stop: () => stop(child) };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await stop(child);
  throw new Error(`${command} ${args.join(' ')} did not answer`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(timer);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** A process that answers each line of JSON with one. It ends when its standard input does. */
export interface Respondent<Answer> {
  readonly ask: (request: object) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

/** Start a process that is asked. An answer with an `error` is raised. */
export function startRespondent<Answer>(line: CommandLine): Respondent<Answer> {
  const child = launch(line, ['pipe', 'pipe', debug]);
  const ended = new Promise((resolve) => child.once('close', resolve));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return {
    ask: async (request) => {
      child.stdin!.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${line.command} has ended.`);
      const answer = JSON.parse(value) as Answer & { readonly error?: string };
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer;
    },
    stop: async () => {
      child.stdin!.end();
      await ended;
    },
  };
}
