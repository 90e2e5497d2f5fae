/**
 * Node's module hooks: TypeScript files are found and compiled as they are imported.
 *
 * They run in Node's hooks thread, or where Node has `registerHooks` in the thread that imports; then `require` asks them too.
 */
import type { LoadFnOutput, LoadHookContext, ResolveFnOutput, ResolveHookContext } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileTypeScript } from './compileTypeScript.js';
import { formatOf, isTypeScript } from './dialect.js';
import { ownEntry, typeScriptMeant } from './paths.js';

/** A value, or where the hooks have a thread of their own a promise of one. */
type Answer<T> = T | Promise<T>;

/** Which file an import means. */
export function resolve(
  specifier: string,
  context: ResolveHookContext,
  next: (specifier: string, context?: ResolveHookContext) => Answer<ResolveFnOutput>,
): Answer<ResolveFnOutput> {
  const parent = context.parentURL?.startsWith('file:') ? fileURLToPath(context.parentURL) : undefined;
  const meant =
    ownEntry(specifier) ?? (parent && isTypeScript(parent) ? typeScriptMeant(pathOf(specifier), parent) : undefined);
  return meant === undefined ? next(specifier, context) : { url: pathToFileURL(meant).href, shortCircuit: true };
}

function pathOf(specifier: string): string {
  return specifier.startsWith('file:') ? fileURLToPath(specifier) : specifier;
}

// A file of a CommonJS package that an ES module imports is compiled to one too; what it may use is put before its first line.
const commonJsNames = (path: string) =>
  'import { createRequire as __createRequire } from "node:module";' +
  'const require = __createRequire(import.meta.url);' +
  `const __filename = ${JSON.stringify(path)}, __dirname = import.meta.dirname;`;

/** The source of a file. */
export function load(
  url: string,
  context: LoadHookContext,
  next: (url: string, context?: LoadHookContext) => Answer<LoadFnOutput>,
): Answer<LoadFnOutput> {
  const path = url.startsWith('file:') ? fileURLToPath(url) : '';
  if (!isTypeScript(path)) return next(url, context);
  const { conditions }: { readonly conditions?: readonly string[] } = context;
  const format = formatOf(path);
  // In the hooks' own thread there may be no conditions.
  if (format === 'commonjs' && conditions?.includes('require')) {
    return { format, source: compileTypeScript(path, format), shortCircuit: true };
  }
  const prelude = format === 'commonjs' ? commonJsNames(path) : '';
  return { format: 'module', source: prelude + compileTypeScript(path, 'module'), shortCircuit: true };
}
