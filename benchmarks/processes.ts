/** Programs that are measured from outside: run to their end, or kept as servers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** A command line. */
export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Run a program to its end; raises what it wrote to standard error where its exit code is not 0. */
export function runProgram({ command, args, env }: CommandLine): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${command}: ${said.slice(-400)}`))));
  });
}

/** A server that answers. */
export interface Server {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Start a server on a free port, and wait until its /health answers. */
export async function startServer(line: (port: number) => CommandLine): Promise<Server> {
  const port = await freePort();
  const { command, args, env } = line(port);
  const debug = process.env['BENCH_DEBUG'] ? 'inherit' : 'ignore';
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', debug, debug] });
  const url = `http://127.0.0.1:${port}`;
  const until = performance.now() + 30_000;
  while (performance.now() < until && child.exitCode === null) {
    try {
      if ((await fetch(`${url}/health`)).ok) return { url, stop: () => stop(child) };
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
