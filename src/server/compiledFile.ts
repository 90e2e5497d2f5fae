/** Files of this folder that another thread or a browser runs, as JavaScript. */
import { existsSync } from 'node:fs';

/** The compiled `name`: beside this file, or, where the sources are run as they are, in the build. */
export function compiledFile(name: string): URL {
  const beside = new URL(`./${name}.js`, import.meta.url);
  return existsSync(beside) ? beside : new URL(`../../dist/src/server/${name}.js`, import.meta.url);
}
