/** Array files on disk: confined to their folders, whatever a request says. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NdArray } from '../../src/array/ndarray.js';
import { arrayFiles } from '../../src/codec/node/files.js';
import { writeJson } from '../../src/codec/write.js';
import { decoded, raised, refusal } from './fixtures.js';

let root = '';
let input = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'files-'));
  input = join(root, 'input');
  mkdirSync(join(input, 'deep'), { recursive: true });
  writeFileSync(join(root, 'secret.bin'), 'secret');
  mkdirSync(join(root, 'input2'));
  writeFileSync(join(root, 'input2', 'a.bin'), 'neighbor');
  writeFileSync(
    join(input, 'a.bin'),
    Uint8Array.from({ length: 20 }, (_, i) => i),
  );
  writeFileSync(join(input, 'deep', 'b:7'), new Uint8Array(8));
  symlinkSync(join(root, 'secret.bin'), join(input, 'link.bin'));
  symlinkSync(root, join(input, 'up'));
  symlinkSync(join(input, 'a.bin'), join(input, 'inside.bin'));
  symlinkSync('/dev/zero', join(input, 'zero'));
  execFileSync('mkfifo', [join(input, 'pipe')]);
});
afterAll(() => rmSync(root, { recursive: true }));

const reference = (buffer: unknown, dtype = 'uint8', shape = [2]) => ({
  shape,
  dtype,
  data: { buffer, encoding: 'binref' },
});
const read = (buffer: unknown, dtype?: string, shape?: number[]) =>
  decoded(reference(buffer, dtype, shape), { files: arrayFiles({ input }) });

describe('reading', () => {
  test.each([
    ['a.bin', [0, 1]],
    ['a.bin:3', [3, 4]],
    ['a.bin:18', [18, 19]],
    ['./a.bin:1', [1, 2]],
    ['deep/b:7:0:0', [0, 0]],
    ['inside.bin:5', [5, 6]],
  ])('%s', (buffer, elements) => expect(Array.from(read(buffer).data, Number)).toEqual(elements));

  test('an offset need not be a multiple of the element size', () => {
    expect(read('a.bin:3', 'uint32', [1]).data).toEqual(new Uint32Array([0x06050403]));
  });

  test.each([
    '../secret.bin',
    'deep/../../secret.bin',
    'deep/../a.bin',
    '..',
    '/etc/hostname',
    'C:/a.bin',
    '~/a.bin',
    '\\a.bin',
    '..\\secret.bin',
    'file:///etc/hostname',
    'http://127.0.0.1/a.bin',
    's3://bucket/a.bin',
    'a.bin\0',
    'link.bin',
    'up/secret.bin',
    'up/input2/a.bin',
    'zero',
    'pipe',
    'deep',
    '.',
    'none.bin',
    'a.bin/none',
    'a.bin:19',
    'a.bin:999999999999999',
    `${'a'.repeat(300)}`,
  ])('%j is refused, and nothing says where the folder is', (buffer) => {
    const error = refusal(reference(buffer), { files: arrayFiles({ input }) });
    expect([error.code, error.path]).toEqual(['E_ARRAY_FILE', 'inputs.x.data.buffer']);
    expect(error.message).not.toContain(root);
  });

  test.each(['', 'a\nb', ':', 'a'.repeat(5000)])('%j is no reference', (buffer) => {
    const { code } = refusal(reference(buffer), { files: arrayFiles({ input }) });
    expect(code).toBe(buffer === ':' ? 'E_ARRAY_FILE' : 'E_ARRAY_DECODE');
  });

  test('a link that is exchanged all the time never leads out', async () => {
    const swap = `const fs = require('fs'); const targets = ['${join(root, 'secret.bin')}', '${join(input, 'a.bin')}'];
      for (let i = 0; ; i++) { fs.symlinkSync(targets[i % 2], 'next'); fs.renameSync('next', 'swap.bin'); if (i === 1) console.log(); }`;
    const child = spawn(process.execPath, ['-e', swap], { cwd: input });
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const files = arrayFiles({ input });
      const seen = new Set<string>();
      for (let i = 0; i < 10_000; i++) {
        const bytes = files.read('swap.bin', 0, 6);
        if (bytes instanceof Uint8Array) seen.add(Buffer.from(bytes).toString('latin1'));
      }
      expect([...seen]).toEqual(['\0\x01\x02\x03\x04\x05']);
    } finally {
      child.kill();
    }
  });

  test('a number is no reference', () => {
    expect(refusal(reference(5), { files: arrayFiles({ input }) }).code).toBe('E_ARRAY_FORM');
  });

  test('a compressed array needs its compressed size', () => {
    const value = { shape: [2], dtype: 'int8', data: { buffer: 'a.bin:0', encoding: 'binref', compression: 'lz4' } };
    expect(refusal(value, { files: arrayFiles({ input }) }).code).toBe('E_ARRAY_DECODE');
  });

  test('a huge array is refused by the size of its file', () => {
    expect(refusal(reference('a.bin', 'float64', [2 ** 28]), { files: arrayFiles({ input }) }).code).toBe(
      'E_ARRAY_FILE',
    );
  });

  test('nothing is read without an input folder', () => {
    expect(refusal(reference('a.bin'), { files: arrayFiles({}) }).code).toBe('E_ARRAY_FILE');
    expect(refusal(reference('a.bin'), { files: arrayFiles({ input: join(root, 'gone') }) }).code).toBe('E_ARRAY_FILE');
  });
});

describe('writing', () => {
  const bytes = (length: number) => new NdArray('uint8', [length], new Uint8Array(length).fill(length));
  const buffers = (body: Uint8Array) =>
    (JSON.parse(Buffer.from(body).toString()) as { data: { buffer: string } }[]).map(({ data }) => data.buffer);

  test('the arrays of one response go into one file, one after the other', () => {
    const files = arrayFiles({ input: root, output: root, run: 'run_7' });
    const written = buffers(writeJson([bytes(3), bytes(0), bytes(5)], { format: 'json+binref', files }));
    const name = written[0]!.replace(/:0$/, '');
    expect(name).toMatch(/^run_7\/[0-9a-f-]{35}\.bin$/);
    expect(written).toEqual([`${name}:0`, `${name}:3`, `${name}:3`]);
    expect(statSync(join(root, name)).size).toBe(8);
    expect(decoded(reference(written[2], 'uint8', [5]), { files }).data).toEqual(new Uint8Array(5).fill(5));
  });

  test('a new file starts once the one before has more bytes than it may', () => {
    const output = mkdtempSync(join(root, 'output-'));
    const files = arrayFiles({ output, fileBytes: 4 });
    const written = buffers(
      writeJson([bytes(4), bytes(1), bytes(2), bytes(9), bytes(1)], { format: 'json+binref', files }),
    );
    expect(written.map((buffer) => buffer.split(':')[1])).toEqual(['0', '4', '0', '2', '0']);
    expect(
      readdirSync(output)
        .map((name) => statSync(join(output, name)).size)
        .sort(),
    ).toEqual([1, 11, 5]);
  });

  test('two responses share no file', () => {
    const write = () =>
      buffers(writeJson([bytes(1)], { format: 'json+binref', files: arrayFiles({ output: root }) }))[0];
    expect(write()).not.toBe(write());
  });

  test.each([
    ['no files', undefined],
    ['no output folder', arrayFiles({})],
    ['an output folder that is a file', arrayFiles({ output: '/dev/null' })],
  ])('fails with %s', (_, files) => {
    expect(raised(() => writeJson(bytes(1), { format: 'json+binref', files })).code).toBe('E_ARRAY_FILE_WRITE');
  });
});
