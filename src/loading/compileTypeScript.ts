/** One TypeScript file as JavaScript, with its source map inside. Only hooks load this file, and the compiler with it. */
import { readFileSync } from 'node:fs';
import { transformSync } from '@swc/core';
import { compilerOptions, type ModuleFormat } from './dialect.js';
import { SYNTAX_MARK } from './syntaxMark.js';

/** The JavaScript of a TypeScript file. Raises an error whose message is `SYNTAX_MARK`, `file:line:column`, `: reason`. */
export function compileTypeScript(path: string, format: ModuleFormat): string {
  const source = readFileSync(path, 'utf8');
  const options = compilerOptions(path, format);
  try {
    return transformSync(source, options).code;
  } catch (cause) {
    throw new SyntaxError(`${SYNTAX_MARK}${summary(String((cause as Error).message), path)}`, { cause });
  }
}

// The compiler draws the error: the reason behind an x, then the place in brackets, then the lines.
function summary(drawing: string, path: string): string {
  const plain = drawing.replaceAll(String.fromCharCode(27), '').replace(/\[\d+(;\d+)*m/g, '');
  const reason = /^\s*[x×]\s*(.+)$/m.exec(plain)?.[1] ?? plain.trim().split('\n')[0];
  const [, line, column] = /:(\d+):(\d+)\]/.exec(plain) ?? [];
  return `${path}${line === undefined ? '' : `:${line}:${column}`}: ${reason}`;
}
