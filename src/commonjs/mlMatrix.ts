/**
 * ml-matrix for Node: required. Importing a CommonJS package makes Node search its text for the names it exports, which takes
 * longer than running it. Both ways give the same classes; bundlers import it. See `imports` in package.json.
 */
import { createRequire } from 'node:module';

const loaded = createRequire(import.meta.url)('ml-matrix') as typeof import('ml-matrix');

/** What every matrix inherits from. */
export const AbstractMatrix: typeof loaded.AbstractMatrix = loaded.AbstractMatrix;

/** The plain matrix. */
export const Matrix: typeof loaded.Matrix = loaded.Matrix;
