/** reflect-metadata for Node: required, for the reason that `mlMatrix.ts` gives. */
import { createRequire } from 'node:module';

createRequire(import.meta.url)('reflect-metadata');
