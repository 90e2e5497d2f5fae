/**
 * Requests and answers as they travel: a JSON body in the operator's wire words in, a JSON body in the asked format
 * out. The server, its workers and the command line all come through `answer`.
 */
import { type DType, promote } from '../array/dtype.js';
import type { Take } from '../array/memory.js';
import { parseBody } from '../codec/body.js';
import { decodeArray, isEncodedArray } from '../codec/decode.js';
import type { Compression } from '../codec/encoding.js';
import type { ArrayFiles } from '../codec/files.js';
import type { Format } from '../codec/index.js';
import { writeJson } from '../codec/write.js';
import type { CompiledComponent } from '../component/compile.js';
import { following, type MaybePromise } from '../derive/drive.js';
import { ComponentError, fail, problem } from '../errors.js';
import type { CallOptions, EndpointName } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import { type RawRequest, raise } from '../operators/operator.js';
import { readAbstract } from '../schema/abstract.js';
import { type ArrayReader, describe, isEnough, readValue } from '../schema/check.js';
import { leafAt, type Schema } from '../schema/schema.js';
import { nearest } from '../schema/suggest.js';
import { invoke, type Target } from './invoke.js';
import { openLimits, type RequestLimits } from './limits.js';
import { asArray } from './wireArray.js';

/** How a request is read and its answer written. */
export interface WireOptions extends CallOptions {
  /** The format of the answer; `json` unless said otherwise. */
  readonly format?: Format | undefined;
  readonly compression?: Compression | undefined;
  /** The files that `binref` arrays live in. Without it they are refused. */
  readonly files?: ArrayFiles | undefined;
  readonly limits?: RequestLimits | undefined;
  /** Where the memory of the answer comes from; it is fresh unless said otherwise. */
  readonly take?: Take | undefined;
}

/**
 * Answer one request: body in, body out. The answer is there at once where the author's method gives its result at once.
 * Raises `ComponentError`, or what an author's method throws.
 */
export function answer(
  target: Target,
  endpoint: EndpointName,
  body: Uint8Array,
  options: WireOptions = {},
): MaybePromise<Uint8Array> {
  const { files, limits = openLimits } = options;
  const decode = arrayDecoder(files, limits);
  const raw = readRequest(endpoint, parseBody(body, limits), decode, limits);
  const reading = { array: arrayReader(endpoint, decode), elements: limits.elements ?? Infinity };
  const result = invoke(target, endpoint, raw, options, reading);
  return following(result, (value) => bodyOf(wireForm(target.compiled, endpoint, value), options));
}

function bodyOf(tree: unknown, { format, compression, files, take, limits = openLimits }: WireOptions): Uint8Array {
  const bytes = writeJson(tree, { format, compression, files, take, path: 'outputs' });
  if (bytes.length <= (limits.resultBytes ?? Infinity)) return bytes;
  return fail('E_RESULT_LIMIT', { received: String(bytes.length), expected: String(limits.resultBytes) });
}

/** Gives what an encoded array says, and anything else as it is. */
type ArrayDecoder = (value: unknown, path: string) => unknown;

/** The decoder of one request, whose arrays together may have no more bytes than one by itself. */
function arrayDecoder(files: ArrayFiles | undefined, limits: RequestLimits): ArrayDecoder {
  let left = limits.arrayBytes;
  return (value, path) => {
    if (!isEncodedArray(value)) return value;
    const array = decodeArray(value, { path, files, limits: { ...limits, arrayBytes: left } });
    if (!(array instanceof ComponentError)) left -= array.data.byteLength;
    return array;
  };
}

/** A parsed body as a request: the wire's names become the project's own. */
function readRequest(endpoint: EndpointName, body: unknown, decode: ArrayDecoder, limits: RequestLimits): RawRequest {
  const { wire, seed } = operators[endpoint];
  const names = ['inputs', ...(wire ? [wire.wrt, wire.of] : []), ...(wire?.seed ? [wire.seed] : [])];
  const entries = readEntries(body, names);
  const request: Record<string, unknown> = { inputs: entries['inputs'] };
  if (wire) {
    for (const name of [wire.wrt, wire.of]) refuseMany(name, entries[name], limits);
    Object.assign(request, { of: entries[wire.of], wrt: entries[wire.wrt] });
  }
  if (wire?.seed && seed) {
    refuseMany(wire.seed, entries[wire.seed], limits);
    request[seed] = readSeedEntries(wire.seed, entries[wire.seed], decode);
  }
  return request as unknown as RawRequest;
}

function refuseMany(path: string, value: unknown, { paths = Infinity }: RequestLimits): void {
  const count = typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
  if (count > paths) fail('E_LIMIT', { path, received: `${count} paths`, expected: String(paths) });
}

function readEntries(body: unknown, names: readonly string[]): Record<string, unknown> {
  const expected = `an object with ${names.join(', ')}`;
  if (body === null) return fail('E_MISSING', { path: 'body', expected });
  if (typeof body !== 'object' || Array.isArray(body)) {
    return fail('E_TYPE', { path: 'body', received: describe(body), expected });
  }
  const problems: ComponentError[] = [];
  for (const name of Object.keys(body)) {
    if (names.includes(name)) continue;
    if (isEnough(problems)) break;
    const meant = nearest(name, names);
    const advice = meant === undefined ? 'Remove it.' : `Did you mean ${meant}?`;
    problems.push(problem('E_EXTRA', { path: name.slice(0, 80), known: names.join(', '), advice }));
  }
  for (const name of names) {
    if (!Object.hasOwn(body, name)) problems.push(problem('E_MISSING', { path: name, expected: 'a value' }));
  }
  raise('The request', problems);
  return body as Record<string, unknown>;
}

function readSeedEntries(name: string, seed: unknown, decode: ArrayDecoder): unknown {
  if (typeof seed !== 'object' || seed === null || Array.isArray(seed)) return seed;
  const entries = Object.entries(seed).map(([path, value]): [string, unknown] => {
    const array = decode(value, `${name}["${path.slice(0, 80)}"]`);
    if (array instanceof ComponentError) throw array;
    return [path, array];
  });
  return new Map(entries);
}

/** How the array fields of a request are read: encoded, or as the bare literals that the wire also allows. */
function arrayReader(endpoint: EndpointName, decode: ArrayDecoder): ArrayReader {
  const read = endpoint === 'abstractEval' ? readAbstract : readValue;
  if (endpoint === 'abstractEval') return read;
  return (spec, value, at, problems) => {
    const array = decode(value, at);
    if (!(array instanceof ComponentError)) return read(spec, array, at, problems);
    problems.push(array);
    return undefined;
  };
}

/** A result as a tree for `writeJson`: every array an `NdArray`, scalars too; what is left out is null. */
export function wireForm(
  { signature }: Pick<CompiledComponent, 'signature'>,
  endpoint: EndpointName,
  result: unknown,
): unknown {
  if (endpoint === 'apply') return outputsForm(signature.outputs, result as Record<string, unknown>);
  if (endpoint === 'abstractEval') return result;
  const dtypeOf = (schema: Schema, path: string) => leafAt(schema, path)?.leaf.spec.dtype ?? 'any';
  const of = (path: string) => dtypeOf(signature.outputs, path);
  const wrt = (path: string) => dtypeOf(signature.inputs, path);
  if (endpoint === 'jvp') return mapEntries(result, (path, value) => asArray(value, of(path), path));
  if (endpoint === 'vjp') return mapEntries(result, (path, value) => asArray(value, wrt(path), path));
  return mapEntries(result, (row, blocks) =>
    mapEntries(blocks, (path, value) => asArray(value, blockType(of(row), wrt(path)), `${row}.${path}`)),
  );
}

function blockType(output: DType | 'any', input: DType | 'any'): DType | 'any' {
  return output === 'any' || input === 'any' ? 'any' : promote(output, input);
}

function mapEntries(record: unknown, form: (key: string, value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record as object).map(([key, value]) => [key, form(key, value)]));
}

function outputsForm(schema: Schema, value: Record<string, unknown>, at = 'outputs'): Map<string, unknown> {
  const form = new Map<string, unknown>();
  for (const { name, spec, model } of schema.fields) {
    const path = `${at}.${name}`;
    const one = (item: unknown): unknown => {
      if (item === undefined || item === null) return null;
      if (model) return outputsForm(model, item as Record<string, unknown>, path);
      return spec.kind === 'array' ? asArray(item, spec.dtype, path) : item;
    };
    form.set(name, eachOf(value[name], spec.each, one));
  }
  return form;
}

function eachOf(value: unknown, each: 'list' | 'map' | undefined, one: (item: unknown) => unknown): unknown {
  if (each === 'list' && Array.isArray(value)) return value.map(one);
  if (each === 'map' && value instanceof Map) return new Map([...value].map(([key, item]) => [key, one(item)]));
  return one(value);
}
