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

  test('every fact that a row takes is in its message, but what is only for programs', () => {
    const onlyForPrograms = ['E_RESULT endpoint', 'E_CONSTRAINT constraint'];
    const rows = sourceFiles(process.cwd(), ['src/errors'])
      .flatMap((path) =>
        readFileSync(path, 'utf8')
          .split(/^ {2}(?=E_\w+:)/m)
          .slice(1),
      )
      .map((text) => /^(E_\w+):\s*(\w+)(?:<([^>]*)>)?/.exec(text) ?? []);
    expect(rows.map(([, code]) => code).sort()).toEqual([...codes].sort());
    const unsaid = rows.flatMap(([, code = '', family, names]) => {
      const facts = names?.match(/\w+/g) ?? (family === 'value' ? ['path', 'received', 'expected'] : []);
      const fields = Object.fromEntries(facts.map((name) => [name, `«${name}»`]));
      const message = (errors[code as keyof typeof errors].message as (given: object) => string)(fields);
      return facts.filter((name) => !message.includes(`«${name}»`)).map((name) => `${code} ${name}`);
    });
    expect(unsaid.sort()).toEqual(onlyForPrograms.sort());
  });

  test('every code begins with E_, and every status is one of a failed request', () => {
    const odd = Object.entries(errors).filter(
      ([code, { status }]) => !/^E_[A-Z][A-Z0-9_]*$/.test(code) || status < 400 || status > 599,
    );
    expect(odd).toEqual([]);
  });
});
