/** Import a source file from a script, without a build of the package. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const cache = 'node_modules/.cache/cotangent';

/** The exports of `path`, compiled with what it imports; packages are left to Node. */
export async function loadSource(path) {
  await mkdir(cache, { recursive: true });
  const outfile = join(cache, `${path.replaceAll('/', '.')}.${process.pid}.mjs`);
  await build({ entryPoints: [path], outfile, bundle: true, format: 'esm', platform: 'node', packages: 'external' });
  return import(pathToFileURL(outfile).href);
}
