/**
 * Hostile requests, seeded: `node scripts/fuzz.mjs [count] [seed]` sends them to the built server, and fails where one is
 * answered by a 5xx, late, without a reason, with something of the machine in it, or where memory grows.
 *
 * To add a trick, add a row to `tricks` (its share, and how it makes a request).
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openApplication } from '../dist/bundle/server/serve.js';

const count = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 20_260_101);
const SLOWEST_MS = 2000;
const GROWTH_MIB = 24;

// Mulberry32.
let state = seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const below = (n) => Math.floor(random() * n);
const pick = (list) => list[below(list.length)];
const chance = (p) => random() < p;
const times = (n, make) => Array.from({ length: n }, (_, i) => make(i));
const bytes = (n) => Buffer.from(times(n, () => below(256)));

const encoded = (values, dtype = 'float64') => ({
  shape: [values.length],
  dtype,
  data: { buffer: Buffer.from(Float64Array.from(values).buffer).toString('base64'), encoding: 'base64' },
});
const inputs = () => ({
  x: chance(0.5) ? [1, 2] : encoded([1, 2]),
  s: 2,
  l: [{ w: 1, tag: 'a' }, { w: 2 }],
  d: { 'a b': [1], c: encoded([3]) },
  n: 7,
  flag: true,
  kind: 'exact',
  name: 'abc',
  any: [[1, 2]],
});
const paths = ['x', 's', 'l.[0].w', 'l.[1].w', 'd.{a b}', 'd.{c}'];
const outputs = ['y', 'total'];
const bodies = {
  apply: () => ({ inputs: inputs() }),
  jacobian: () => ({ inputs: inputs(), jac_inputs: paths, jac_outputs: outputs }),
  jacobian_vector_product: () => ({
    inputs: inputs(),
    jvp_inputs: ['x', 's'],
    jvp_outputs: outputs,
    tangent_vector: { x: [1, 0], s: 1 },
  }),
  vector_jacobian_product: () => ({
    inputs: inputs(),
    vjp_inputs: paths,
    vjp_outputs: outputs,
    cotangent_vector: { y: encoded([1, 2]), total: 1 },
  }),
  abstract_eval: () => ({
    inputs: { x: { shape: [2], dtype: 'float64' }, d: { k: { shape: [1], dtype: 'float64' } } },
  }),
};
const endpoints = Object.keys(bodies);

const dtypes = [
  'float16',
  'float32',
  'float64',
  'int8',
  'int64',
  'uint8',
  'bool',
  'complex128',
  'str32',
  'Float64',
  '',
  5,
  null,
];
const extents = [0, 1, 2, 3, 2 ** 31, 2 ** 53, 1e300, -1, 1.5, '2', true, null];
const names = [
  '/etc/passwd',
  '../../secret',
  'file:///etc/passwd',
  'http://127.0.0.1:1/',
  '\0',
  'a:1:2',
  'a:'.repeat(50),
  '.',
  '~',
  'good.bin',
  'good.bin:8',
  'link.bin',
];
const anyArray = () => ({
  ...(chance(0.1) ? { object_type: pick(['array', 'list', 1]) } : {}),
  shape: chance(0.9) ? times(below(4), () => pick(extents)) : junk(),
  dtype: pick(dtypes),
  data: chance(0.9)
    ? {
        buffer: chance(0.5) ? bytes(below(40)).toString('base64') : chance(0.5) ? pick(names) : junk(),
        encoding: pick(['json', 'base64', 'binref', 'raw', 'cuda_ipc', 1]),
        ...(chance(0.3) ? { compression: pick(['lz4', null, 'zstd', 1]) } : {}),
      }
    : junk(),
});
const nest = (depth) => (depth === 0 ? 1 : [nest(depth - 1)]);
const junkMakers = [
  () => null,
  () => true,
  () => 0,
  () => -0.0,
  () => 1e308,
  () => -1.5,
  () => 2 ** 53 + 2,
  () => '',
  () => 'NaN',
  () => '1+2j',
  () => [],
  () => ({}),
  () => [[]],
  () => [[1], [1, 2]],
  () => [1, 'a'],
  () => [null],
  () => nest(below(80)),
  () => 'x'.repeat(below(3000)),
  () => ({ __proto__: null, constructor: 1 }),
  () => ({ shape: [1] }),
  () => pick(names),
  () => times(below(300), () => random()),
  () => Object.fromEntries(times(below(60), (i) => [`k${i}`, i])),
  anyArray,
  anyArray,
];
const junk = () => pick(junkMakers)();
const keys = [
  '__proto__',
  'constructor',
  'inputs',
  'shape',
  'x',
  '',
  'é',
  'a.b',
  '{x}',
  '[0]',
  '\u0000',
  'toString',
  'k'.repeat(300),
];

/** Change one place of a tree. */
function mutate(tree) {
  let at = tree;
  for (;;) {
    const own = Object.keys(at);
    if (own.length === 0) break;
    const key = pick(own);
    if (typeof at[key] === 'object' && at[key] !== null && chance(0.75)) {
      at = at[key];
      continue;
    }
    const kind = below(4);
    if (kind === 0) at[key] = junk();
    else if (kind === 1) delete at[key];
    else if (kind === 2)
      Object.defineProperty(at, pick(keys), { value: junk(), enumerable: true, configurable: true, writable: true });
    else at[key] = [at[key], at[key]];
    break;
  }
  return tree;
}

const tokens = [
  'NaN',
  '-Infinity',
  '1e999',
  '18446744073709551616',
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\u0000',
  '\\ud800',
  '﻿',
  '\0',
  'null',
  '-',
  '1e-9999',
  '/**/',
];
function mutateText(text) {
  let result = text;
  for (let i = 0; i <= below(3); i++) {
    const at = below(result.length + 1);
    const cut = chance(0.5) ? below(20) : 0;
    result = result.slice(0, at) + (chance(0.8) ? pick(tokens) : '') + result.slice(at + cut);
  }
  return chance(0.1) ? result.slice(0, below(result.length)) : result;
}

const json = { 'content-type': 'application/json' };
const valid = (headers = json, query = '') => {
  const endpoint = pick(endpoints);
  return { method: 'POST', url: `/${endpoint}${query}`, headers, payload: JSON.stringify(bodies[endpoint]()) };
};
const changed = (change) => {
  const endpoint = pick(endpoints);
  return { method: 'POST', url: `/${endpoint}`, headers: json, payload: JSON.stringify(change(bodies[endpoint]())) };
};
const oddPaths = () =>
  pick([
    '',
    '.',
    '..',
    'x.',
    '.x',
    'l.[-1].w',
    'l.[99999999999999999].w',
    'l.[0]',
    'd.{}',
    'd.{zz}',
    'd.{a}b}',
    '__proto__',
    'x'.repeat(500),
    'l.[٣].w',
    'n',
    'y',
    '\0',
    'l.[0].w.w',
    'd.a',
  ]);
const accepts = [
  '*/*',
  'text/html',
  'application/json;q=2',
  ';;;',
  ',,,',
  'json',
  'a/b/c',
  '*',
  'application/json+binref',
  'q=1',
  '\t',
  'application/*;q=0',
  `${'a/b,'.repeat(400)}`,
  '"',
  'application/json;"',
];
const types = [
  'application/json',
  'text/plain',
  'application/json;charset=latin1',
  'multipart/form-data; boundary=x',
  '',
  ';',
  'application/',
  '/json',
  'application/x+json',
  'application/json\t',
  'a'.repeat(500),
];
const urls = [
  '/',
  '/apply/..',
  '/%2e%2e/etc/passwd',
  '/apply%00',
  '/apply?',
  '/apply#x',
  '/APPLY',
  '/docs/%2e%2e/x',
  '/docs/page.css',
  '/docs/',
  '/metrics',
  '/health',
  '/openapi.json',
  '/apply?run_id=a&run_id=b',
  '/apply;x=1',
  '/api//apply',
  '/é',
  '/%zz',
  `/${'a/'.repeat(500)}`,
  '/constructor',
  '/__proto__',
];
const runIds = ['..', '../x', 'a/b', '%2e%2e%2f', '', 'a'.repeat(100), '%00', '[object]', '%ff', 'ok-1_A', '-', '.'];

const tricks = {
  'a valid body': { share: 4, make: () => valid() },
  'a valid body, changed in one or two places': {
    share: 40,
    make: () => changed((body) => times(1 + below(2), () => 0).reduce((tree) => mutate(tree), body)),
  },
  'the text of a valid body, changed': {
    share: 18,
    make: () => {
      const sent = valid();
      return { ...sent, payload: mutateText(sent.payload) };
    },
  },
  'random bytes': { share: 6, make: () => ({ ...valid(), payload: bytes(below(200)) }) },
  'another value in place of a field': {
    share: 10,
    make: () =>
      changed((body) => {
        const into = chance(0.8) ? body.inputs : body;
        into[pick(Object.keys(into))] = junk();
        return body;
      }),
  },
  'odd paths': {
    share: 8,
    make: () =>
      changed((body) => {
        for (const key of Object.keys(body))
          if (key.endsWith('puts') && key !== 'inputs')
            body[key] = times(below(5), () => (chance(0.4) ? pick(paths) : oddPaths()));
        return body;
      }),
  },
  'odd headers': {
    share: 8,
    make: () =>
      valid({
        ...json,
        ...(chance(0.6) ? { accept: pick(accepts) } : {}),
        ...(chance(0.5) ? { 'content-type': pick(types) } : {}),
        ...(chance(0.3) ? { 'x-request-id': pick(accepts) } : {}),
        ...(chance(0.1) ? { 'content-encoding': pick(['gzip', 'br', 'identity', 'x']) } : {}),
        ...(chance(0.05) ? { 'accept-version': '9' } : {}),
      }),
  },
  'odd addresses and methods': {
    share: 6,
    make: () => ({
      method: pick(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']),
      url: pick(urls),
      headers: json,
      payload: chance(0.5) ? 'null' : JSON.stringify(bodies.apply()),
    }),
  },
  'odd runs': {
    share: 4,
    make: () => valid({ ...json, accept: pick(['*/*', 'application/json+binref']) }, `?run_id=${pick(runIds)}`),
  },
};
const drawn = Object.values(tricks).flatMap(({ share, make }) => times(share, () => make));

const home = mkdtempSync(join(tmpdir(), 'cotangent-fuzz-'));
const [inputPath, outputPath] = [join(home, 'input'), join(home, 'output')];
for (const folder of [inputPath, outputPath]) mkdirSync(folder);
writeFileSync(join(inputPath, 'good.bin'), Buffer.alloc(64));
const secrets = [process.cwd(), homedir(), home, 'node_modules', '/dist/'].filter((text) => text.length > 1);
const stack = /\n\s+at |\.[cm]?[jt]s:\d+/;

const file = join(import.meta.dirname, '../__tests__/fixtures/server/sampler.ts');
const limits = { headersTimeout: 1000, requestTimeout: 1500 };
const { app } = await openApplication({
  component: { file },
  workers: 0,
  inputPath,
  outputPath,
  log: 'silent',
  ...limits,
});
const failures = [];

const statuses = new Map();

/** What is wrong with an answer, or undefined. */
function fault(status, type, text, ms) {
  if (status >= 500) return `status ${status}`;
  if (ms > SLOWEST_MS) return `${Math.round(ms)} ms`;
  if (stack.test(text)) return 'a stack in the answer';
  const leaked = secrets.find((secret) => text.includes(secret));
  if (leaked !== undefined) return `${leaked} in the answer`;
  if (status < 400 || text === '') return undefined;
  if (!String(type).startsWith('application/json')) return `the type ${type}`;
  const { detail } = JSON.parse(text);
  if (typeof detail === 'string') return detail.length > 10 && status !== 422 ? undefined : 'no reason';
  const complete =
    Array.isArray(detail) &&
    detail.length > 0 &&
    detail.every(
      (one) => typeof one.type === 'string' && one.msg.length > 10 && Array.isArray(one.loc) && one.loc.length > 0,
    );
  return complete && status === 422 ? undefined : 'an incomplete detail';
}

function note(request, status, type, text, ms) {
  statuses.set(status, (statuses.get(status) ?? 0) + 1);
  let wrong;
  try {
    wrong = fault(status, type, text, ms);
  } catch (error) {
    wrong = String(error);
  }
  if (wrong !== undefined)
    failures.push(`${wrong}\n  ${JSON.stringify(request).slice(0, 2000)}\n  ${text.slice(0, 500)}`);
}

async function sendInjected() {
  const request = pick(drawn)();
  const begun = performance.now();
  const { statusCode, headers, payload } = await app.inject(request);
  note(request, statusCode, headers['content-type'], payload, performance.now() - begun);
}

/** Raw bytes to a real socket: what is no HTTP never reaches the application. */
function sendRaw(port) {
  const lines = times(
    below(6),
    () =>
      `${pick(['x', 'host', 'content-length', 'transfer-encoding', 'connection', 'expect', '', ' '])}: ${pick(['a', '0', '-1', 'chunked', '\u0001', 'é', '9'.repeat(30), 'close', 'keep-alive, close'])}`,
  );
  const text = chance(0.2)
    ? bytes(below(300)).toString('latin1')
    : `${pick(['GET', 'POST', 'FOO', 'get', ''])} ${pick(urls)} HTTP/${pick(['1.1', '1.0', '2', ''])}\r\nhost: localhost\r\n${lines.join('\r\n')}\r\n\r\n${chance(0.5) ? '{}' : ''}`;
  return new Promise((resolve) => {
    const begun = performance.now();
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(text, 'latin1'));
    socket.setTimeout(4000, () => {
      failures.push(`a connection that hangs\n  ${JSON.stringify(text)}`);
      socket.destroy();
    });
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const status = Number(/^HTTP\/1\.1 (\d+)/.exec(received)?.[1] ?? 0);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status >= 500) failures.push(`status ${status}\n  ${JSON.stringify(text)}`);
      if (stack.test(received)) failures.push(`a stack\n  ${JSON.stringify(text)}`);
      if (performance.now() - begun > 4000) failures.push(`too slow\n  ${JSON.stringify(text)}`);
      resolve();
    });
  });
}

setFlagsFromString('--expose_gc');
const collect = runInNewContext('gc');
const heap = () => {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

for (const endpoint of endpoints) {
  const { statusCode } = await app.inject({
    method: 'POST',
    url: `/${endpoint}`,
    headers: json,
    payload: bodies[endpoint](),
  });
  if (statusCode !== 200) failures.push(`the body that is changed for ${endpoint} is answered by ${statusCode}`);
}

const begun = performance.now();
const warm = Math.min(count, Math.max(1000, Math.round(count / 5)));
for (let i = 0; i < warm; i++) await sendInjected();
const before = heap();
for (let i = warm; i < count; i++) {
  await sendInjected();
  if (failures.length > 20) break;
}
const after = heap();
const seconds = (performance.now() - begun) / 1000;
await app.listen({ host: '127.0.0.1', port: 0 });
const raw = Math.min(2000, Math.round(count / 20));
for (let i = 0; i < raw; i += 20) await Promise.all(times(20, () => sendRaw(app.server.address().port)));
await app.close();

const made = readdirSync(home).sort().join(', ');
if (made !== 'input, output') failures.push(`something was made outside the output folder: ${made}`);
const odd = readdirSync(outputPath).filter((name) => !/^run_[\w-]{1,64}$/.test(name));
if (odd.length > 0) failures.push(`odd folders were made: ${odd.join(', ')}`);
if (after - before > GROWTH_MIB) failures.push(`memory grew by ${(after - before).toFixed(1)} MiB`);
rmSync(home, { recursive: true, force: true });

const table = [...statuses]
  .sort(([a], [b]) => a - b)
  .map(([status, n]) => `${status}: ${n}`)
  .join(', ');
console.log(
  `${count} hostile requests in ${seconds.toFixed(1)} s, and ${raw} to a socket, seed ${seed}. Answers: ${table}.`,
);
console.log(`Heap ${before.toFixed(1)} MiB after ${warm}, ${after.toFixed(1)} MiB at the end.`);
for (const failure of failures.slice(0, 10)) console.log(`FAIL ${failure}`);
process.exit(failures.length === 0 ? 0 : 1);
