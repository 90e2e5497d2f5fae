/** Where things are. This file is run from `dist/benchmarks`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** The program `cotangent`. */
export const program: string = join(root, 'dist/bundle/cli/main.js');

/** The component that does nothing, compiled. */
export const noop: string = join(root, 'dist/benchmarks/noop.js');

/** The same for the original. */
export const noopPython: string = join(root, 'benchmarks/noop.py');

/** A folder for the time of the run. */
export const scratch: string = mkdtempSync(join(tmpdir(), 'cotangent-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
