/** Errors in requests: which derivative is asked for, how it travels, what it may cost. */
import { definition, row, value } from './row.js';

/** The rows. */
export const requestErrors = {
  // Requests: which derivative is asked for.
  E_PATHS: value('set_type')((f) => `${f.path} is ${f.received}, and ${f.expected} is needed.`),
  E_PATH_UNKNOWN: value<'path' | 'received' | 'expected' | 'advice'>('literal_error')(
    (f) => `${f.path} names "${f.received}", and there is no such array. Differentiable: ${f.expected}.${f.advice}`,
  ),
  E_PATH_NOT_DIFFERENTIABLE: value<'path' | 'received' | 'expected' | 'dtype' | 'component'>('literal_error')(
    (f) =>
      `${f.path} names "${f.received}", a field of ${f.component} (${f.dtype}) that is not marked differentiable. ` +
      `Differentiable: ${f.expected}.`,
  ),
  E_PATH_ABSENT: value<'path' | 'received'>('value_error')(
    (f) => `${f.path} names "${f.received}", which is not among these inputs: no such element, or it was left out.`,
  ),
  E_OUTSIDE_BOUNDS: value('value_error')(
    (f) =>
      `${f.path} is ${f.received}, and its bounds allow ${f.expected}. Differences evaluate apply within the bounds alone: ` +
      'move the point inside, or widen the bounds.',
  ),
  E_SEED_KEYS: value('value_error')(
    (f) => `${f.path} has the keys ${f.received}, and ${f.expected} are needed: one array for each path.`,
  ),
  E_TANGENT_SHAPE: value<'path' | 'received' | 'expected' | 'of'>('value_error')(
    (f) =>
      `${f.path} has shape ${f.received}, but input "${f.of}" has shape ${f.expected}. A tangent has the shape of its input.`,
  ),
  E_COTANGENT_SHAPE: value<'path' | 'received' | 'expected' | 'of'>('value_error')(
    (f) =>
      `${f.path} has shape ${f.received}, but output "${f.of}" has shape ${f.expected}. A cotangent has the shape of its output.`,
  ),
  E_NO_SUCH_ENDPOINT: row<'component' | 'endpoint' | 'offered' | 'advice'>(
    404,
    'no_such_endpoint',
  )((f) => `${f.component} does not offer ${f.endpoint}. It offers ${f.offered}. ${f.advice}`),

  // Bounds: what a request may cost.
  E_LIMIT: value('too_long')(
    (f) => `${f.path} has ${f.received}, and at most ${f.expected} are allowed. Send it in parts.`,
  ),
  E_MEMORY_LIMIT: row<'rule' | 'received' | 'expected' | 'advice'>(
    413,
    'too_large',
  )((f) => `${f.rule} would take ${f.received} bytes, and at most ${f.expected} are allowed. ${f.advice}`),

  // Serving: how a request travels.
  E_CONTENT_TYPE: value('model_attributes_type')(
    (f) => `The content type of ${f.path} is ${f.received}, and ${f.expected} is needed.`,
  ),
  E_RUN_ID: value('string_pattern_mismatch')((f) => `${f.path} is ${f.received}, and ${f.expected} are needed.`),
  E_ROUTE: row<'path' | 'known'>(404, 'not_found')((f) => `There is no ${f.path} here. There are ${f.known}.`),
  E_METHOD: row<'path' | 'received' | 'expected'>(
    405,
    'method_not_allowed',
  )((f) => `${f.path} does not take ${f.received}, but ${f.expected}.`),
  E_HOST: row<'received'>(
    403,
    'forbidden',
  )(
    (f) =>
      `The request names the host ${f.received}, which is not this server's. Where it is, name it with --allowed-hosts ` +
      '(allowedHosts).',
  ),
  E_TOKEN: row<'received'>(
    401,
    'unauthorized',
  )((f) => `This server needs a token, and ${f.received}. Send "Authorization: Bearer …" with the token.`),
  E_ACCEPT: row<'received' | 'expected'>(
    406,
    'not_acceptable',
  )((f) => `No answer can be given as ${f.received}. The formats are ${f.expected}.`),
  E_BODY_LIMIT: row<'received' | 'expected'>(
    413,
    'too_large',
  )(
    (f) =>
      `The body has ${f.received} bytes, and at most ${f.expected} are allowed. Encode arrays as base64, or refer to files.`,
  ),
  E_RESULT_LIMIT: row<'received' | 'expected'>(
    413,
    'too_large',
  )(
    (f) =>
      `The answer has ${f.received} bytes, and at most ${f.expected} are allowed. Ask for less at once, or for another format.`,
  ),
  E_ENCODING: row<'received'>(
    415,
    'unsupported_encoding',
  )((f) => `A body encoded as ${f.received} is not read. Send it as it is.`),
  E_CANCELLED: row<'reason'>(499, 'cancelled')((f) => `The request was given up: ${f.reason}.`),
  E_WORKER: row<'reason'>(500, 'worker_error')((f) => `The worker that ran the component stopped: ${f.reason}.`),
  E_BUSY: row<'received'>(503, 'busy')((f) => `The server is busy: ${f.received}. Try again later.`),
  E_UNLOADED: row<'reason' | 'seconds'>(
    503,
    'unloaded',
  )((f) => `No worker can load the component: ${f.reason} It is tried again in ${f.seconds} s; its log says more.`),
  E_TIMEOUT: row<'expected'>(504, 'timeout')((f) => `The request took longer than the ${f.expected} ms it may.`),
  E_SERVE_OPTION: definition<'option' | 'received' | 'expected'>()(
    (f) => `The option ${f.option} is ${f.received}, and ${f.expected} is needed.`,
  ),
  E_SERVE_LISTEN: definition<'address' | 'reason'>()((f) => `${f.address} cannot be listened on: ${f.reason}.`),
};
