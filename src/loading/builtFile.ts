/** Files of this package that are run by name: in another thread, or in a browser. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** The package.json of this copy of the package. */
export const manifestPath: string = createRequire(import.meta.url).resolve('cotangent/package.json');

/** The JavaScript of `src/<name>.ts`, in the build, even where the sources are run as they are. */
export function builtFile(name: string): URL {
  return new URL(`./dist/bundle/${name}.js`, pathToFileURL(manifestPath));
}
