import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { cotangent, execute, folder } from '../cli/cotangent.js';

// Each test starts programs, on a machine that may be busy.
jest.setTimeout(60_000);

const component = (stem = 'Square') => `
import { Apply, Component, Derive, DifferentiableComponent, Float64, Jacobian, type JacobianRequest } from 'cotangent';
import { type Side, square } from './lib/math.js';
class In { @Float64({ differentiable: true }) x!: number; }
class Out { @Float64({ differentiable: true }) y!: number; }
@Component({ inputs: In, outputs: Out })
@Derive('jvpFromJacobian')
export class ${stem} extends DifferentiableComponent<In, Out> {
  @Apply() apply({ x }: In): Out { return { y: square(x) }; }
  @Jacobian() jacobian({ inputs: { x } }: JacobianRequest<In>) { const side: Side = x; return { y: { x: 2 * side } }; }
}`;
const math = 'export type Side = number;\nexport const square = (x: Side): number => x * x;\n';
const legacy =
  '{ "compilerOptions": { "target": "ES2022", "experimentalDecorators": true, "emitDecoratorMetadata": true } }';
const standard = '{ "compilerOptions": { "target": "ES2022", // a comment\n } }';
const esm = '{ "type": "module" }';
const commonjs = '{}';
const files = { 'component.ts': component(), 'lib/math.ts': math };

const apply = async (cwd: string, ...words: string[]) => {
  const { code, stdout, stderr } = await cotangent(['apply', ...words, '{"inputs":{"x":3}}'], { cwd });
  return { code, stderr, y: stdout === '' ? undefined : JSON.parse(stdout).y.data.buffer };
};
const squared = { code: 0, stderr: '', y: 9 };

describe('a component is loaded, whatever it is written in', () => {
  test.each([
    ['ES module, legacy decorators', { ...files, 'package.json': esm, 'tsconfig.json': legacy }],
    ['ES module, standard decorators', { ...files, 'package.json': esm, 'tsconfig.json': standard }],
    ['CommonJS, legacy decorators', { ...files, 'package.json': commonjs, 'tsconfig.json': legacy }],
    ['CommonJS, standard decorators', { ...files, 'package.json': commonjs, 'tsconfig.json': standard }],
    ['neither package.json nor tsconfig.json', files],
    [
      'a tsconfig.json that extends another',
      { ...files, 'tsconfig.json': '{ "extends": "./base.json" }', 'base.json': legacy },
    ],
    [
      'the aliases of tsconfig.json',
      {
        'package.json': esm,
        'tsconfig.json': '{ "compilerOptions": { "paths": { "#lib/*": ["./lib/*"] } } }',
        'lib/math.ts': math,
        'component.ts': component().replace('./lib/math.js', '#lib/math'),
      },
    ],
    [
      'an import without an ending',
      { ...files, 'package.json': commonjs, 'component.ts': component().replace('math.js', 'math') },
    ],
    [
      'a default export beside another component',
      {
        ...files,
        'package.json': esm,
        'component.ts': `${component('Other')}\nexport default class Main extends Other {}`,
      },
    ],
  ])('%s', async (_, written) => {
    expect(await apply(folder(written))).toEqual(squared);
  });

  test('endings choose the module format before package.json does', async () => {
    const text = component().replace('math.js', 'math.mjs');
    const cwd = folder({ 'package.json': commonjs, 'lib/math.mts': math, 'component.mts': `await null;${text}` });
    expect(await apply(cwd)).toEqual(squared);
    const other = folder({
      'package.json': esm,
      'lib/math.cts': math,
      'component.cts': component().replace('math.js', 'math.cjs'),
    });
    expect(await apply(other)).toEqual(squared);
  });

  test.each([
    ['that says nothing of its type', { 'package.json': commonjs }, 'object'],
    ['that says commonjs', { 'package.json': '{ "type": "commonjs" }' }, 'object'],
    ['that says module', { 'package.json': esm }, 'undefined'],
    [
      'that lies in one that says module, and says nothing',
      { '../package.json': esm, 'package.json': commonjs },
      'object',
    ],
    ['that is none: the nearest above it counts', { '../package.json': esm }, 'undefined'],
  ])('a TypeScript file in a package %s has the variables of its module format', async (_, packages, kind) => {
    const check = `if (typeof module !== '${kind}') throw new Error('module is ' + typeof module);`;
    const inside = {
      'in/component.ts': `declare const module: unknown;\n${component()}\n${check}`,
      'in/lib/math.ts': math,
    };
    const placed = Object.entries(packages).map(([name, text]) => [join('in', name), text]);
    expect(await apply(join(folder({ ...inside, ...Object.fromEntries(placed) }), 'in'))).toEqual(squared);
  });

  const options = (compilerOptions: object) => ({ 'tsconfig.json': JSON.stringify({ compilerOptions }) });
  const legacyOn = { experimentalDecorators: true };
  test.each([
    ['without a tsconfig.json', {}, 'legacy', 'defined'],
    ['of ES2022 and legacy decorators', options({ target: 'ES2022', ...legacyOn }), 'legacy', 'defined'],
    ['of ES2021', options({ target: 'ES2021', ...legacyOn }), 'legacy', 'assigned'],
    ['of ES6', options({ target: 'es6', ...legacyOn }), 'legacy', 'assigned'],
    ['of ES2025', options({ target: 'ES2025', ...legacyOn }), 'legacy', 'defined'],
    ['of no target', options(legacyOn), 'legacy', 'defined'],
    [
      'of ES2021 that wants fields defined',
      options({ target: 'ES2021', useDefineForClassFields: true, ...legacyOn }),
      'legacy',
      'defined',
    ],
    [
      'that wants them assigned',
      options({ target: 'ES2022', useDefineForClassFields: false, ...legacyOn }),
      'legacy',
      'assigned',
    ],
    ['of standard decorators', options({ target: 'ES2022' }), 'standard', 'defined'],
  ])('in a project %s, decorators and fields are compiled as TypeScript would', async (_, config, dialect, fields) => {
    const text = `
      let met = '';
      const Note = (_target: unknown, second: unknown): void => { met = typeof second === 'string' ? 'legacy' : 'standard'; };
      class Parent { constructor() { this.begin(); } begin(): void {} }
      class Child extends Parent { @Note noted = 1; late?: number; override begin(): void { this.late = 1; } }
      const found = met + ' ' + (new Child().late === 1 ? 'assigned' : 'defined');
      if (found !== '${dialect} ${fields}') throw new Error(found);`;
    const cwd = folder({ ...files, ...config, 'package.json': esm, 'component.ts': component() + text });
    expect(await apply(cwd)).toEqual(squared);
  });

  test('a CommonJS package in JavaScript', async () => {
    const cwd = folder({
      ...files,
      'package.json': commonjs,
      'tsconfig.json': standard,
      'index.cjs': "require('cotangent/register'); module.exports = require('./component.ts');",
    });
    expect(await apply(cwd, 'index.cjs')).toEqual(squared);
  });

  test('the default export of a CommonJS package counts among its components', async () => {
    const text = `require('cotangent/register');
      const { Square } = require('./component.ts');
      Object.assign(exports, { A: class A extends Square {}, B: class B extends Square {}, default: Square });`;
    const cwd = folder({ ...files, 'package.json': commonjs, 'tsconfig.json': standard, 'index.cjs': text });
    expect(await apply(cwd, 'index.cjs')).toEqual(squared);
  });

  test('a project with another copy of cotangent gets the one that runs', async () => {
    for (const type of [esm, commonjs]) {
      const cwd = folder({ ...files, 'package.json': type, 'tsconfig.json': standard });
      unlinkSync(`${cwd}/node_modules/cotangent`);
      mkdirSync(`${cwd}/node_modules/cotangent`);
      writeFileSync(`${cwd}/node_modules/cotangent/package.json`, '{ "name": "cotangent", "main": "index.js" }');
      writeFileSync(`${cwd}/node_modules/cotangent/index.js`, "throw new Error('the other copy');");
      expect(await apply(cwd)).toEqual(squared);
    }
  });

  test('node --import cotangent/register runs TypeScript, tests included', async () => {
    for (const type of [esm, commonjs]) {
      const cwd = folder({
        ...files,
        'package.json': type,
        'main.ts': "import { Square } from './component.js'; console.log(new Square().apply({ x: 4 }));",
      });
      const outcome = await execute(process.execPath, ['--import', 'cotangent/register', 'main.ts'], { cwd });
      expect(outcome).toEqual({ code: 0, stdout: '{ y: 16 }\n', stderr: '' });
    }
  });
});

describe('what cannot be loaded is said with its place', () => {
  const broken: readonly (readonly [string, string, string, readonly string[]])[] = [
    ['a syntax error', 'a.ts', 'const a = 1;\nconst b = ;\n', ['E_LOAD_SYNTAX', 'a.ts:2:']],
    ['a syntax error in JavaScript', 'a.mjs', 'const b = ;\n', ['E_LOAD_SYNTAX', 'a.mjs:1']],
    ['a syntax error in an import', 'a.ts', "import './b.js';", ['E_LOAD_SYNTAX', 'b.ts:1:']],
    [
      'an import that is not there',
      'a.ts',
      "import { x } from './nowhere.js'; x;",
      ['E_LOAD_FAILED', 'nowhere.js', 'a.ts'],
    ],
    ['a package that is not there', 'a.ts', "import { x } from 'nowhere'; x;", ['E_LOAD_FAILED', 'nowhere', 'a.ts']],
    [
      'a file that throws',
      'a.ts',
      "\nthrow new TypeError('not today');",
      ['E_LOAD_FAILED', 'TypeError: not today', 'a.ts:2'],
    ],
    ['no component', 'a.ts', 'export const x = 1;', ['E_LOAD_NO_COMPONENT', 'x']],
    ['an undecorated jacobian', 'a.ts', component().replace('@Jacobian()', ''), ['E_DEFINE_UNDECORATED']],
    [
      'a constructor that throws',
      'a.ts',
      component().replace('@Apply()', "z = (() => { throw new Error('no license') })(); @Apply()"),
      ['E_OPEN_CONSTRUCTOR', 'no license'],
    ],
    [
      'two components',
      'a.ts',
      `${component()}\n@Component({ inputs: In, outputs: Out }) export class Twice extends Square {}`,
      ['E_LOAD_SEVERAL', 'Square', 'Twice'],
    ],
  ];
  for (const [kind, type] of [
    ['an ES module', esm],
    ['CommonJS', commonjs],
  ] as const) {
    test.each(broken)(`in ${kind}: %s`, async (_, file, text, named) => {
      const cwd = folder({
        ...files,
        [file]: text,
        'b.ts': 'const b = ;',
        'package.json': type,
        'tsconfig.json': legacy,
      });
      const { code, stdout, stderr } = await cotangent(['check', file], { cwd });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      for (const name of named) expect(stderr).toContain(name);
    });
  }

  test('--export chooses among several, and says what there is', async () => {
    const text = `${component()}\nexport class Twice extends Square {}`;
    const cwd = folder({ ...files, 'package.json': esm, 'component.ts': text });
    expect((await cotangent(['check', '--export', 'Twice'], { cwd })).stdout).toContain('ok: Twice');
    const { stderr } = await cotangent(['check', '--export', 'Thrice'], { cwd });
    expect(stderr).toContain('E_LOAD_EXPORT');
    expect(stderr).toContain('Square, Twice');
  });
});
