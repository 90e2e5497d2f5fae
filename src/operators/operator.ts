/** What an operator is: how an endpoint's request is read and handed on, and how its result is checked and presented. */
import { ComponentError } from '../errors.js';
import type { Schema } from '../schema/schema.js';
import type { CallOptions, EndpointName, RequestOf, ResultOf } from './endpoints.js';

/** What an operator needs to know of a component. */
export interface Signature {
  readonly name: string;
  readonly inputs: Schema;
  readonly outputs: Schema;
}

/** The names of a derivative's request on the wire. */
export interface WireNames {
  readonly of: string;
  readonly wrt: string;
  /** The name of the tangent or cotangent; a jacobian has none. */
  readonly seed?: string;
}

/** A request as it came: an object with the operator's own names. */
export interface RawRequest {
  readonly inputs: unknown;
  readonly of?: unknown;
  readonly wrt?: unknown;
  readonly tangent?: unknown;
  readonly cotangent?: unknown;
}

/** A row of the operator table. */
export interface Operator<N extends EndpointName = EndpointName> {
  readonly name: N;
  /** Its name on the wire, on the command line with hyphens. */
  readonly route: string;
  /** Its decorator. */
  readonly decorator: string;
  /** One sentence for people. */
  readonly summary: string;
  readonly wire: WireNames | undefined;
  /** Which of a raw request's entries is the seed. */
  readonly seed: 'tangent' | 'cotangent' | undefined;
  /** The canonical request; `inputs` are the raw request's, checked or taken as they are. */
  readonly read: (
    signature: Signature,
    raw: RawRequest,
    inputs: object | undefined,
    problems: ComponentError[],
    options?: CallOptions,
  ) => RequestOf[N];
  /** The one argument an author's method is given. */
  readonly write: (request: RequestOf[N]) => unknown;
  /** The canonical result, out of what a method returned. Raises `E_RESULT…`. */
  readonly accept: (signature: Signature, method: string, request: RequestOf[N], raw: unknown) => ResultOf[N];
  /** What a caller is given. */
  readonly present: (method: string, request: RequestOf[N], result: ResultOf[N]) => unknown;
}

/** Raise the problems of a request: the only one itself, or all of them in one error. */
export function raise(path: string, problems: readonly ComponentError[]): void {
  if (problems.length === 0) return;
  if (problems.length === 1) throw problems[0];
  const list = problems.map((one) => `  ${one.message}`).join('\n');
  throw new ComponentError('E_INVALID', { path, count: String(problems.length), list }, { problems });
}
