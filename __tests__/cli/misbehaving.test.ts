/** Components that print, end the program, hang, or throw what is no error; and streams that nobody reads. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cotangent, execute, folder, type Outcome, root } from './cotangent.js';

// Each row starts a program, on a machine that may be busy.
jest.setTimeout(60_000);

/** A component in JavaScript, which starts fastest, whose apply has this body. */
const echo = (body: string, before = '') => `
import { Apply, Component, DifferentiableComponent, Float64 } from 'cotangent';
${before}
class Model {}
const metadata = {};
Float64()(undefined, { kind: 'field', name: 'x', metadata });
Object.defineProperty(Model, Symbol.metadata, { value: metadata });
export class Echo extends DifferentiableComponent { async apply({ x }) { ${body} } }
const notes = {};
Apply()(Echo.prototype.apply, { kind: 'method', name: 'apply', metadata: notes });
Component({ inputs: Model, outputs: Model })(Echo, { kind: 'class', name: 'Echo', metadata: notes });
`;

const noAnswer = 'there is no answer';
const later = 'await new Promise((done) => setTimeout(done, 5000)); return { x };';
const rows: readonly (readonly [string, string, Partial<Outcome>, string])[] = [
  ['answers', 'return { x };', { code: 0 }, ''],
  ['ends the program with 0', 'process.exit(0);', { code: 1, stdout: '' }, noAnswer],
  ['ends the program with 7', 'process.exit(7);', { code: 1, stdout: '' }, noAnswer],
  ['waits for what never comes', 'return new Promise(() => {});', { code: 1, stdout: '' }, noAnswer],
  ['asks for another exit code', 'process.exitCode = 9; return { x };', { code: 0 }, ''],
  ['ends standard output', 'process.stdout.end("last words"); return { x };', { code: 0 }, 'last words'],
  ['destroys standard output', 'process.stdout.destroy(); return { x };', { code: 0 }, ''],
  [
    'waits for standard output to end',
    'await new Promise((d) => process.stdout.end(d)); return { x };',
    { code: 0 },
    '',
  ],
  ['prints bytes', 'process.stdout.write(new Uint8Array([0x68, 0x69])); return { x };', { code: 0 }, 'hi'],
  [
    'fails in a timer',
    `setTimeout(() => { throw new Error('tick'); }, 1); ${later}`,
    { code: 1, stdout: '' },
    'Error: tick',
  ],
  [
    'rejects where nobody waits',
    `Promise.reject(new Error('alone')); ${later}`,
    { code: 1, stdout: '' },
    'Error: alone',
  ],
  ['throws what is no text', 'throw Object.create(null);', { code: 1, stdout: '' }, 'cannot be told as text'],
  [
    'throws an error whose message fails',
    "throw Object.defineProperty(new Error('a'), 'message', { get() { throw 1; } });",
    { code: 1, stdout: '' },
    'cannot be told as text',
  ],
  [
    'answers with a getter that throws',
    "return { get x() { throw new Error('got'); } };",
    { code: 1, stdout: '' },
    'got',
  ],
  [
    'answers what throws when awaited',
    "return { then() { throw new Error('then'); } };",
    { code: 1, stdout: '' },
    'then',
  ],
];
const files = Object.fromEntries(rows.map(([name, body]) => [`${name}.mjs`, echo(body)]));
const whole = {
  ...files,
  'ends early.mjs': echo('', 'process.exit(0);'),
  'stuck.mjs': echo("console.error('in'); for (;;) {}"),
};
const cwd = folder({
  ...whole,
  'slow.mjs': echo("console.error('in'); return new Promise((done) => setTimeout(() => done({ x }), 60_000));"),
});
const request = '{"inputs":{"x":2}}';
const outcomes = new Map<string, Outcome>();

beforeAll(async () => {
  const waiting = [...rows];
  const work = async () => {
    for (let row = waiting.pop(); row; row = waiting.pop()) {
      outcomes.set(row[0], await cotangent(['apply', `${row[0]}.mjs`, request], { cwd }));
    }
  };
  await Promise.all([work(), work(), work()]);
});

describe('a component that misbehaves', () => {
  test.each(rows)('%s', (name, _, expected, said) => {
    const outcome = outcomes.get(name);
    expect(outcome).toMatchObject(expected);
    if (expected.code === 0) expect(JSON.parse(outcome?.stdout ?? '').x.data.buffer).toBe(2);
    expect(outcome?.stderr).toContain(said);
    // No dump of Node's: neither its version nor its own files.
    expect(outcome?.stderr).not.toMatch(/Node\.js v|node:internal/);
  });

  test('one that ends the program while it is loaded has not passed its check', async () => {
    const outcome = await cotangent(['check', 'ends early.mjs'], { cwd });
    expect(outcome).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(noAnswer) });
  });
});

/** Interrupt `apply` once the component is in it: how the program ended, as a shell counts it. */
function interrupted(file: string): Promise<number | null> {
  const words = [join(root, 'dist/bundle/cli/main.js'), 'apply', file, request];
  const child = spawn(process.execPath, words, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  child.stderr.once('data', () => child.kill('SIGINT'));
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  return new Promise((done) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      done(signal === 'SIGINT' ? 130 : code);
    });
  });
}

describe('one interrupt is enough', () => {
  test.each(['stuck.mjs', 'slow.mjs'])('to end %s with 130', async (file) => {
    expect(await interrupted(file)).toBe(130);
  });
});

describe('streams', () => {
  const shell = (script: string) =>
    execute('bash', ['-c', script], { cwd, env: { PATH: `${cwd}/node_modules/.bin:${process.env['PATH']}` } });

  test.each([
    ['a reader that reads nothing', 'cotangent openapi-schema answers.mjs | true; echo $PIPESTATUS', '0\n', ''],
    ['a reader that stops', 'cotangent openapi-schema answers.mjs | head -c 1; echo $PIPESTATUS', '{0\n', ''],
    ['a disk that is full', `cotangent apply answers.mjs '${request}' >/dev/full; echo $?`, '1\n', 'ENOSPC'],
    ['no standard input', 'cotangent apply answers.mjs - <&-; echo $?', '2\n', 'E_JSON'],
    ['bytes that are no text', "printf '\\377\\376' | cotangent apply answers.mjs -; echo $?", '2\n', 'not UTF-8'],
    ['a message that nobody reads', '{ cotangent nosuch 2>&1; echo $? >&2; } | true', '', '2'],
  ])('%s', async (_, script, stdout, stderr) => {
    const outcome = await shell(script);
    expect(outcome.stdout).toBe(stdout);
    expect(outcome.stderr).toContain(stderr);
    expect(outcome.stderr).not.toMatch(/Node\.js v|node:internal|--debug/);
  });

  test('a byte order mark and line ends of Windows are no part of a request', async () => {
    const { stdout } = await cotangent(['apply', 'answers.mjs', '-'], {
      cwd,
      input: '\ufeff{"inputs":\r\n{"x":2}}\r\n',
    });
    expect(JSON.parse(stdout).x.data.buffer).toBe(2);
  });
});
