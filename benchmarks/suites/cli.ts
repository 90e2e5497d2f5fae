/** `cli/apply`: a process from its start to its end, the array in a file that the request refers to. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { timedApart } from '../measure.js';
import { noop, noopPython, program, root, scratch } from '../places.js';
import { type CommandLine, runProgram } from '../processes.js';
import { programs } from '../python.js';
import { type Case, grouped, type Setting, type Suite, values } from './suite.js';

const input = join(scratch, 'cli-in');
const output = join(scratch, 'cli-out');
const source = join(root, 'benchmarks/noop.ts');

function prepare(size: number): string {
  mkdirSync(input, { recursive: true });
  writeFileSync(join(input, 'array.bin'), values(size));
  const payload = join(input, 'payload.json');
  const data = { buffer: 'array.bin:0', encoding: 'binref' };
  const array = { object_type: 'array', shape: [size], dtype: 'float64', data };
  writeFileSync(payload, JSON.stringify({ inputs: { data: array } }));
  return payload;
}

const folders = ['--input-path', input, '--output-path', output, '--output-format', 'json+binref'];

const ours = (component: string, payload: string): CommandLine => ({
  command: process.execPath,
  args: [program, 'apply', component, `@${payload}`, ...folders],
});

const theirs = (payload: string): CommandLine => ({
  command: programs.runtime,
  args: [...folders, 'apply', `@${payload}`],
  env: { TESSERACT_API_PATH: noopPython },
});

const before = () => {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output);
};

const timedProgram = (line: CommandLine) => timedApart(() => runProgram(line), { before });

/** The cases of the command line: the component in JavaScript, and (`apply-ts`) in TypeScript, compiled as it is loaded. */
export function cli({ sizes, original }: Setting): Suite {
  const bare = timedProgram({ command: process.execPath, args: ['-e', '0'] });
  const entries = { apply: noop, 'apply-ts': source };
  return {
    entries: Object.entries(entries).flatMap(([name, component]) =>
      (name === 'apply' ? sizes : sizes.slice(0, 1)).map((size) => ({
        id: `cli/${name}_${grouped(size)}`,
        open: async (): Promise<Case> => {
          const payload = prepare(size);
          const run = timedProgram(theirs(payload));
          return {
            ours: timedProgram(ours(component, payload)),
            theirs: original && { run, peak: async () => 0 },
            limit: { name: 'node', run: bare },
            leastRounds: 3,
          };
        },
      })),
    ),
  };
}
