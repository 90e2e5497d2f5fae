/** What must compile and what must not: the compiler on `__tests__/decorators/typing.ts`, in both dialects. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const typing = '__tests__/decorators/typing.ts';
const text = readFileSync(typing, 'utf8');

/** What the compiler says of `content`, under one of the project's configurations. */
function errorsIn(content: string, config: string): string[] {
  // Within the project, so that packages are found from there.
  const folder = mkdtempSync(resolve('__tests__/types/compiled-'));
  try {
    writeFileSync(join(folder, 'typing.ts'), content);
    // The sources themselves: the built package may be older.
    const options = { rootDir: resolve('.'), noEmit: true, paths: { cotangent: [resolve('src/index.ts')] } };
    const project = { extends: resolve(config), compilerOptions: options, include: ['typing.ts'], exclude: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
    const { stdout } = spawnSync(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', folder], {
      encoding: 'utf8',
    });
    return stdout.split('\n').filter((line) => /typing\.ts\(.*error TS/.test(line));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.each([
  ['legacy', 'tsconfig.json'],
  ['standard', 'tsconfig.standard.json'],
])('under %s decorators', (_dialect, config) => {
  test('what must compile does, and every mistake is one', () => {
    expect(errorsIn(text, config)).toEqual([]);
  });

  test('what is expected to be a mistake is reported where it is none', () => {
    const planted = text.replace("@Float64() aa = 'text';", '@Float64() aa = 5;');
    expect(planted).not.toBe(text);
    expect(errorsIn(planted, config)).toEqual([expect.stringContaining('TS2578')]);
  });
});
