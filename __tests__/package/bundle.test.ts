/** The bundle: few files, with every class and table once, whichever entries a program imports. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { root, runNode } from './consumer.js';

const home = mkdtempSync(join(tmpdir(), 'cotangent-bundle-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** The files that a program loads, as V8 counts them; those of Node itself left out. */
async function loaded(...args: string[]): Promise<string[]> {
  const coverage = mkdtempSync(join(home, 'coverage-'));
  const env = { ...process.env, NODE_V8_COVERAGE: coverage };
  await promisify(execFile)(process.execPath, args, { cwd: root, env });
  const files = readdirSync(coverage).map((name) => readFileSync(join(coverage, name), 'utf8'));
  const reports = files.map((file) => JSON.parse(file) as { readonly result: readonly { readonly url: string }[] });
  const urls = reports.flatMap(({ result }) => result.map(({ url }) => url)).filter((url) => url.startsWith('file:'));
  return urls.map((url) => relative(root, new URL(url).pathname)).sort();
}

/** A component in JavaScript, as a compiler would have written it. */
const component = join(home, 'component.mjs');
mkdirSync(join(home, 'node_modules'));
symlinkSync(root, join(home, 'node_modules/cotangent'));
writeFileSync(
  component,
  `import { Apply, Component, DifferentiableComponent, Float64 } from 'cotangent';
  class Numbers { x = 0; }
  Float64()(Numbers.prototype, 'x');
  class Same extends DifferentiableComponent { apply({ x }) { return { x }; } }
  Apply()(Same.prototype, 'apply', Object.getOwnPropertyDescriptor(Same.prototype, 'apply'));
  Component({ inputs: Numbers, outputs: Numbers })(Same);
  export { Same };`,
);
const program = 'dist/bundle/cli/main.js';

describe('the bundle', () => {
  test('a command loads few files, and nothing of the server', async () => {
    const files = await loaded(program, 'apply', component, '{"inputs": {}}');
    expect(files).toContain('node_modules/ml-matrix/matrix.js');
    expect(files).not.toContain('node_modules/ml-matrix/matrix.mjs');
    expect(files.filter((file) => file.startsWith('dist/')).length).toBeLessThan(35);
    expect(files.filter((file) => /fastify|class-validator|swc/.test(file))).toEqual([]);
  });

  test('the version is told without the library', async () => {
    const files = await loaded(program, '--version');
    expect(files).toContain(program);
    expect(files.filter((file) => file.startsWith('node_modules'))).toEqual([]);
  });

  test('all entries know the same classes, and the user the same ml-matrix', async () => {
    const source = `
      import { AbstractMatrix } from 'ml-matrix';
      import { array, ComponentError, NdArray, openComponent } from 'cotangent';
      import { connect, NdArray as Remote } from 'cotangent/client';
      import * as node from 'cotangent/client/node';
      import { serve } from 'cotangent/server';
      import { Same } from ${JSON.stringify(pathToFileURL(component).href)};
      await openComponent(Same).apply({});
      const server = await serve({ component: Same, port: 0, log: 'silent' });
      const handle = await connect(server.url);
      const refused = await handle.apply({ y: 1 }).catch((error) => error);
      await server.close();
      const matrix = array([[1, 2]]).toMatrix();
      console.log(NdArray === Remote, node.connect === connect, matrix instanceof AbstractMatrix, handle.name,
        refused instanceof ComponentError);`;
    const { text } = await runNode(root, '--input-type=module', '-e', source);
    expect(text).toBe('true true true Same true\n');
  });
});
