/**
 * One component, compiled by every compiler a user may have, in both dialects of decorators: it prints the same.
 *
 * To add a component, put `name.ts` and what it prints, `name.txt`, into `__tests__/fixtures/dialects`. To add a
 * compiler, add a row to `outputs`.
 */

import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { transform } from 'esbuild';
import { installBuild, makeFolder, type Outcome, root, runNode, tsc } from './consumer.js';

const fixtures = join(root, '__tests__/fixtures/dialects');
const names = readdirSync(fixtures)
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -3));

const legacy = { experimentalDecorators: true, emitDecoratorMetadata: true };
const folder = makeFolder();
const fine: Outcome = { failed: false, stdout: '', text: '' };
let built = fine;

async function withTsc(target: string, dialect: object): Promise<Outcome> {
  const compilerOptions = {
    target: 'ES2022',
    module: 'NodeNext',
    strict: true,
    skipLibCheck: false,
    types: ['node'],
    rootDir: '../sources',
    outDir: '.',
    ...dialect,
  };
  writeFileSync(join(target, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['../sources'] }));
  return tsc(target, '-p', 'tsconfig.json');
}

async function withEsbuild(target: string, dialect: object): Promise<Outcome> {
  const tsconfigRaw = { compilerOptions: { target: 'ES2022', ...dialect } };
  for (const name of names) {
    const { code } = await transform(readFileSync(join(folder.path, 'sources', `${name}.ts`), 'utf8'), {
      loader: 'ts',
      target: 'es2022',
      tsconfigRaw,
    });
    writeFileSync(join(target, `${name}.js`), code);
  }
  return fine;
}

const outputs: Readonly<Record<string, (target: string) => Promise<Outcome>>> = {
  'tsc, legacy decorators with metadata': (target) => withTsc(target, legacy),
  'tsc, legacy decorators without metadata': (target) => withTsc(target, { experimentalDecorators: true }),
  'tsc, standard decorators': (target) => withTsc(target, {}),
  'esbuild, legacy decorators': (target) => withEsbuild(target, { experimentalDecorators: true }),
  'esbuild, standard decorators': (target) => withEsbuild(target, {}),
};

test('the package builds without a complaint', () => {
  expect(built).toMatchObject({ failed: false, text: '' });
});

describe.each(Object.entries(outputs))('%s', (compiler, compile) => {
  const target = join(folder.path, compiler.replaceAll(/\W+/g, '-'));
  let compiled = fine;

  beforeAll(async () => {
    mkdirSync(target);
    compiled = await compile(target);
  }, 60_000);

  test('compiles the components without a complaint', () => {
    expect(compiled).toMatchObject({ failed: false, text: '' });
  });

  test.each(names)('%s prints what it says', async (name) => {
    const { failed, stdout, text } = await runNode(target, `${name}.js`);
    expect({ failed, stdout }).toEqual({
      failed: false,
      stdout: readFileSync(join(fixtures, `${name}.txt`), 'utf8'),
      ...(failed ? { text } : {}),
    });
  });
});

beforeAll(async () => {
  cpSync(fixtures, join(folder.path, 'sources'), { recursive: true });
  built = await installBuild(folder.path);
}, 60_000);

afterAll(folder.remove);
