/** The request of a command: written in place, in a file as `@file`, or on standard input as `-`. */
import { readFileSync } from 'node:fs';
import { fail } from '../errors.js';
import type { ArgumentRow } from './command.js';
import { codeOf } from './systemError.js';

/** The argument that is a request. */
export const requestArgument: ArgumentRow = {
  name: 'request',
  summary: 'The JSON of the request as it is, @file, or - for standard input.',
};

/** Whether an argument is a request and no file name. */
export function isRequest(argument: string): boolean {
  return argument === '-' || /^\s*[@{[]/.test(argument);
}

/** The bytes of a request. */
export function readRequestBytes(argument: string): Uint8Array {
  if (argument === '-') return readFileOf(0, 'standard input');
  if (argument.startsWith('@')) return readFileOf(argument.slice(1), argument.slice(1));
  return new TextEncoder().encode(argument);
}

function readFileOf(file: string | number, name: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const expected = 'the JSON of a request, @file with a file that exists, or - for standard input';
    return fail(
      'E_CLI_VALUE',
      { path: 'The request', received: `the file ${name} (${codeOf(cause, 'unreadable')})`, expected },
      { cause },
    );
  }
}
