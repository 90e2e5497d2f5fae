/**
 * Load on the built server: `node scripts/load.mjs [seconds]`. Keep-alive requests where throughput peaks, 1 % of them slow
 * and 1 % given up; then long applies; then SIGTERM in the middle. It fails where a request fails that was not given up,
 * `/health` is slow, memory grows, or an accepted request is lost.
 */
import { spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

const seconds = Number(process.argv[2] ?? 30);
const HEALTH_P99_MS = 50;
const GROWTH_MIB = 48;
const root = join(import.meta.dirname, '..');
const failures = [];
const body = Buffer.from('{"inputs":{"x":[1,2,3],"s":2}}');
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const quantile = (values, q) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))] ?? 0;

/** A server in a process of its own. */
async function start(component, options = {}) {
  const script = `
    import { serve } from ${JSON.stringify(join(root, 'dist/bundle/server/index.js'))};
    const server = await serve({ component: { file: ${JSON.stringify(join(root, '__tests__/fixtures/server', component))} }, port: 0, log: 'silent', ...${JSON.stringify(options)} });
    process.once('SIGTERM', async () => { await server.close(); process.exit(0); });
    console.log(server.url);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(new URL(String(data).trim())));
    exited.then(() => reject(new Error('The server did not start.')));
  });
  return { url, child, exited };
}

/** Send one request; resolves with its status, or rejects. A slow one sends its body in pieces; `after` gives it up. */
function send(url, path, { agent, payload, slow = false, after } = {}) {
  return new Promise((resolve, reject) => {
    const headers = payload ? { 'content-type': 'application/json', 'content-length': payload.length } : {};
    const sent = request(new URL(path, url), { method: payload ? 'POST' : 'GET', agent, headers }, (response) => {
      response.on('error', reject);
      response.on('close', () => (response.complete ? resolve(response.statusCode) : reject(new Error('cut off'))));
      response.resume();
    });
    sent.on('error', reject);
    // A request that is over has given its connection to the next one.
    sent.on('close', () => clearTimeout(timer));
    const timer = after === undefined ? undefined : setTimeout(() => sent.destroy(), after);
    if (!slow || !payload) return void sent.end(payload);
    const half = payload.length >> 1;
    sent.write(payload.subarray(0, half));
    setTimeout(() => sent.end(payload.subarray(half)), 200);
  });
}

/** Send requests from `clients` at once until `end`; counts what came of them. */
async function load(url, clients, end, { odd = true, payload = body, path = '/apply' } = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const counts = { done: 0, slow: 0, aborted: 0, failed: 0 };
  const times = [];
  const client = async () => {
    while (performance.now() < end()) {
      const kind = odd ? Math.random() : 1;
      const begun = performance.now();
      if (kind < 0.01) {
        counts.aborted++;
        await send(url, path, { agent, payload, after: Math.random() * 3 }).catch(() => undefined);
        continue;
      }
      if (kind < 0.02) counts.slow++;
      try {
        const status = await send(url, path, { agent, payload, slow: kind < 0.02 });
        if (status !== 200) throw new Error(`status ${status}`);
        counts.done++;
        if (kind >= 0.02) times.push(performance.now() - begun);
      } catch (error) {
        counts.failed++;
        if (counts.failed < 4) failures.push(`a request failed: ${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return { ...counts, times };
}

/** Ask `/health` on a connection of its own until `end`; gives the times. */
async function watchHealth(url, end) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times = [];
  while (performance.now() < end()) {
    const begun = performance.now();
    const status = await send(url, '/health', { agent }).catch((error) => error.message);
    if (status !== 200) failures.push(`health: ${status}`);
    times.push(performance.now() - begun);
    await sleep(10);
  }
  agent.destroy();
  return times;
}

async function residentMib(url) {
  const text = await (await fetch(new URL('/metrics', url))).text();
  return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]) / 2 ** 20;
}

function check(what, value, most, unit) {
  console.log(`${value <= most ? 'ok  ' : 'FAIL'} ${what}: ${value.toFixed(1)} ${unit}, at most ${most}`);
  if (value > most) failures.push(`${what}: ${value}`);
}

const until = (ms) => {
  const end = performance.now() + ms;
  return () => end;
};

async function peak(url) {
  let best = { clients: 1, rate: 0 };
  for (const clients of [1, 2, 4, 8, 16, 32, 64]) {
    const begun = performance.now();
    const { done } = await load(url, clients, until(1500), { odd: false });
    const rate = (1000 * done) / (performance.now() - begun);
    if (rate > 1.02 * best.rate) best = { clients, rate };
  }
  return best;
}

async function keepAlive() {
  const { url, child, exited } = await start('sampler.ts', { queueLimit: 1000 });
  const { clients } = await peak(url);
  const before = await residentMib(url);
  const end = until(seconds * 1000);
  const [{ done, slow, aborted, failed, times }, health] = await Promise.all([
    load(url, clients, end),
    watchHealth(url, end),
  ]);
  const growth = (await residentMib(url)) - before;
  console.log(
    `${clients} clients, ${(done / seconds).toFixed(0)} requests/s, p50 ${quantile(times, 0.5).toFixed(1)} ms, ` +
      `p99 ${quantile(times, 0.99).toFixed(1)} ms; ${slow} slow, ${aborted} given up`,
  );
  check('requests that failed', failed, 0, 'requests');
  check('p99 of /health under load', quantile(health, 0.99), HEALTH_P99_MS, 'ms');
  check('growth of memory', growth, GROWTH_MIB, 'MiB');
  child.kill('SIGTERM');
  await exited;
}

async function longApplies() {
  const { url, child, exited } = await start('labour.ts');
  const end = until(Math.min(seconds, 10) * 1000);
  const payload = Buffer.from('{"inputs":{"ms":300}}');
  const [{ done, failed }, health] = await Promise.all([
    load(url, 4, end, { odd: false, payload }),
    watchHealth(url, end),
  ]);
  console.log(
    `4 clients with applies of 300 ms, one worker: ${done} answered; /health p50 ${quantile(health, 0.5).toFixed(1)} ms`,
  );
  check('long requests that failed', failed, 0, 'requests');
  check('p99 of /health while applies compute', quantile(health, 0.99), HEALTH_P99_MS, 'ms');
  child.kill('SIGTERM');
  await exited;
}

/** Each client's connection is open before the signal; it sends until its connection closes, and then no more. */
async function terminated() {
  const { url, child, exited } = await start('labour.ts', { queueLimit: 1000, workers: 2 });
  const [clients, longest] = [16, 400];
  let [answered, lost, isOver] = [0, 0, false];
  const client = async (i) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const payload = Buffer.from(`{"inputs":{"ms":${i === 0 ? longest : 2}}}`);
    while (!isOver) {
      const isClosed = await new Promise((resolve) => {
        const headers = { 'content-type': 'application/json', 'content-length': payload.length };
        const sent = request(new URL('/apply', url), { method: 'POST', agent, headers }, (response) => {
          response.on('end', () => {
            answered++;
            resolve(response.headers.connection === 'close');
          });
          response.on('error', () => resolve(lost++ >= 0));
          response.resume();
        });
        sent.on('error', (error) => {
          // A connection that was refused took no request.
          if (error.code !== 'ECONNREFUSED') lost++;
          resolve(true);
        });
        sent.end(payload);
      });
      if (isClosed) break;
    }
    agent.destroy();
  };
  const all = Promise.all(Array.from({ length: clients }, (_, i) => client(i)));
  await sleep(1500);
  const begun = performance.now();
  child.kill('SIGTERM');
  const code = await exited;
  const took = performance.now() - begun;
  isOver = true;
  await all;
  console.log(`SIGTERM under load: ${answered} answered, exit code ${code}`);
  check('accepted requests that were lost', lost, 0, 'requests');
  // What runs, what waited before it, and the idle connections.
  check('time to exit', took, 2 * longest + 1000, 'ms');
  if (code !== 0) failures.push(`exit code ${code}`);
}

await keepAlive();
await longApplies();
await terminated();
for (const failure of failures) console.log(`FAIL ${failure}`);
process.exit(failures.length === 0 ? 0 : 1);
