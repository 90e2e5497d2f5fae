/** Real Python: scripts that check something, and Tesseracts behind Tesseract Core's own server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const folder = resolve(import.meta.dirname, 'python');

/** Which virtual environment: `jax` has Tesseract Core, tesseract-jax and the parser of tesseract-streamlit. */
export type Environment = 'jax' | 'torch';

const homes: Readonly<Record<Environment, string | undefined>> = {
  jax: process.env['COTANGENT_PYTHON_JAX'],
  torch: process.env['COTANGENT_PYTHON_TORCH'],
};

function program(environment: Environment, name: string): string {
  const home = homes[environment];
  if (home === undefined) throw new Error('There is no Python here. Run: npm run test:interop');
  return join(home, 'bin', name);
}

/** What a check found. */
interface Outcome {
  readonly name: string;
  readonly error: string | null;
}

/** Run a script with its arguments; each of its checks becomes a test. */
export async function checksOf(
  environment: Environment,
  script: string,
  facts: object,
  count: number,
  title = script,
): Promise<void> {
  const { outcomes, errors } = await run(environment, script, facts);
  for (const { name, error } of outcomes) {
    test(`${title}: ${name}`, () => {
      if (error !== null) throw new Error(error);
    });
  }
  test(`${title}: every check was run`, () => {
    if (outcomes.length < count) throw new Error(`only ${outcomes.length} of ${count} were run\n${errors}`);
    expect(outcomes.length).toBe(count);
  });
}

async function run(
  environment: Environment,
  script: string,
  facts: object,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly errors: string }> {
  const child = spawn(program(environment, 'python'), [join(folder, `${script}.py`), JSON.stringify(facts)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, JAX_PLATFORMS: 'cpu', PYTHONDONTWRITEBYTECODE: '1' },
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  await new Promise((done) => child.on('close', done));
  const lines = output.split('\n').filter((line) => line.startsWith('{"name"'));
  return { outcomes: lines.map((line) => JSON.parse(line) as Outcome), errors };
}

/** A Tesseract in Python that is being served. */
export interface PythonServer {
  readonly url: string;
  /** Where it reads and writes the files of binref. */
  readonly input: string;
  readonly output: string;
  readonly close: () => Promise<void>;
}

/** Serve one of `python/tesseracts` by `tesseract-runtime serve`. */
export async function pythonServer(name: string, env: Readonly<Record<string, string>> = {}): Promise<PythonServer> {
  const port = await freePort();
  const home = mkdtempSync(join(tmpdir(), 'cotangent-interop-'));
  const child = spawn(program('jax', 'tesseract-runtime'), ['serve', '--port', String(port)], {
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: '1',
      TESSERACT_API_PATH: join(folder, 'tesseracts', name, 'tesseract_api.py'),
      TESSERACT_INPUT_PATH: home,
      TESSERACT_OUTPUT_PATH: home,
      ...env,
    },
  });
  let log = '';
  child.stderr.on('data', (chunk) => (log += chunk));
  child.stdout.on('data', (chunk) => (log += chunk));
  const url = `http://127.0.0.1:${port}`;
  await ready(url, child, () => log);
  const close = async () => {
    const ended = new Promise((done) => child.on('close', done));
    child.kill('SIGKILL');
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  return { url, input: home, output: home, close };
}

async function ready(url: string, child: ChildProcess, log: () => string): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (child.exitCode !== null) throw new Error(`The server ended.\n${log()}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error(`The server does not answer.\n${log()}`);
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
