/**
 * The layers: which room may import which, types included.
 *
 * `rooms` is the list. To add a room, add a row; to let a room import another, name it in the row.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { importCycles, readSource, readSources, resolveImport, type Source } from '../scripts/source.mjs';

const core = ['errors', 'array', 'schema', 'codec', 'operators', 'derive', 'component', 'runtime'];

/** Each room, in the order of the layers, with the rooms (or single files) that it may import. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  commonjs: [],
  errors: [],
  array: ['errors'],
  schema: ['errors', 'array'],
  codec: ['errors', 'array'],
  operators: ['errors', 'array', 'schema'],
  derive: ['errors', 'array', 'operators'],
  component: ['errors', 'array', 'schema', 'operators', 'derive'],
  runtime: ['errors', 'array', 'schema', 'codec', 'operators', 'derive', 'component'],
  loading: core,
  testing: core,
  client: core,
  server: [...core, 'loading', 'testing'],
  proxy: [...core, 'client', 'server'],
  cli: [...core, 'loading', 'testing', 'client', 'server', 'proxy'],
  decorators: [
    'array',
    'schema',
    'operators',
    'derive',
    'component/annotations',
    'component/define',
    'component/component',
  ],
  index: [...core, 'testing', 'client', 'server', 'decorators'],
};

/** The room of a file: `errors` of `src/errors.ts`, `array` of `src/array/dtype.ts`. */
const roomOf = (path: string): string =>
  path
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .split('/')[0] ?? '';

/** Whether `target` is one of `allowed`: a room, or a file written as `room/file`. */
const isAllowed = (target: string, allowed: readonly string[]): boolean =>
  allowed.includes(roomOf(target)) || allowed.includes(target.replace(/^src\//, '').replace(/\.ts$/, ''));

/** Everything in `sources` that breaks the layers, as sentences. */
function layerFaults(sources: readonly Source[]): string[] {
  const paths = new Set(sources.map((source) => source.path));
  return sources.flatMap(({ path, imports }) => {
    const allowed = rooms[roomOf(path)];
    if (allowed === undefined) return [`${path} is in no room`];
    return imports.flatMap(({ specifier, typeOnly }) => {
      const target = resolveImport(path, specifier, paths);
      if (target === undefined) return specifier.startsWith('.') ? [`${path} imports ${specifier}: no such file`] : [];
      if (roomOf(target) === roomOf(path) || isAllowed(target, allowed)) return [];
      return [`${path} imports ${typeOnly ? 'types of ' : ''}${target}: ${roomOf(path)} may not see ${roomOf(target)}`];
    });
  });
}

const isNodeModule = (specifier: string): boolean =>
  specifier.startsWith('node:') || builtinModules.includes(specifier);
const isBrowserClient = (path: string): boolean =>
  path.startsWith('src/client/') && !path.startsWith('src/client/node/');

/** Each Node module that a browser would have to load for `src/client`, as `file imports module`. */
function nodeModulesOfClient(sources: readonly Source[]): string[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const paths = new Set(byPath.keys());
  const reached = new Set([...paths].filter(isBrowserClient));
  for (const path of reached) {
    for (const { specifier, typeOnly } of byPath.get(path)?.imports ?? []) {
      const target = resolveImport(path, specifier, paths);
      if (target !== undefined && !typeOnly) reached.add(target);
    }
  }
  return [...reached].flatMap((path) =>
    (byPath.get(path)?.imports ?? [])
      .filter(({ specifier, typeOnly }) => isNodeModule(specifier) && !typeOnly)
      .map(({ specifier }) => `${path} imports ${specifier}`),
  );
}

const sources = readSources(process.cwd(), ['decorators', 'src']);

describe('the layers', () => {
  test('a room imports only the rooms above it, types included', () => {
    expect(layerFaults(sources)).toEqual([]);
  });

  test('no chain of imports, types included, leads back to its start', () => {
    expect(importCycles(sources)).toEqual([]);
  });

  test('nothing that the client loads needs a Node module', () => {
    expect(nodeModulesOfClient(sources)).toEqual([]);
  });

  test('a decorator writes down and never judges: decorators/ throws nothing', () => {
    const throwing = sources.filter(
      ({ path, text }) => path.startsWith('decorators/') && /\bthrow\b|\bfail\(/.test(text),
    );
    expect(throwing.map(({ path }) => path)).toEqual([]);
  });

  test('one file knows that there are two dialects of decorators, and one how a file says which is its own', () => {
    const dialect = /experimentalDecorators|context\.metadata|design:type/;
    // The one reads it of a file; the command line writes it into a new project, and names it to people.
    const told = (path: string) => path === 'src/loading/dialect.ts' || path.startsWith('src/cli/');
    const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const knowing = sources.filter(({ text }) => dialect.test(code(text))).map(({ path }) => path);
    expect(knowing.filter((path) => path !== 'decorators/annotate.ts' && !told(path))).toEqual([]);
  });
});

describe('the checks of the layers', () => {
  const read = (files: Record<string, string>): Source[] =>
    Object.entries(files).map(([path, text]) => readSource(path, text));
  const target = 'export interface Plan {}\nexport const plan = 1;';

  test.each([
    ['a value', `import { plan } from '../derive/plan.js';`],
    ['a type', `import type { Plan } from '../derive/plan.js';`],
    ['a type in place', `export type P = import('../derive/plan.js').Plan;`],
    ['a re-export', `export { plan } from '../derive/plan.js';`],
    ['a star export', `export * from '../derive/plan.js';`],
    ['a dynamic import', `export const load = () => import('../derive/plan.js');`],
  ])('see an upward import of %s', (_, text) => {
    const faults = layerFaults(read({ 'src/array/shape.ts': text, 'src/derive/plan.ts': target }));
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain('array may not see derive');
  });

  test('see a source file that imports the decorators', () => {
    const files = read({ 'src/runtime/a.ts': `import '../../decorators/field.js';`, 'decorators/field.ts': '' });
    expect(layerFaults(files)).toHaveLength(1);
    expect(layerFaults([readSource('src/index.ts', `export * from '../decorators/field.js';`), ...files])).toHaveLength(
      1,
    );
  });

  test('see a file outside every room', () => {
    expect(layerFaults(read({ 'src/shared.ts': '' }))).toEqual(['src/shared.ts is in no room']);
  });

  test('see a cycle that is closed by a type', () => {
    const files = read({
      'src/array/a.ts': `import { b } from './b.js';`,
      'src/array/b.ts': `import type { A } from './a.js';`,
      'src/array/c.ts': `import { b } from './b.js';`,
    });
    expect(importCycles(files)).toEqual([['src/array/a.ts', 'src/array/b.ts', 'src/array/a.ts']]);
  });

  test('see a Node module behind what the client imports, and not behind its Node files', () => {
    const files = read({
      'src/client/client.ts': `import { codec } from '../codec/codec.js';`,
      'src/client/node/files.ts': `import 'node:fs';`,
      'src/codec/codec.ts': `import 'node:zlib';`,
    });
    expect(nodeModulesOfClient(files)).toEqual(['src/codec/codec.ts imports node:zlib']);
  });
});

describe('the measures of a file', () => {
  const source = readSource(
    'a.ts',
    `/** Größe: what it is. */\n\n/** Doubles. */\nexport const twice = (x: any) =>\n  x * 2;\nfunction plain() {\n}\nexport { plain };\nconst x = y as Z;\nconst w = [1] as const;\n`,
  );

  test('a function has its name and its lines', () => {
    expect(source.functions).toEqual([
      { name: 'twice', line: 4, lines: 2 },
      { name: 'plain', line: 6, lines: 2 },
    ]);
  });

  test('an export is documented where it is declared', () => {
    expect(source.exports).toEqual([
      { name: 'twice', documented: true },
      { name: 'plain', documented: false },
    ]);
  });

  test('a cast counts, and a constant assertion is none', () => {
    expect([source.any, source.as, source.lines]).toEqual([1, 1, 10]);
  });
});

describe('docs/architecture.md', () => {
  test('lists every room, and no other', () => {
    const listed = readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| `((?:src|decorators)[^`]*)`/gm);
    const rows = [...listed].map(([, path]) => (path ?? '').replace(/\/$/, '')).filter((path) => !path.includes('.ts'));
    const present = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const found = [...present.map(({ name }) => `src/${name}`), 'decorators'].filter((path) => path !== 'src/errors');
    expect(rows.filter((path) => found.includes(path) || !/\/.*\//.test(path)).sort()).toEqual(found.sort());
  });
});
