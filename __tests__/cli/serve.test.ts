import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { cotangent, root, rosenbrockFolder } from './cotangent.js';

// Each test starts programs, on a machine that may be busy.
jest.setTimeout(60_000);

const cwd = rosenbrockFolder();
const children: ChildProcess[] = [];

interface Served {
  readonly url: string;
  readonly said: () => string;
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** A server, once it says where it is. */
async function serve(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const args = [join(root, 'dist/bundle/cli/main.js'), 'serve', '--port', '0', ...words];
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let [said, printed] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  const ended = new Promise<number | null>((done) => child.on('close', done));
  const url = await new Promise<string>((done, failed) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      const found = /documentation: (\S+)\/docs/.exec(said);
      if (found) done(found[1] ?? '');
    });
    child.on('close', () => failed(new Error(said)));
  });
  const stop = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    const code = await ended;
    expect(printed).toBe('');
    return code;
  };
  return { url, said: () => said, stop };
}

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const post = (url: string, path: string, body: object) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('cotangent serve', () => {
  test('says where it is and what is derived, answers, and ends with 0 on SIGTERM', async () => {
    const server = await serve(['--log', 'silent']);
    expect(server.said()).toContain('derived: ');
    expect(server.said()).toContain('/vector_jacobian_product (vjpFromJacobian)');
    const answer = await post(server.url, '/apply', { inputs: { x: 1 } });
    expect(await answer.json()).toMatchObject({ result: { data: { buffer: 100 } } });
    expect(await server.stop('SIGTERM')).toBe(0);
  });

  test('SIGINT lets a running request finish', async () => {
    const slow = `import { Rosenbrock } from './component.js';
      const { apply } = Rosenbrock.prototype;
      Rosenbrock.prototype.apply = async function (inputs) {
        await new Promise((done) => setTimeout(done, 700));
        return apply.call(this, inputs);
      };
      export { Rosenbrock };`;
    writeFileSync(join(cwd, 'slow.ts'), slow);
    const server = await serve(['slow.ts', '--log', 'silent']);
    const answer = post(server.url, '/apply', { inputs: { x: 1 } });
    await new Promise((done) => setTimeout(done, 250));
    const stopped = server.stop('SIGINT');
    expect((await answer).status).toBe(200);
    expect(await stopped).toBe(0);
  });

  test('options and variables reach the server', async () => {
    const names = { TESSERACT_NAME: 'Valley', TESSERACT_OUTPUT_FORMAT: 'json+base64', COTANGENT_LOG: 'silent' };
    const server = await serve(['--component-version', '9.9.9', '--workers', '2'], names);
    const document = await (await fetch(`${server.url}/openapi.json`)).json();
    expect(document).toMatchObject({ info: { title: 'Valley', version: '9.9.9' } });
    const answer = await post(server.url, '/apply', { inputs: { x: 1 } });
    expect(await answer.json()).toMatchObject({ result: { data: { encoding: 'base64' } } });
    expect(await server.stop('SIGTERM')).toBe(0);
  });

  test('a rule that the class cannot use, or a port that is taken, ends it before it listens', async () => {
    const refused = await cotangent(['serve', '--port', '0', '--derive', 'vjpFromJvp'], { cwd });
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('E_DERIVE_TWICE');
    const server = await serve(['--log', 'silent']);
    const taken = await cotangent(['serve', '--port', new URL(server.url).port, '--log', 'silent'], { cwd });
    expect(taken.code).toBeGreaterThan(0);
    expect(taken.stderr).toContain('EADDRINUSE');
  });

  test('openapi-schema prints what a server gives at /openapi.json', async () => {
    const server = await serve(['--log', 'silent']);
    const served = await (await fetch(`${server.url}/openapi.json`)).json();
    const { code, stdout } = await cotangent(['openapi-schema'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(served);
  });
});
