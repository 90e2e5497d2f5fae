/** How many calls a check will make, for those who watch it: exact where nothing is wrong, but for bounds and zeros. */
import type { Layout } from './layout.js';
import type { CheckOptions } from './options.js';

const ofTheCheck = 19;
const alongEachInput = 41;
const forDifferences = 6;

/** The number of calls for inputs and outputs of these sizes. */
export function expectedCalls(wrt: Layout, of: Layout, { exhaustive, pictures, samples = 48 }: CheckOptions): number {
  const sampled = wrt.slots.reduce((sum, { start, end }) => sum + Math.min((end - start) / wrt.parts, samples), 0);
  const elements = wrt.length / wrt.parts;
  return (
    ofTheCheck +
    (exhaustive ? elements * (forDifferences + 1) + of.length / of.parts : 0) +
    (pictures ? wrt.slots.length * alongEachInput + sampled * forDifferences : 0)
  );
}
