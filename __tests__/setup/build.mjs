/**
 * The package is built before the tests, once and only where a source is newer: workers, commands and browsers run
 * JavaScript. `dist/built` says what was built when.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { bundle } from '../../scripts/bundle.mjs';

const root = resolve(import.meta.dirname, '../..');
const dist = join(root, 'dist');
const stamp = join(dist, 'built');
const lock = join(root, 'node_modules/.cache/cotangent-build');

export default async function build() {
  await locked(async () => {
    const newest = Math.max(
      ...['src', 'decorators', 'package.json', 'scripts/bundle.mjs', 'tsconfig.build.json', 'tsconfig.json'].map(
        newestIn,
      ),
    );
    if (timeOf(stamp) > newest && timeOf(join(dist, 'bundle/index.js')) > 0) return;
    const started = new Date();
    await compile();
    writeFileSync(stamp, '');
    utimesSync(stamp, started, started);
  });
}

async function compile() {
  await bundle(dist);
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], { cwd: root, encoding: 'utf8' });
  } catch (error) {
    // The declarations are written all the same. That the types hold is checked elsewhere.
    process.stderr.write(`The build has errors:\n${error.stdout}`);
    if (process.env.CI) throw error;
  }
}

/** Run `work` while no other test run does. A lock that nobody has touched for a minute is left over. */
async function locked(work) {
  mkdirSync(join(lock, '..'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (Date.now() - timeOf(lock) > 60_000) rmdirSync(lock);
      else await new Promise((done) => setTimeout(done, 100));
    }
  }
  try {
    await work();
  } finally {
    rmdirSync(lock);
  }
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestIn(name) {
  const path = join(root, name);
  if (!statSync(path).isDirectory()) return timeOf(path);
  return Math.max(...readdirSync(path, { recursive: true }).map((file) => timeOf(join(path, file))));
}
