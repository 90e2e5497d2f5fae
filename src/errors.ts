/**
 * The error table: every error this project raises, with its code, HTTP status, wire type and message.
 *
 * To add an error, add a row here, and raise it from a test. A message says what is so (both values, the path), what
 * was needed, and what to do. This file imports nothing.
 */

/** The facts of an error; `path` says where, in the words of the request. */
export type Fields = Readonly<Record<string, string>>;

interface Row {
  /** HTTP status: 422 the caller's values, 500 the component's, and so on. */
  readonly status: number;
  /** The `type` of the entry in a 422 body. */
  readonly wire: string;
  readonly message: (fields: never) => string;
}

const row =
  <const Names extends string>(status: number, wire: string) =>
  (message: (fields: Readonly<Record<Names, string>>) => string) => ({ status, wire, message });

const value = <const Names extends string = 'path' | 'received' | 'expected'>(wire: string) => row<Names>(422, wire);
const result = <const Names extends string>() => row<Names>(500, 'result_error');
const definition = <const Names extends string>() => row<Names>(500, 'definition_error');

// From outside a class, a rule is opted in to by an option, `--derive vjpFromJacobian`, or by `withDerived`.
const optIn = (written: string) => (/^(-|withDerived)/.test(written) ? written : `@${written}`);

/** Every error: status, wire type, message. */
export const errors = {
  // Sparsity: what was declared of a Jacobian.
  E_SPARSITY: definition<'path' | 'received' | 'expected'>()(
    (f) => `${f.path} is ${f.received}, and ${f.expected} is needed. Declare the sparsity for the flattened sizes.`,
  ),
  E_OPTION: definition<'path' | 'received' | 'expected'>()(
    (f) => `The option ${f.path} is ${f.received}, and ${f.expected} is needed.`,
  ),
  E_PLAN: definition<'received' | 'expected'>()(
    (f) => `The saved plan is ${f.received}, and ${f.expected} is needed. Save it again.`,
  ),
  E_RANK_BOUND: result<'received' | 'expected' | 'tolerance'>()(
    (f) =>
      `A product with the Jacobian differs from its rank-${f.expected} approximation by ${f.received} of its norm, and at most ${f.tolerance} is needed. Raise the rank, or do not declare one.`,
  ),

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
  E_MISSING: value<'path' | 'expected'>('missing')((f) => `${f.path} is missing, and ${f.expected} is needed.`),
  E_EXTRA: value<'path' | 'known' | 'advice'>('extra_forbidden')(
    (f) => `${f.path} is no field here; the fields are ${f.known}. ${f.advice}`,
  ),
  E_TYPE: value('type_error')((f) => `${f.path} is ${f.received}, and ${f.expected} is needed.`),
  E_CONSTRAINT: value<'path' | 'received' | 'expected' | 'constraint'>('value_error')(
    (f) => `${f.path} is ${f.received}: ${f.expected}.`,
  ),
  E_INVALID: value<'path' | 'count' | 'list'>('value_error')((f) => `${f.path} has ${f.count} problems.\n${f.list}`),

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
  E_PROBE: result<'rule' | 'method' | 'probe' | 'count' | 'reason'>()(
    (f) => `${f.method} failed in probe ${f.probe} of ${f.count} of ${f.rule}: ${f.reason}`,
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
    (f) => `${f.component}: d(${f.of})/d(${f.wrt}) is ${f.verdict} (${f.endpoints}): ${f.values}. One of these has to be mended.`,
  ),

  E_CHECK_RUNNER: row<'received' | 'expected'>(422, 'usage_error')(
    (f) => `There is ${f.received} among the globals, and ${f.expected} is needed. Pass { runner: { describe, test } }.`,
  ),

  // Definitions: what a class says of itself.
  E_DEFINE_PARENTHESES: definition<'decorator'>()(
    (f) => `@${f.decorator} was written without parentheses. Write @${f.decorator}().`,
  ),
  E_DEFINE_NOT_COMPONENT: definition<'component'>()(
    (f) => `${f.component} has no @Component({ inputs, outputs }). Add it to the class or to a parent.`,
  ),
  E_DEFINE_MODEL: definition<'component' | 'side' | 'received'>()(
    (f) =>
      `${f.component} declares ${f.received} as its ${f.side}, and a class is needed. In a circle of imports a class may not ` +
      'be there yet: move the models to a file of their own.',
  ),
  E_DEFINE_NO_FIELDS: definition<'model'>()(
    (f) => `${f.model} declares no fields. Decorate its properties: @Float64() x = 0;`,
  ),
  E_DEFINE_FIELD_TYPE: definition<'field' | 'type'>()(
    (f) =>
      `The type of ${f.field} is not known (${f.type}). Write it as a thunk: @Field(() => String), @Field(() => Mesh).`,
  ),
  E_DEFINE_FIELD_NAME: definition<'field'>()(
    (f) => `${f.field} is no name that a path can hold. Use letters, digits and underscores.`,
  ),
  E_DEFINE_DIFFERENTIABLE: definition<'field' | 'dtype'>()(
    (f) => `${f.field} is ${f.dtype} and cannot be differentiable: only float and complex fields can.`,
  ),
  E_DEFINE_RECURSIVE: definition<'model'>()((f) => `${f.model} contains itself. A schema must be finite.`),
  E_DEFINE_INITIALISER: definition<'model' | 'reason'>()(
    (f) =>
      `new ${f.model}() failed (${f.reason}). A model is made without arguments; its initialisers are the defaults.`,
  ),
  E_DEFINE_NO_APPLY: definition<'component'>()(
    (f) => `${f.component} has no apply. Decorate a method: @Apply() apply(inputs) { … }`,
  ),
  E_DEFINE_TWO_METHODS: definition<'component' | 'endpoint' | 'first' | 'second'>()(
    (f) => `${f.component} decorates both ${f.first}() and ${f.second}() as its ${f.endpoint}. Keep one.`,
  ),
  E_DEFINE_NO_METHOD: definition<'component' | 'endpoint' | 'method'>()(
    (f) =>
      `${f.component} decorates ${f.method} as its ${f.endpoint}, but its instances have no such method. Decorate a public ` +
      'method that is not static.',
  ),
  E_DEFINE_UNDECORATED: definition<'component' | 'endpoint' | 'decorator'>()(
    (f) =>
      `${f.component}.${f.endpoint}() carries no @${f.decorator}(), so no request would reach it. Decorate or rename it.`,
  ),
  E_DEFINE_SHADOWED: definition<'component' | 'endpoint' | 'method' | 'shadow'>()(
    (f) =>
      `${f.component}.${f.method}() is the ${f.endpoint} of ${f.component}, but ${f.shadow}.${f.endpoint}() would answer a direct ` +
      `call. Name the method ${f.endpoint}.`,
  ),
  E_DEFINE_NOT_DIFFERENTIABLE: definition<'component' | 'endpoint' | 'side'>()(
    (f) => `${f.component} offers ${f.endpoint}, but no ${f.side} field is marked { differentiable: true }.`,
  ),
  E_DEFINE_STALE_DERIVATIVE: definition<'component' | 'endpoint' | 'parent'>()(
    (f) =>
      `${f.component} overrides apply but inherits ${f.parent}.${f.endpoint}(), written for another apply. Override ` +
      `${f.endpoint} too, derive it, or say @Apply({ keepsDerivatives: true }) if it still holds.`,
  ),
  E_DERIVE_UNKNOWN: definition<'component' | 'rule' | 'known'>()(
    (f) => `${f.component} opts in to "${f.rule}", which is no rule. The rules are ${f.known}.`,
  ),
  E_DERIVE_BASE_MISSING: definition<'component' | 'decorator' | 'base'>()(
    (f) =>
      `${optIn(f.decorator)} on ${f.component} needs ${f.base}, and ${f.component} has none. Write ${f.component}.${f.base}(), or opt ` +
      'in to a rule that derives it.',
  ),
  E_DERIVE_OWN_EXISTS: definition<'component' | 'decorator' | 'method'>()(
    (f) =>
      `${optIn(f.decorator)} on ${f.component} would replace ${f.component}.${f.method}(), which is hand-written. Remove the ` +
      'decorator to keep the method, or the method to derive it.',
  ),
  E_DERIVE_TWICE: definition<'component' | 'endpoint' | 'first' | 'second'>()(
    (f) => `${optIn(f.first)} and ${optIn(f.second)} on ${f.component} both derive ${f.endpoint}. Keep one.`,
  ),
  E_DERIVE_CYCLE: definition<'component' | 'cycle'>()(
    (f) => `The derivations on ${f.component} need each other: ${f.cycle}. Write one of these endpoints by hand.`,
  ),
  E_DERIVE_ESTIMATE: definition<'component' | 'decorator' | 'estimate'>()(
    (f) =>
      `${optIn(f.decorator)} on ${f.component} would build on ${optIn(f.estimate)}, which is a random estimate. Derive it from ` +
      'apply instead: vjpFromApply.',
  ),
  E_DERIVE_OPTION: definition<'component' | 'decorator' | 'rule' | 'option'>()(
    (f) => `${optIn(f.decorator)} on ${f.component} needs the option ${f.option}. Write @${f.rule}({ ${f.option}: … }).`,
  ),
  E_OPEN_CONSTRUCTOR: definition<'component' | 'reason'>()(
    (f) => `new ${f.component}() failed (${f.reason}). Pass an instance to openComponent instead of the class.`,
  ),

  // Remote components: what a server said, or did not say.
  E_REMOTE_ADDRESS: row<'url' | 'reason'>(422, 'value_error')(
    (f) => `${f.url} is no address of a server (${f.reason}). Write http://127.0.0.1:8000.`,
  ),
  E_REMOTE_UNREACHABLE: row<'url' | 'reason'>(503, 'remote_error')(
    (f) => `No answer from ${f.url}: ${f.reason}. Is the server running, and is this its address?`,
  ),
  E_REMOTE_TIMEOUT: row<'url' | 'timeout'>(504, 'remote_error')(
    (f) => `No answer from ${f.url} within ${f.timeout} ms. Raise the timeout, or leave it out.`,
  ),
  E_REMOTE_CLOSED: row<'url'>(503, 'remote_error')((f) => `The connection to ${f.url} was closed. Connect again.`),
  E_REMOTE_NO_COMPONENT: row<'url' | 'reason'>(502, 'remote_error')(
    (f) => `${f.url} serves no component: ${f.reason}. Give the address that "serve" printed.`,
  ),
  E_REMOTE_FAILED: row<'component' | 'url' | 'status' | 'reason'>(502, 'remote_error')(
    (f) => `${f.component} at ${f.url} answered with status ${f.status}: ${f.reason}`,
  ),
  E_REMOTE_ANSWER: row<'component' | 'url' | 'reason'>(502, 'remote_error')(
    (f) => `${f.component} at ${f.url} gave an answer that cannot be read. ${f.reason}`,
  ),
  E_REMOTE_VALUE: value<'path' | 'reason' | 'type'>('value_error')(
    (f) => `${f.path} was refused by the component: ${f.reason} (${f.type}).`,
  ),
  E_HANDLE: row<'received'>(422, 'value_error')(
    (f) => `A handle of openComponent or connect is needed, and ${f.received} was given.`,
  ),

  // Loading: the file that a component is in.
  E_LOAD_MISSING: definition<'file'>()(
    (f) => `There is no file ${f.file}. Name the file of the component: cotangent check path/to/component.ts`,
  ),
  E_LOAD_NO_COMPONENT: definition<'file' | 'found'>()(
    (f) =>
      `${f.file} exports no component. Export a class that has @Component({ inputs, outputs }); it exports ${f.found}.`,
  ),
  E_LOAD_SEVERAL: definition<'file' | 'found'>()(
    (f) => `${f.file} exports several components: ${f.found}. Choose one with --export, or export it as the default.`,
  ),
  E_LOAD_EXPORT: definition<'file' | 'export' | 'found'>()(
    (f) => `${f.file} exports no component called ${f.export}. Its components: ${f.found}.`,
  ),
  E_LOAD_SYNTAX: definition<'place' | 'reason'>()((f) => `${f.place} is not valid: ${f.reason}`),
  E_LOAD_FAILED: definition<'file' | 'reason'>()((f) => `${f.file} cannot be loaded. ${f.reason}`),

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
  E_TIMEOUT: row<'expected'>(504, 'timeout')((f) => `The request took longer than the ${f.expected} ms it may.`),
  E_SERVE_OPTION: definition<'option' | 'received' | 'expected'>()(
    (f) => `The option ${f.option} is ${f.received}, and ${f.expected} is needed.`,
  ),
  E_SERVE_LISTEN: definition<'address' | 'reason'>()((f) => `${f.address} cannot be listened on: ${f.reason}.`),

  // The command line: how it was written.
  E_CLI_UNKNOWN: row<'kind' | 'received' | 'advice'>(
    422,
    'usage_error',
  )((f) => `${f.received} is no ${f.kind}. ${f.advice}`),
  E_CLI_VALUE: value('usage_error')((f) => `${f.path} is ${f.received}, and ${f.expected} is needed.`),
  E_CLI_ARGUMENTS: row<'command' | 'received' | 'usage'>(
    422,
    'usage_error',
  )((f) => `${f.command} was given ${f.received} arguments. Usage: ${f.usage}`),
} as const satisfies Record<string, Row>;

/** The code of an error. */
export type ErrorCode = keyof typeof errors;

/** The facts that the message of `C` is made of. */
export type FieldsOf<C extends ErrorCode> = Parameters<(typeof errors)[C]['message']>[0];

/** What else an error may carry. */
export interface ErrorExtras {
  readonly cause?: unknown;
  /** The single problems, where this error gathers several. */
  readonly problems?: readonly ComponentError[];
}

/**
 * The one error class. `code` and `fields` are for programs, `message` for people: the same text in process, on the
 * command line and over HTTP. `problems` lists every single problem, each with its own code and path: itself, where
 * there is just one.
 */
export class ComponentError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly fields: Fields;
  readonly problems: readonly ComponentError[];

  constructor(code: ErrorCode, fields: Fields, extras: ErrorExtras = {}) {
    const message = errors[code].message as (fields: Fields) => string;
    super(`${code}: ${message(fields)}`, extras.cause === undefined ? undefined : { cause: extras.cause });
    this.name = 'ComponentError';
    this.code = code;
    this.status = errors[code].status;
    this.fields = fields;
    this.problems = extras.problems ?? [this];
  }

  /** Where, in the words of the request: `inputs.mesh.points`. Empty where the error is about no single place. */
  get path(): string {
    return this.fields['path'] ?? '';
  }
}

/** Raise `code`, its facts checked against the row by the compiler. */
export function fail<C extends ErrorCode>(code: C, fields: FieldsOf<C>, extras?: ErrorExtras): never {
  throw new ComponentError(code, fields, extras);
}

/** A problem that is reported with others: an error that is not thrown yet. */
export function problem<C extends ErrorCode>(code: C, fields: FieldsOf<C>, extras?: ErrorExtras): ComponentError {
  return new ComponentError(code, fields, extras);
}
