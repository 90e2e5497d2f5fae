/**
 * `npm run bench`: ours beside the original and beside the limit, in turns, in one run. See docs/benchmarks.md.
 *
 * To add a suite, add its file to `suites/` and a row to `suites`.
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chart } from './chart.js';
import { compare, comparison } from './compare.js';
import { type Effort, type Run, race, type Timing } from './measure.js';
import { peakOf } from './memory.js';
import { type Original, prepare, startOriginal } from './python.js';
import { environment, type Result, readResults, writeResults } from './results.js';
import { api } from './suites/api.js';
import { cli } from './suites/cli.js';
import { codec } from './suites/codec.js';
import { derivations } from './suites/derivations.js';
import { http } from './suites/http.js';
import type { Case, Entry, Setting, Suite } from './suites/suite.js';
import { tableHead, tableRow } from './table.js';

const suites = { api, codec, derivations, cli, http } as const satisfies Record<string, (setting: Setting) => Suite>;

const help = `npm run bench -- [options]

  --quick               small sizes, and little time for each case: two minutes in all
  --only <pattern>      only the ids that this regular expression finds
  --array-sizes a,b,c   1000,100000,10000000 unless said otherwise; 1000,100000 with --quick
  --json <file>         write the results to a file
  --svg <file>          draw them
  --compare <file>      say what became faster and slower since those results
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
    'no-python': { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** Seconds for all cases together, about; and for each contestant of a case, at most. */
const budgets = { quick: { all: 80, each: 0.12, round: 0.004 }, full: { all: 600, each: 1, round: 0.01 } };
// What a case costs besides its contestants' time, as a part of that.
const OVERHEAD = 4;

async function measure({ id, open }: Entry, quick: boolean, seconds: number): Promise<Result> {
  const one: Case = await open();
  try {
    const { round } = quick ? budgets.quick : budgets.full;
    const effort: Effort = { seconds, leastRounds: one.leastRounds ?? 5, round };
    const { ours, theirs, limit, others = {} } = one;
    const contestants: Record<string, Run> = { ours, ...others };
    if (theirs) contestants['theirs'] = theirs.run;
    if (limit) contestants['limit'] = limit.run;
    const timings = await race(contestants, effort, one);
    return {
      id,
      ours: timings['ours']!,
      theirs: timings['theirs'],
      limit: timings['limit'],
      limitName: limit?.name,
      others: Object.fromEntries(Object.keys(others).map((name) => [name, timings[name]!])),
      peak: quick ? undefined : await peaks(one, timings),
    };
  } finally {
    await one.close?.();
  }
}

/** Peak memory of a call, where one more call takes no long time. */
async function peaks({ ours, theirs }: Case, timings: Readonly<Record<string, Timing>>): Promise<Result['peak']> {
  const isShort = (name: string) => (timings[name]?.median ?? Infinity) < 3;
  return {
    ours: isShort('ours') ? await peakOf(() => ours(1)) : undefined,
    theirs: isShort('theirs') ? await theirs?.peak() : undefined,
  };
}

async function measureAll(setting: Setting, pattern: RegExp): Promise<Result[]> {
  const results: Result[] = [];
  const { all, each } = setting.quick ? budgets.quick : budgets.full;
  const opened = Object.values(suites).map((suite) => suite(setting));
  const wanted = opened.map(({ entries }) => entries.filter(({ id }) => pattern.test(id)));
  let left = wanted.flat().length;
  const end = performance.now() / 1000 + all;
  for (const [i, { close }] of opened.entries()) {
    for (const entry of wanted[i]!) {
      const seconds = Math.min(each, Math.max(0.01, (end - performance.now() / 1000) / left-- / OVERHEAD));
      const result = await measured(entry, setting, seconds);
      if (result) results.push(result);
    }
    await close?.();
  }
  return results;
}

async function measured(entry: Entry, setting: Setting, seconds: number): Promise<Result | undefined> {
  try {
    const result = await measure(entry, setting.quick, seconds);
    console.log(tableRow(result));
    return result;
  } catch (error) {
    say(`${entry.id}: ${String(error).split('\n')[0]}`);
    return undefined;
  } finally {
    await setting.original?.clear();
  }
}

async function original(): Promise<Original | undefined> {
  if (options['no-python'] || !prepare(say)) return undefined;
  return startOriginal();
}

async function main(): Promise<void> {
  const { quick } = options;
  const sizes = (options['array-sizes'] ?? (quick ? '1000,100000' : '1000,100000,10000000')).split(',').map(Number);
  const pattern = new RegExp(options.only);
  if (options.list) {
    const setting = { sizes, quick, original: undefined, say };
    for (const suite of Object.values(suites)) for (const { id } of suite(setting).entries) console.log(id);
    return;
  }
  const theirs = await original();
  if (!theirs) say('Without the original: our half only.');
  const found = environment(theirs?.version);
  console.log(`${found.machine}; Node ${found.node}; ${found.original}\n\n${tableHead}`);
  const results = await measureAll({ sizes, quick, original: theirs, say }, pattern).finally(() => theirs?.stop());
  if (options.json) writeResults(options.json, { ...found, results });
  if (options.svg) writeFileSync(options.svg, chart({ ...found, results }));
  if (options.compare) console.log(`\n${comparison(compare(results, readResults(options.compare).results))}`);
}

if (options.help) console.log(help);
else await main();
process.exit();
