/** What a file exports, whatever it is written in: JavaScript or TypeScript, ES module or CommonJS, either dialect. */
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { pathToFileURL } from 'node:url';

const own = createRequire(import.meta.url).resolve('cotangent');

/** What a module exports, by name. */
export type Exports = Readonly<Record<string, unknown>>;

/** The exports of the file at an absolute path. Raises what the file does, or what keeps it from being compiled. */
export async function importFile(path: string): Promise<Exports> {
  if (isTypeScriptName(path)) return importTypeScript(path);
  if (hasAnotherCopy(path)) await useHooks();
  return exportsOf(await import(pathToFileURL(path).href));
}

/**
 * In a thread that lives longer than those that import the file at `path`: load the compiler, where they will need it. Where
 * only they had it, it would end the process when the last of them ends (see `addons.ts`).
 */
export async function keepCompiler(path: string): Promise<void> {
  if (isTypeScriptName(path) || hasAnotherCopy(path)) await import('@swc/core');
}

function isTypeScriptName(path: string): boolean {
  return /\.[cm]?tsx?$/.test(extname(path));
}

async function importTypeScript(path: string): Promise<Exports> {
  const { formatOf } = await import('./dialect.js');
  process.setSourceMapsEnabled(true);
  if (formatOf(path) === 'commonjs') return requireTypeScript(path);
  await useHooks();
  return exportsOf(await import(pathToFileURL(path).href));
}

// A CommonJS file compiled by the hooks of ES modules would have no working `require` of ES modules on Node 20.
async function requireTypeScript(path: string): Promise<Exports> {
  const { installCommonJsHooks } = await import('./commonjsHooks.js');
  installCommonJsHooks();
  return exportsOf(createRequire(path)(path));
}

async function useHooks(): Promise<void> {
  const { inThread, installHooks } = await import('./install.js');
  installHooks(inThread ? await import('./hooks.js') : undefined);
}

// Two copies of this package would not know each other's base class: the component gets the one that runs.
function hasAnotherCopy(path: string): boolean {
  try {
    return createRequire(path).resolve('cotangent') !== own;
  } catch {
    return true;
  }
}

// `module.exports` of a CommonJS file arrives as the default export of its namespace.
function exportsOf(namespace: unknown): Exports {
  const named = isRecord(namespace) ? namespace : { default: namespace };
  const whole = named['default'];
  return isRecord(whole) ? { ...named, ...whole, default: whole['default'] } : named;
}

function isRecord(value: unknown): value is Exports {
  return typeof value === 'object' && value !== null;
}
