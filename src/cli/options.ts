/**
 * The option table: every option of the command line, with the environment variables that set it.
 *
 * To add an option, add a row here and its name to the commands that take it; parsing, help, completion and docs/cli.md
 * follow. Of a row's variables the first that is set counts; the option itself comes before all of them.
 */

/** A row of the option table. */
export interface OptionRow {
  /** `flag` takes no value; `list` may be given several times. */
  readonly kind: 'flag' | 'text' | 'number' | 'size' | 'list';
  readonly short?: string;
  /** What its value is called in help. */
  readonly value?: string;
  /** The values it may have. */
  readonly choices?: readonly string[];
  /** What a shell proposes as its value. */
  readonly complete?: 'file' | 'folder' | 'rule';
  /** The least and the greatest number. If the least is whole, so are all, except where `fraction` is set. */
  readonly range?: readonly [number, number];
  readonly fraction?: boolean;
  /** What holds where nothing is said, in words. */
  readonly default?: string;
  readonly env: readonly string[];
  readonly summary: string;
}

const tesseract = (name: string) => [`COTANGENT_${name}`, `TESSERACT_RUNTIME_${name}`, `TESSERACT_${name}`];
const tesseractServe = (name: string, theirs: string = name) => [
  `COTANGENT_${name}`,
  `TESSERACT_RUNTIME_SERVE_${theirs}`,
];

/** Every option. */
export const options = {
  component: {
    kind: 'text',
    short: 'c',
    value: 'file',
    complete: 'file',
    default: 'component.ts',
    env: ['COTANGENT_COMPONENT'],
    summary: 'The file of the component: TypeScript or JavaScript, ES module or CommonJS.',
  },
  export: {
    kind: 'text',
    value: 'name',
    default: 'the default export, or the only component',
    env: ['COTANGENT_EXPORT'],
    summary: 'Which export of the file is the component.',
  },
  derive: {
    kind: 'list',
    value: 'rule',
    complete: 'rule',
    env: ['COTANGENT_DERIVE'],
    summary: 'Derive an endpoint that the class does not offer, by this rule: vjpFromJacobian. May be repeated.',
  },
  'input-path': {
    kind: 'text',
    value: 'folder',
    complete: 'folder',
    env: tesseract('INPUT_PATH'),
    summary: 'The folder that binref arrays of a request are read from. Without it they are refused.',
  },
  'output-path': {
    kind: 'text',
    value: 'folder',
    complete: 'folder',
    default: '.; a server without it writes none',
    env: tesseract('OUTPUT_PATH'),
    summary: 'The folder that binref arrays and the output file are written to.',
  },
  'output-format': {
    kind: 'text',
    short: 'f',
    value: 'format',
    choices: ['json', 'json+base64', 'json+binref'],
    default: 'json',
    env: tesseract('OUTPUT_FORMAT'),
    summary: 'How the arrays of an answer are written.',
  },
  'output-file': {
    kind: 'text',
    short: 'o',
    value: 'name',
    env: tesseract('OUTPUT_FILE'),
    summary: 'Write the answer to this file in the output folder, and nothing to standard output.',
  },
  compression: {
    kind: 'text',
    value: 'method',
    choices: ['lz4'],
    env: tesseract('COMPRESSION'),
    summary: 'Compress the arrays of an answer.',
  },
  host: {
    kind: 'text',
    value: 'address',
    default: '127.0.0.1',
    env: tesseractServe('HOST'),
    summary: 'The address to listen on; 0.0.0.0 is every one.',
  },
  port: {
    kind: 'number',
    short: 'p',
    value: 'number',
    range: [0, 65535],
    default: '8000',
    env: tesseractServe('PORT'),
    summary: 'The port to listen on; 0 is any that is free.',
  },
  workers: {
    kind: 'number',
    short: 'w',
    value: 'number',
    range: [0, 1024],
    default: '1',
    env: tesseractServe('WORKERS', 'NUM_WORKERS'),
    summary: 'How many threads run the component; with 0 it runs in the thread that answers.',
  },
  'body-limit': {
    kind: 'size',
    value: 'size',
    default: '128MiB',
    env: ['COTANGENT_BODY_LIMIT'],
    summary: 'The largest request. A larger one is answered with 413.',
  },
  'result-limit': {
    kind: 'size',
    value: 'size',
    default: '512MiB',
    env: ['COTANGENT_RESULT_LIMIT'],
    summary: 'The largest answer.',
  },
  'array-limit': {
    kind: 'size',
    value: 'size',
    default: '1GiB',
    env: ['COTANGENT_ARRAY_LIMIT'],
    summary: 'The most memory for the arrays of a request.',
  },
  'jacobian-limit': {
    kind: 'size',
    value: 'size',
    default: '1GiB',
    env: ['COTANGENT_JACOBIAN_LIMIT'],
    summary: 'The most memory that a derivation may take for a Jacobian.',
  },
  'queue-limit': {
    kind: 'number',
    value: 'number',
    range: [0, 1_000_000],
    default: '64',
    env: ['COTANGENT_QUEUE_LIMIT'],
    summary: 'How many requests may wait for a thread. One more is answered with 503.',
  },
  timeout: {
    kind: 'number',
    value: 'seconds',
    range: [0.001, 1_000_000],
    env: ['COTANGENT_TIMEOUT'],
    summary: 'How long a request may wait and run, also once its client has gone.',
  },
  'abandon-timeout': {
    kind: 'number',
    value: 'seconds',
    range: [0.001, 1_000_000],
    default: '30; with --timeout, that alone counts',
    env: ['COTANGENT_ABANDON_TIMEOUT'],
    summary: 'How long what runs may go on once its client has gone.',
  },
  'write-timeout': {
    kind: 'number',
    value: 'seconds',
    range: [0.001, 1_000_000],
    default: '30',
    env: ['COTANGENT_WRITE_TIMEOUT'],
    summary: 'How long a client may read nothing of its answer before it is cut off.',
  },
  'drain-timeout': {
    kind: 'number',
    value: 'seconds',
    range: [0.001, 1_000_000],
    default: '30',
    env: ['COTANGENT_DRAIN_TIMEOUT'],
    summary: 'How long the server may take to end, once it is told to. What is left then is cut off.',
  },
  'body-budget': {
    kind: 'size',
    value: 'size',
    default: 'eight times --body-limit',
    env: ['COTANGENT_BODY_BUDGET'],
    summary: 'The most memory for all requests that arrive at the same time. One more is answered with 503.',
  },
  'answer-budget': {
    kind: 'size',
    value: 'size',
    default: '1GiB',
    env: ['COTANGENT_ANSWER_BUDGET'],
    summary: 'The most memory for all answers that are sent at the same time. One more is answered with 503.',
  },
  'allowed-hosts': {
    kind: 'list',
    value: 'name',
    env: ['COTANGENT_ALLOWED_HOSTS'],
    summary: 'A host that requests may name besides this machine, or * for any. May be repeated.',
  },
  'token-file': {
    kind: 'text',
    value: 'file',
    complete: 'file',
    env: ['COTANGENT_TOKEN_FILE'],
    summary: 'The file of the token that clients have to send; or the token itself in COTANGENT_TOKEN.',
  },
  auth: {
    kind: 'text',
    value: 'kind',
    choices: ['token', 'none'],
    default: 'token',
    env: ['COTANGENT_AUTH'],
    summary: 'With none, others may call without a token beyond this machine. A token that is given is asked for.',
  },
  'no-auth': { kind: 'flag', env: [], summary: 'The same as --auth none.' },
  cors: {
    kind: 'list',
    value: 'origin',
    env: ['COTANGENT_CORS'],
    summary: 'An origin whose pages may call the server, or * for all. May be repeated.',
  },
  log: {
    kind: 'text',
    value: 'level',
    choices: ['silent', 'error', 'warn', 'info', 'debug'],
    default: 'info',
    env: ['COTANGENT_LOG'],
    summary: 'How much is logged to standard error.',
  },
  name: { kind: 'text', value: 'text', env: tesseract('NAME'), summary: 'The name that clients see.' },
  description: {
    kind: 'text',
    value: 'text',
    env: tesseract('DESCRIPTION'),
    summary: 'The description that clients see.',
  },
  'component-version': {
    kind: 'text',
    value: 'version',
    env: ['COTANGENT_COMPONENT_VERSION', 'TESSERACT_RUNTIME_VERSION', 'TESSERACT_VERSION'],
    summary: 'The version that clients see.',
  },
  cost: {
    kind: 'text',
    value: 'request',
    env: [],
    summary: 'Tell what each derivative would cost for the inputs of this request: its JSON, @file, or -.',
  },
  'input-paths': {
    kind: 'list',
    value: 'path',
    default: 'all that are differentiable',
    env: [],
    summary: 'An input to differentiate by; a pattern such as loads.[] is all that it matches. May be repeated.',
  },
  'output-paths': {
    kind: 'list',
    value: 'path',
    default: 'all that are differentiable',
    env: [],
    summary: 'An output to differentiate. May be repeated.',
  },
  endpoints: {
    kind: 'list',
    value: 'endpoint',
    default: 'all, except those made of differences',
    env: [],
    summary: 'An endpoint to check: jacobian, jvp, vjp, or its name on the wire. May be repeated.',
  },
  rtol: {
    kind: 'number',
    value: 'number',
    range: [0, 1e6],
    fraction: true,
    default: 'rounding',
    env: [],
    summary: 'The relative deviation that is allowed everywhere.',
  },
  tolerance: {
    kind: 'list',
    value: 'path=number',
    env: [],
    summary: 'The relative deviation that is allowed at one input or output. May be repeated.',
  },
  noise: {
    kind: 'number',
    value: 'number',
    range: [0, 1],
    fraction: true,
    default: 'rounding',
    env: [],
    summary: 'The relative error of apply: the tolerance of a solver inside.',
  },
  magnitudes: {
    kind: 'list',
    value: 'path=number',
    env: [],
    summary: 'The typical size of one input: the steps of differences are relative to it. May be repeated.',
  },
  bounds: {
    kind: 'list',
    value: 'path=lower,upper',
    env: [],
    summary: 'What differences keep an input within; a side left out is open: x=0, for 0 and more. May be repeated.',
  },
  seed: {
    kind: 'number',
    value: 'number',
    range: [0, Number.MAX_SAFE_INTEGER],
    default: '0',
    env: [],
    summary: 'What decides the random directions.',
  },
  exhaustive: {
    kind: 'flag',
    env: [],
    summary: 'Compare every element with differences, for small components: 6 calls for each input element and more.',
  },
  'max-evals': {
    kind: 'number',
    value: 'number',
    range: [0, 1e9],
    default: '32',
    env: [],
    summary: 'How many calls finding a wrong element may take. The check itself makes at most 20, whatever the sizes.',
  },
  'max-failures': {
    kind: 'number',
    value: 'number',
    range: [0, 1e6],
    default: '10',
    env: [],
    summary: 'How many wrong elements are printed; more than one is looked for with --exhaustive.',
  },
  eps: {
    kind: 'number',
    value: 'number',
    range: [0, Number.MAX_VALUE],
    fraction: true,
    env: [],
    summary: 'Taken and not used: the step of differences follows from the scale and precision of each input.',
  },
  report: {
    kind: 'text',
    value: 'file',
    complete: 'file',
    env: [],
    summary: 'Also write a page with pictures: Taylor plots, step curves, the Jacobian. It takes some 100 calls more.',
  },
  samples: {
    kind: 'number',
    value: 'number',
    range: [1, 1000],
    default: '48',
    env: [],
    summary: 'How many elements of each array the pictures of the Jacobian show.',
  },
  'show-progress': { kind: 'flag', env: [], summary: 'Taken and not needed: a terminal shows progress anyway.' },
  'no-show-progress': { kind: 'flag', env: [], summary: 'Show no progress.' },
  json: { kind: 'flag', env: [], summary: 'Print JSON for programs.' },
  commonjs: { kind: 'flag', env: [], summary: 'Make a CommonJS project instead of ES modules.' },
  standard: { kind: 'flag', env: [], summary: 'Use standard decorators instead of experimentalDecorators.' },
  debug: { kind: 'flag', env: tesseract('DEBUG'), summary: 'Show stacks with errors.' },
  help: { kind: 'flag', short: 'h', env: [], summary: 'Say how a command is used.' },
  version: { kind: 'flag', env: [], summary: 'Print the version of cotangent.' },
} as const satisfies Record<string, OptionRow>;

/** The name of an option, without its hyphens. */
export type OptionName = keyof typeof options;

/** What an option is worth to a command. */
export type OptionValue<R extends OptionRow> = R['kind'] extends 'flag'
  ? boolean
  : R['kind'] extends 'number' | 'size'
    ? number | undefined
    : R['kind'] extends 'list'
      ? readonly string[]
      : R extends { readonly choices: readonly (infer C)[] }
        ? C | undefined
        : string | undefined;

/** The values of all options: what was given, else what the environment says, else nothing. */
export type OptionValues = { readonly [N in OptionName]: OptionValue<(typeof options)[N]> };

/** The names of all options. */
export const optionNames: readonly OptionName[] = Object.keys(options) as OptionName[];

/** The row of an option. */
export function optionOf(name: OptionName): OptionRow {
  return options[name];
}
