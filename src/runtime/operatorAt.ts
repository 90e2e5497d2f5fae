/** The operator of a request: its paths and shapes are read once, and its inputs are the operator's own. */
import type { CompiledComponent } from '../component/compile.js';
import { snapshot } from '../derive/memo/content.js';
import { spaceOf } from '../derive/planner/flat.js';
import type { ComponentError } from '../errors.js';
import { readPoint } from '../operators/derivatives.js';
import type { CallOptions, Point, Variable } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import { type RawRequest, raise } from '../operators/operator.js';
import { learnShapes } from '../operators/shapes.js';
import { check, readValue } from '../schema/check.js';
import { JacobianOperator } from './jacobianOperator.js';
import type { Send } from './send.js';

/** A component that requests are sent to. */
export interface Addressee {
  readonly compiled: Pick<CompiledComponent, 'name' | 'signature' | 'plan'>;
  readonly send: Send;
}

/** The point of a request, whose inputs are checked and copied, and whose outputs have their shapes. */
export async function pointAt({ compiled, send }: Addressee, raw: RawRequest, options?: CallOptions): Promise<Point> {
  const { signature, plan } = compiled;
  const { value, problems: found } = check(signature.inputs, raw.inputs, 'inputs', { array: readValue });
  const problems: ComponentError[] = [...found];
  const inputs = problems.length === 0 ? snapshot(value) : undefined;
  const point = readPoint(signature, operators.jacobian.wire!, raw, inputs, problems, options);
  raise('The request', problems);
  const shapes: readonly Variable[] = await learnShapes(point, () => {
    const abstract = plan.has('abstractEval');
    return send(abstract ? 'abstractEval' : 'apply', { inputs: point.inputs }, options);
  });
  return { ...point, of: shapes };
}

/**
 * The Jacobian at a point as an operator. Calls nothing but what tells the shapes of the outputs, where they are open.
 * `concurrency` is how many products may run at once, unless their author says more.
 */
export async function operatorAt(
  addressee: Addressee,
  concurrency: number,
  raw: RawRequest,
  options?: CallOptions,
): Promise<JacobianOperator> {
  const { compiled, send } = addressee;
  const declared = (endpoint: 'jvp' | 'vjp') => {
    const one = compiled.plan.get(endpoint);
    return one?.kind === 'own' ? (one.options.concurrency ?? 1) : 1;
  };
  const traits = (endpoint: 'jvp' | 'vjp') => ({ concurrency: Math.max(concurrency, declared(endpoint)) });
  const { inputs, of, wrt } = await pointAt(addressee, raw, options);
  return new JacobianOperator({
    component: compiled.name,
    send,
    inputs,
    of: spaceOf(of),
    wrt: spaceOf(wrt),
    options,
    offers: (endpoint) => compiled.plan.has(endpoint),
    traits: { jvp: traits('jvp'), vjp: traits('vjp') },
  });
}
