/** A Tesseract in Python that has only a Jacobian, behind `cotangent proxy --derive`: JAX takes gradients through it. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { connect } from '../../src/client/index.js';
import { checksOf, pythonServer } from './python.js';

const upstream = await pythonServer('jacobianOnly', { TESSERACT_NAME: 'Sine' });
const command = resolve(import.meta.dirname, '../../dist/bundle/cli/main.js');
const rules = ['--derive', 'vjpFromJacobian', '--derive', 'jvpFromJacobian'];
const proxy = spawn(process.execPath, [command, 'proxy', upstream.url, ...rules, '--port', '0'], {
  stdio: ['ignore', 'ignore', 'pipe'],
});
let log = '';
const url = await new Promise<string>((done, fail) => {
  proxy.stderr.on('data', (chunk) => {
    log += chunk;
    const found = /is served at (\S+)/.exec(log)?.[1];
    if (found !== undefined) done(found);
  });
  proxy.on('close', () => fail(new Error(`The proxy ended.\n${log}`)));
});
afterAll(async () => {
  const ended = new Promise((done) => proxy.on('close', done));
  proxy.kill('SIGTERM');
  await ended;
  await upstream.close();
});

await checksOf('jax', 'through_proxy', { upstream: upstream.url, proxy: url }, 6, 'proxy');

test('proxy: its log says what is derived, by which rule, and what a call costs', () => {
  expect(log).toContain('vjp: derived by vjpFromJacobian, 1 jacobian call per request');
  expect(log).toContain('apply: passed on');
  expect(log).toMatch(/"path":"\/vector_jacobian_product","status":200,"ms":[\d.]+,"derived":"vjpFromJacobian"/);
});

test('proxy: our client sees one component, and which of its endpoints are derived', async () => {
  const { name, provenance } = await connect(url);
  expect(name).toBe('Sine');
  expect(provenance.jacobian?.kind).toBe('own');
  expect(provenance.vjp).toMatchObject({ kind: 'derived', rule: 'vjpFromJacobian' });
});
