/** Node's module hooks for ES modules: TypeScript files are found and compiled as they are imported. Runs in Node's hooks thread. */
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isTypeScript } from './dialect.js';
import { ownEntry, typeScriptMeant } from './paths.js';

/** Which file an import means. */
export const resolve: ResolveHook = (specifier, context, next) => {
  const parent = context.parentURL?.startsWith('file:') ? fileURLToPath(context.parentURL) : undefined;
  const meant =
    ownEntry(specifier) ?? (parent && isTypeScript(parent) ? typeScriptMeant(pathOf(specifier), parent) : undefined);
  return meant === undefined ? next(specifier, context) : next(pathToFileURL(meant).href, context);
};

function pathOf(specifier: string): string {
  return specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier;
}

// A file of a CommonJS package that an ES module imports is compiled to one too; what it may use is put before its first line.
const commonJsNames = (path: string) =>
  'import { createRequire as __createRequire } from "node:module";' +
  'const require = __createRequire(import.meta.url);' +
  `const __filename = ${JSON.stringify(path)}, __dirname = import.meta.dirname;`;

/** The source of a file. */
export const load: LoadHook = async (url, context, next) => {
  if (!url.startsWith('file:')) return next(url, context);
  const path = fileURLToPath(url);
  if (!isTypeScript(path)) return next(url, context);
  const [{ compileTypeScript }, { formatOf }] = await Promise.all([
    import('./compileTypeScript.js'),
    import('./dialect.js'),
  ]);
  const prelude = formatOf(path) === 'commonjs' ? commonJsNames(path) : '';
  return { format: 'module', source: prelude + compileTypeScript(path, 'module'), shortCircuit: true };
};
