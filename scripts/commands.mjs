/**
 * Every example of every command, run as its help says, from an installed package.
 *
 * To add an example, add it to its command in `src/cli/commands`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The kinds of project that a component may be in: `module` or `commonjs`, and the dialect of its decorators. */
export const kinds = [
  { type: 'module', legacy: true },
  { type: 'module', legacy: false },
  { type: 'commonjs', legacy: true },
  { type: 'commonjs', legacy: false },
];

/** A folder with the first example in it, as a project of the given kind. */
export function prepareFolder(folder, example, { type, legacy }) {
  mkdirSync(folder, { recursive: true });
  const source = readFileSync(join(example, 'component.ts'), 'utf8');
  // class-validator has decorators of the legacy dialect only.
  const standard = source.replace(/^import .* from 'class-validator';\n/m, '').replace('@IsPositive() ', '');
  writeFileSync(join(folder, 'component.ts'), legacy ? source : standard);
  writeFileSync(
    join(folder, 'jacobianOnly.ts'),
    (legacy ? source : standard).replaceAll(/^(@| {2})Derive[JV]\w+(\(\))?,?\n/gm, ''),
  );
  writeFileSync(join(folder, 'request.json'), '{"inputs": {"x": 1}}');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type }));
  const decorators = { experimentalDecorators: legacy, emitDecoratorMetadata: legacy };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { target: 'ES2022', ...decorators } }),
  );
  const refused = (file) => !legacy && file.includes('refused');
  cpSync(join(example, 'requests'), join(folder, 'test_cases'), { recursive: true, filter: (file) => !refused(file) });
}

/** Run the examples of `commands` in `folder`, with `cotangent` in the folder `bin`. How many there were. */
export async function runExamples(commands, folder, bin) {
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
  let count = 0;
  for (const [name, { load }] of Object.entries(commands)) {
    for (const { command } of (await load()).examples) {
      if (name === 'serve') await whileServed(command, folder, env);
      else if (name === 'proxy') await whileServed(upstream, folder, env, () => whileServed(command, folder, env));
      else
        execFileSync('sh', ['-c', command], { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      count += 1;
    }
  }
  return count;
}

// What the example of the proxy is given: a component that has only a Jacobian, where the example looks for it.
const upstream = 'cotangent serve jacobianOnly.ts --port 8000';

/** A server answers, what is to be done meanwhile is done, and it ends with 0 when it is told to. */
async function whileServed(command, folder, env, meanwhile = async () => {}) {
  const child = spawn('sh', ['-c', `exec ${command} `], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise((done) => child.on('close', done));
  const url = await new Promise((done, failed) => {
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (more) => {
      text += more;
      const found = /http:\/\/[^\s"]+:\d+/.exec(text);
      if (found) done(found[0]);
    });
    child.on('close', () => failed(new Error(`${command} ended: ${text}`)));
  });
  const { status } = await fetch(`${url}/health`);
  await meanwhile();
  child.kill('SIGTERM');
  const code = await ended;
  if (status !== 200 || code !== 0)
    throw new Error(`${command}: /health answered ${status}, and the exit code was ${code}.`);
}
