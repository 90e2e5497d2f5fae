/** Paths: which texts are paths, what they name, and the order they have. */

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  comparePaths,
  expand,
  formatPath,
  parsePath,
  patternOf,
  readPath,
  type Step,
  valueAt,
} from '../../src/schema/path.js';
import { nearest } from '../../src/schema/suggest.js';

const field = (name: string): Step => ({ kind: 'field', name });
const index = (i: number | null): Step => ({ kind: 'index', index: i });
const key = (k: string | null): Step => ({ kind: 'key', key: k });

describe('a path', () => {
  test.each<[string, readonly Step[]]>([
    ['x', [field('x')]],
    ['sub.z', [field('sub'), field('z')]],
    ['l.[0]', [field('l'), index(0)]],
    ['d.{b c}', [field('d'), key('b c')]],
    ['ld.[0].{k}.z', [field('ld'), index(0), key('k'), field('z')]],
    ['[0]', [index(0)]],
    ['[12]', [index(12)]],
    ['{key with spaces}', [key('key with spaces')]],
    ['{key.with.dots}.x', [key('key.with.dots'), field('x')]],
    ['{🔑key}', [key('🔑key')]],
    ['{a[0]\\{b}', [key('a[0]{b')]],
    ['{a\\}b}.x', [key('a}b'), field('x')]],
    ['{a\\\\b}', [key('a\\b')]],
    ['{\\{\\}\\\\}', [key('{}\\')]],
    ['café', [field('café')]],
    ['_private', [field('_private')]],
    ['x1', [field('x1')]],
    ['変数', [field('変数')]],
    ['l.[]', [field('l'), index(null)]],
    ['d.{}.z', [field('d'), key(null), field('z')]],
  ])('%s', (text, steps) => {
    expect(parsePath(text)).toEqual(steps);
    expect(formatPath(steps)).toBe(text);
  });

  test.each([
    '',
    '.',
    'x.',
    '.x',
    'x..y',
    '[pi]',
    '[-1]',
    '[١]',
    '[1',
    'l[0]',
    'd{a}',
    'x.[0]y',
    'attr-with-dashes',
    '123x',
    '🚀rocket',
    ' x',
    'x ',
    '$x',
    '{a',
    '{a}}',
    '{a{b}',
    '{a\\b}',
    '{a\\}',
    'x\n',
    '[99999999999999999999]',
  ])('is not %j', (text) => {
    expect(parsePath(text)).toBeUndefined();
  });

  test('of any steps is read back from its text, whatever characters its keys hold', () => {
    const odd = fc.constantFrom(
      '',
      '{',
      '}',
      '\\',
      '{}',
      '.',
      '[0]',
      '*',
      '"',
      '\n',
      '__proto__',
      'constructor',
      '\ud800',
      '🔑',
    );
    const anyKey = fc.oneof(
      odd,
      fc.array(odd, { maxLength: 6 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary', maxLength: 50 }),
    );
    const step = fc.oneof(
      fc.stringMatching(/^[a-z_][a-z0-9_]*$/, { size: 'small' }).map(field),
      fc.nat().map(index),
      anyKey.map(key),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, size: 'medium' }), (path) => {
        expect(readPath(formatPath(path))).toEqual(path);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  test('leaves no index open, and is written in one way only', () => {
    expect(['l.[]', 'l.[01]', 'd.{a{b}', 'l.[1].'].map(readPath)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('belongs to the pattern that leaves its indices and keys open', () => {
    expect(patternOf(parsePath('a.[3].{k.l}.z')!)).toBe('a.[].{}.z');
  });
});

describe('a path leads', () => {
  const root = { a: 1, l: [10, 20], d: new Map([['k', { z: 5 }]]), o: { p: 7 }, n: null };
  const at = (text: string) => valueAt(root, parsePath(text)!);

  test('to what stands there', () => {
    expect(['a', 'l.[1]', 'd.{k}.z', 'o.p', 'o.{p}', 'n'].map(at)).toEqual([1, 20, 5, 7, 7, null]);
  });

  test('nowhere where nothing stands, and never to what objects inherit', () => {
    const nowhere = [
      'b',
      'l.[]',
      'l.[2]',
      'd.{x}',
      'a.b',
      'n.x',
      'l.length',
      'o.toString',
      'o.{constructor}',
      'd.size',
      'l.{0}',
    ];
    expect(nowhere.filter((text) => at(text) !== undefined)).toEqual([]);
  });

  test('from a pattern to every place that the value has', () => {
    const tree = { l: [{ m: { a: 1, b: 2 } }, { m: new Map([['c', 3]]) }, { m: null }] };
    expect(expand(tree, parsePath('l.[].m.{}')!).map(formatPath)).toEqual([
      'l.[0].m.{a}',
      'l.[0].m.{b}',
      'l.[1].m.{c}',
    ]);
  });
});

describe('an entry of a map', () => {
  const keys = ['', 'a}b', 'a{b', 'a\\b', 'a\nb', '{', '.', '[0]', '"', "'", '*', '__proto__', 'toString', '🔑'];

  test('has a path whatever its key, and the path leads to it', () => {
    const pattern = parsePath('d.{}')!;
    const asRecord = JSON.parse(`{${keys.map((text, k) => `${JSON.stringify(text)}:${k}`).join()}}`);
    for (const d of [new Map(keys.map((text, k) => [text, k])), asRecord]) {
      const paths = expand({ d }, pattern).map(formatPath);
      expect(paths.map((text) => valueAt({ d }, readPath(text)!))).toEqual(keys.map((_, k) => k));
      expect(new Set(paths).size).toBe(keys.length);
    }
  });
});

describe('paths of one pattern', () => {
  test('are ordered by number, then by key', () => {
    const texts = ['l.[10].{b}', 'l.[2].{a}', 'l.[10].{a}', 'l.[2].{Z}'];
    const sorted = texts.map((text) => parsePath(text)!).sort(comparePaths);
    expect(sorted.map(formatPath)).toEqual(['l.[2].{Z}', 'l.[2].{a}', 'l.[10].{a}', 'l.[10].{b}']);
  });
});

describe('a suggestion', () => {
  test.each([
    ['pionts', ['points', 'mesh'], 'points'],
    ['tempeature', ['pressure', 'temperature'], 'temperature'],
    ['Result', ['result'], 'result'],
    ['X', ['x', 'y'], 'x'],
    ['abxyef', ['abcdef'], 'abcdef'],
    ['prot', ['port', 'part'], 'port'],
  ])('for %s', (name, known, meant) => {
    expect(nearest(name, known)).toBe(meant);
  });

  test.each([
    ['q', ['x', 'y']],
    ['ab', ['cd', 'a']],
    ['poxx', ['port']],
    ['abwxyz', ['abcdef']],
    ['xyzdef', ['abcdef']],
    ['velocity', ['pressure', 'temperature']],
    ['x'.repeat(100_000), ['x']],
    ['x', []],
  ])('is not made where no name is like it: %#', (name, known) => {
    expect(nearest(name, known)).toBeUndefined();
  });
});
