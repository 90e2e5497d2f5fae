/** The TypeScript of the README, compiled against the sources: what it shows is what there is. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readmeBlocks } from '../../scripts/readme.mjs';
import { makeFolder, root, tsc } from './consumer.js';

const page = join(root, 'README.md');
const folder = makeFolder();
afterAll(folder.remove);

test('the TypeScript of the README compiles against the sources', async () => {
  const blocks = existsSync(page) ? readmeBlocks(readFileSync(page, 'utf8')) : [];
  mkdirSync(join(folder.path, 'readme'));
  for (const { name, code } of blocks) writeFileSync(join(folder.path, 'readme', name), code);
  const compilerOptions = {
    noEmit: true,
    rootDir: '/',
    paths: { cotangent: [join(root, 'src/index.ts')], 'cotangent/*': [join(root, 'src/*/index.ts')] },
  };
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions,
    include: [],
    files: blocks.map(({ name }) => `readme/${name}`),
  };
  writeFileSync(join(folder.path, 'tsconfig.json'), JSON.stringify(config));
  const { text } = blocks.length === 0 ? { text: '' } : await tsc(folder.path, '-p', 'tsconfig.json');
  expect(text).toBe('');
}, 60_000);

describe('the blocks of a page', () => {
  const fence = '```';
  const page = `${fence}ts\n// a-b.ts\nlet x;\n${fence}\n\n${fence}text\n1\n${fence}\n\n${fence}sh\nls\n${fence}\n${fence}ts\nlet y;\n${fence}\nIt says:\n${fence}text\n2\n${fence}\n`;

  test('a block is named by its first line, and prints the text right behind it', () => {
    expect(readmeBlocks(page)).toEqual([
      { name: 'a-b.ts', code: '// a-b.ts\nlet x;\n', prints: '1\n' },
      { name: 'block2.ts', code: 'let y;\n' },
    ]);
  });
});
