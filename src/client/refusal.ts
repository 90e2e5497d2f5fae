/**
 * What a server's refusal means: the body of an answer that is no success, as the error it would be in process.
 *
 * Our servers send the code and the facts of each error along. Of Python's, the `type` tells which of our errors it is;
 * to know one more, add a row to `pythonTypes`.
 */
import { describe, isRecord } from '../codec/describe.js';
import { ComponentError, type ErrorCode, errors, type Fields } from '../errors.js';
import { raise } from '../operators/operator.js';
import { formatPath, type Step } from '../schema/path.js';
import type { Schema } from '../schema/schema.js';
import { statusReason } from './statusReason.js';

/** What is known of the request that was refused. */
export interface Refused {
  readonly component: string;
  readonly url: string;
  readonly inputs: Schema;
}

type Entry = Readonly<Record<string, unknown>>;

interface PythonType {
  readonly code: ErrorCode;
  /** The facts of that error, besides its path. */
  readonly fields?: (entry: Entry, context: Entry) => Fields;
}

const seen = (entry: Entry): string => describe(entry['input']);
const told = (entry: Entry): string => String(entry['msg'] ?? entry['type']).replace(/^Value error, /, '');
const measured =
  (name: string) =>
  (_entry: Entry, context: Entry): Fields => ({
    received: String(context[`actual_${name}`]),
    expected: String(context[`expected_${name}`]),
  });
const explained = (entry: Entry): Fields => ({ received: seen(entry), expected: told(entry) });

/** The types of Python's errors that are one of ours. */
const pythonTypes: Readonly<Record<string, PythonType>> = {
  missing: { code: 'E_MISSING', fields: () => ({ expected: 'a value' }) },
  extra_forbidden: { code: 'E_EXTRA', fields: () => ({ known: 'fewer', advice: 'Remove it.' }) },
  array_dimensionality_mismatch: { code: 'E_ARRAY_RANK', fields: measured('dims') },
  array_shape_mismatch: { code: 'E_ARRAY_SHAPE', fields: measured('shape') },
  array_dtype_mismatch: { code: 'E_ARRAY_DTYPE', fields: measured('dtype') },
  array_value_out_of_range: { code: 'E_ARRAY_RANGE', fields: explained },
  array_expected_integer: { code: 'E_ARRAY_INTEGER', fields: explained },
  array_non_numeric: { code: 'E_ARRAY_NUMERIC', fields: explained },
  array_decode_error: { code: 'E_ARRAY_DECODE', fields: explained },
  json_invalid: { code: 'E_JSON', fields: (entry) => ({ ...explained(entry), offset: '0' }) },
  value_error: { code: 'E_CONSTRAINT', fields: (entry) => ({ ...explained(entry), constraint: 'value_error' }) },
};

// pydantic's comparisons and patterns are what class-validator's constraints are.
const constraint = /^(greater_than|less_than|multiple_of|string_|too_|finite_number|assertion_error)/;
const typeError = /_(type|parsing)$|^int_from_float$|^literal_error$|^enum$/;

/** An answer that is no success. */
export interface Refusal {
  readonly status: number;
  /** The words behind the status. */
  readonly reason: string;
  /** What is in it, if that is JSON. */
  readonly body: unknown;
  readonly text: string;
}

/** The error that an answer is. */
export function refusal({ status, reason: words, body, text }: Refusal, refused: Refused): Error {
  const { detail, ...whole } = isRecord(body) ? body : { detail: undefined };
  const code = codeOf(whole);
  if (code) return new ComponentError(code, textFields(whole));
  const entries = status === 422 && Array.isArray(detail) ? detail.filter(isRecord) : [];
  if (entries.length > 0) return gathered(entries.map((entry) => problemOf(entry, refused)));
  const { component, url } = refused;
  const reason = reasonIn(detail) ?? statusReason(status, words, text);
  return new ComponentError('E_REMOTE_FAILED', { component, url, status: String(status), reason });
}

/** Several problems as one error, as in process. */
function gathered(problems: readonly ComponentError[]): Error {
  try {
    raise('The request', problems);
  } catch (error) {
    if (error instanceof ComponentError) return error;
  }
  return problems[0]!;
}

// Our servers send the code and the facts.
function codeOf(entry: Entry): ErrorCode | undefined {
  const code = contextOf(entry)['code'];
  return typeof code === 'string' && Object.hasOwn(errors, code) ? (code as ErrorCode) : undefined;
}

function contextOf({ ctx }: Entry): Entry {
  return isRecord(ctx) ? ctx : {};
}

function textFields(entry: Entry): Fields {
  const { code: _code, ...fields } = contextOf(entry);
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}

function problemOf(entry: Entry, refused: Refused): ComponentError {
  const code = codeOf(entry);
  if (code) return new ComponentError(code, textFields(entry));
  const path = pathOf(Array.isArray(entry['loc']) ? entry['loc'] : [], refused.inputs);
  const type = String(entry['type']);
  const row = Object.hasOwn(pythonTypes, type) ? pythonTypes[type] : undefined;
  if (row) return new ComponentError(row.code, { path, ...row.fields?.(entry, contextOf(entry)) });
  const fields = { path, ...explained(entry) };
  if (typeError.test(type)) return new ComponentError('E_TYPE', fields);
  if (constraint.test(type)) return new ComponentError('E_CONSTRAINT', { ...fields, constraint: type });
  return new ComponentError('E_REMOTE_VALUE', { path, reason: told(entry), type });
}

/** `["body", "inputs", "mesh", "points", 3]` as the path it is: the schema tells keys of maps from fields. */
export function pathOf(loc: readonly unknown[], inputs: Schema): string {
  const [, side, ...rest] = loc;
  if (side === undefined) return 'body';
  if (side !== 'inputs') return rest.reduce<string>((path, step) => `${path}["${String(step)}"]`, String(side));
  const steps: Step[] = [{ kind: 'field', name: 'inputs' }];
  let schema: Schema | undefined = inputs;
  for (let i = 0; i < rest.length; i++) {
    const field: Schema['fields'][number] | undefined = schema?.byName.get(String(rest[i]));
    steps.push(typeof rest[i] === 'number' ? index(rest[i]) : { kind: 'field', name: String(rest[i]) });
    if (field?.spec.each && i + 1 < rest.length) {
      i++;
      steps.push(field.spec.each === 'map' ? { kind: 'key', key: String(rest[i]) } : index(rest[i]));
    }
    schema = field?.model;
  }
  return formatPath(steps);
}

function index(step: unknown): Step {
  return { kind: 'index', index: Number(step) };
}

/** What the `detail` of an answer says, in short. */
function reasonIn(detail: unknown): string | undefined {
  if (typeof detail === 'string') return detail;
  const messages = Array.isArray(detail) ? detail.filter(isRecord).map((entry) => String(entry['msg'])) : [];
  return messages.length > 0 ? messages.join('; ').slice(0, 500) : undefined;
}
