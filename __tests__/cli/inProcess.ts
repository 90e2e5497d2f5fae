/** Running the command line inside the tests' own process: quick, for everything that loads no component. */
import { run } from '../../src/cli/run.js';
import type { Outcome } from './cotangent.js';

/** Run `cotangent` with these words, in `cwd` and with these variables on top of none that set options. */
export async function inProcess(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { stdout, stderr } = process;
  const texts = { stdout: '', stderr: '' };
  const before = { cwd: process.cwd(), env: process.env, out: stdout.write, err: stderr.write, end: stdout.end };
  const { destroy } = stdout;
  const into = (name: 'stdout' | 'stderr') =>
    ((bytes: Uint8Array | string, ...rest: readonly unknown[]) => {
      texts[name] += typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString();
      for (const one of rest) if (typeof one === 'function') one();
      return true;
    }) as typeof stdout.write;
  const clean = Object.entries(before.env).filter(([name]) => !/^(COTANGENT|TESSERACT)/.test(name));
  process.env = { ...Object.fromEntries(clean), ...env };
  process.chdir(cwd);
  stdout.write = into('stdout');
  stderr.write = into('stderr');
  try {
    const code = await run(words);
    return { code, ...texts };
  } finally {
    Object.assign(stdout, { write: before.out, end: before.end, destroy });
    stderr.write = before.err;
    stdout.removeAllListeners('error');
    stderr.removeAllListeners('error');
    process.chdir(before.cwd);
    process.env = before.env;
  }
}
