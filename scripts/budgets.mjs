/**
 * The budgets of the code: sizes, casts, cycles, documentation, names, and how much of it is tests.
 *
 * To add a budget, add a row to `budgets`: `measure` gives the figure and the places, `limit` the most that passes.
 * `node scripts/budgets.mjs --no-tests` leaves out the share of tests.
 */
import { basename } from 'node:path';
import { importCycles, readSources } from './source.mjs';

const root = new URL('..', import.meta.url).pathname;
const sources = readSources(root, ['decorators', 'src']);
const tests = readSources(root, ['__tests__'], (path) => path.includes('/fixtures/'));
const functions = sources.flatMap((s) => s.functions.map((f) => ({ ...f, path: s.path })));

const sum = (numbers) => numbers.reduce((total, n) => total + n, 0);
const quantile = (numbers, q) => [...numbers].sort((a, b) => a - b)[Math.ceil(q * numbers.length) - 1] ?? 0;
const counted = (places) => ({ value: places.length, places });
const long = (items, limit, describe) => items.filter((item) => item.lines > limit).map(describe);
// Sources carry more comments than tests do, so it is code that is compared with code.
const codeLines = (files) =>
  sum(
    files.map(
      ({ text }) =>
        text
          .replace(/\/\*[\s\S]*?\*\//g, '')
          .split('\n')
          .filter((line) => /^\s*(?!\/\/)\S/.test(line)).length,
    ),
  );
const sourceLines = sum(sources.map((s) => s.lines));

const forbiddenName = /(manager|helper|util|service)s?$/i;
const camelCase = /^[a-z][a-zA-Z0-9]*\.ts$/;
const unexplained = /@ts-ignore|@ts-nocheck|@ts-expect-error\s*$|biome-ignore [\w/]+\s*$|\.(?:skip|only)\(/;

/** The lines of `files` that match `pattern`, as `path:line`. */
const matching = (files, pattern) =>
  files.flatMap((s) => s.text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${s.path}:${i + 1}`] : [])));

const budgets = {
  'lines of a file, median': {
    limit: 80,
    measure: () => ({
      value: quantile(
        sources.map((s) => s.lines),
        0.5,
      ),
    }),
  },
  'lines of a file, most': {
    limit: 400,
    measure: () => ({
      value: quantile(
        sources.map((s) => s.lines),
        1,
      ),
      places: long(sources, 400, (s) => `${s.path} (${s.lines})`),
    }),
  },
  'lines of a named function, median': {
    limit: 10,
    measure: () => ({
      value: quantile(
        functions.filter((f) => f.name).map((f) => f.lines),
        0.5,
      ),
    }),
  },
  'lines of a function, most': {
    limit: 50,
    measure: () => ({
      value: quantile(
        functions.map((f) => f.lines),
        1,
      ),
      places: long(functions, 50, (f) => `${f.path}:${f.line} ${f.name ?? 'callback'} (${f.lines})`),
    }),
  },
  'uses of any': {
    limit: 0,
    measure: () => ({
      value: sum(sources.map((s) => s.any)),
      places: sources.filter((s) => s.any > 0).map((s) => `${s.path} (${s.any})`),
    }),
  },
  'casts with "as" per 1000 lines (aim: 10)': {
    limit: 25,
    measure: () => ({
      value: Math.round((10_000 * sum(sources.map((s) => s.as))) / Math.max(1, sourceLines)) / 10,
      places: [...sources]
        .sort((a, b) => b.as - a.as)
        .slice(0, 10)
        .map((s) => `${s.path} (${s.as})`),
    }),
  },
  'import cycles, types included': {
    limit: 0,
    measure: () => counted(importCycles(sources).map((cycle) => cycle.join(' -> '))),
  },
  'exports without a TSDoc comment': {
    limit: 0,
    measure: () =>
      counted(sources.flatMap((s) => s.exports.filter((e) => !e.documented).map((e) => `${s.path} ${e.name}`))),
  },
  'files without an opening comment': {
    limit: 0,
    measure: () => counted(sources.filter((s) => !/^(?:\/\/\/usr.*\n)?\/\*\*/.test(s.text)).map((s) => s.path)),
  },
  'names that say nothing (Manager, Helper, Utils, Service)': {
    limit: 0,
    measure: () =>
      counted([
        ...[...sources, ...tests].map((s) => s.path).filter((path) => forbiddenName.test(basename(path).split('.')[0])),
        ...sources.flatMap((s) =>
          s.exports.filter((e) => forbiddenName.test(e.name)).map((e) => `${s.path} ${e.name}`),
        ),
      ]),
  },
  'file names that are not camelCase.ts': {
    limit: 0,
    measure: () => counted(sources.map((s) => s.path).filter((path) => !camelCase.test(basename(path)))),
  },
  'skips and suppressions without a reason': {
    limit: 0,
    measure: () => counted(matching([...sources, ...tests], unexplained)),
  },
  'lines of source code per 100 of test code': {
    limit: process.argv.includes('--no-tests') ? Infinity : 100,
    measure: () => ({ value: Math.round((100 * codeLines(sources)) / Math.max(1, codeLines(tests))) }),
  },
};

let failed = 0;
console.log(
  `${sources.length} files, ${sourceLines} lines, ${functions.length} functions; ${tests.length} files of tests`,
);
for (const [name, { limit, measure }] of Object.entries(budgets)) {
  const { value, places = [] } = measure();
  const passes = value <= limit;
  console.log(
    `${passes ? 'ok  ' : 'FAIL'} ${String(value).padStart(6)}  of at most ${String(limit).padEnd(8)}  ${name}`,
  );
  if (passes) continue;
  failed += 1;
  for (const place of places) console.log(`              ${place}`);
}
process.exitCode = failed === 0 ? 0 : 1;
