/**
 * The original, in a process of its own that stays alive: requests go to its standard input as lines of JSON, so that
 * its calls and ours alternate. Without Python, or without its packages, there is none, and our half runs alone.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from './places.js';
import { type CommandLine, startRespondent } from './processes.js';
import type { Contestant } from './suites/suite.js';

const folder = join(root, '.venv/bench');
const packages = ['tesseract-core[runtime]', 'numpy'];

/** The programs of the environment that the original is installed in. */
export const programs = { python: join(folder, 'bin/python'), runtime: join(folder, 'bin/tesseract-runtime') };

/** Make the environment where it is missing. False where there is no Python 3.12 or newer, or no registry. */
export function prepare(say: (line: string) => void): boolean {
  if (existsSync(programs.runtime)) return true;
  const python = candidates().find(isNewEnough);
  if (python === undefined) return false;
  say(`Installing ${packages[0]} into .venv/bench …`);
  try {
    execFileSync(python, ['-m', 'venv', folder]);
    execFileSync(programs.python, ['-m', 'pip', 'install', '--quiet', ...packages], { stdio: 'pipe' });
  } catch (error) {
    say(`That failed: ${String(error).split('\n')[0]}`);
  }
  return existsSync(programs.runtime);
}

function candidates(): string[] {
  const versions = join(homedir(), '.pyenv/versions');
  const managed = existsSync(versions) ? readdirSync(versions).map((name) => join(versions, name, 'bin/python3')) : [];
  return ['python3.14', 'python3.13', 'python3.12', 'python3', ...managed.reverse()];
}

function isNewEnough(python: string): boolean {
  const { stdout } = spawnSync(python, ['-c', 'import sys, venv; print(sys.version_info >= (3, 12))']);
  return String(stdout).trim() === 'True';
}

/** What its processes find in their environment: one thread, and nothing that would slow its OpenBLAS down. */
export const unhampered: CommandLine['env'] = {
  OPENBLAS_NUM_THREADS: '1',
  OMP_NUM_THREADS: '1',
  OPENBLAS_CORETYPE: undefined,
  OPENBLAS_L2_SIZE: undefined,
};

type Answer = { readonly seconds: number; readonly bytes: number; readonly version: string };

/** A Python process that runs cases by name. */
export interface Original {
  readonly version: string;
  /** Prepare a case of `worker.py`; gives how to run it. */
  readonly run: (suite: string, args: Readonly<Record<string, unknown>>) => Promise<Contestant>;
  /** Forget the cases prepared so far. */
  readonly clear: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Start the process. */
export async function startOriginal(): Promise<Original> {
  const args = [join(root, 'benchmarks/worker.py')];
  const { ask, stop } = startRespondent<Answer>({ command: programs.python, args, env: unhampered });
  const { version } = await ask({ op: 'version' });
  let last = 0;
  return {
    version,
    run: async (suite, args) => {
      const key = ++last;
      await ask({ op: 'prepare', key, suite, args });
      return {
        run: async (calls) => (await ask({ op: 'run', key, calls })).seconds,
        peak: async () => (await ask({ op: 'peak', key })).bytes,
      };
    },
    clear: async () => {
      await ask({ op: 'clear' });
    },
    stop,
  };
}
