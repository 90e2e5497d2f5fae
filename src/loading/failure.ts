/** Why a file could not be loaded, in words: where a syntax error is, what an import lacks, what the file itself threw. */
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ComponentError, problem } from '../errors.js';

/** The mark of a compiler's syntax error: from the hooks' thread it arrives as a plain error, known by its message. */
export const SYNTAX_MARK = 'TypeScript syntax error in ';

/** The error to raise for what importing `file` threw. A definition error is passed on. */
export function explainFailure(cause: unknown, file: string): ComponentError {
  if (cause instanceof ComponentError) return cause;
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const syntax = syntaxError(error);
  if (syntax) return problem('E_LOAD_SYNTAX', syntax, { cause });
  const place = placeOf(error);
  const reason = `${error.name}: ${firstLine(error.message)}${place === undefined ? '' : ` (${place})`}`;
  return problem('E_LOAD_FAILED', { file, reason }, { cause });
}

function syntaxError(error: Error): { place: string; reason: string } | undefined {
  const marked = error.message.indexOf(SYNTAX_MARK);
  if (marked >= 0) {
    const [, place = '', reason = ''] =
      /^(.*?(?::\d+:\d+)?): (.*)$/.exec(firstLine(error.message.slice(marked + SYNTAX_MARK.length))) ?? [];
    return { place: shorten(place), reason };
  }
  // Node puts the place of a syntax error before the stack.
  const place = /^((?:file:|[/A-Z]).*:\d+)\n/.exec(error.stack ?? '')?.[1];
  return error instanceof SyntaxError && place !== undefined
    ? { place: shorten(place), reason: error.message }
    : undefined;
}

/** The first line of a stack that lies in a file of the user's. */
function placeOf(error: Error): string | undefined {
  for (const [, place = ''] of (error.stack ?? '').matchAll(
    /^\s+at (?:.*\()?((?:file:|\/|[A-Z]:)[^)]*:\d+):\d+\)?$/gm,
  )) {
    if (!place.includes('node_modules')) return shorten(place);
  }
  return undefined;
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
