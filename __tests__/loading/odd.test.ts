/** Odd files: one program loads them all, and tells of each what came of it. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { execute, folder, root } from '../cli/cotangent.js';

// A program is started, on a machine that may be busy.
jest.setTimeout(60_000);

const head = `import { Apply, Component, DifferentiableComponent, Float64 } from 'cotangent';
class Model { @Float64() x!: number }
`;
const twice = (name: string, prefix = 'export ') =>
  `@Component({ inputs: Model, outputs: Model }) ${prefix}class ${name} extends DifferentiableComponent<Model, Model> {
  @Apply() apply({ x }: Model): Model { return { x: 2 * x }; }
}
`;
const good = head + twice('Twice');

/** A file's name, what is in it, and what its component is called, or what loading it says. */
type Row = readonly [name: string, text: string, component: string | readonly string[]];

const loads: readonly Row[] = [
  ['with spaces %20 and #1?.ts', good, 'Twice'],
  ['ünïcode😀.ts', good, 'Twice'],
  ['@at.ts', good, 'Twice'],
  ['{brace.ts', good, 'Twice'],
  ['-dash.ts', good, 'Twice'],
  ['quote\'".ts', good, 'Twice'],
  ['line\nbreak.ts', good, 'Twice'],
  ['two.dots.ts', good, 'Twice'],
  ['byte order mark.ts', `\ufeff${good}`, 'Twice'],
  ['windows.ts', good.replaceAll('\n', '\r\n'), 'Twice'],
  ['shebang.ts', `#!/usr/bin/env node\n${good}`, 'Twice'],
  ['no newline.ts', good.trimEnd(), 'Twice'],
  ['tsx.tsx', good, 'Twice'],
  ['one of two names.ts', `${good}export { Twice as Double };`, 'Twice'],
  ['default beside another.ts', `${good}${twice('Main', 'export default ')}`, 'Main'],
  [
    'abstract parent.ts',
    good.replace('@Component({', '@Component({ abstract: true,') +
      twice('Child').replace('DifferentiableComponent<Model, Model>', 'Twice'),
    'Child',
  ],
  ['class and other values.ts', `${good}export const n = 1, f = () => 1, nothing = null, none = undefined;`, 'Twice'],
  ['exports a plain class.ts', `${good}export class Plain {}`, 'Twice'],
  [
    'decorated twice.ts',
    head + twice('Base', '') + twice('Leaf').replace('DifferentiableComponent<Model, Model>', 'Base'),
    'Leaf',
  ],
  ['types only around.ts', `export interface A { a: 1 }\nexport type B = A;\n${good}`, 'Twice'],
];

const refused: readonly Row[] = [
  ['empty.ts', '', ['E_LOAD_NO_COMPONENT', 'exports nothing']],
  ['only a mark.ts', '\ufeff', ['E_LOAD_NO_COMPONENT', 'exports nothing']],
  ['only a comment.ts', '// later', ['E_LOAD_NO_COMPONENT']],
  ['plain class.ts', 'export default class {}', ['E_LOAD_NO_COMPONENT', 'exports default']],
  ['not exported.ts', head + twice('Hidden', ''), ['E_LOAD_NO_COMPONENT', 'exports nothing']],
  ['an instance.ts', `${head}${twice('Made', '')}export const made = new Made();`, ['E_LOAD_NO_COMPONENT', 'made']],
  ['throws a text.ts', "throw 'no license';", ['E_LOAD_FAILED', 'It threw: no license']],
  ['throws nothing.ts', 'throw undefined;', ['E_LOAD_FAILED', 'It threw: undefined']],
  ['throws no text.ts', 'throw Object.create(null);', ['E_LOAD_FAILED', 'cannot be told as text']],
  ['throws an array.ts', 'throw [1, 2];', ['E_LOAD_FAILED', 'It threw: 1,2']],
  ['rejects.ts', 'await Promise.reject(new RangeError("far"));', ['E_LOAD_FAILED', 'RangeError: far', 'rejects.ts:1']],
  [
    'its message throws.ts',
    "throw Object.defineProperty(new Error('a'), 'message', { get() { throw 1; } });",
    ['E_LOAD_FAILED'],
  ],
  ['several lines.ts', 'throw new Error("first\\nsecond");', ['E_LOAD_FAILED', 'Error: first (several lines.ts:1)']],
  [
    'trap.ts',
    "export const a = new Proxy(function () {}, { get() { throw new Error('trap'); } });",
    ['E_LOAD_FAILED', 'trap'],
  ],
  ['getter.cjs', "module.exports = { get x() { throw new Error('got'); } };", ['E_LOAD_FAILED', 'got', 'getter.cjs:1']],
  ['null.cjs', 'module.exports = null;', ['E_LOAD_NO_COMPONENT']],
  ['number.cjs', 'module.exports = 5;', ['E_LOAD_NO_COMPONENT']],
  ['no prototype.cjs', 'module.exports = Object.create(null);', ['E_LOAD_NO_COMPONENT']],
  [
    'trapped keys.cjs',
    "module.exports = new Proxy({}, { ownKeys() { throw new Error('keys'); } });",
    ['E_LOAD_FAILED', 'keys'],
  ],
  [
    'circular a.ts',
    `import { N } from './circular b.js';\n${head}export class K { @Float64() x!: number }\nN;`,
    ['E_LOAD_FAILED', "Cannot access 'K' before initialization", 'circular b.ts:1'],
  ],
  [
    'imports itself.ts',
    "import { a } from './imports itself.js'; export const b = a; export const a = 1;",
    ['E_LOAD_FAILED', 'before initialization'],
  ],
  ['no such name.ts', "import { nope } from 'cotangent'; nope;", ['E_LOAD_SYNTAX', 'nope', 'no such name.ts:1']],
  ['no such entry.ts', "import 'cotangent/nowhere';", ['E_LOAD_FAILED', 'nowhere']],
  ['own parts.ts', "import 'cotangent/src/errors.js';", ['E_LOAD_FAILED']],
  ['bytes.ts', '\u0000\u0001PK\u0003', ['E_LOAD_SYNTAX', 'bytes.ts:1:1']],
  ['bytes.js', '\u0000\u0001PK\u0003', ['E_LOAD_SYNTAX', 'bytes.js']],
  ['unclosed.ts', `${good}export class {`, ['E_LOAD_SYNTAX', 'unclosed.ts:6']],
  ['upper case.TS', good, ['E_LOAD_FAILED', '.TS']],
  ['text.txt', good, ['E_LOAD_FAILED', '.txt']],
  ['data.json', '{}', ['E_LOAD_FAILED', 'json']],
  ['folder.ts/x', '', ['E_LOAD_MISSING']],
  ['loop.ts', '', ['E_LOAD_FAILED', 'ELOOP']],
  ['dangling.ts', '', ['E_LOAD_MISSING']],
  [`${'long'.repeat(100)}.ts`, '', ['E_LOAD_FAILED', 'ENAMETOOLONG']],
  ['nul\u0000.ts', '', ['E_LOAD_FAILED']],
];
const special = /loop|dangling|folder|longlong|^nul[^l]/;

const driver = `
import { loadComponent } from ${JSON.stringify(join(root, 'dist/bundle/loading/load.js'))};
const outcomes = {};
for (const name of JSON.parse(process.argv[2])) {
  try {
    const { compiled, instance } = await loadComponent(name);
    outcomes[name] = { name: compiled.name, doubled: instance.apply({ x: 21 }).x };
  } catch (error) {
    outcomes[name] = { code: error.code, message: error.message };
  }
}
console.log(JSON.stringify(outcomes));
`;
let outcomes: Record<string, Record<string, unknown>> = {};
let noise = '';

beforeAll(async () => {
  const written = [...loads, ...refused].filter(([name]) => !special.test(name));
  const cwd = folder({
    'package.json': '{ "type": "module" }',
    'driver.mjs': driver,
    'circular b.ts': "import { K } from './circular a.js'; export class N extends K {}",
    ...Object.fromEntries(written.map(([name, text]) => [name, text])),
  });
  mkdirSync(join(cwd, 'folder.ts/x'), { recursive: true });
  symlinkSync('loop.ts', join(cwd, 'loop.ts'));
  symlinkSync('nowhere.ts', join(cwd, 'dangling.ts'));
  writeFileSync(join(cwd, 'names'), '');
  const names = JSON.stringify([...loads, ...refused].map(([name]) => name));
  const { stdout, stderr } = await execute(process.execPath, ['driver.mjs', names], { cwd });
  noise = stderr;
  outcomes = JSON.parse(stdout);
});

describe('a file that holds a component is loaded, whatever it is called and however it ends its lines', () => {
  test.each(loads)('%j', (name, _, component) => {
    expect(outcomes[name]).toEqual({ name: component, doubled: 42 });
  });

  test('and nothing is printed on the way', () => {
    expect(noise).toBe('');
  });
});

describe('a file that holds none is refused with a code, its name and a reason', () => {
  test.each(refused)('%j', (name, _, [code, ...words]) => {
    const { code: given, message } = outcomes[name] ?? {};
    expect([given, message]).toEqual([code, expect.any(String)]);
    for (const word of words) expect(message).toContain(word);
    // The place that is told is one of the user's, none in this package.
    expect(String(message)).not.toContain(join(root, 'dist'));
  });
});
