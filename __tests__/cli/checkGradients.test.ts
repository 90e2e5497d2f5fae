/** The command that checks derivatives, as a program: reports, exit codes, options, and the page. */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { serve } from '../../src/server/index.js';
import type { GradientReport } from '../../src/testing/index.js';
import { cotangent, folder, type Outcome, root } from './cotangent.js';

jest.setTimeout(60_000);

const examples = ['rosenbrock', 'vectoradd', 'meshstats', 'heat'] as const;
/** Where each example computes a derivative, and the same with one sign changed. */
const signs = {
  rosenbrock: ['y: 2 * b', 'y: -2 * b'],
  vectoradd: ['b: square(1)', 'b: square(-1)'],
  heat: ['(right - left) *', '(left - right) *'],
} as const;
const point = '{"x": -1.2, "y": 1.5}';

/** A folder with the examples, right ones and spoiled ones. */
function workshop(): string {
  const made = folder({ 'package.json': '{ "type": "module" }' });
  cpSync(join(root, 'tsconfig.json'), join(made, 'tsconfig.json'));
  for (const name of examples) cpSync(join(root, 'examples', name), join(made, name), { recursive: true });
  return made;
}

const spoiled = Object.fromEntries(
  Object.entries(signs).map(([name, [right, wrong]]) => {
    const source = readFileSync(join(root, 'examples', name, 'component.ts'), 'utf8');
    return [`${name}/component.ts`, source.replace(right, wrong)];
  }),
);
const cwd = workshop();
const bad = folder({ 'package.json': '{ "type": "module" }', ...spoiled });
cpSync(join(root, 'tsconfig.json'), join(bad, 'tsconfig.json'));
cpSync(join(root, 'examples/heat/tridiagonal.ts'), join(bad, 'heat/tridiagonal.ts'));

const check = (where: string, ...words: string[]): Promise<Outcome> =>
  cotangent(['check-gradients', ...words], { cwd: where });
const request = (name: string) => `@${join(root, 'examples', name, 'requests/apply.json')}`;
const reported = async (...words: string[]): Promise<GradientReport> =>
  JSON.parse((await check(cwd, 'rosenbrock/component.ts', ...words, '--json')).stdout);

describe('the verdict of check-gradients', () => {
  test.each(examples)('the example %s passes at the inputs of its regression test', async (name) => {
    const { code, stdout, stderr } = await check(cwd, `${name}/component.ts`, request(name));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ \w+: ok\./);
    expect(stdout).not.toMatch(/[✗?]/);
  });

  test.each(Object.keys(signs))(
    'a wrong sign in the example %s ends with exit code 1 and both values',
    async (name) => {
      expect(spoiled[`${name}/component.ts`]).not.toBe(
        readFileSync(join(root, 'examples', name, 'component.ts'), 'utf8'),
      );
      const { code, stdout, stderr } = await check(bad, `${name}/component.ts`, request(name));
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(stdout).toMatch(/^✗ /);
      expect(stdout).toMatch(/E_GRADIENT_MISMATCH.*differences -?\d/);
    },
  );

  test('a component without derivatives has nothing to check, which is no success', async () => {
    const source = readFileSync(join(root, 'examples/rosenbrock/component.ts'), 'utf8');
    const bare = source.replace(/^@Derive.*\n/gm, '').replace(/ {2}@Jacobian[\s\S]*?\n {2}}\n/, '');
    const where = folder({ 'package.json': '{ "type": "module" }', 'component.ts': bare });
    cpSync(join(root, 'tsconfig.json'), join(where, 'tsconfig.json'));
    const { code, stdout } = await check(where, '{}');
    expect(code).toBe(1);
    expect(stdout).toContain('nothing to check');
  });

  test('a rule that is added on the command line is checked with the rest', async () => {
    const source = readFileSync(join(root, 'examples/rosenbrock/component.ts'), 'utf8');
    const where = folder({ 'component.ts': source.replace(/^@Derive.*\n/gm, '') });
    cpSync(join(root, 'tsconfig.json'), join(where, 'tsconfig.json'));
    const { code, stdout } = await check(where, '{"x": 3}', '--derive', 'vjpFromJacobian', '--json');
    const { endpoints } = JSON.parse(stdout) as GradientReport;
    expect(code).toBe(0);
    expect(endpoints.map(({ endpoint, source: from }) => [endpoint, from])).toEqual([
      ['jacobian', 'jacobian()'],
      ['vjp', 'vjpFromJacobian'],
    ]);
  });
});

describe('check-gradients of a served component', () => {
  test('a URL in place of the file gives the verdicts that the file gives', async () => {
    const server = await serve({ component: { file: join(cwd, 'heat/component.ts') }, port: 0, log: 'silent' });
    try {
      const words = [request('heat'), '--json'];
      const [far, near] = await Promise.all([
        check(cwd, server.url, ...words),
        check(cwd, 'heat/component.ts', ...words),
      ]);
      const verdicts = ({ stdout }: Outcome) =>
        (JSON.parse(stdout) as GradientReport).checks.map(({ name, verdict }) => [name, verdict]);
      expect([far.code, far.stderr]).toEqual([0, '']);
      expect(verdicts(far)).toEqual(verdicts(near));
    } finally {
      await server.close();
    }
  });

  test('an address where nobody answers ends with exit code 1 and no report', async () => {
    const { code, stdout, stderr } = await check(cwd, 'http://127.0.0.1:9', point);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('E_REMOTE_UNREACHABLE');
  });
});

describe('the inputs of check-gradients', () => {
  const text = (words: readonly string[], input?: string) =>
    cotangent(['check-gradients', 'rosenbrock/component.ts', ...words, '--json'], { cwd, ...(input && { input }) });

  test('bare inputs, a request, a regression test and standard input mean the same', async () => {
    const [bare, ...others] = await Promise.all([
      text([point]),
      text([`{"inputs": ${point}}`]),
      text([`{"endpoint": "apply", "payload": {"inputs": ${point}}}`]),
      text(['-'], point),
    ]);
    expect(bare?.code).toBe(0);
    for (const other of others) expect(other.stdout).toBe(bare?.stdout);
  });

  test('without inputs the defaults are the point', async () => {
    expect((await text([])).stdout).toBe((await text(['{"x": 0, "y": 0, "a": 1, "b": 100}'])).stdout);
  });

  test.each([
    ['inputs that are none of the component', ['{"z": 1}'], 'E_EXTRA'],
    ['inputs that are no object', ['[1]'], 'E_TYPE'],
    ['an endpoint that there is none of', [point, '--endpoints', 'hessian'], 'E_CLI_VALUE'],
    ['a path that is no input', [point, '--input-paths', 'q'], 'E_PATH_ABSENT'],
    ['a tolerance without a number', [point, '--tolerance', 'x='], 'E_CLI_VALUE'],
    ['a tolerance below zero', [point, '--tolerance', 'x=-1'], 'E_CLI_VALUE'],
    ['a magnitude of zero', [point, '--magnitudes', 'x=0'], 'E_CLI_VALUE'],
    ['bounds of one number', [point, '--bounds', 'x=1'], 'E_CLI_VALUE'],
    ['bounds with the upper one first', [point, '--bounds', 'x=2,1'], 'E_CLI_VALUE'],
    ['a seed that is not whole', [point, '--seed', '1.5'], 'E_CLI_VALUE'],
    ['a page where no folder is', [point, '--report', 'nowhere/page.html'], 'E_CLI_VALUE'],
  ])('%s: exit code 2, and the error says so', async (_, words, code) => {
    const outcome = await text(words);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain(`error: ${code}: `);
  });
});

describe('the options of check-gradients', () => {
  test('paths and endpoints narrow the check, in the names of either side', async () => {
    const narrowed = await reported(point, '--input-paths', 'x', '--output-paths', 'result', '--endpoints', 'vjp');
    expect(narrowed.blocks.map(({ of, wrt }) => [of, wrt])).toEqual([['result', 'x']]);
    expect(narrowed.endpoints.filter(({ checked }) => checked).map(({ endpoint }) => endpoint)).toEqual(['vjp']);
    const wire = await reported(point, '--endpoints', 'vector_jacobian_product', '--endpoints', 'jacobian');
    expect(wire.endpoints.filter(({ checked }) => checked).map(({ endpoint }) => endpoint)).toEqual([
      'jacobian',
      'vjp',
    ]);
  });

  test('the seed decides the directions, and is in the report', async () => {
    const [first, same, other] = await Promise.all(['7', '7', '8'].map((seed) => reported(point, '--seed', seed)));
    expect(first?.seed).toBe(7);
    expect(same).toEqual(first);
    expect(other?.checks).not.toEqual(first?.checks);
  });

  test('with --exhaustive every wrong element is named, up to --max-failures', async () => {
    const words = ['vectoradd/component.ts', request('vectoradd'), '--exhaustive'];
    const all = JSON.parse((await check(bad, ...words, '--json')).stdout) as GradientReport;
    // ∂result/∂b is the identity of three elements, and spoiled.
    expect(all.faults.map(({ of, wrt, ofIndex, wrtIndex }) => [of, wrt, ofIndex, wrtIndex])).toEqual(
      [0, 1, 2].map((i) => ['result', 'b', [i], [i]]),
    );
    const { stdout } = await check(bad, ...words, '--max-failures', '1');
    expect(stdout.match(/E_GRADIENT_MISMATCH/g)).toHaveLength(1);
  });

  test('--max-evals bounds the calls that find the wrong element', async () => {
    const words = ['heat/component.ts', request('heat'), '--max-evals', '4', '--json'];
    const { calls } = JSON.parse((await check(bad, ...words)).stdout) as GradientReport;
    expect(Object.values(calls.search).reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(4);
  });

  test('a deviation below --rtol, or below the --tolerance of its path, passes', async () => {
    const source = readFileSync(join(root, 'examples/rosenbrock/component.ts'), 'utf8');
    // 5 % too large.
    const where = folder({ 'component.ts': source.replace('y: 2 * b', 'y: 2.1 * b') });
    cpSync(join(root, 'tsconfig.json'), join(where, 'tsconfig.json'));
    const codes = [[], ['--rtol', '0.3'], ['--rtol', '0.01'], ['--tolerance', 'y=0.3'], ['--tolerance', 'y=0.01']];
    const outcomes = await Promise.all(codes.map((words) => check(where, point, ...words)));
    expect(outcomes.map(({ code }) => code)).toEqual([1, 0, 1, 0, 1]);
  });

  test('the path of a --tolerance may have = in it: the last one is before the number', async () => {
    const text = `import { Apply, Component, DifferentiableComponent, Field, Float64, Jacobian } from 'cotangent';
      class Inputs { @Float64({ differentiable: true, each: 'map' }) m: Map<string, number> = new Map([['a=b', 3]]); }
      class Outputs { @Float64({ differentiable: true }) y!: number; }
      @Component({ inputs: Inputs, outputs: Outputs })
      export class Odd extends DifferentiableComponent<Inputs, Outputs> {
        @Apply() apply({ m }: Inputs) { return { y: 2 * m.get('a=b')! }; }
        @Jacobian() jacobian() { return { y: { 'm.{a=b}': 2.1 } }; }
      }`;
    const where = folder({ 'component.ts': text.replace(' Field,', '') });
    cpSync(join(root, 'tsconfig.json'), join(where, 'tsconfig.json'));
    const codes = [[], ['--tolerance', 'm.{a=b}=0.3'], ['--tolerance', 'm.{a=b}=0.01'], ['--tolerance', 'm.{a=b}=']];
    const outcomes = await Promise.all(codes.map((words) => check(where, ...words)));
    expect(outcomes.map(({ code }) => code)).toEqual([1, 0, 1, 2]);
  });

  test('--bounds and --magnitudes say where differences evaluate apply, and how far away', async () => {
    const source = readFileSync(join(root, 'examples/rosenbrock/component.ts'), 'utf8');
    const head = 'apply({ x, y, a, b }: RosenbrockInputs): RosenbrockOutputs {';
    expect(source).toContain(head);
    const where = folder({ 'component.ts': source.replace(head, `${head} console.error(x);`) });
    cpSync(join(root, 'tsconfig.json'), join(where, 'tsconfig.json'));
    const places = async (...words: string[]) => {
      const { stderr } = await check(where, '{"x": -1.25, "y": 1.5}', ...words);
      const found = stderr.trim().split('\n').map(Number);
      return { least: Math.min(...found), most: Math.max(...found) };
    };
    const [free, above, below, near] = await Promise.all([
      places(),
      places('--bounds', 'x=-1.25,'),
      places('--bounds', 'x=-5,-1.25'),
      places('--magnitudes', 'x=0.001'),
    ]);
    expect([free.least < -1.25, free.most > -1.25]).toEqual([true, true]);
    expect([above.least, above.most > -1.25]).toEqual([-1.25, true]);
    expect([below.most, below.least < -1.25]).toEqual([-1.25, true]);
    expect(near.most - near.least).toBeLessThan(0.1 * (free.most - free.least));
  });

  test('what has no meaning here is taken all the same', async () => {
    const words = ['--eps', '1e-4', '--show-progress', '--seed', '1'];
    const [plain, theirs] = await Promise.all([reported(point, '--seed', '1'), reported(point, ...words)]);
    expect(theirs).toEqual(plain);
  });
});

describe('the page of check-gradients', () => {
  const words = ['rosenbrock/component.ts', point, '--report', 'page.html', '--samples', '3'];
  let outcome: Outcome;
  beforeAll(async () => {
    outcome = await check(cwd, ...words);
  });

  test('is written, and the report says where', () => {
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).toContain('page.html');
    expect(existsSync(join(cwd, 'page.html'))).toBe(true);
  });

  test('holds the command that makes it again, quoted for a shell, with its seed', () => {
    const page = readFileSync(join(cwd, 'page.html'), 'utf8');
    const [, command = ''] = /<pre>(.*)<\/pre>/.exec(page) ?? [];
    const plain = command.replaceAll('&quot;', '"');
    expect(plain).toBe(
      `cotangent check-gradients rosenbrock/component.ts '${point}' --report page.html --samples 3 --seed 0`,
    );
  });

  test('is the same, byte for byte, when it is made again', async () => {
    const before = readFileSync(join(cwd, 'page.html'), 'utf8');
    await check(cwd, ...words);
    expect(readFileSync(join(cwd, 'page.html'), 'utf8')).toBe(before);
  });
});
