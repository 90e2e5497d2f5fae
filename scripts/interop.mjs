/**
 * Tests against real Python: `npm run test:interop`.
 *
 * Finds the Pythons on this machine, makes the environments in `.venv/` that are missing or older than what they should
 * hold, and runs `__tests__/interop` on them. What comes after the command goes to the test runner. To test another
 * package, add it to an environment. `COTANGENT_PYTHON` names a folder of Pythons to look at first.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, '.venv');

/**
 * Each environment: the Pythons that may make it, the newest first, and what is installed in it, step by step.
 *
 * A build of PyTorch with CUDA is several gigabytes: only a CPU build is taken, from a folder or an index that pip is
 * configured to look into (`PIP_FIND_LINKS`, `PIP_EXTRA_INDEX_URL`), for the newest Python that there is one for.
 */
const environments = {
  jax: {
    versions: ['3.13', '3.12'],
    steps: [
      ['tesseract-core[runtime]', 'tesseract-jax'],
      // Its parser is all that is tested; the rest of it needs VTK.
      ['--no-deps', 'tesseract-streamlit'],
    ],
  },
  torch: {
    versions: ['3.13', '3.12', '3.11', '3.10'],
    probe: 'torch==2.13.0',
    steps: [['torch==2.13.0', 'tesseract-core[runtime]', 'tesseract-torch']],
  },
};

const quiet = ['-qq', '--disable-pip-version-check', '--no-input'];

/** The programs that may be a Python of this version. */
function candidates(version) {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), '.pyenv'), 'versions');
  const installed = existsSync(pyenv) ? readdirSync(pyenv).filter((name) => name.startsWith(`${version}.`)) : [];
  const folders = [process.env.COTANGENT_PYTHON ?? '', ...(process.env.PATH ?? '').split(delimiter)].filter(Boolean);
  return [
    ...folders.flatMap((path) => [join(path, `python${version}`), join(path, 'python3')]),
    ...installed.map((name) => join(pyenv, name, 'bin/python')),
  ].filter(existsSync);
}

/** The program's version, or undefined where it is none: a shim may lead nowhere. */
function versionOf(program) {
  const code = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
  const { status, stdout } = spawnSync(program, ['-c', code], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

const pythonOf = (version) => candidates(version).find((program) => versionOf(program) === version);

/** Whether pip finds a CPU build of what is probed for. */
function isOffered(python, probe) {
  const args = [
    '-m',
    'pip',
    'install',
    ...quiet,
    '--dry-run',
    '--ignore-installed',
    '--no-deps',
    '--report',
    '-',
    probe,
  ];
  const options = { encoding: 'utf8', timeout: 120_000, stdio: ['ignore', 'pipe', 'ignore'] };
  const { status, stdout } = spawnSync(python, args, options);
  return (
    status === 0 && JSON.parse(stdout).install.every(({ download_info: { url } }) => /^file:|(\+|%2B)cpu/.test(url))
  );
}

function makerOf(name, { versions, probe }) {
  for (const version of versions) {
    const python = pythonOf(version);
    if (python === undefined || (probe && !isOffered(python, probe))) continue;
    return python;
  }
  throw new Error(
    `${name}: there is no Python ${versions.join(' or ')} here${probe ? ' that PyTorch is built for' : ''}.`,
  );
}

/** The folder of an environment, made anew where what it should hold has changed. */
function ready(name, environment) {
  const home = join(folder, name);
  const stamp = join(home, 'made-for');
  const wanted = createHash('sha256').update(JSON.stringify(environment)).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return home;
  const python = makerOf(name, environment);
  console.log(`${name}: a new environment, by ${python}`);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const run = (program, args) => execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  run(python, ['-m', 'venv', home]);
  for (const step of environment.steps) run(join(home, 'bin/python'), ['-m', 'pip', 'install', ...quiet, ...step]);
  writeFileSync(stamp, wanted);
  return home;
}

function installed(home) {
  const list = execFileSync(join(home, 'bin/python'), ['-m', 'pip', 'list', '--format', 'json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const shown = /^(tesseract-.*|jax|torch|numpy|pydantic)$/;
  return JSON.parse(list).flatMap(({ name, version }) => (shown.test(name) ? [`${name} ${version}`] : []));
}

const homes = Object.entries(environments).map(([name, environment]) => [name, ready(name, environment)]);
for (const [name, home] of homes)
  console.log(`${name}: Python ${versionOf(join(home, 'bin/python'))}, ${installed(home).join(', ')}`);

const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join(root, 'node_modules/jest/bin/jest.js'),
    '--config',
    'jest.interop.config.js',
    '--verbose',
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      ...Object.fromEntries(homes.map(([name, home]) => [`COTANGENT_PYTHON_${name.toUpperCase()}`, home])),
    },
  },
);
process.exitCode = status ?? 1;
