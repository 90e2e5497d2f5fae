/**
 * The calls of a check: counted, their results taken as flat vectors, and what a method did besides noticed: writing to
 * what it was given, throwing, or giving something else than was asked for.
 */

import { castArray, realValues } from '../../array/cast.js';
import type { TypedArray } from '../../array/dtype.js';
import { isNdArray } from '../../array/ndarray.js';
import { isTypedArray, viewArray } from '../../array/viewed.js';
import { ComponentError } from '../../errors.js';
import type { DerivativeName, EndpointName } from '../../operators/endpoints.js';
import { type Exchange, exchange, readLeaves } from '../../operators/leaves.js';
import { arraysOf, isMisfit, type Layout, readResult } from './layout.js';
import type { CheckOptions } from './options.js';
import type { CallCounts, Verdict } from './report.js';
import { outputLayout, type Subject } from './subject.js';

/** What an endpoint did that it may not do. */
export interface Incident {
  readonly endpoint: EndpointName;
  readonly verdict: Verdict;
  readonly message: string;
}

/** Which stage of a check a call belongs to. */
export type Stage = 'check' | 'search' | 'pictures';

/** The endpoints of a subject on flat vectors. What they give is undefined where a call failed: see `incidents`. */
export interface Session {
  readonly subject: Subject;
  readonly of: Layout;
  /** The outputs at the point. */
  readonly y: Float64Array;
  readonly incidents: readonly Incident[];
  readonly counts: Readonly<Record<Stage, CallCounts>>;
  stage: Stage;
  /** Outputs at x. Throws what apply throws. */
  apply(x?: Float64Array): Promise<Float64Array>;
  jvp(tangent: Float64Array, only?: Only): Promise<Float64Array | undefined>;
  vjp(cotangent: Float64Array, only?: Only): Promise<Float64Array | undefined>;
  /** m × n entries by rows; entries of complex elements stay together. */
  jacobian(): Promise<Float64Array | undefined>;
}

/** A request for a part of the paths. */
export interface Only {
  readonly of: Layout;
  readonly wrt: Layout;
}

interface Owned {
  readonly name: string;
  readonly data: TypedArray;
}

/** Begin the calls on a subject: apply is called once, and its outputs laid out. Raises what apply raises. */
export async function startSession(subject: Subject, options: CheckOptions): Promise<Session> {
  const incidents: Incident[] = [];
  const counts = { check: {}, search: {}, pictures: {} } as Record<Stage, Record<string, number>>;
  const { handle, inputs, wrt } = subject;
  const given = owned(inputs, 'inputs');
  const write: Exchange = exchange(
    inputs,
    wrt.slots.map(({ variable }) => variable),
  );
  const state = { stage: 'check' as Stage };
  let made = 0;

  const call = async <T>(endpoint: EndpointName, handed: readonly Owned[], run: () => Promise<T>): Promise<T> => {
    options.signal?.throwIfAborted();
    options.onCall?.(made++, endpoint);
    const count = counts[state.stage];
    count[endpoint] = (count[endpoint] ?? 0) + 1;
    const before = handed.map(({ data }) => data.slice());
    try {
      return await run();
    } finally {
      incidents.push(...changes(endpoint, handed, before, incidents));
    }
  };
  const outputs = await call('apply', given, () => handle.apply(inputs as never) as Promise<object>);
  const of = outputLayout(subject, options, outputs, wrt);
  const session: Session = {
    subject,
    of,
    y: outputsOf(of, outputs),
    incidents,
    counts,
    get stage() {
      return state.stage;
    },
    set stage(stage) {
      state.stage = stage;
    },
    apply: async (x) => {
      const at = x ? write(arraysOf(wrt, x)) : inputs;
      const handed = x ? owned(at, 'inputs') : given;
      return outputsOf(of, await call('apply', handed, () => handle.apply(at as never) as Promise<object>));
    },
    jvp: (tangent, only) => product('jvp', 'tangent', tangent, only?.wrt ?? wrt, only?.of ?? of),
    vjp: (cotangent, only) => product('vjp', 'cotangent', cotangent, only?.of ?? of, only?.wrt ?? wrt),
    jacobian: async () => {
      const request = { inputs, of: pathsOf(of), wrt: pathsOf(wrt) };
      const blocks = await attempt('jacobian', () => call('jacobian', given, () => handle.jacobian(request as never)));
      return blocks && take('jacobian', readBlocks(of, wrt, blocks));
    },
  };

  const attempt = async <T>(endpoint: DerivativeName, run: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await run();
    } catch (error) {
      if (options.signal?.aborted) throw error;
      incidents.push(incidentOf(endpoint, error));
      return undefined;
    }
  };
  const take = (endpoint: DerivativeName, found: ReturnType<typeof readResult>): Float64Array | undefined => {
    if (!isMisfit(found)) return found;
    incidents.push({ endpoint, ...found });
    return undefined;
  };
  const product = async (
    endpoint: 'jvp' | 'vjp',
    name: 'tangent' | 'cotangent',
    seed: Float64Array,
    from: Layout,
    to: Layout,
  ): Promise<Float64Array | undefined> => {
    const arrays = arraysOf(from, seed);
    const seeds = Object.fromEntries(from.slots.map(({ path }, k) => [path, arrays[k]!]));
    const [a, b] = endpoint === 'jvp' ? [to, from] : [from, to];
    const request = { inputs, of: pathsOf(a), wrt: pathsOf(b), [name]: seeds };
    const handed = [
      ...given,
      ...from.slots.map(({ path }, k) => ({ name: `${name}["${path}"]`, data: arrays[k]!.data })),
    ];
    const value = await attempt(endpoint, () => call(endpoint, handed, () => handle[endpoint](request as never)));
    return value && take(endpoint, readResult(to, `${handle.name}.${endpoint}()`, value));
  };
  return session;
}

function pathsOf({ slots }: Layout): readonly string[] {
  return slots.map(({ path }) => path);
}

function outputsOf({ slots, length }: Layout, outputs: object): Float64Array {
  const flat = new Float64Array(length);
  const arrays = readLeaves(
    outputs,
    slots.map(({ variable }) => variable),
    'outputs',
  );
  for (const [k, { path, start, end, dtype }] of slots.entries()) {
    const cast = castArray(arrays[k]!, dtype);
    const values = 'code' in cast ? realValues(arrays[k]!) : realValues(cast);
    if (values.length !== end - start) {
      throw new ComponentError('E_RESULT_SHAPE', {
        path: `outputs.${path}`,
        received: `${values.length} entries`,
        expected: `${end - start}`,
        rule: 'the shape it has at other points nearby',
      });
    }
    flat.set(values, start);
  }
  return flat;
}

// Block by block into rows over all inputs.
function readBlocks(of: Layout, wrt: Layout, blocks: object): ReturnType<typeof readResult> {
  const full = new Float64Array((of.length * wrt.length) / of.parts);
  const rows = Object.keys(blocks);
  const missing = of.slots.find(({ path }) => !rows.includes(path));
  if (missing) return { verdict: 'wrong keys', message: `The jacobian lacks "${missing.path}".` };
  for (const { path, start, end, shape } of of.slots) {
    const count = (end - start) / of.parts;
    for (const slot of wrt.slots) {
      const entries = (blocks as Record<string, Record<string, unknown>>)[path];
      const single: Layout = {
        slots: [{ ...slot, shape, start: 0, end: count * of.parts }],
        length: count * of.parts,
        parts: of.parts,
      };
      const picked = { [slot.path]: entries?.[slot.path] };
      const block = readResult(single, `jacobian["${path}"]`, picked, slot.shape);
      if (isMisfit(block)) return block;
      const width = slot.end - slot.start;
      for (let i = 0; i < count; i++) {
        full.set(block.subarray(i * width, (i + 1) * width), (start / of.parts + i) * wrt.length + slot.start);
      }
    }
  }
  return full;
}

/** Every typed array in a value, with its path. */
function owned(value: unknown, name: string): readonly Owned[] {
  if (isNdArray(value)) return [{ name, data: value.data }];
  if (isTypedArray(value)) return [{ name, data: viewArray(value)?.data ?? new Uint8Array(0) }];
  if (typeof value !== 'object' || value === null) return [];
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return entries.flatMap(([key, item]) => owned(item, `${name}.${String(key)}`));
}

// What was written to is put back, so that the rest of the check is about the point that was asked for.
function changes(
  endpoint: EndpointName,
  handed: readonly Owned[],
  before: readonly TypedArray[],
  known: readonly Incident[],
): readonly Incident[] {
  const changed = handed.filter(({ data }, k) => !sameEntries(data, before[k]!));
  for (const [k, { data }] of handed.entries())
    if (changed.includes(handed[k]!)) (data as Float64Array).set(before[k] as Float64Array);
  if (changed.length === 0 || known.some((one) => one.endpoint === endpoint && one.verdict === 'mutates')) return [];
  const names = changed.map(({ name }) => name).join(', ');
  const message = `${endpoint} writes to ${names}. Copy an array before you change it.`;
  return [{ endpoint, verdict: 'mutates', message }];
}

function sameEntries(a: TypedArray, b: TypedArray): boolean {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

const contract: Readonly<Record<string, Verdict>> = {
  E_RESULT_SHAPE: 'wrong shape',
  E_RESULT_AMBIGUOUS: 'wrong shape',
  E_RESULT_DTYPE: 'wrong dtype',
  E_RESULT_TYPE: 'wrong dtype',
  E_RESULT_MISSING: 'wrong keys',
};

function incidentOf(endpoint: EndpointName, error: unknown): Incident {
  const codes = error instanceof ComponentError ? [error.code, ...error.problems.map(({ code }) => code)] : [];
  const code = codes.find((one) => Object.hasOwn(contract, one));
  const text = error instanceof Error ? error.message : String(error);
  return { endpoint, verdict: code ? contract[code]! : 'fails', message: code ? text : `${endpoint} throws: ${text}` };
}
