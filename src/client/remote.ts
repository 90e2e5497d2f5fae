/** The endpoints of a remote component in canonical form: each sends a request and reads the answer. */
import type { DType } from '../array/dtype.js';
import type { NdArray } from '../array/ndarray.js';
import { decodeArray, decodeTree, isEncodedArray } from '../codec/decode.js';
import { isRecord } from '../codec/describe.js';
import type { DecodeContext } from '../codec/encoding.js';
import type { CompiledComponent } from '../component/compile.js';
import type { Dispatch } from '../component/dispatch.js';
import { ComponentError } from '../errors.js';
import type { CallOptions, EndpointName, Point, RequestOf, SeededPoint } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import { inputsForm } from './inputsForm.js';
import { tolerant } from './tolerance.js';

/** An answer's tree, and what is needed to read the arrays in it. */
export interface Answer {
  readonly tree: unknown;
  readonly context: Omit<DecodeContext, 'path'>;
  /** Raises the error of an answer that cannot be read. */
  readonly unreadable: (cause: ComponentError) => never;
}

/** Sends a tree to a route, and gives what `use` makes of the answer, which holds only until `use` returns. */
export type Post = <T>(
  route: string,
  tree: unknown,
  options: CallOptions | undefined,
  use: (answer: Answer) => T,
) => Promise<T>;

/** The endpoints that `compiled` offers, answered by `post`. */
export function remoteEndpoints(compiled: CompiledComponent, post: Post): Dispatch {
  const table = [...compiled.plan.keys()].map((endpoint) => [endpoint, remote(compiled, endpoint, post)]);
  return Object.freeze(Object.fromEntries(table) as Dispatch);
}

function remote<N extends EndpointName>({ signature }: CompiledComponent, endpoint: N, post: Post) {
  const { route, accept } = operators[endpoint];
  const label = `${signature.name}.${endpoint}()`;
  return async (request: RequestOf[N]) => {
    const tree = requestTree(signature.inputs, endpoint, request);
    return post(route, tree, request.options, (answer) =>
      accept(signature, label, request, readable(signature.outputs, endpoint, answer)),
    );
  };
}

/** A request in the wire's words. */
export function requestTree(
  schema: CompiledComponent['signature']['inputs'],
  endpoint: EndpointName,
  request: RequestOf[EndpointName],
): Record<string, unknown> {
  const inputs = inputsForm(schema, request.inputs as Record<string, unknown>, endpoint === 'abstractEval');
  const { wire } = operators[endpoint];
  if (!wire) return { inputs };
  const { of, wrt, seed } = request as Point & Partial<SeededPoint>;
  const paths = { [wire.wrt]: wrt.map((one) => one.path), [wire.of]: of.map((one) => one.path) };
  return { inputs, ...paths, ...(wire.seed ? { [wire.seed]: seed } : {}) };
}

type Outputs = CompiledComponent['signature']['outputs'];

function readable(schema: Outputs, endpoint: EndpointName, answer: Answer): unknown {
  try {
    return readAnswer(schema, endpoint, answer);
  } catch (error) {
    if (error instanceof ComponentError) return answer.unreadable(error);
    throw error;
  }
}

/** The values in an answer: outputs as their schema says, derivatives as the arrays they hold. */
function readAnswer(schema: Outputs, endpoint: EndpointName, { tree, context }: Answer): unknown {
  const array = (value: unknown, path: string) => (isEncodedArray(value) ? decoded(value, path, context) : value);
  const json = (value: unknown, path: string) => decodeTree(value, { ...context, path });
  if (endpoint === 'apply') return tolerant(schema, tree, { array, json });
  if (endpoint === 'abstractEval') return tolerant(schema, tree);
  if (endpoint === 'jacobian') return mapped(tree, (row, of) => mapped(row, (one, wrt) => array(one, `${of}.${wrt}`)));
  return mapped(tree, array);
}

function mapped(tree: unknown, form: (value: unknown, key: string) => unknown): unknown {
  if (!isRecord(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, form(value, key)]));
}

function decoded(value: unknown, path: string, context: Answer['context']): NdArray<DType> {
  const array = decodeArray(value, { ...context, path });
  if (array instanceof ComponentError) throw array;
  return array;
}
