/** Why a file could not be loaded, in words: where a syntax error is, what an import lacks, what the file itself threw. */
import { spawnSync } from 'node:child_process';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ComponentError, problem } from '../errors.js';
import { builtFile } from './builtFile.js';
import { inWords } from './inWords.js';
import { SYNTAX_MARK } from './syntaxMark.js';

/** The error to raise for what importing `file` threw. A definition error is passed on. */
export function explainFailure(cause: unknown, file: string): ComponentError {
  if (cause instanceof ComponentError) return cause;
  if (!(cause instanceof Error))
    return problem('E_LOAD_FAILED', { file, reason: `It threw: ${inWords(cause)}` }, { cause });
  try {
    return explainError(cause, file);
  } catch {
    // The error itself cannot be read.
    return problem('E_LOAD_FAILED', { file, reason: inWords(cause) }, { cause });
  }
}

function explainError(error: Error, file: string): ComponentError {
  const syntax = syntaxError(error, file);
  if (syntax) return problem('E_LOAD_SYNTAX', syntax, { cause: error });
  const place = placeOf(error);
  const reason = `${error.name}: ${firstLine(error.message)}${place === undefined ? '' : ` (${place})`}`;
  return problem('E_LOAD_FAILED', { file, reason }, { cause: error });
}

function syntaxError(error: Error, file: string): { place: string; reason: string } | undefined {
  const marked = error.message.indexOf(SYNTAX_MARK);
  if (marked >= 0) {
    const [, place = '', reason = ''] =
      /^(.*?(?::\d+:\d+)?): (.*)$/.exec(firstLine(error.message.slice(marked + SYNTAX_MARK.length))) ?? [];
    return { place: shorten(place), reason };
  }
  const place = placeOfSyntax(error.stack ?? '') ?? (error instanceof SyntaxError ? recheck(file) : undefined);
  return error instanceof SyntaxError && place !== undefined
    ? { place: shorten(place), reason: error.message }
    : undefined;
}

// Node puts the place of a syntax error before the stack, in CommonJS and when modules are linked...
function placeOfSyntax(stack: string): string | undefined {
  return /^((?:file:|[/A-Z]).*:\d+)\n/.exec(stack)?.[1];
}

// ... and elsewhere only where it prints the error.
function recheck(file: string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' });
  return placeOfSyntax(stderr);
}

/** Where in the user's files an error arose, as far as it says. */
function placeOf(
  error: Error & { readonly code?: unknown; readonly requireStack?: readonly string[] },
): string | undefined {
  if (error.requireStack) return error.requireStack[0] && shorten(error.requireStack[0]);
  if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined;
  const places = (error.stack ?? '').matchAll(/^\s+at (?:.*\()?((?:file:|\/|[A-Z]:)[^)]*:\d+):\d+\)?$/gm);
  for (const [, place = ''] of places) if (!isForeign(place)) return shorten(place);
  return undefined;
}

const own = dirname(fileURLToPath(builtFile('index')));

function isForeign(place: string): boolean {
  return place.includes('node_modules') || place.replace('file://', '').startsWith(own);
}

function shorten(place: string): string {
  const [, file = place, rest = ''] = /^(.*?)((?::\d+)*)$/.exec(place) ?? [];
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  const near = relative(process.cwd(), path);
  return (near.startsWith('..') ? path : near) + rest;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
