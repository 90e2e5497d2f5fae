/**
 * The corpus of derivatives in closed form, put to `checkGradients`: prints a table, and each case that fails.
 *
 * `node scripts/corpus.mjs --name "sin(1/x)" --kind frequency --form jvp --dtype float32 --cases 100 --entries 4800`; each is optional. `--write` puts
 * the table of the whole corpus into docs/checking.md, and `--check` fails where it differs from the one that is there.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const text = { type: 'string' };
const flag = { type: 'boolean', default: false };
const { values } = parseArgs({
  options: { name: text, kind: text, form: text, dtype: text, cases: text, entries: text, write: flag, check: flag },
});

const cache = 'node_modules/.cache/cotangent';
await mkdir(cache, { recursive: true });
const outfile = join(cache, `corpus.${process.pid}.mjs`);
const alias = { cotangent: resolve('src/index.ts'), 'cotangent/testing': resolve('src/testing/index.ts') };
await build({
  entryPoints: ['__tests__/testing/corpus/main.ts'],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  packages: 'external',
  plugins: [
    {
      name: 'source',
      setup: (made) => made.onResolve({ filter: /^cotangent(\/testing)?$/ }, ({ path }) => ({ path: alias[path] })),
    },
  ],
});
const { runChosen, printed, pageWith } = await import(pathToFileURL(resolve(outfile)).href);
const { write, check, cases, entries, ...choice } = values;
const number = (given) => (given === undefined ? undefined : Number(given));
const outcomes = await runChosen({ ...choice, cases: number(cases), entries: number(entries) }, console.log);
console.log(printed(outcomes));

if (write || check) {
  const page = await readFile('docs/checking.md', 'utf8');
  const made = pageWith(page, outcomes);
  if (write) await writeFile('docs/checking.md', made);
  if (check && made !== page) {
    console.error('The table of docs/checking.md is not that of this run: `node scripts/corpus.mjs --write`.');
    process.exitCode = 1;
  }
}
