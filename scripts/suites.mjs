/**
 * The suites of the decorators, once more from the output of other compilers than the tests' own: tsc and esbuild, in
 * both dialects, against the built package.
 *
 * To add a compiler, add a row to `compilers`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { transformSync } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const suites = join(root, '__tests__/decorators');
const dialects = {
  legacy: { experimentalDecorators: true, emitDecoratorMetadata: true },
  standard: { experimentalDecorators: false, emitDecoratorMetadata: false },
};

const compilers = {
  tsc: (folder, dialect) => {
    const config = join(folder, 'tsconfig.json');
    const compilerOptions = { ...dialect, rootDir: root, outDir: folder };
    const include = [join(suites, '*.ts')];
    writeFileSync(
      config,
      JSON.stringify({ extends: join(root, 'tsconfig.json'), compilerOptions, include, exclude: [] }),
    );
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', config], { stdio: 'inherit' });
  },
  // esbuild renames a class that refers to itself; messages name classes, so it is told to keep their names.
  esbuild: (folder, dialect) => {
    const into = join(folder, '__tests__/decorators');
    mkdirSync(into, { recursive: true });
    for (const name of readdirSync(suites)) {
      const tsconfigRaw = { compilerOptions: { target: 'ES2022', ...dialect } };
      const source = readFileSync(join(suites, name), 'utf8');
      const { code } = transformSync(source, { loader: 'ts', target: 'es2022', keepNames: true, tsconfigRaw });
      writeFileSync(join(into, name.replace(/\.ts$/, '.js')), code);
    }
  },
};

for (const [compiler, compile] of Object.entries(compilers)) {
  for (const [name, dialect] of Object.entries(dialects)) {
    const folder = join(root, 'node_modules/.cache/cotangent-suites', `${compiler}-${name}`);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    compile(folder, dialect);
    const config = {
      rootDir: folder,
      testMatch: ['**/__tests__/decorators/*.test.js'],
      testPathIgnorePatterns: [],
      transform: {},
      moduleNameMapper: {
        '^cotangent$': join(root, 'dist/bundle/index.js'),
        '^cotangent/([a-z]+)$': join(root, 'dist/bundle/$1/index.js'),
      },
      haste: { retainAllFiles: true },
    };
    const options = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
    const jest = [join(root, 'node_modules/jest/bin/jest.js'), '--config', JSON.stringify(config), '--silent'];
    console.log(`== ${compiler}, ${name} decorators`);
    execFileSync(process.execPath, [...options, ...jest], { cwd: root, stdio: 'inherit' });
  }
}
