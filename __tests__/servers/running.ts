/** Programs that serve, started for a test and ended with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for one run, with files in it. */
export interface Folder {
  readonly path: (name: string) => string;
  readonly write: (name: string, text: string) => string;
  readonly remove: () => void;
}

/** Make a folder. */
export function folder(): Folder {
  const home = mkdtempSync(join(tmpdir(), 'cotangent-servers-'));
  const path = (name: string) => join(home, name);
  const write = (name: string, text: string) => {
    writeFileSync(path(name), text);
    return path(name);
  };
  return { path, write, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Start a program, and wait until it listens on `port`. What is given back ends it. */
export async function running(program: string, args: readonly string[], port: number): Promise<() => Promise<void>> {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    told = `${told}${bytes}`.slice(-2000);
  });
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  for (let i = 0; i < 200; i++) {
    if (child.exitCode !== null) throw new Error(`${program} ended: ${told}`);
    if (await Promise.race([listens(port), failed])) {
      return async () => {
        child.kill('SIGTERM');
        await exited;
      };
    }
    await new Promise((done) => setTimeout(done, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`${program} does not listen on ${port}: ${told}`);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
