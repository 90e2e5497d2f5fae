/**
 * Faults on purpose: each is planted in a copy of the sources, the tests that ought to catch it are run, and one that
 * stays unnoticed fails: `npm run test:mutants -- --help`.
 *
 * To add a fault, add a row to its room in `scripts/mutants/faults`.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { plant, readFaults, sampleOf, staleOf, verdictIn } from './mutants/plant.mjs';

const root = resolve(import.meta.dirname, '..');

const help = `Plant faults, and see the tests catch them.

  --all              every fault
  --room NAME        those of a room
  --fault TEXT       those whose name has this in it
  --sample N         N of those chosen (of all, where no others are named), by turns from each room
  --seed TEXT        what the sample is drawn by: a commit, a date
  --within SECONDS   begin no other fault after this time
  --jobs N           so many at a time, each in a copy of its own (1)
  --list             name those chosen, and run nothing

Nothing is written to the sources. It fails where a fault survives, or where its row fits the sources no more.`;

const { values: options } = parseArgs({
  options: {
    all: { type: 'boolean' },
    room: { type: 'string', multiple: true },
    fault: { type: 'string', multiple: true },
    sample: { type: 'string' },
    seed: { type: 'string', default: new Date().toISOString().slice(0, 10) },
    within: { type: 'string', default: 'Infinity' },
    jobs: { type: 'string', default: '1' },
    list: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

/** A test that a fault makes wait for ever has caught it. */
const LONGEST_MS = 300_000;
/** What a copy leaves out: it is made, or it is large. */
const left = new Set(['node_modules', 'dist', '.git', 'coverage', '.venv']);

/** A copy of the project in a folder of its own, which shares only the packages. */
function copyProject() {
  const home = mkdtempSync(join(tmpdir(), 'cotangent-mutants-'));
  cpSync(root, home, { recursive: true, filter: (path) => !left.has(relative(root, path)) });
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'), 'dir');
  return home;
}

const running = new Set();

/** Run Node in `home`. It is ended, with all that it has started, where it takes longer than `limit`. */
function runNode(home, words, limit = LONGEST_MS) {
  const { promise, resolve: done } = Promise.withResolvers?.() ?? deferred();
  const child = spawn(process.execPath, words, { cwd: home, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child.pid);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (more) => (text += more));
  let late = false;
  const clock = setTimeout(() => {
    late = true;
    end(child.pid);
  }, limit);
  child.on('exit', (code) => {
    clearTimeout(clock);
    // What the tests have started ends with them.
    end(child.pid);
    running.delete(child.pid);
    child.on('close', () => done({ code, text, late }));
  });
  return promise;
}

function deferred() {
  const made = {};
  made.promise = new Promise((settle) => {
    made.resolve = settle;
  });
  return made;
}

function end(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Build the copy: workers, commands and browsers run JavaScript. The types are left out, they run nowhere. */
async function build(home) {
  const { code, text } = await runNode(home, ['scripts/bundle.mjs']);
  if (code !== 0) return { verdict: 'broken', by: text.trim() };
  // The tests build nothing where the build is newer than the sources.
  const stamp = join(home, 'dist/built');
  writeFileSync(stamp, '');
  utimesSync(stamp, new Date(), new Date(Date.now() + 86_400_000));
  return undefined;
}

const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
// What takes several values comes after the tests, which would be taken for more of them.
const how = ['--silent', '-w', '1', '--reporters', './scripts/mutants/reporter.mjs', '--selectProjects'];

async function runTests(home, tests, project) {
  const { text, late } = await runNode(home, [...jest, ...tests, ...how, project]);
  return late ? { verdict: 'killed', by: 'the clock: the tests did not end' } : verdictIn(text);
}

/** Plant one fault in the copy, build it, run the tests, and take the fault out again. */
async function tryFault(home, row) {
  const path = join(home, row.file);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, plant(text, row));
  try {
    return (await build(home)) ?? (await runTests(home, row.tests, row.project));
  } finally {
    writeFileSync(path, text);
  }
}

function choose(rows) {
  const named = rows.filter(
    ({ room, name }) => options.room?.includes(room) || options.fault?.some((part) => name.includes(part)),
  );
  const chosen = options.room || options.fault ? named : rows;
  return options.sample === undefined ? chosen : sampleOf(chosen, Number(options.sample), options.seed);
}

const marks = { killed: 'ok  ', survived: 'FAIL', broken: 'FAIL' };

function report({ room, name, file }, { verdict, by }, seconds) {
  const time = `${seconds.toFixed(0)} s`.padStart(5);
  if (verdict === 'killed') console.log(`${marks.killed} ${time}  ${room}: ${name}\n             by: ${by}`);
  else if (verdict === 'survived')
    console.log(`${marks.survived} ${time}  ${room}: ${name}\n       SURVIVED in ${file}`);
  else console.log(`${marks.broken} ${time}  ${room}: ${name}\n       no test has looked at it:\n${by}`);
}

/** Try the rows one after another, in a copy. */
async function work(queue, started, outcomes) {
  const home = copyProject();
  try {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      if ((performance.now() - started) / 1000 > Number(options.within)) {
        queue.unshift(row);
        return;
      }
      if (process.stdout.isTTY) process.stdout.write(`       … ${row.room}: ${row.name}\r`);
      const begun = performance.now();
      const outcome = await tryFault(home, row);
      if (process.stdout.isTTY) process.stdout.write('\x1b[2K');
      report(row, outcome, (performance.now() - begun) / 1000);
      outcomes.push(outcome);
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const pid of running) end(pid);
    process.exit(1);
  });
}

async function main() {
  const rows = await readFaults();
  if (options.help || !(options.all || options.room || options.fault || options.sample)) {
    console.log(help);
    return;
  }
  const chosen = choose(rows);
  if (chosen.length === 0) throw new Error('No fault has been chosen. --list --all names every one, with its room.');
  // A stale row is an error at once, not when its turn comes.
  const stale = staleOf(chosen);
  if (stale.length > 0) throw new Error(stale.join('\n'));
  if (options.list) {
    for (const { room, name } of chosen) console.log(`${room}: ${name}`);
    return;
  }
  const [queue, outcomes, started] = [[...chosen], [], performance.now()];
  await Promise.all(Array.from({ length: Number(options.jobs) }, () => work(queue, started, outcomes)));
  const count = (verdict) => outcomes.filter((one) => one.verdict === verdict).length;
  const unread = queue.length > 0 ? `, ${queue.length} not begun in ${options.within} s` : '';
  console.log(
    `${outcomes.length} of ${rows.length} faults in ${((performance.now() - started) / 1000).toFixed(0)} s: ` +
      `${count('killed')} killed, ${count('survived')} survived, ${count('broken')} not looked at${unread}.`,
  );
  if (outcomes.some(({ verdict }) => verdict !== 'killed')) process.exitCode = 1;
}

await main();
