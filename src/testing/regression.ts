/**
 * Regression tests: one JSON object, with a request and what is to come of it, as Tesseract Core writes them.
 *
 * A request goes the way of every request (`runtime/wire.ts`), and its answer is compared as a client would read it.
 */

import { parseBody } from '../codec/body.js';
import { decodeTree } from '../codec/decode.js';
import type { ArrayFiles } from '../codec/files.js';
import { defaultLimits } from '../codec/limits.js';
import { parseJson } from '../codec/parse.js';
import { writeJson } from '../codec/write.js';
import { ComponentError, fail, problem } from '../errors.js';
import type { EndpointName } from '../operators/endpoints.js';
import { endpointNames } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import { raise } from '../operators/operator.js';
import type { Target } from '../runtime/invoke.js';
import { answer } from '../runtime/wire.js';
import { describe } from '../schema/check.js';
import { nearest } from '../schema/suggest.js';
import { compareTrees, type Tolerance } from './compare.js';
import { isException } from './exceptions.js';

/** A regression test, read and checked. */
export interface RegressionCase extends Tolerance {
  readonly endpoint: EndpointName;
  readonly payload: unknown;
  /** What the answer is to be; undefined where an exception is expected. */
  readonly outputs: unknown;
  /** The name of the expected exception, as Python has it: `ValueError`, `pydantic.ValidationError`. */
  readonly exception: string | undefined;
  /** What the exception's message is to match. */
  readonly pattern: string | undefined;
}

/** What came of a regression test: `error` is an exception that nobody expected. */
export interface RegressionResult {
  readonly status: 'passed' | 'failed' | 'error';
  readonly message: string;
  readonly endpoint: string;
}

const keys = {
  endpoint: 'string',
  payload: 'object',
  expected_outputs: 'object',
  expected_exception: 'string',
  expected_exception_regex: 'pattern',
  atol: 'tolerance',
  rtol: 'tolerance',
  skip_output_path_checks: 'boolean',
  cli_config: 'object',
} as const;

interface Kind {
  readonly accepts: (value: unknown) => boolean;
  readonly expected: string;
}

/** What the values of a test may be. */
const kinds: Readonly<Record<(typeof keys)[keyof typeof keys], Kind>> = {
  string: { accepts: (value) => typeof value === 'string', expected: 'a string' },
  boolean: { accepts: (value) => typeof value === 'boolean', expected: 'true or false' },
  object: { accepts: (value) => typeof value === 'object' && !Array.isArray(value), expected: 'an object' },
  tolerance: { accepts: (value) => typeof value === 'number' && value >= 0, expected: 'a number from 0' },
  pattern: { accepts: isPattern, expected: 'a regular expression that JavaScript has too' },
};

function isPattern(value: unknown): boolean {
  try {
    return typeof value === 'string' && expressionOf(value) instanceof RegExp;
  } catch {
    return false;
  }
}

/** A regression test out of its JSON. Raises `E_JSON`, `E_TYPE`, `E_MISSING` or `E_EXTRA`. */
export function readRegressionCase(source: Uint8Array | string): RegressionCase {
  const spec = parseJson(source);
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
    fail('E_TYPE', { path: 'The test', received: 'no object', expected: 'an object with endpoint and payload' });
  }
  const entries = spec as Record<string, unknown>;
  raise('The test', [...keyProblems(entries), ...missing(entries)]);
  const text = (key: string) => (entries[key] ?? undefined) as string | undefined;
  return {
    endpoint: endpointOf(String(entries['endpoint'])),
    payload: entries['payload'],
    outputs: entries['expected_outputs'] ?? undefined,
    exception: text('expected_exception'),
    pattern: text('expected_exception_regex'),
    atol: Number(entries['atol'] ?? 1e-8),
    rtol: Number(entries['rtol'] ?? 1e-5),
  };
}

function keyProblems(entries: Record<string, unknown>): ComponentError[] {
  const known = Object.keys(keys);
  return Object.entries(entries).flatMap(([key, value]) => {
    if (!Object.hasOwn(keys, key)) {
      const meant = nearest(key, known);
      const advice = meant === undefined ? 'Remove it.' : `Did you mean ${meant}?`;
      return [problem('E_EXTRA', { path: key, known: known.join(', '), advice })];
    }
    const kind = keys[key as keyof typeof keys];
    const { accepts, expected } = kinds[kind];
    return value === null || accepts(value)
      ? []
      : [problem('E_TYPE', { path: key, received: describe(value), expected })];
  });
}

function missing(entries: Record<string, unknown>): ComponentError[] {
  const required = ['endpoint', 'payload'].filter((key) => (entries[key] ?? null) === null);
  const expectations = ['expected_outputs', 'expected_exception'].filter((key) => (entries[key] ?? null) !== null);
  const one = { path: 'expected_outputs', expected: 'exactly one of expected_outputs and expected_exception' };
  return [
    ...required.map((path) => problem('E_MISSING', { path, expected: 'a value' })),
    ...(expectations.length === 1 ? [] : [problem('E_MISSING', one)]),
  ];
}

function endpointOf(name: string): EndpointName {
  const route = name.replaceAll('-', '_');
  const routes = endpointNames.map((one) => operators[one].route).join(', ');
  const found = endpointNames.find((one) => operators[one].route === route);
  return found ?? fail('E_TYPE', { path: 'endpoint', received: JSON.stringify(name), expected: `one of ${routes}` });
}

/** What a run may be given. */
export interface RegressionOptions {
  /** The files that `binref` arrays of the payload refer to. */
  readonly files?: ArrayFiles | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Runs one test. Nothing is thrown. */
export async function runRegression(
  target: Target,
  test: RegressionCase,
  options: RegressionOptions = {},
): Promise<RegressionResult> {
  const { endpoint: name, payload } = test;
  const endpoint = operators[name].route;
  let bytes: Uint8Array;
  try {
    bytes = await answer(target, name, writeJson(payload), { ...options, format: 'json+base64' });
  } catch (error) {
    return { ...judgeException(error, test), endpoint };
  }
  if (test.exception !== undefined) {
    return { status: 'failed', message: `Expected ${test.exception}, and nothing was raised.`, endpoint };
  }
  return { ...judgeOutputs(bytes, test, options), endpoint };
}

type Judgement = Omit<RegressionResult, 'endpoint'>;
const passed: Judgement = { status: 'passed', message: '' };

function judgeOutputs(bytes: Uint8Array, test: RegressionCase, { files }: RegressionOptions): Judgement {
  try {
    const expected = decodeTree(test.outputs, { path: 'expected_outputs', files });
    const actual = decodeTree(parseBody(bytes, defaultLimits), { path: 'outputs' });
    const message = compareTrees(actual, expected, test);
    return message === undefined ? passed : { status: 'failed', message };
  } catch (error) {
    const message = `expected_outputs cannot be read (perhaps the outputs have changed?)\n${messageOf(error)}`;
    return { status: 'failed', message };
  }
}

function judgeException(error: unknown, { exception, pattern }: RegressionCase): Judgement {
  const message = messageOf(error);
  if (exception === undefined) return { status: 'error', message };
  if (!isException(error, exception)) {
    return { status: 'failed', message: `Expected ${exception}, and this was raised:\n${message}` };
  }
  if (pattern === undefined || expressionOf(pattern).test(message)) return passed;
  return { status: 'failed', message: `Expected a message that matches ${pattern}, and this was raised:\n${message}` };
}

function messageOf(error: unknown): string {
  if (error instanceof ComponentError) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** A regular expression of Python's, as far as JavaScript has the same. */
function expressionOf(pattern: string): RegExp {
  const [, flags = '', rest = pattern] = /^\(\?([ims]+)\)(.*)$/s.exec(pattern) ?? [];
  const source = rest.replaceAll('(?P<', '(?<').replace(/\\A/g, '^').replace(/\\Z/g, '$');
  return new RegExp(source, flags);
}
