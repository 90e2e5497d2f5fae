/** The README's way from nothing to `jax.grad`, run as it stands there. Only npm is not asked: the package is this one. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const python = process.env['COTANGENT_PYTHON_JAX'] ?? '';
const section = /^## From JAX.*?(?=^## )/ms.exec(readFileSync(join(root, 'README.md'), 'utf8'))?.[0] ?? '';
const blocks = [...section.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({
  language,
  text: text!,
}));

const home = mkdtempSync(join(tmpdir(), 'cotangent-readme-'));
const bin = join(home, 'bin');
mkdirSync(bin);
const shims = {
  npx: `#!/bin/sh\n[ "$1" = cotangent ] || exit 1\nshift\nexec "${process.execPath}" "${root}/dist/bundle/cli/main.js" "$@"\n`,
  npm: `#!/bin/sh\n[ "$1" = install ] || exit 1\nmkdir -p node_modules && ln -s "${root}" node_modules/cotangent\n`,
};
for (const [name, text] of Object.entries(shims)) {
  writeFileSync(join(bin, name), text);
  chmodSync(join(bin, name), 0o755);
}
const env = { ...process.env, PATH: `${bin}:${join(python, 'bin')}:${process.env['PATH']}`, JAX_PLATFORMS: 'cpu' };

const stopping: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(stopping.map((stop) => stop())));

test('init, edit, serve, and jax.grad through the derived vjp: the README, to the letter', async () => {
  expect(blocks.map(({ language }) => language)).toEqual(['sh', 'diff', 'sh', 'python', 'text']);
  const [init, diff, serve, script, printed] = blocks.map(({ text }) => text);
  execFileSync('sh', ['-ec', init!], { cwd: home, env, stdio: 'pipe' });
  const cwd = join(home, 'spring');
  execFileSync('patch', ['-p0'], { cwd, env, input: diff!, stdio: ['pipe', 'pipe', 'inherit'] });
  const server = spawn('sh', ['-c', `exec ${serve}`], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  stopping.push(async () => {
    if (server.exitCode !== null) return;
    const ended = new Promise((done) => server.on('close', done));
    server.kill('SIGTERM');
    await ended;
  });
  let log = '';
  await new Promise<void>((done, fail) => {
    server.stderr.on('data', (chunk) => {
      log += chunk;
      if (log.includes('is served at')) done();
    });
    server.on('close', () => fail(new Error(log)));
  });
  const output = execFileSync('python', ['-c', script!], { cwd, env, encoding: 'utf8' });
  expect(output).toBe(printed);
}, 120_000);
