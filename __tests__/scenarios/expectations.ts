/** Expected values of a scenario, and how near results have to be. */
import { expect } from '@jest/globals';
import type { DerivativeLiteral, Seed } from 'cotangent';
import { dot, flat, pullBack, pushForward, seedOf, sizesOf } from './algebra.js';
import type { ByPath, Element, Elements, Scenario } from './scenario.js';

/** A request for any derivative of a scenario, as an application writes it. */
export type Request = DerivativeLiteral<object> & { readonly tangent: Seed; readonly cotangent: Seed };

/** The request for all that a scenario differentiates. */
export function requestOf(scenario: Scenario): Request {
  const { at: inputs, of, wrt, tangent, cotangent } = scenario;
  return {
    inputs,
    of: Object.keys(of),
    wrt: Object.keys(wrt),
    tangent: seedOf(tangent, wrt) as Seed,
    cotangent: seedOf(cotangent, of) as Seed,
  };
}

/** The expected pushforward. `point` is the coerced point. */
export const expectedJvp = (scenario: Scenario, point: object): ByPath =>
  pushForward(scenario.jacobian(point), scenario.tangent, sizesOf(scenario.of));

/** The expected pullback. */
export const expectedVjp = (scenario: Scenario, point: object): ByPath =>
  pullBack(scenario.jacobian(point), scenario.cotangent, sizesOf(scenario.wrt));

const modulus = (value: Element): number =>
  typeof value === 'number' ? Math.abs(value) : Math.hypot(value.re, value.im);

/** Expect elements to be those wanted, each as near as `tolerance` of its size (of 1 where it is smaller). */
export function expectNear(actual: unknown, wanted: Elements, tolerance: number): void {
  const elements = flat(actual);
  expect(elements).toHaveLength(wanted.length);
  elements.forEach((value, i) => {
    const distance = modulus(dot([value, wanted[i]!], [1, -1]));
    expect(distance).toBeLessThanOrEqual(tolerance * Math.max(1, modulus(wanted[i]!)));
  });
}

/** Expect arrays by path: exactly these paths, in this order. */
export function expectProduct(actual: object, wanted: ByPath, { tolerance }: { readonly tolerance: number }): void {
  expect(Object.keys(actual)).toEqual(Object.keys(wanted));
  for (const [path, value] of Object.entries(actual)) expectNear(value, wanted[path]!, tolerance);
}

/** Expect the blocks of a Jacobian. */
export function expectBlocks(actual: object, wanted: ByPath<ByPath>, accuracy: { readonly tolerance: number }): void {
  expect(Object.keys(actual)).toEqual(Object.keys(wanted));
  for (const [path, row] of Object.entries(actual)) expectProduct(row as object, wanted[path]!, accuracy);
}
