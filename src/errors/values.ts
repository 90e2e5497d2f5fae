/** Errors in values: what a caller gave, and how it was written. */
import { result, row, value } from './row.js';

/** The rows. */
export const valueErrors = {
  // Estimates: what a stochastic derivation was given.
  E_SAMPLES: value<'received' | 'size'>('value_error')(
    (f) =>
      `The number of samples is ${f.received}, and a whole number from 1 is needed: k of ${f.size} directions have a relative error of √(${f.size}/k − 1).`,
  ),

  // Values: what a caller gave.
  E_ARRAY_LENGTH: value<'received' | 'expected'>('array_decode_error')(
    (f) => `The data has ${f.received} entries, and the array needs ${f.expected}.`,
  ),
  E_ARRAY_RANK: value('array_dimensionality_mismatch')(
    (f) => `${f.path} has shape ${f.received}, and ${f.expected} is needed: the number of axes differs.`,
  ),
  E_ARRAY_SHAPE: value('array_shape_mismatch')(
    (f) => `${f.path} has shape ${f.received}, and ${f.expected} is needed. An axis of extent 1 is broadcast.`,
  ),
  E_ARRAY_DTYPE: value('array_dtype_mismatch')(
    (f) => `${f.path} has dtype ${f.received}, which cannot be safely cast to ${f.expected}. Convert it first.`,
  ),
  E_ARRAY_UNKNOWN_DTYPE: value('array_invalid_dtype')(
    (f) => `${f.path} has dtype ${f.received}, which is not one of ${f.expected}.`,
  ),
  E_ARRAY_RANGE: value('array_value_out_of_range')(
    (f) => `${f.path} holds ${f.received}, which does not fit into ${f.expected}.`,
  ),
  E_ARRAY_INTEGER: value('array_expected_integer')(
    (f) => `${f.path} holds ${f.received}, and ${f.expected} takes whole numbers only.`,
  ),
  E_ARRAY_NUMERIC: value('array_non_numeric')(
    (f) => `${f.path} holds ${f.received}, and ${f.expected} is needed: numbers, nested lists of them, or an array.`,
  ),
  E_ARRAY_RAGGED: value('value_error')(
    (f) => `${f.path} is ragged: ${f.received}, where ${f.expected}. Give every list of an axis the same length.`,
  ),
  E_MISSING: value<'path' | 'expected'>('missing')((f) => `${f.path} is missing, and ${f.expected} is needed.`),
  E_EXTRA: value<'path' | 'known' | 'advice'>('extra_forbidden')(
    (f) => `${f.path} is no field here; the fields are ${f.known}. ${f.advice}`,
  ),
  E_TYPE: value('type_error')((f) => `${f.path} is ${f.received}, and ${f.expected} is needed.`),
  E_CONSTRAINT: value<'path' | 'received' | 'expected' | 'constraint'>('value_error')(
    (f) => `${f.path} is ${f.received}: ${f.expected}.`,
  ),
  E_INVALID: value<'path' | 'count' | 'list'>('value_error')((f) => `${f.path} has ${f.count} problems.\n${f.list}`),

  // The wire: arrays and bodies as they are written.
  E_ARRAY_FORM: value('array_decode_error')(
    (f) =>
      `${f.path} is ${f.received}, and ${f.expected} is needed. An encoded array is ` +
      '{ "shape": [2], "dtype": "float64", "data": { "buffer": [1, 2], "encoding": "json" } }.',
  ),
  E_ARRAY_DECODE: value('array_decode_error')((f) => `${f.path} holds ${f.received}, and ${f.expected} is needed.`),
  E_ARRAY_LIMIT: value('array_decode_error')(
    (f) => `${f.path} asks for ${f.received}, and at most ${f.expected} is allowed. Send it in parts.`,
  ),
  E_ARRAY_FILE: value('array_decode_error')((f) => `${f.path} refers to ${f.received}, and ${f.expected} is needed.`),
  E_ARRAY_FILE_WRITE: row<'received' | 'expected'>(
    500,
    'result_error',
  )((f) => `An array cannot be written as binref: ${f.received}. It takes ${f.expected}.`),
  E_JSON: value<'offset' | 'received' | 'expected'>('json_invalid')(
    (f) => `This is not JSON: at character ${f.offset} there is ${f.received}, and ${f.expected} is needed.`,
  ),
  E_JSON_VALUE: result<'path' | 'received' | 'expected'>()(
    (f) => `${f.path} is ${f.received}, which JSON cannot say, and ${f.expected} is needed.`,
  ),
};
