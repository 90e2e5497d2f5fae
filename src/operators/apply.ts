/** The operator `apply`: outputs at inputs. */
import type { ComponentError } from '../errors.js';
import { check } from '../schema/check.js';
import type { Operator, Signature } from './operator.js';
import { raiseResult } from './result.js';

/** Evaluate the component: y = f(x). */
export const apply: Operator<'apply'> = {
  name: 'apply',
  route: 'apply',
  decorator: 'Apply',
  summary: 'Evaluate the component.',
  wire: undefined,
  seed: undefined,
  read: (_signature, _raw, inputs, _problems, options) => ({ inputs: inputs ?? {}, options }),
  write: (request) => request.inputs,
  accept: (signature, method, _request, raw) => acceptOutputs(signature, method, raw),
  present: (_method, _request, result) => result,
};

function acceptOutputs(signature: Signature, method: string, raw: unknown): object {
  const { value, problems } = check(signature.outputs, raw, 'outputs');
  raiseResult({ method, problems: problems as ComponentError[] }, 'apply');
  return value;
}
