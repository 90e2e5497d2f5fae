/**
 * The JavaScript of the package: `node scripts/bundle.mjs [dist]` puts the sources into few files, because Node takes longer
 * to find and open three hundred than to run them. What two entries share is in one chunk: no class exists twice.
 *
 * An entry that package.json names is found there. To add another, add its source to `entries`.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { build } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const { bin, exports, imports, dependencies, peerDependencies } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);

/** Files that are run by name, in another thread or in a browser; and those that tests and scripts reach into. */
const entries = [
  'src/loading/hooks.ts',
  'src/server/worker.ts',
  'src/server/docs/browser.ts',
  'src/loading/load.ts',
  'src/server/serve.ts',
];

/** The sources of what a part of package.json names: `src/x.ts` of `./dist/bundle/x.js`. */
const sourcesOf = (part) =>
  [...JSON.stringify(part).matchAll(/"\.\/dist\/bundle\/(.*?)\.js"/g)].map(([, name]) => `src/${name}.ts`);

/** Write the bundle into `folder`. */
export async function bundle(folder = join(root, 'dist')) {
  const outdir = join(folder, 'bundle');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: [...new Set([...sourcesOf([bin, exports, imports]), ...entries])],
    outbase: 'src',
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    sourcemap: 'linked',
    logLevel: 'warning',
    // Packages that Node loads in another way than bundlers do: `imports` of package.json tells them apart.
    alias: Object.fromEntries(Object.keys(imports).map((name) => [name.slice(1), name])),
    external: [...Object.keys({ ...dependencies, ...peerDependencies, ...imports })],
  });
}

if (process.argv[1] === import.meta.filename) await bundle(process.argv[2] && resolve(process.argv[2]));
