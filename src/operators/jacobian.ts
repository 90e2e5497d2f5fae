/** The operator `jacobian`: the blocks ∂(of)/∂(wrt). */
import { readPoint, writePoint } from './derivatives.js';
import type { Operator, WireNames } from './operator.js';
import { acceptBlocks, presentBlocks, raiseResult, type Source } from './result.js';

const wire: WireNames = { of: 'jac_outputs', wrt: 'jac_inputs' };

/** The Jacobian: a block of shape `[...output, ...input]` for each pair. */
export const jacobian: Operator<'jacobian'> = {
  name: 'jacobian',
  route: 'jacobian',
  decorator: 'Jacobian',
  summary: 'The Jacobian: d(output)/d(input) for each pair of paths.',
  wire,
  seed: undefined,
  read: (signature, raw, inputs, problems, options) => readPoint(signature, wire, raw, inputs, problems, options),
  write: writePoint,
  accept: (_signature, method, { of, wrt }, raw) => {
    const source: Source = { method, problems: [] };
    const blocks = acceptBlocks(source, raw, of, wrt);
    raiseResult(source, 'jacobian');
    return blocks;
  },
  present: (method, { of, wrt }, blocks) => {
    const source: Source = { method, problems: [] };
    const value = presentBlocks(source, blocks, of, wrt);
    raiseResult(source, 'jacobian');
    return value;
  },
};
