/** The table of faults on purpose: every row fits the sources, and what a run of the tests says of one is read right. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { plant, readFaults, sampleOf, staleOf, verdictIn } from '../../scripts/mutants/plant.mjs';

const root = join(import.meta.dirname, '../..');
const faults = await readFaults();
const files = readdirSync(join(root, '__tests__'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => `__tests__/${name}`);

describe('the table of faults', () => {
  test('fits the sources as they are: what each row replaces is there once', () => {
    expect(staleOf(faults)).toEqual([]);
  });

  test('has more than a hundred, some in every room of the sources, each under a name of its own', () => {
    expect(faults.length).toBeGreaterThan(100);
    const names = faults.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    const rooms = readdirSync(join(root, 'src')).filter((name) => statSync(join(root, 'src', name)).isDirectory());
    const without = ['commonjs'];
    const counted = rooms.map((room) => [room, faults.filter(({ file }) => file.startsWith(`src/${room}/`)).length]);
    expect(counted.filter(([room, count]) => !without.includes(String(room)) && Number(count) < 3)).toEqual([]);
  });

  test('names tests that there are', () => {
    const paths = [...new Set(faults.flatMap(({ tests }) => tests))];
    expect(paths.filter((path) => !files.some((file) => file.startsWith(path)))).toEqual([]);
  });
});

describe('a fault is planted', () => {
  const row = { name: 'too short', file: 'x.ts', find: 'i < n', replace: 'i < n - 1' };

  test('where its text stands, whatever signs are in it', () => {
    expect(plant('for (; i < n; i++)', row)).toBe('for (; i < n - 1; i++)');
    expect(plant('a(b)', { ...row, find: '(b)', replace: "$& $' $1" })).toBe("a$& $' $1");
  });

  test.each([
    ['nowhere', 'i <= n', 0],
    ['twice', 'i < n; i < n', 2],
  ])('and is refused by its name where its text stands %s', (_, text, count) => {
    expect(() => plant(text, row)).toThrow(`"too short" is stale: its "find" occurs ${count} times in x.ts`);
  });

  test('and is refused where it changes nothing, and where there is no such file', () => {
    expect(() => plant('i < n', { ...row, replace: 'i < n' })).toThrow('"too short" changes nothing');
    expect(staleOf([{ ...faults[0]!, name: 'gone', file: 'src/gone.ts' }])).toEqual([
      'The fault "gone" is stale: there is no src/gone.ts.',
    ]);
  });
});

describe('a sample of faults', () => {
  test('is the same for the same seed, another for another, and all of them in the end', () => {
    const few = (seed: string) => sampleOf(faults, 8, seed).map(({ name }) => name);
    expect(few('a')).toEqual(few('a'));
    expect(few('a')).not.toEqual(few('b'));
    const met = new Set(Array.from({ length: 2000 }, (_, seed) => few(String(seed))).flat());
    expect(met.size).toBe(faults.length);
  });

  test('has none of a room twice before it has one of each', () => {
    const rooms = new Set(faults.map(({ room }) => room)).size;
    const drawn = sampleOf(faults, rooms, 'c').map(({ room }) => room);
    expect(new Set(drawn).size).toBe(rooms);
  });
});

test.each([
  ['noise\nverdict {"verdict":"killed","by":"a test"}\nmore', { verdict: 'killed', by: 'a test' }],
  ['verdict {"verdict":"survived"}\n', { verdict: 'survived' }],
  ['Error: no such file', { verdict: 'broken', by: 'Error: no such file' }],
])('a run that printed %j has the verdict %j', (text, verdict) => {
  expect(verdictIn(text)).toEqual(verdict);
});
