/** Where things are. This file is run from `dist/benchmarks`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** The program `cotangent`. */
export const program: string = join(root, 'dist/bundle/cli/main.js');

/** The server that does nothing, compiled. */
export const bare: string = join(root, 'dist/benchmarks/bare.js');

/** What asks cases for their memory, compiled. */
export const peaks: string = join(root, 'dist/benchmarks/peaks.js');

/** The run that the documentation shows, and that others are compared with. */
export const recorded: string = join(root, 'benchmarks/recorded.json');

/** What makes the pages of the documentation. */
export const pages: string = join(root, 'scripts/docs.mjs');

/** The component that does nothing, compiled. */
export const noop: string = join(root, 'dist/benchmarks/noop.js');

/** The same for the original. */
export const noopPython: string = join(root, 'benchmarks/noop.py');

/** A folder for the time of the run. */
export const scratch: string = mkdtempSync(join(tmpdir(), 'cotangent-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
