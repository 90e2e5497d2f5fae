/** The error table against its page and against the tests: a code that nobody documents or raises is not there. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { sourceFiles } from '../scripts/source.mjs';
import { errors } from '../src/errors.js';

const codes = Object.keys(errors);

describe('the error table', () => {
  test('docs/errors.md lists every code, and no other', () => {
    const listed = readFileSync('docs/errors.md', 'utf8').match(/^\| `E_\w+`/gm) ?? [];
    expect(listed.map((line) => line.slice(3, -1))).toEqual(codes);
  });

  test('every code is raised in a test', () => {
    const files = sourceFiles(process.cwd(), ['__tests__'], (path) => path === '__tests__/errors.test.ts');
    const tests = files.map((path) => readFileSync(path, 'utf8')).join('\n');
    expect(codes.filter((code) => !new RegExp(`\\b${code}\\b`).test(tests))).toEqual([]);
  });

  test('every code begins with E_, and every status is one of a failed request', () => {
    const odd = Object.entries(errors).filter(
      ([code, { status }]) => !/^E_[A-Z][A-Z0-9_]*$/.test(code) || status < 400 || status > 599,
    );
    expect(odd).toEqual([]);
  });
});
