/**
 * `npm run bench`: ours beside the original and beside the limit, in turns, in one run. See docs/benchmarks.md.
 *
 * A case that breaks makes the exit code 1; a target that is missed does not.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chart } from './chart.js';
import { compare, comparison } from './compare.js';
import { type Effort, type Run, race } from './measure.js';
import { pages, peaks, recorded, root } from './places.js';
import { type Respondent, startRespondent } from './processes.js';
import { prepare, startOriginal } from './python.js';
import { circumstances, type Result, type Results, readResults, writeResults } from './results.js';
import { openSuites } from './suites/all.js';
import type { Case, Entry, Setting } from './suites/suite.js';
import { tableHead, tableRow } from './table.js';
import { judge, verdictLines } from './targets.js';

const help = `npm run bench -- [options]

  --quick               small sizes, and little time for each case: two minutes and a half in all
  --only <pattern>      only the ids that this regular expression finds
  --array-sizes a,b,c   1000,100000,10000000 unless said otherwise; 1000,100000 with --quick
  --json <file>         write the results to a file
  --svg <file>          draw them
  --compare <file>      say what became faster and slower since those results
  --record              keep the results as those that the documentation shows
  --no-python           our half only
  --list                print the ids
`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    'array-sizes': { type: 'string' },
    json: { type: 'string' },
    svg: { type: 'string' },
    compare: { type: 'string' },
    record: { type: 'boolean', default: false },
    'no-python': { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string) => void process.stderr.write(`${line}\n`);

type Memory = Respondent<NonNullable<Result['peak']>>;

/** Seconds for all cases together, about; and of each contestant of a case, at most. */
const budgets = {
  quick: { all: 120, seconds: 0.12, warm: 0.15, round: 0.01 },
  full: { all: 700, seconds: 1, warm: 0.5, round: 0.02 },
};
// What a case costs besides its contestants' time, as a part of that.
const OVERHEAD = 4;

/** Processes with as much memory as they need at the time, and not more: what is freed goes back to the system. */
function startMemory({ sizes, quick, python }: Setting): Memory {
  const args = ['--expose-gc', peaks, JSON.stringify({ sizes, quick, python })];
  return startRespondent({ command: process.execPath, args, env: { MALLOC_MMAP_THRESHOLD_: '65536' } });
}

type Share = Omit<Effort, 'leastRounds'>;

async function measure({ id, open }: Entry, effort: Share): Promise<Result> {
  const one: Case = await open();
  try {
    const { ours, theirs, limit, others = {}, leastRounds = 5 } = one;
    const contestants: Record<string, Run> = { ours: ours.run, ...others };
    if (theirs) contestants['theirs'] = theirs.run;
    if (limit) contestants['limit'] = limit.run;
    const timings = await race(contestants, { ...effort, leastRounds }, one);
    return {
      id,
      ours: timings['ours']!,
      theirs: timings['theirs'],
      limit: timings['limit'],
      limitName: limit?.name,
      others: Object.fromEntries(Object.keys(others).map((name) => [name, timings[name]!])),
      probes: one.probes,
    };
  } finally {
    await one.close?.();
  }
}

/** The results of all cases that `pattern` finds, and the ids of those that broke. */
async function measureAll(setting: Setting, pattern: RegExp, memory: Memory): Promise<[Result[], string[]]> {
  const results: Result[] = [];
  const broken: string[] = [];
  const { all, ...effort } = setting.quick ? budgets.quick : budgets.full;
  const suites = openSuites(setting, pattern);
  let left = suites.flatMap(({ entries }) => entries).length;
  if (left === 0) broken.push(`no id is found by ${pattern}`);
  const end = performance.now() / 1000 + all;
  for (const { entries, close } of suites) {
    for (const entry of entries) {
      const fair = (end - performance.now() / 1000) / left-- / OVERHEAD;
      const seconds = Math.min(effort.seconds, Math.max(3 * effort.round, fair));
      const result = await measured(entry, { ...effort, seconds }, setting, memory);
      if (result) results.push(result);
      else broken.push(entry.id);
    }
    await close?.();
  }
  return [results, broken];
}

async function measured(entry: Entry, effort: Share, { original }: Setting, memory: Memory) {
  try {
    const timings = await measure(entry, effort);
    await original?.clear();
    const result = { ...timings, peak: await memory.ask({ id: entry.id }) };
    console.log(tableRow(result));
    return result;
  } catch (error) {
    say(`${entry.id}: ${String(error).split('\n')[0]}`);
    return undefined;
  }
}

/** Measure with the original where it is to be had. */
async function run(wanted: Setting, pattern: RegExp): Promise<[Results, string[]]> {
  const original = wanted.python && prepare(say) ? await startOriginal() : undefined;
  if (!original) say('Without the original: our half only.');
  const setting = { ...wanted, original, python: original !== undefined };
  const found = circumstances(original?.version, process.argv.slice(2));
  console.log(`${found.machine}; Node ${found.node}; ${found.original}\n\n${tableHead}`);
  const memory = startMemory(setting);
  try {
    const [results, broken] = await measureAll(setting, pattern, memory);
    return [{ ...found, results }, broken];
  } finally {
    await memory.stop();
    await original?.stop();
  }
}

async function main(): Promise<number> {
  const { quick } = options;
  const sizes = (options['array-sizes'] ?? (quick ? '1000,100000' : '1000,100000,10000000')).split(',').map(Number);
  const pattern = new RegExp(options.only);
  const setting = { sizes, quick, python: !options['no-python'], original: undefined };
  if (options.list) {
    const suites = openSuites(setting, pattern);
    for (const { id } of suites.flatMap(({ entries }) => entries)) console.log(id);
    return 0;
  }
  // Read before it is written: the same file may be meant.
  const before = options.compare === undefined ? undefined : readResults(options.compare);
  const [found, broken] = await run(setting, pattern);
  const verdicts = judge(found.results);
  if (verdicts.length > 0) console.log(`\n${verdictLines(verdicts)}`);
  if (before) console.log(`\nSince ${before.date}:\n${comparison(compare(found.results, before.results))}`);
  if (options.json) writeResults(options.json, found, { targets: verdicts });
  if (options.svg) writeFileSync(options.svg, chart(found));
  if (options.record) {
    writeResults(recorded, found, { targets: verdicts });
    spawnSync(process.execPath, [pages], { cwd: root, stdio: 'inherit' });
  }
  for (const id of broken) say(`broken: ${id}`);
  return broken.length > 0 ? 1 : 0;
}

if (options.help) console.log(help);
else process.exitCode = await main();
process.exit();
