/**
 * Counted calls: each leaves behind what a method did besides answering, such as writing to what it was given, throwing,
 * or giving something else than was asked for.
 */
import type { TypedArray } from '../../array/dtype.js';
import { isNdArray } from '../../array/ndarray.js';
import { isTypedArray, viewArray } from '../../array/viewed.js';
import { ComponentError } from '../../errors.js';
import type { DerivativeName, EndpointName } from '../../operators/endpoints.js';
import { entriesOf } from '../../schema/record.js';
import { isMisfit, type Misfit } from './layout.js';
import type { CheckOptions } from './options.js';
import type { Verdict } from './report.js';
import { identical } from './vectors.js';

/** What an endpoint did that it may not do. */
export interface Incident {
  readonly endpoint: EndpointName;
  readonly verdict: Verdict;
  readonly message: string;
}

/** Which stage of a check a call belongs to. */
export type Stage = 'check' | 'steps' | 'search' | 'pictures';

/** An array that a method is given, and what a message calls it. */
export interface Owned {
  readonly name: string;
  readonly data: TypedArray;
}

/** The calls of one check. */
export class Calls {
  readonly incidents: Incident[] = [];
  readonly counts: Record<Stage, { [N in EndpointName]?: number }> = { check: {}, steps: {}, search: {}, pictures: {} };
  stage: Stage = 'check';
  readonly options: CheckOptions;
  private made = 0;
  /** How many calls there will be, as far as that is known. */
  expected = 20;

  constructor(options: CheckOptions) {
    this.options = options;
  }

  /** Call an endpoint that is `handed` these arrays; what it writes to them is noticed, and put back. */
  async run<T>(endpoint: EndpointName, handed: readonly Owned[], call: () => Promise<T>): Promise<T> {
    this.options.signal?.throwIfAborted();
    this.options.onCall?.(this.made++, endpoint, Math.max(this.expected, this.made));
    const count = this.counts[this.stage];
    count[endpoint] = (count[endpoint] ?? 0) + 1;
    const before = handed.map(({ data }) => data.slice());
    try {
      return await call();
    } finally {
      this.incidents.push(...changes(endpoint, handed, before, this.incidents));
    }
  }

  /** Call a derivative, and read its result: undefined where one of the two fails, which is noted. */
  async attempt<T extends object>(
    endpoint: DerivativeName,
    handed: readonly Owned[],
    call: () => Promise<T>,
    read: (value: T) => Float64Array | Misfit,
  ): Promise<Float64Array | undefined> {
    try {
      const found = read(await this.run(endpoint, handed, call));
      if (!isMisfit(found)) return found;
      this.incidents.push({ endpoint, ...found });
    } catch (error) {
      if (this.options.signal?.aborted) throw error;
      this.incidents.push(incidentOf(endpoint, error));
    }
    return undefined;
  }
}

/** Every typed array in a value, with its path. */
export function owned(value: unknown, name: string): readonly Owned[] {
  if (isNdArray(value)) return [{ name, data: value.data }];
  if (isTypedArray(value)) return [{ name, data: viewArray(value)?.data ?? new Uint8Array(0) }];
  if (typeof value !== 'object' || value === null) return [];
  const entries = value instanceof Map ? [...value] : entriesOf(value);
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
  if (a instanceof Float64Array && b instanceof Float64Array) return identical(a, b);
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
