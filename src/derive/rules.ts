/**
 * The derivation table: every way one endpoint can be computed from others.
 *
 * To add a rule, add a row here and its decorator in `decorators/derive.ts`. The suite in `__tests__/derive` then
 * checks it on every scenario: value, and number of base calls.
 */

import { checkDifferenceOptions } from './differenceChecks.js';
import type { DifferenceOptions, EstimateOptions } from './differenceOptions.js';
import { besides, directionCost, estimateCost, sweepCost } from './differenceOptions.js';
import { foresee, jacobianByApply, jvpByApply, passesOf, vjpByApply, vjpByEstimate } from './differenceRules.js';
import { cheaperWay, columnsByJvp, rowsByVjp } from './jacobians.js';
import type { PlanOptions, ProductsOptions } from './planner/options.js';
import { cheaperCost, sweepCost as groupsCost, planningJacobian, planningProduct } from './planner/planned.js';
import { pullBack, pullBackByJvp, pushForward, pushForwardByVjp } from './products.js';
import { type Rule, rule } from './rule.js';
import { shapesByApply } from './shapes.js';

/** Every rule. */
export const rules = {
  vjpFromJacobian: rule({
    to: 'vjp',
    from: ['jacobian'],
    needsShapes: false,
    exact: true,
    calls: { jacobian: '1' },
    summary: 'The pullback Jᵀ·c, contracted from the Jacobian.',
    derive: pullBack,
  }),
  jvpFromJacobian: rule({
    to: 'jvp',
    from: ['jacobian'],
    needsShapes: false,
    exact: true,
    calls: { jacobian: '1' },
    summary: 'The pushforward J·t, contracted from the Jacobian.',
    derive: pushForward,
  }),
  jacobianFromVjp: rule<'jacobian', 'vjp', PlanOptions>({
    to: 'jacobian',
    from: ['vjp'],
    needsShapes: true,
    exact: true,
    calls: { vjp: groupsCost('m', 'rows') },
    summary: 'The Jacobian row by row: row i is the pullback of the one-hot cotangent e_i.',
    ...planningJacobian({ rule: 'jacobianFromVjp', products: ['vjp'], plain: rowsByVjp }),
  }),
  jacobianFromJvp: rule<'jacobian', 'jvp', PlanOptions>({
    to: 'jacobian',
    from: ['jvp'],
    needsShapes: false,
    exact: true,
    calls: { jvp: groupsCost('n', 'columns') },
    summary: 'The Jacobian column by column: column j is the pushforward of the one-hot tangent e_j.',
    ...planningJacobian({ rule: 'jacobianFromJvp', products: ['jvp'], plain: columnsByJvp }),
  }),
  jacobianFromProducts: rule<'jacobian', 'jvp' | 'vjp', ProductsOptions>({
    to: 'jacobian',
    from: ['jvp', 'vjp'],
    needsShapes: true,
    exact: true,
    calls: { jvp: cheaperCost('jvp'), vjp: cheaperCost('vjp') },
    summary: 'The Jacobian by columns, by rows, or by both, whichever is cheaper.',
    ...planningJacobian({ rule: 'jacobianFromProducts', products: ['jvp', 'vjp'], plain: cheaperWay }),
  }),
  jvpFromVjp: rule<'jvp', 'vjp', PlanOptions>({
    to: 'jvp',
    from: ['vjp'],
    needsShapes: true,
    exact: true,
    calls: { vjp: groupsCost('m', 'rows') },
    summary: 'The pushforward element by element: ẏ_i = ⟨Jᵀ·e_i, t⟩. No Jacobian is needed.',
    ...planningProduct({ rule: 'jvpFromVjp', to: 'jvp', products: ['vjp'], plain: pushForwardByVjp }),
  }),
  vjpFromJvp: rule<'vjp', 'jvp', PlanOptions>({
    to: 'vjp',
    from: ['jvp'],
    needsShapes: false,
    exact: true,
    calls: { jvp: groupsCost('n', 'columns') },
    summary: 'The pullback element by element: x̄_j = ⟨J·e_j, c⟩. No Jacobian is needed.',
    ...planningProduct({ rule: 'vjpFromJvp', to: 'vjp', products: ['jvp'], plain: pullBackByJvp }),
  }),
  abstractEvalFromApply: rule({
    to: 'abstractEval',
    from: ['apply'],
    needsShapes: false,
    exact: true,
    calls: { apply: '1' },
    summary: 'The shapes of the outputs: from the schema where it fixes them, else of one apply on sample inputs.',
    derive: shapesByApply,
  }),
  jacobianFromApply: rule<'jacobian', 'apply', DifferenceOptions>({
    to: 'jacobian',
    from: ['apply'],
    needsShapes: false,
    exact: false,
    calls: { apply: sweepCost },
    passes: passesOf,
    besides,
    foresee,
    checkOptions: checkDifferenceOptions,
    summary: 'The Jacobian column by column, from differences: (f(x + h·e_j) − f(x − h·e_j)) / 2h.',
    derive: jacobianByApply,
  }),
  jvpFromApply: rule<'jvp', 'apply', DifferenceOptions>({
    to: 'jvp',
    from: ['apply'],
    needsShapes: false,
    exact: false,
    calls: { apply: directionCost },
    passes: passesOf,
    besides,
    foresee,
    checkOptions: checkDifferenceOptions,
    summary: 'The pushforward from differences along the tangent: (f(x + h·t) − f(x − h·t)) / 2h.',
    derive: jvpByApply,
  }),
  vjpFromApply: rule<'vjp', 'apply', DifferenceOptions>({
    to: 'vjp',
    from: ['apply'],
    needsShapes: false,
    exact: false,
    calls: { apply: sweepCost },
    passes: passesOf,
    besides,
    foresee,
    checkOptions: checkDifferenceOptions,
    summary: 'The pullback element by element, from differences: x̄_j = ⟨(f(x + h·e_j) − f(x − h·e_j)) / 2h, c⟩.',
    derive: vjpByApply,
  }),
  vjpEstimateFromApply: rule<'vjp', 'apply', EstimateOptions>({
    to: 'vjp',
    from: ['apply'],
    needsShapes: false,
    exact: false,
    estimate: true,
    requires: ['samples'],
    calls: { apply: estimateCost },
    passes: passesOf,
    besides,
    foresee,
    checkOptions: checkDifferenceOptions,
    summary: 'A random estimate of the pullback from k = samples directions of n; its relative error is √(n/k − 1).',
    derive: vjpByEstimate,
  }),
} as const;

/** The name of a rule. */
export type RuleName = keyof typeof rules;

/** The endpoint a rule derives. */
export type RuleTo<R extends RuleName> = (typeof rules)[R]['to'];

/** The endpoints a rule is derived from. */
export type RuleFrom<R extends RuleName> = (typeof rules)[R]['from'][number];

/** The names of all rules. */
export const ruleNames: readonly RuleName[] = Object.freeze(Object.keys(rules) as RuleName[]);

/** The row of a rule, its types widened to those of any rule. */
export function ruleOf(name: RuleName): Rule {
  return rules[name] as unknown as Rule;
}

/** The class decorator that opts in to a rule. */
export function decoratorOf(name: string): string {
  return `Derive${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
