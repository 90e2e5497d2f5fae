import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import { cotangent, execute, folder } from './cotangent.js';

// Each test starts programs, on a machine that may be busy.
jest.setTimeout(60_000);

describe('a new project', () => {
  test.each([
    ['of ES modules with legacy decorators', [], 'module', true],
    ['of ES modules with standard decorators', ['--standard'], 'module', false],
    ['of CommonJS with legacy decorators', ['--commonjs'], 'commonjs', true],
    ['of CommonJS with standard decorators', ['--commonjs', '--standard'], 'commonjs', false],
  ])('%s passes its own test', async (_, words, type, legacy) => {
    const cwd = folder();
    const made = await cotangent(['init', 'My Spring', ...words], { cwd });
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
    const project = `${cwd}/My Spring`;
    const manifest = JSON.parse(readFileSync(`${project}/package.json`, 'utf8'));
    expect(manifest).toMatchObject({ name: 'my-spring', type });
    const { compilerOptions } = JSON.parse(readFileSync(`${project}/tsconfig.json`, 'utf8'));
    expect(compilerOptions.experimentalDecorators).toBe(legacy);
    expect(readFileSync(`${project}/.gitignore`, 'utf8')).toContain('node_modules');
    symlinkSync(`${cwd}/node_modules`, `${project}/node_modules`);
    const env = { PATH: `${cwd}/node_modules/.bin:${process.env['PATH']}` };
    const tested = await execute('sh', ['-c', manifest.scripts.test], { cwd: project, env });
    expect(tested.stdout).toContain('3 passed, 0 failed');
    expect(tested.stdout).toContain('# pass 3');
    expect(tested).toMatchObject({ code: 0, stderr: '' });
  });

  test('fails its own test where its derivative is wrong', async () => {
    const cwd = folder();
    await cotangent(['init', 'spring'], { cwd });
    const path = `${cwd}/spring/component.ts`;
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replace('extension: stiffness * extension }', 'extension: stiffness }'),
    );
    const { code, stdout } = await cotangent(['test', 'spring/component.ts'], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain('FAIL spring/test_cases/vector_jacobian_product.json');
    expect(stdout).toContain('outputs.extension: 1 of 1 differ (100 %), by at most 3.00, relative 0.500');
    expect(stdout).toContain('2 passed, 1 failed');
  });

  test('is not written over other files', async () => {
    const cwd = folder({ 'taken/notes.txt': 'mine' });
    const { code, stdout, stderr } = await cotangent(['init', 'taken'], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('notes.txt');
    expect(readFileSync(`${cwd}/taken/notes.txt`, 'utf8')).toBe('mine');
  });
});
