/**
 * Chaos on the built server: `node scripts/chaos.mjs [seconds] [seed]`, 60 seconds unless told otherwise (or `COTANGENT_CHAOS_SECONDS`).
 * A server with 8 workers and 64 callers, of whom a seeded part ends its worker, hangs, throws, leaves, does not read, or
 * sends what is huge or hostile. It fails where any other request is not answered rightly, memory does not return to its
 * level, or SIGTERM does not end the server in time.
 *
 * To add a misdeed, add a row to `misdeeds`.
 */
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';

const seconds = Number(process.argv[2] ?? process.env.COTANGENT_CHAOS_SECONDS ?? 60);
const seed = Number(process.argv[3] ?? 20_260_101);
const WORKERS = 8;
const CALLERS = 64;
const TIMEOUT_S = 10;
const DRAIN_S = 5;
// What the heaps of idle workers keep: the engine collects no garbage where nothing happens.
const GROWTH_MIB = 32 * WORKERS;
// The thread that serves keeps nothing of a request.
const HEAP_GROWTH_MIB = 32;
const root = join(import.meta.dirname, '..');
const MIB = 2 ** 20;
const failures = [];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Numbers that only the seed decides: Mulberry32. */
function stream(state) {
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const args = ['serve', join(root, '__tests__/fixtures/server/moody.ts'), '--port', '0', '--workers', String(WORKERS)];
const limits = [
  '--timeout',
  TIMEOUT_S,
  '--abandon-timeout',
  1,
  '--drain-timeout',
  DRAIN_S,
  '--write-timeout',
  1,
  '--queue-limit',
  10_000,
];
const budgets = ['--body-limit', '4MiB', '--body-budget', '256MiB', '--answer-budget', '128MiB', '--log', 'silent'];
const child = spawn(
  process.execPath,
  [join(root, 'dist/bundle/cli/main.js'), ...args, ...[...limits, ...budgets].map(String)],
  { stdio: ['ignore', 'ignore', 'pipe'] },
);
const ended = new Promise((done) =>
  child.once('exit', (code, signal) => done({ code, signal, at: performance.now() })),
);
const url = await new Promise((done, failed) => {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
    const [, found] = /documentation: (\S+)\/docs/.exec(said) ?? [];
    if (found) done(new URL(found));
  });
  ended.then(() => failed(new Error(said)));
});

/** Send one request; resolves with its status and text. */
function send(agent, payload, { after, path = '/apply' } = {}) {
  return new Promise((resolve, reject) => {
    const headers = payload && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
    const sent = request(new URL(path, url), { method: payload ? 'POST' : 'GET', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      response.on('error', reject);
      response.on('close', () =>
        response.complete ? resolve({ status: response.statusCode, text }) : reject(new Error('cut off')),
      );
    });
    sent.on('error', reject);
    if (after !== undefined) {
      const timer = setTimeout(() => sent.destroy(), after);
      sent.on('close', () => clearTimeout(timer));
    }
    sent.end(payload);
  });
}

const asking = (mode) => JSON.stringify({ inputs: { mode } });
const things = ['error', 'bare', 'stack', 'message', 'proxy', 'null', 'symbol', 'circular', 'revoked'];
const pick = (random, list) => list[Math.floor(random() * list.length)];
const hostileBodies = [
  () => '{"inputs":{"mode":"echo"',
  () => `{"inputs":{"mode":${'['.repeat(100_000)}`,
  () => '"buffer":['.repeat(5000),
  () => JSON.stringify({ inputs: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i])) }),
  () => asking('x'.repeat(3 * MIB)),
  () => '{"inputs":{"mode":{"__proto__":1}}}',
];

/** A client that asks for much, reads nothing, and is gone after a while. */
async function dontRead(random) {
  const text = asking(`large ${Math.floor((1 + 7 * random()) * MIB)}`);
  const socket = connect(Number(url.port), url.hostname);
  socket.on('error', () => undefined).pause();
  const head = `POST /apply HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\n\r\n`;
  socket.write(head + text);
  await sleep(500 + 2500 * random());
  socket.destroy();
}

/** Of a thousand requests, how many; and what is done: a mood and the statuses that it may have, or something else. */
const misdeeds = {
  ends: { share: 4, mood: () => 'exit 3', may: [500] },
  crashes: { share: 4, mood: (random) => `crash ${pick(random, things)}`, may: [500] },
  rejects: { share: 2, mood: () => 'reject error', may: [500] },
  hangs: { share: 0.5, mood: () => 'loop', may: [504] },
  'never settles': { share: 0.5, mood: () => 'never', may: [504] },
  throws: { share: 10, mood: (random) => `throw ${pick(random, things)}`, may: [500] },
  leaves: { share: 10, mood: (random) => pick(random, ['wait 300', 'loop', 'never', 'echo']), leaves: true },
  'reads nothing': { share: 3, act: dontRead },
  'sends what is hostile': { share: 5, body: (random) => pick(random, hostileBodies)(), may: [200, 422] },
  'sends too much': { share: 2, body: () => asking('x'.repeat(5 * MIB)), may: [413], mayBreak: true },
};

const counts = Object.fromEntries(['rightly answered', 'busy', ...Object.keys(misdeeds)].map((name) => [name, 0]));
const times = [];

function complain(what) {
  if (failures.length < 20) failures.push(what);
}

async function misbehave(name, random, agent) {
  const { mood, body, act, leaves, may, mayBreak } = misdeeds[name];
  counts[name]++;
  if (act) return act(random);
  const payload = body ? body(random) : asking(mood(random));
  try {
    const { status, text } = await send(agent, payload, leaves ? { after: 20 + 200 * random() } : {});
    // A server whose answers take too much memory at the moment may say so to anybody.
    if (may && status !== 503 && !may.includes(status)) complain(`${name}: status ${status}, ${text.slice(0, 200)}`);
  } catch (error) {
    if (!leaves && !mayBreak) complain(`${name}: ${error.message}`);
  }
}

async function behave(random, agent, id) {
  const note = `echo ${id} ${Math.floor(1e9 * random())}`;
  const begun = performance.now();
  try {
    const { status, text } = await send(agent, asking(note));
    if (status === 503) {
      counts.busy++;
      return;
    }
    if (status !== 200 || JSON.parse(text).note !== note) {
      complain(`another request: status ${status}, ${text.slice(0, 200)}`);
      return;
    }
    counts['rightly answered']++;
    times.push(performance.now() - begun);
  } catch (error) {
    complain(`another request: ${error.message}`);
  }
}

/** A name by its share of a thousand, or undefined. */
function drawn(random) {
  let left = 1000 * random();
  return Object.keys(misdeeds).find((name) => {
    left -= misdeeds[name].share;
    return left < 0;
  });
}

async function caller(id, end) {
  const random = stream(seed + id);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  while (performance.now() < end) {
    const name = drawn(random);
    if (name) await misbehave(name, random, agent);
    else await behave(random, agent, id);
  }
  agent.destroy();
}

async function metric(name) {
  const { text } = await send(undefined, undefined, { path: '/metrics' });
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
}
const heap = async () => (await metric('nodejs_heap_size_used_bytes')) / MIB;
const resident = async () => (await metric('process_resident_memory_bytes')) / MIB;

/** The level of memory once nothing is under way, and what threads keep for a while has been let go. */
async function level() {
  let least = Infinity;
  for (let i = 0; i < 20; i++) {
    await sleep(1000);
    least = Math.min(least, await resident());
  }
  return least;
}

const callers = (ms) => {
  const end = performance.now() + ms;
  return Promise.all(Array.from({ length: CALLERS }, (_, id) => caller(id, end)));
};

// The level is that after the first moments, when all has been used once.
await callers(Math.min(5000, 250 * seconds));
const before = await level();
const heapBefore = await heap();
let highest = 0;
const watch = setInterval(async () => {
  highest = Math.max(highest, await resident().catch(() => 0));
}, 500);
await callers(1000 * seconds);
clearInterval(watch);
const after = await level();
const heapAfter = await heap();
const replaced = await metric('cotangent_workers_replaced_total');

// In the end something hangs, somebody does not read, and the server is told to end.
const random = stream(seed - 1);
const last = [asking('loop'), asking('never')].map((payload) => send(undefined, payload).catch(() => undefined));
void dontRead(random);
await sleep(300);
const asked = performance.now();
child.kill('SIGTERM');
const late = setTimeout(() => child.kill('SIGKILL'), 4000 * DRAIN_S);
const { code, signal, at } = await ended;
clearTimeout(late);
await Promise.all(last);

times.sort((a, b) => a - b);
const quantile = (q) => (times[Math.floor(q * (times.length - 1))] ?? 0).toFixed(1);
const listed = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
console.log(`${seconds} s, ${WORKERS} workers, ${CALLERS} callers, seed ${seed}: ${listed.join(', ')}`);
console.log(`workers replaced ${replaced}; of the others p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms`);
console.log(
  `memory before ${before.toFixed(0)} MiB, highest ${highest.toFixed(0)}, after ${after.toFixed(0)}; ` +
    `heap of the thread that serves ${heapBefore.toFixed(0)}, after ${heapAfter.toFixed(0)} MiB`,
);
console.log(`SIGTERM: ended after ${((at - asked) / 1000).toFixed(1)} s with ${signal ?? code}`);
if (after - before > GROWTH_MIB) complain(`memory grew by ${(after - before).toFixed(0)} MiB`);
if (heapAfter - heapBefore > HEAP_GROWTH_MIB) complain(`the heap grew by ${(heapAfter - heapBefore).toFixed(0)} MiB`);
if (at - asked > 1000 * (DRAIN_S + 2) || code !== 0)
  complain(`SIGTERM: ${signal ?? code} after ${(at - asked).toFixed(0)} ms`);
if (counts['rightly answered'] === 0) complain('nothing was answered');
for (const failure of failures) console.log(`FAIL ${failure}`);
process.exit(failures.length === 0 ? 0 : 1);
