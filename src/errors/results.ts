/** Errors in results: what an author's method gave, and what a check found. */
import { result, row } from './row.js';

/** The rows. */
export const resultErrors = {
  // Matrices: what a method does with arrays.
  E_MATRIX_PRODUCT: result<'received' | 'expected'>()(
    (f) => `A matrix product of ${f.received} is not defined. It needs ${f.expected}.`,
  ),
  E_MATRIX_DTYPE: result<'received' | 'expected'>()(
    (f) => `An array of dtype ${f.received} has no matrix view: a matrix holds ${f.expected}. Convert it first.`,
  ),
  E_MATRIX_AXES: result<'received' | 'expected'>()(
    (f) =>
      `An array of shape ${f.received} is no matrix by itself. Say toMatrix(n): its first n axes, ${f.expected}, become rows.`,
  ),
  // Results: what an author's method gave.
  E_RESULT: result<'method' | 'endpoint' | 'list'>()((f) => `${f.method} gave a result that does not fit.\n${f.list}`),
  E_RESULT_TYPE: result<'path' | 'received' | 'expected'>()(
    (f) => `${f.path} is ${f.received}, and ${f.expected} is needed.`,
  ),
  E_RESULT_MISSING: result<'path' | 'expected'>()((f) => `${f.path} is missing, and it was asked for. ${f.expected}`),
  E_RESULT_SHAPE: result<'path' | 'received' | 'expected' | 'rule'>()(
    (f) => `${f.path} has shape ${f.received}, and ${f.expected} is needed: ${f.rule}.`,
  ),
  E_RESULT_DTYPE: result<'path' | 'received' | 'expected'>()(
    (f) => `${f.path} has dtype ${f.received}, which cannot be safely cast to ${f.expected}.`,
  ),
  E_RESULT_AMBIGUOUS: result<'path' | 'received' | 'expected'>()(
    (f) =>
      `${f.path} is a matrix of ${f.received}, and the shape ${f.expected} cannot be told from it. Return an NdArray.`,
  ),
  E_PROBE: result<'rule' | 'method' | 'probe' | 'count' | 'where' | 'reason' | 'advice'>()(
    (f) =>
      `${f.method} failed in probe ${f.probe} of ${f.count} of ${f.rule}${f.where && `, ${f.where}`}: ${f.reason}` +
      `${f.advice && ` ${f.advice}`}`,
  ),
  E_DETECT_STATE: result<'component' | 'rule'>()(
    (f) =>
      `Once ${f.component}.apply() was asked with NaN to detect the sparsity for ${f.rule}, another instance answers NaN at the ` +
      'point of the request: apply keeps a value outside of its instance, and starts from it. Keep it in a field, declare the ' +
      "sparsity, or say detection: 'products'; and start the process anew.",
  ),
  E_PROBE_COMPLEX: result<'rule' | 'of' | 'wrt'>()(
    (f) =>
      `${f.rule} cannot recover d(${f.of})/d(${f.wrt}): one side is complex and the other real, and one-hot probes see ` +
      'only part of it. Write the jacobian by hand.',
  ),
  E_COMPLEX_STEP: result<'path' | 'received' | 'expected'>()(
    (f) => `A complex step found that ${f.path} is ${f.received}; it needs ${f.expected}. Leave complexStep out.`,
  ),
  E_ASYNC: result<'method'>()((f) => `${f.method} gave a promise where a value was needed at once. Await it instead.`),

  // Checks: what a component says of its own derivatives.
  E_GRADIENT_MISMATCH: result<'component' | 'verdict' | 'endpoints' | 'of' | 'wrt' | 'values'>()(
    (f) =>
      `${f.component}: d(${f.of})/d(${f.wrt}) is ${f.verdict} (${f.endpoints}): ${f.values}. One of these has to be mended.`,
  ),

  E_CHECK_RUNNER: row<'received' | 'expected'>(
    422,
    'usage_error',
  )(
    (f) =>
      `There is ${f.received} among the globals, and ${f.expected} is needed. Pass { runner: { describe, test } }.`,
  ),
};
