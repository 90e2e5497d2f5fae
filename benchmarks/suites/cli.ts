/**
 * `cli/apply`: a process from its start to its end, the array in a file that the request refers to. Its memory is all that the
 * process holds.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { timedApart } from '../measure.js';
import { noop, noopPython, program, root, scratch } from '../places.js';
import { type CommandLine, peakOfProgram, runProgram } from '../processes.js';
import { programs, unhampered } from '../python.js';
import { type Case, type Contestant, grouped, type Setting, type Suite, values } from './suite.js';

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
  env: { ...unhampered, TESSERACT_API_PATH: noopPython },
});

const before = () => {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output);
};

const timedProgram = (line: CommandLine) => timedApart(() => runProgram(line), before);

const contestant = (line: CommandLine): Contestant => ({
  run: timedProgram(line),
  peak: async () => {
    before();
    return peakOfProgram(line);
  },
});

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
          return {
            ours: contestant(ours(component, payload)),
            theirs: original && contestant(theirs(payload)),
            limit: { name: 'node', run: bare },
            leastRounds: 3,
          };
        },
      })),
    ),
  };
}
