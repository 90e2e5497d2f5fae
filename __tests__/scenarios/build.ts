/** Component classes made of scenarios: any endpoints hand-written, their calls counted, and any rules opted in to. */
import {
  AbstractEval,
  Apply,
  Component,
  Derive,
  DifferentiableComponent,
  type EndpointName,
  Jacobian,
  Jvp,
  type RuleName,
  Vjp,
} from 'cotangent';
import { flat, nest, pullBack, pushForward, sizesOf } from './algebra.js';
import type { ByPath, Elements, Scenario } from './scenario.js';

/** How often each hand-written method was called. */
export type Calls = Partial<Record<EndpointName, number>>;

/** What a class is made of. */
export interface Parts {
  readonly own: readonly EndpointName[];
  readonly rules?: readonly RuleName[];
  /** The endpoints whose methods give promises. */
  readonly async?: readonly EndpointName[];
}

/** A class that was made, and its counts. */
export interface Built {
  readonly type: new () => DifferentiableComponent<object, object>;
  readonly calls: Calls;
  readonly reset: () => void;
}

interface Asked {
  readonly inputs: object;
  readonly of: readonly string[];
  readonly wrt: readonly string[];
  readonly tangent: ByPath<unknown>;
  readonly cotangent: ByPath<unknown>;
}

const elements = (seed: ByPath<unknown>): ByPath<Elements> =>
  Object.fromEntries(Object.entries(seed).map(([path, value]) => [path, flat(value)]));

const pick = <T>(from: ByPath<T>, paths: readonly string[]): ByPath<T> =>
  Object.fromEntries(paths.map((path) => [path, from[path]!]));

/** The five methods of a scenario, as an author would write them. */
export function methodsOf(scenario: Scenario): Readonly<Record<EndpointName, (argument: never) => object>> {
  const { wrt: inputs, of: outputs } = scenario;
  const nested = (by: ByPath, shapes: Scenario['of']) =>
    Object.fromEntries(Object.entries(by).map(([path, one]) => [path, nest(one, shapes[path]!)]));
  return {
    apply: (x: object) => scenario.apply(x),
    abstractEval: (x: never) => scenario.abstractEval(x),
    jacobian: ({ inputs: x, of, wrt }: Asked) => {
      const blocks = scenario.jacobian(x);
      const row = (path: string) =>
        wrt.map((input) => [input, nest(blocks[path]![input]!, [...outputs[path]!, ...inputs[input]!])] as const);
      return Object.fromEntries(of.map((path) => [path, Object.fromEntries(row(path))]));
    },
    jvp: ({ inputs: x, of, tangent }: Asked) =>
      nested(pushForward(scenario.jacobian(x), elements(tangent), sizesOf(pick(outputs, of))), outputs),
    vjp: ({ inputs: x, wrt, cotangent }: Asked) =>
      nested(pullBack(scenario.jacobian(x), elements(cotangent), sizesOf(pick(inputs, wrt))), inputs),
  };
}

const decorators = { apply: Apply, abstractEval: AbstractEval, jacobian: Jacobian, jvp: Jvp, vjp: Vjp };

type ClassDecorator = (target: abstract new () => object) => void;

/** Make a class of a scenario. */
export function build(scenario: Scenario, { own, rules = [], async = [] }: Parts): Built {
  const calls: Calls = {};
  const methods = methodsOf(scenario);
  class Made extends DifferentiableComponent<object, object> {}
  for (const name of own) {
    const value = (argument: never) => {
      calls[name] = (calls[name] ?? 0) + 1;
      const result = methods[name](argument);
      return async.includes(name) ? Promise.resolve(result) : result;
    };
    Object.defineProperty(Made.prototype, name, { value, configurable: true, writable: true });
    const decorate = decorators[name]() as unknown as (target: object, key: string) => void;
    decorate(Made.prototype, name);
  }
  const declare = Component({ inputs: scenario.inputs, outputs: scenario.outputs }) as ClassDecorator;
  const [first, ...others] = rules;
  const derive = first === undefined ? undefined : (Derive(first, ...others) as unknown as ClassDecorator);
  derive?.(Made);
  declare(Made);
  const reset = () => {
    for (const name of own) delete calls[name];
  };
  return { type: Made, calls, reset };
}
