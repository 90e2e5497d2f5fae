#!/usr/bin/env node
/** The program `cotangent`. */
import { run } from './run.js';

// A component may leave timers and connections behind: the answer has been written, so nothing is waited for.
process.exit(await run(process.argv.slice(2)));
