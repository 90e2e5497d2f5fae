/** What a server may be told, and what holds where it is told nothing. */
import { type Compression } from '../codec/encoding.js';
import { type Format, formatNames, isFormat } from '../codec/index.js';
import type { DifferentiableComponent } from '../component/component.js';
import type { RuleName } from '../derive/rules.js';
import { fail } from '../errors.js';
import { type RequestLimits, servedLimits } from '../runtime/limits.js';

/** A component by the file that exports it: workers can load it for themselves. */
export interface ComponentFile {
  readonly file: string;
  /** The name of the export; without it the default export, or the only component. */
  readonly export?: string | undefined;
}

/** A component class, which is made without arguments, or an instance. */
export type ComponentValue =
  | DifferentiableComponent<object, object>
  | (new () => DifferentiableComponent<object, object>);

/** How requests to one component are answered, whatever carries them. */
export interface AnswerOptions {
  /** The format of answers where a client asks for none; `json`. */
  readonly format?: Format | undefined;
  /** How the arrays of an answer are compressed, where their encoding can be. */
  readonly compression?: Compression | undefined;
  /** Rules that the class is opted in to, without touching it. */
  readonly derive?: readonly RuleName[] | undefined;
  /** The folder that `binref` arrays of requests may refer to. Without it they are refused. */
  readonly inputPath?: string | undefined;
  /** The folder that `binref` arrays of answers are written to. Without it that format is not offered. */
  readonly outputPath?: string | undefined;
  /** The most bytes of a body; 128 MiB. */
  readonly bodyLimit?: number | undefined;
  /** The most bytes of all bodies that are under way together; eight times `bodyLimit`, and at least 128 MiB. */
  readonly bodyBudget?: number | undefined;
  /** The most bytes of all answers that are under way together; 1 GiB. */
  readonly answerBudget?: number | undefined;
  /** How many milliseconds a client may read nothing of its answer; 30000. Then it is cut off. */
  readonly writeTimeout?: number | undefined;
  /** The most bytes of an answer; 512 MiB. */
  readonly resultLimit?: number | undefined;
  /** The most bytes of the arrays of a request, in memory; 1 GiB. */
  readonly arrayLimit?: number | undefined;
  /** The most bytes that a derivation may take for a Jacobian, or for sample inputs; 1 GiB. */
  readonly jacobianLimit?: number | undefined;
  /** How many requests may wait while all workers are busy; 64. */
  readonly queueLimit?: number | undefined;
  /** How many milliseconds a request may wait and run, whether its client waits for it or not; any number, `Infinity`. */
  readonly timeout?: number | undefined;
  /**
   * How many milliseconds what runs may take to stop once its client has gone; 30000 without a `timeout`, else that alone
   * counts.
   */
  readonly abandonTimeout?: number | undefined;
  /** What clients are told, instead of what the class says. */
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly description?: string | undefined;
  /** Whether an answer with status 500 says what the author's code threw, stack and all. */
  readonly debug?: boolean | undefined;
}

/** `AnswerOptions`, complete. */
export interface Settings {
  readonly format: Format;
  readonly compression: Compression;
  readonly derive: readonly RuleName[];
  readonly inputPath: string | undefined;
  readonly outputPath: string | undefined;
  readonly bodyLimit: number;
  readonly bodyBudget: number;
  readonly answerBudget: number;
  readonly writeTimeout: number;
  readonly queueLimit: number;
  readonly timeout: number;
  readonly abandonTimeout: number;
  readonly memoryLimit: number;
  readonly limits: RequestLimits;
  readonly names: { readonly [K in 'name' | 'version' | 'description']?: string };
  readonly debug: boolean;
}

const MIB = 2 ** 20;

/** The complete settings. Raises `E_SERVE_OPTION`. */
export function settingsOf(options: AnswerOptions): Settings {
  const { format = 'json', compression = null, outputPath, name, version, description } = options;
  const offered = formatsOffered(outputPath);
  if (!isFormat(format) || !offered.includes(format)) {
    const expected = isFormat(format) ? 'outputPath with it' : `one of ${formatNames.join(', ')}`;
    fail('E_SERVE_OPTION', { option: 'format', received: String(format), expected });
  }
  const bodyLimit = whole(options, 'bodyLimit', 128 * MIB);
  const timeout = duration(options, 'timeout', Infinity);
  const names = Object.entries({ name, version, description }).filter(([, value]) => value !== undefined);
  return {
    format,
    compression,
    derive: options.derive ?? [],
    inputPath: options.inputPath,
    outputPath,
    bodyLimit,
    bodyBudget: whole(options, 'bodyBudget', 8 * Math.max(bodyLimit, 16 * MIB)),
    answerBudget: whole(options, 'answerBudget', 1024 * MIB),
    writeTimeout: duration(options, 'writeTimeout', 30_000),
    queueLimit: whole(options, 'queueLimit', 64),
    timeout,
    abandonTimeout: duration(options, 'abandonTimeout', timeout === Infinity ? 30_000 : Infinity),
    memoryLimit: whole(options, 'jacobianLimit', 2 ** 30),
    limits: {
      ...servedLimits,
      arrayBytes: whole(options, 'arrayLimit', servedLimits.arrayBytes),
      resultBytes: whole(options, 'resultLimit', servedLimits.resultBytes ?? 0),
    },
    names: Object.fromEntries(names),
    debug: options.debug ?? false,
  };
}

/** A whole number among the options, from `least` on, or what holds without it. Raises `E_SERVE_OPTION`. */
export function whole<K extends string>(
  options: { readonly [P in K]?: number | undefined },
  option: K,
  otherwise: number,
  least = 0,
): number {
  const value = options[option] ?? otherwise;
  if (Number.isSafeInteger(value) && value >= least) return value;
  return fail('E_SERVE_OPTION', { option, received: String(value), expected: `a whole number from ${least} on` });
}

/** Milliseconds among the options, from 1 up to `Infinity`, or what holds without them. Raises `E_SERVE_OPTION`. */
export function duration<K extends string>(
  options: { readonly [P in K]?: number | undefined },
  option: K,
  otherwise: number,
): number {
  const value = options[option] ?? otherwise;
  if (value === Infinity || (Number.isInteger(value) && value >= 1)) return value;
  const expected = 'a whole number of milliseconds from 1 on, or Infinity,';
  return fail('E_SERVE_OPTION', { option, received: String(value), expected });
}

/** The formats that answers may have: files only where there is a folder for them. */
export function formatsOffered(outputPath: string | undefined): readonly Format[] {
  return formatNames.filter((name) => outputPath !== undefined || name !== 'json+binref');
}
