/**
 * Tests against real web servers: `npm run test:servers`.
 *
 * Installs nginx and haproxy by apt where they are missing, makes an environment with uvicorn in `.venv/servers`, and runs
 * `__tests__/servers`. What comes after the command goes to the test runner.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const home = join(root, '.venv/servers');
const run = (program, args, options = {}) =>
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });

const path = `${process.env.PATH ?? ''}${delimiter}/usr/sbin${delimiter}/usr/local/sbin`;
const isThere = (name) => path.split(delimiter).some((folder) => existsSync(join(folder, name)));

/** Debian's packages of the servers that are missing. */
function installServers() {
  const missing = Object.entries({ nginx: 'nginx-light', haproxy: 'haproxy' }).flatMap(([name, one]) =>
    isThere(name) ? [] : [one],
  );
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(', ')}`);
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  const apt = (...args) => {
    const [program, ...rest] = [...sudo, 'apt-get', '-qq', ...args];
    run(program, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  };
  apt('update');
  apt('install', '-y', '--no-install-recommends', ...missing);
}

/** A Python that can make an environment: one of pyenv's, the newest first, else the system's. */
function python() {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const versions = existsSync(pyenv) ? readdirSync(pyenv).filter((name) => /^3\.(1[0-9])\./.test(name)) : [];
  const newest = versions.sort((a, b) => Number(b.split('.')[1]) - Number(a.split('.')[1]));
  const programs = [...newest.map((name) => join(pyenv, name, 'bin/python')), 'python3'];
  const found = programs.find((one) => spawnSync(one, ['-c', 'import venv, ensurepip']).status === 0);
  if (found === undefined) throw new Error('There is no Python 3 here that can make an environment.');
  return found;
}

function installUvicorn() {
  if (existsSync(join(home, 'bin/uvicorn'))) return;
  mkdirSync(join(root, '.venv'), { recursive: true });
  run(python(), ['-m', 'venv', home]);
  run(join(home, 'bin/python'), ['-m', 'pip', 'install', '-qq', '--disable-pip-version-check', 'uvicorn', 'httptools']);
}

installServers();
installUvicorn();
const jest = join(root, 'node_modules/jest/bin/jest.js');
const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
const { status } = spawnSync(
  process.execPath,
  [...flags, jest, '--config', 'jest.servers.config.js', '--verbose', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env: { ...process.env, PATH: path, COTANGENT_UVICORN: join(home, 'bin/uvicorn') } },
);
process.exitCode = status ?? 1;
