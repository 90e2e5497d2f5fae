/**
 * The JavaScript of the package: `node scripts/bundle.mjs [dist]` puts the sources into few files, because Node takes longer
 * to find and open three hundred than to run them. What two entries share is in one chunk: no class exists twice.
 *
 * An entry that package.json names is found there. To add another, add its source to `entries`.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
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

const options = {
  absWorkingDir: root,
  entryPoints: [...new Set([...sourcesOf([bin, exports, imports]), ...entries])],
  outbase: 'src',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'es2022',
  logLevel: 'warning',
  metafile: true,
  // What package.json says of side effects is meant for the files of the bundle.
  ignoreAnnotations: true,
  // Packages that Node loads in another way than bundlers do: `imports` of package.json tells them apart.
  alias: Object.fromEntries(Object.keys(imports).map((name) => [name.slice(1), name])),
  external: [...Object.keys({ ...dependencies, ...peerDependencies, ...imports })],
};

/** What package.json's `imports` have other files for elsewhere: whoever imports the source imports it by that name. */
const named = new Map(
  Object.entries(imports).flatMap(([name, { default: path }]) =>
    sourcesOf(path).map((file) => [join(root, file), name]),
  ),
);
const byName = {
  name: 'by name',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\./ }, ({ path, kind, resolveDir }) => {
      const name = named.get(resolve(resolveDir, path).replace(/\.js$/, '.ts'));
      return kind === 'entry-point' || name === undefined ? undefined : { path: name, external: true };
    }),
};

/**
 * Who imports a part of the library imports all of it. What the same entries reach is one chunk: so the library becomes
 * one, however many entries there are. Apart stay the client, for browsers, and what the program needs before all else.
 */
async function wholeLibrary() {
  const { metafile } = await build({ ...options, plugins: [byName], outdir: 'dist', write: false });
  const imported = (path) =>
    metafile.inputs[path].imports.filter(({ kind, external }) => !external && kind === 'import-statement');
  const reached = (path, found = new Set()) => {
    if (found.has(path)) return found;
    found.add(path);
    for (const next of imported(path)) reached(next.path, found);
    return found;
  };
  const before = reached('src/cli/main.ts');
  const library = new Set([...reached('src/index.ts')].filter((path) => !before.has(path)));
  const setup = ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
      const path = relative(root, file).replaceAll('\\', '/');
      const outside = !library.has(path) && !path.startsWith('src/client/');
      const joins = outside && imported(path).some((next) => library.has(next.path));
      const contents = readFileSync(file, 'utf8');
      return { contents: joins ? `${contents}\nimport '${join(root, 'src/index.ts')}';` : contents, loader: 'ts' };
    });
  return { name: 'whole library', setup };
}

/** Write the bundle into `folder`. */
export async function bundle(folder = join(root, 'dist')) {
  const outdir = join(folder, 'bundle');
  const plugins = [byName, await wholeLibrary()];
  rmSync(outdir, { recursive: true, force: true });
  return build({ ...options, outdir, plugins, sourcemap: 'linked' });
}

if (process.argv[1] === import.meta.filename) await bundle(process.argv[2] && resolve(process.argv[2]));
