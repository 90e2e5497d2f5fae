/**
 * Which file an import of a TypeScript file means, where Node's own answer is another: `./x.js` may be `x.ts`, endings may be
 * left out, `paths` of tsconfig.json apply, and `cotangent` is always this very copy.
 */
import { readFileSync, statSync } from 'node:fs';
import { dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { createPathsMatcher } from 'get-tsconfig';
import { manifestPath } from './builtFile.js';
import { tsconfigOf } from './dialect.js';

const sources: Readonly<Record<string, readonly string[] | undefined>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};
const omitted = ['.ts', '.tsx', '.mts', '.cts', '/index.ts', '/index.tsx'];
const { exports: entries } = JSON.parse(readFileSync(manifestPath, 'utf8')) as { readonly exports: Entries };

type Entries = Readonly<Record<string, { readonly default: string } | string>>;

/** The file of this package that `specifier` names, or undefined where it names none. */
export function ownEntry(specifier: string): string | undefined {
  if (specifier !== 'cotangent' && !specifier.startsWith('cotangent/')) return undefined;
  // Node's resolution is not asked: while it is being extended, that would not end.
  const entry = entries[`.${specifier.slice('cotangent'.length)}`];
  return entry && join(dirname(manifestPath), typeof entry === 'string' ? entry : entry.default);
}

/** The TypeScript file that `specifier` means in the TypeScript file `parent`, or undefined: Node's answer holds. */
export function typeScriptMeant(specifier: string, parent: string): string | undefined {
  const relative = /^\.\.?(\/|$)/.test(specifier) || isAbsolute(specifier);
  const targets = relative ? [resolve(dirname(parent), specifier)] : mapped(specifier, parent);
  for (const target of targets) {
    const found = candidates(target).find(isFile) ?? (relative || !isFile(target) ? undefined : target);
    if (found !== undefined) return found;
  }
  return undefined;
}

function mapped(specifier: string, parent: string): readonly string[] {
  const config = tsconfigOf(parent);
  return (config && createPathsMatcher(config)?.(specifier)) ?? [];
}

function candidates(path: string): readonly string[] {
  const ending = extname(path);
  const stem = path.slice(0, path.length - ending.length);
  const replaced = (sources[ending] ?? []).map((other) => stem + other);
  return isFile(path) ? replaced : [...replaced, ...omitted.map((other) => path + other)];
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
