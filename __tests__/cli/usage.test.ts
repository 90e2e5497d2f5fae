import { readFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import { cotangent, folder, rosenbrockFolder } from './cotangent.js';

// Each test starts programs, on a machine that may be busy.
jest.setTimeout(60_000);

const cwd = rosenbrockFolder();
const run = (...words: string[]) => cotangent(words, { cwd });
const answer =
  '{"result":{"object_type":"array","shape":[],"dtype":"float32","data":{"buffer":100,"encoding":"json"}}}';
const atOne = '{"inputs":{"x":1}}';

describe('results and messages', () => {
  test('an answer is on standard output to the byte, with no line end behind it', async () => {
    expect(await run('apply', atOne)).toEqual({ code: 0, stdout: answer, stderr: '' });
  });

  test('what a component prints is on standard error', async () => {
    const noisy = folder({
      'component.mjs': `
        import { Component, DifferentiableComponent, Apply, Float64 } from 'cotangent';
        console.log('while loading');
        const decorate = (decorators, target, context) => decorators.forEach((one) => one(target, context));
        class Model {}
        const metadata = {};
        Float64()(undefined, { kind: 'field', name: 'x', metadata });
        Object.defineProperty(Model, Symbol.metadata, { value: metadata });
        export class Echo extends DifferentiableComponent {
          apply({ x }) { console.log('while running'); process.stdout.write('raw\\n'); return { x }; }
        }
        const notes = {};
        Apply()(Echo.prototype.apply, { kind: 'method', name: 'apply', metadata: notes });
        Component({ inputs: Model, outputs: Model })(Echo, { kind: 'class', name: 'Echo', metadata: notes });
      `,
    });
    const { code, stdout, stderr } = await cotangent(['apply', '{"inputs":{"x":2}}'], { cwd: noisy });
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'while loading\nwhile running\nraw\n' });
    expect(JSON.parse(stdout).x.data.buffer).toBe(2);
  });

  test('with --output-file the answer is in that file of the output folder, and standard output stays empty', async () => {
    const outcome = await run('apply', atOne, '--output-file', 'answer.json', '--output-path', 'out/deep');
    expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(`${cwd}/out/deep/answer.json`, 'utf8')).toBe(answer);
  });

  test('json+binref writes its arrays into the output folder, and reads them back from the input folder', async () => {
    const { stdout } = await run('apply', atOne, '-f', 'json+binref', '--output-path', 'arrays');
    const { result } = JSON.parse(stdout);
    const request = JSON.stringify({ inputs: { x: 1, y: result } });
    const { code, stdout: second } = await run('apply', request, '--input-path', 'arrays');
    expect(code).toBe(0);
    // (1 - 1)² + 100·(100 - 1)²
    expect(JSON.parse(second).result.data.buffer).toBe(980100);
  });

  test('base64 of a float32 is its four bytes', async () => {
    const { stdout } = await run('--output-format', 'json+base64', 'apply', atOne);
    const { data } = JSON.parse(stdout).result;
    expect(Buffer.from(data.buffer, 'base64').readFloatLE()).toBe(100);
  });

  test('a request comes from standard input, and from a file', async () => {
    expect((await cotangent(['apply', 'component.ts', '-'], { cwd, input: atOne })).stdout).toBe(answer);
    expect((await run('apply', '-c', 'component.ts', '@request.json')).stdout).toBe(answer);
  });

  test('no color is written where there is no terminal', async () => {
    const { stdout } = await run('inspect');
    expect(stdout).not.toContain('\u001b');
  });

  test('--version prints the version of the package, and no arguments print the commands to standard error', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('vector-jacobian-product');
  });
});

describe('what was misspelled is named, with what was meant', () => {
  test.each([
    [['aply', atOne], 'Did you mean apply?'],
    [['vector-jacobian-prodct'], 'Did you mean vector-jacobian-product?'],
    [['apply', atOne, '--outputformat', 'json'], 'Did you mean --output-format?'],
    [['serve', '--prot', '1'], 'Did you mean --port?'],
    [['apply', atOne, '--output-format', 'json+bas64'], 'did you mean json+base64?'],
    [['apply', '{"input":{"x":1}}'], 'Did you mean inputs?'],
    [['apply', atOne, '--derive', 'vjpFromJacobin'], 'vjpFromJacobian'],
  ])('%j', async (words, advice) => {
    const { code, stdout, stderr } = await run(...words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(advice);
  });
});

describe('exit codes', () => {
  test.each([
    ['a command line that lacks the request', ['apply'], 2, 'E_CLI_ARGUMENTS'],
    ['an option of another command', ['apply', atOne, '--port', '1'], 2, 'E_CLI_UNKNOWN'],
    ['an option without its value', ['apply', atOne, '--output-format'], 2, 'E_CLI_VALUE'],
    ['a number out of range', ['serve', '--port', '65536'], 2, 'E_CLI_VALUE'],
    ['a request file that is not there', ['apply', '@nowhere.json'], 2, 'E_CLI_VALUE'],
    ['a request that is not JSON', ['apply', '{"inputs":'], 2, 'E_JSON'],
    ['a request that the schema refuses', ['apply', '{"inputs":{"x":"one"}}'], 2, 'E_ARRAY_NUMERIC'],
    ['a component that is not there', ['apply', 'nowhere.ts', atOne], 2, 'E_LOAD_MISSING'],
    ['a failed check', ['check', 'nowhere.ts'], 1, 'E_LOAD_MISSING'],
    ['a rule that the class cannot use', ['apply', atOne, '--derive', 'jacobianFromVjp'], 2, 'E_DERIVE_OWN_EXISTS'],
  ])('%s', async (_, words, code, named) => {
    const outcome = await run(...words);
    expect(outcome.stderr).toContain(named);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: '' });
  });

  test('a component that throws gives 1, its message without a stack, and its line of TypeScript with --debug', async () => {
    const failing = rosenbrockFolder();
    const source = readFileSync(`${failing}/component.ts`, 'utf8').split('\n');
    const line = source.findIndex((text) => text.includes('return { result: (a - x)')) + 1;
    const text = source
      .map((one, i) => (i + 1 === line ? `throw new RangeError('out of fuel'); ${one}` : one))
      .join('\n');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(`${failing}/component.ts`, text);
    const plain = await cotangent(['apply', atOne], { cwd: failing });
    expect({ code: plain.code, stdout: plain.stdout }).toEqual({ code: 1, stdout: '' });
    expect(plain.stderr).toContain('RangeError: out of fuel');
    expect(plain.stderr).not.toContain('component.ts:');
    const debug = await cotangent(['apply', atOne, '--debug'], { cwd: failing });
    expect(debug.stderr).toContain(`component.ts:${line}:`);
  });
});

describe('the environment', () => {
  const base64 = (env: Record<string, string>, ...words: string[]) =>
    cotangent(['apply', atOne, ...words], { cwd, env });

  test.each([
    [{ COTANGENT_OUTPUT_FORMAT: 'json+base64' }],
    [{ TESSERACT_RUNTIME_OUTPUT_FORMAT: 'json+base64', TESSERACT_OUTPUT_FORMAT: 'json' }],
    [{ TESSERACT_OUTPUT_FORMAT: 'json+base64' }],
  ])('%j sets the format', async (env) => {
    expect((await base64(env as Record<string, string>)).stdout).toContain('"encoding":"base64"');
  });

  test('an option comes before a variable, and an empty variable is none', async () => {
    expect((await base64({ COTANGENT_OUTPUT_FORMAT: 'json+base64' }, '-f', 'json')).stdout).toBe(answer);
    expect((await base64({ COTANGENT_OUTPUT_FORMAT: '' })).stdout).toBe(answer);
  });

  test('a component and its rules can be set there', async () => {
    const env = { COTANGENT_COMPONENT: `${cwd}/component.ts`, COTANGENT_DERIVE: 'vjpFromJacobian, jvpFromJacobian' };
    expect(await cotangent(['apply', atOne], { cwd: folder(), env })).toMatchObject({ code: 0, stdout: answer });
  });
});

describe('derivations from outside', () => {
  const source = readFileSync('examples/rosenbrock/component.ts', 'utf8').replace(/^@Derive.*\n/gm, '');
  const plain = folder({ 'component.ts': source, 'package.json': '{}' });
  const request = '{"inputs":{"x":1},"vjp_inputs":["x","y"],"vjp_outputs":["result"],"cotangent_vector":{"result":1}}';

  test('--derive answers an endpoint that the class did not opt in to', async () => {
    const { stdout } = await cotangent(['vector-jacobian-product', request, '--derive', 'vjpFromJacobian'], {
      cwd: plain,
    });
    const { x, y } = JSON.parse(stdout);
    // By hand, at (1, 0): 2(x - a) - 400x(y - x²) = 400 and 200(y - x²) = -200.
    expect([x.data.buffer, y.data.buffer]).toEqual([400, -200]);
  });

  test('without it, the error proposes the decorator, and inspect the option', async () => {
    const refused = await cotangent(['vector-jacobian-product', request], { cwd: plain });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('DeriveVjpFromJacobian');
    expect((await cotangent(['inspect'], { cwd: plain })).stdout).toContain('--derive vjpFromJacobian');
    const report = JSON.parse((await cotangent(['inspect', '--json'], { cwd: plain })).stdout);
    expect(report.endpoints.map((one: { offered: boolean }) => one.offered)).toEqual([true, false, true, false, false]);
  });
});
