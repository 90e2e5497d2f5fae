/**
 * The package as its users get it: packed, linted, installed in an empty project, compiled there, and run.
 *
 * To add a check, add a row to `checks`; to compile for one more kind of user, add a row to `users`.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { kinds, prepareFolder, runExamples } from './commands.mjs';
import { loadSource } from './loadSource.mjs';
import { readmeBlocks } from './readme.mjs';

const root = resolve(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const home = mkdtempSync(join(tmpdir(), 'cotangent-package-'));
const project = join(home, 'project');
const subpaths = Object.keys(manifest.exports).filter((path) => !path.endsWith('.json'));
const specifiers = subpaths.map((path) => manifest.name + path.slice(1));
const oldest = 'typescript@5.4.5';

const run = (command, args, cwd = project) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: environment });
// What `npm run` sets of its own would lead a nested npm back to this project.
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
const local = (tool) => join(root, 'node_modules/.bin', tool);
const json = (path, value) => writeFileSync(join(project, path), JSON.stringify(value));
const compilers = {
  'the pinned TypeScript': (config) => run(local('tsc'), ['-p', config]),
  [oldest]: (config) => run('npm', ['exec', '--yes', `--package=${oldest}`, '--', 'tsc', '-p', config]),
};

const options = {
  target: 'ES2022',
  module: 'NodeNext',
  moduleResolution: 'NodeNext',
  strict: true,
  skipLibCheck: false,
  types: ['node'],
  noEmit: true,
};
const legacy = { experimentalDecorators: true, emitDecoratorMetadata: true };
const imports = ['imports.ts'];
const dialects = ['imports.ts', 'dialects/*.ts'];

/** The users: their compiler options, their files, and the compilers that they may have. */
const users = {
  legacy: { with: legacy, include: dialects, compilers: ['the pinned TypeScript', oldest] },
  standard: { with: {}, include: dialects, compilers: ['the pinned TypeScript', oldest] },
  bundler: {
    with: { ...legacy, module: 'ESNext', moduleResolution: 'Bundler' },
    include: dialects,
    compilers: ['the pinned TypeScript', oldest],
  },
  'without-node': { with: { types: [] }, include: ['main.ts'], compilers: ['the pinned TypeScript', oldest] },
  'commonjs-by-main': {
    // Fastify's types, which those of `cotangent/server` refer to, need the interop.
    with: { module: 'CommonJS', moduleResolution: 'Node10', esModuleInterop: true },
    include: imports,
    compilers: [oldest],
  },
  'commonjs-by-exports': {
    with: { module: 'CommonJS', moduleResolution: 'Bundler' },
    include: imports,
    compilers: ['the pinned TypeScript'],
  },
};

const blocks = existsSync(join(root, 'README.md')) ? readmeBlocks(readFileSync(join(root, 'README.md'), 'utf8')) : [];
const examples = existsSync(join(root, 'examples')) ? readdirSync(join(root, 'examples')) : [];
const mains = examples.map((name) => `examples/${name}/main`).filter((path) => existsSync(join(root, `${path}.ts`)));
let tarball = '';

const checks = {
  'npm pack': () => {
    run('npm', ['pack', '--pack-destination', home], root);
    tarball = join(
      home,
      readdirSync(home).find((name) => name.endsWith('.tgz')),
    );
    const files = run('tar', ['-tzf', tarball], home).trim().split('\n');
    const strange = files.filter(
      (file) =>
        !/^package\/(dist\/bundle\/.*\.js(\.map)?|dist\/(src|decorators)\/.*\.d\.ts|templates\/.*|[^/]+)$/.test(file),
    );
    if (strange.length > 0) throw new Error(`The package holds ${strange.join(', ')}.`);
    return `${files.length} files`;
  },
  // Written under TypeScript 5.7 or later, an inferred typed array has a type parameter that older compilers refuse.
  'declarations without typed arrays of newer compilers': () => {
    const text = run('tar', ['-xzOf', tarball, '--wildcards', '*.d.ts'], home);
    const found = text.match(/.*\b(?:\w+\d+(?:Clamped)?Array|DataView)<ArrayBuffer.*/g) ?? [];
    if (found.length > 0) throw new Error(`Annotate the type: ${found.join('\n')}`);
  },
  publint: () => void run(local('publint'), ['--strict', tarball], root),
  'are the types wrong': () =>
    void run(local('attw'), ['--profile', 'esm-only', '--no-emoji', '--no-color', tarball], root),
  'every entry is in typesVersions': () => {
    const listed = Object.keys(manifest.typesVersions?.['*'] ?? {});
    const missing = subpaths.filter((path) => path !== '.' && !listed.includes(path.slice(2)));
    if (missing.length > 0) throw new Error(`typesVersions lacks ${missing.join(', ')}.`);
  },
  'npm install in an empty project': prepareProject,
  'import and require of every entry': () => {
    for (const specifier of specifiers) {
      run('node', ['--input-type=module', '-e', `await import('${specifier}')`]);
      run('node', ['--input-type=commonjs', '-e', `require('${specifier}')`]);
    }
  },
  'every command says what it is': () => {
    for (const name of Object.keys(manifest.bin ?? {})) run(join(project, 'node_modules/.bin', name), ['--help']);
  },
  ...Object.fromEntries(
    kinds.map((kind) => [
      `every example of every command, ${kind.type}, ${kind.legacy ? 'legacy' : 'standard'} decorators`,
      () => runInstalled(kind),
    ]),
  ),
  'a new project passes its own test, with nothing but the package': () => {
    run(join(project, 'node_modules/.bin/cotangent'), ['init', join(home, 'spring')], home);
    run('npm', ['install', '--no-audit', '--no-fund', tarball], join(home, 'spring'));
    run('npm', ['test'], join(home, 'spring'));
  },
  ...Object.fromEntries(
    Object.entries(users).flatMap(([name, user]) =>
      user.compilers.map((compiler) => [`${name}, compiled by ${compiler}`, () => compileAs(name, user, compiler)]),
    ),
  ),
  'the examples compile and run': () => {
    if (examples.length === 0) return 'none yet';
    cpSync(join(root, 'examples'), join(project, 'examples'), { recursive: true });
    compileAs('examples', { with: { ...legacy, noEmit: false }, include: ['examples'] }, 'the pinned TypeScript');
    for (const path of mains) run('node', [`${path}.js`]);
    return mains.join(', ') || 'none has a main.ts';
  },
  'the blocks of the README compile, and print what they say': () => {
    if (blocks.length === 0) return 'none yet';
    mkdirSync(join(project, 'readme'));
    for (const { name, code } of blocks) writeFileSync(join(project, 'readme', name), code);
    compileAs('readme', { with: { ...legacy, noEmit: false }, include: ['readme'] }, 'the pinned TypeScript');
    const printing = blocks.filter((block) => block.prints !== undefined);
    for (const { name, prints } of printing) {
      const printed = run('node', [`readme/${name.replace(/\.ts$/, '.js')}`]);
      if (printed !== prints) throw new Error(`${name} prints\n${printed}and the README says\n${prints}`);
    }
    return `${blocks.length} compiled, ${printing.length} run`;
  },
};

function prepareProject() {
  mkdirSync(project);
  json('package.json', { name: 'project', private: true, type: 'module' });
  run('npm', ['install', '--no-audit', '--no-fund', tarball]);
  // Node's types, the optional peers, and what the examples use, at the versions of this repository.
  const linked = ['@types/node', 'numeric', '@types/numeric', ...Object.keys(manifest.peerDependencies ?? {})];
  for (const name of linked) {
    mkdirSync(dirname(join(project, 'node_modules', name)), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  }
  const lines = specifiers.map((specifier, i) => `import * as entry${i} from '${specifier}';\nexport { entry${i} };\n`);
  writeFileSync(join(project, 'imports.ts'), lines.join(''));
  writeFileSync(join(project, 'main.ts'), `export * from '${manifest.name}';\n`);
  const fixtures = join(root, '__tests__/fixtures/dialects');
  if (existsSync(fixtures)) cpSync(fixtures, join(project, 'dialects'), { recursive: true });
}

async function runInstalled(kind) {
  const { commands } = await loadSource('src/cli/commands/index.ts');
  const folder = join(project, `commands-${kind.type}-${kind.legacy}`);
  prepareFolder(folder, join(root, 'examples/rosenbrock'), kind);
  return `${await runExamples(commands, folder, join(project, 'node_modules/.bin'))} examples`;
}

function compileAs(name, { with: own, include }, compiler) {
  json(`tsconfig.${name}.json`, { compilerOptions: { ...options, ...own }, include });
  compilers[compiler](`tsconfig.${name}.json`);
}

try {
  for (const [name, check] of Object.entries(checks)) {
    const start = performance.now();
    const note = await check();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`ok ${seconds.padStart(5)} s  ${name}${note ? ` (${note})` : ''}`);
  }
} catch (error) {
  console.log(`FAIL ${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
