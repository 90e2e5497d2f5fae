/**
 * Compiles the WebAssembly modules: AssemblyScript in `wasm/` to text in `src/`, which is committed, so that neither users
 * nor builds need the compiler. To add a module, add a row to `modules`. `--check` says whether what is committed is current.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const always = ['-O3', '--runtime', 'stub', '--noAssert'];
const modules = [
  {
    source: 'wasm/numbers.ts',
    target: 'src/codec/numbers/module.ts',
    options: ['--initialMemory', '8', '--memoryBase', '14336'],
  },
  {
    source: 'wasm/products.ts',
    target: 'src/array/products/module.ts',
    options: ['--importMemory', '--enable', 'simd'],
  },
];

const folder = mkdtempSync(join(tmpdir(), 'wasm-'));
let stale = 0;
for (const { source, target, options } of modules) {
  const file = join(folder, 'module.wasm');
  const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
  execFileSync(process.execPath, [compiler, join(root, source), '-o', file, ...always, ...options], {
    stdio: 'inherit',
  });
  const bytes = readFileSync(file).toString('base64');
  const text = `/** What \`npm run wasm\` made of \`${source}\`. */

/** The bytes of the module, in base64. */
export const moduleText: string =
  '${bytes}';
`;
  const path = join(root, target);
  const current = readFileSync(path, { encoding: 'utf8', flag: 'a+' }) === text;
  if (!current && process.argv.includes('--check')) {
    console.error(`${target} is not what ${source} gives: run npm run wasm`);
    stale++;
  } else if (!current) writeFileSync(path, text);
}
rmSync(folder, { recursive: true });
process.exitCode = stale === 0 ? 0 : 1;
