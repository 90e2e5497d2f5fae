/**
 * Class decorators that opt in to derivation rules: one for each rule, and `Derive` for several at once.
 *
 * To add one, add its rule in `src/derive/rules.ts`, and its export here.
 */
import type { IsFramework } from '../src/component/component.js';
import type { DifferenceOptions, EstimateOptions } from '../src/derive/differenceOptions.js';
import type { PlanOptions, ProductsOptions } from '../src/derive/planner/options.js';
import { decoratorOf, type RuleFrom, type RuleName, type RuleTo } from '../src/derive/rules.js';
import type { Linearized } from '../src/operators/linearization.js';
import type { AnyClass } from '../src/schema/metadata.js';
import { refuseBare } from '../src/schema/parentheses.js';
import { classDecorator } from './annotate.js';
import type { JacobianMethod, JvpMethod, LinearizeMethod, VjpMethod } from './endpoint.js';

// A method that hands its request on to another component gives what the framework gives, and is written all the same:
// only under the name of an endpoint may a method be the framework's own.
type Written<K, F, M, N> = F extends M
  ? K extends Derivable
    ? F extends (argument: never) => infer R
      ? IsFramework<Awaited<R>> extends true
        ? never
        : N
      : never
    : N
  : never;

/** The derivatives that a class has written, told by the signatures of its methods. */
export type WrittenIn<T> = {
  [K in keyof T]:
    | Written<K, T[K], JacobianMethod, 'jacobian'>
    | Written<K, T[K], JvpMethod, 'jvp'>
    | Written<K, T[K], VjpMethod, 'vjp'>
    | { readonly [E in Linearized]: Written<K, T[K], LinearizeMethod<E>, E> }[Linearized];
}[keyof T];

type Derivable = 'jacobian' | 'jvp' | 'vjp';
type Missing<T, R extends RuleName> = Exclude<Extract<RuleFrom<R>, Derivable>, WrittenIn<T> | RuleTo<R>>;

/** What the compiler says of a class that lacks the base of a rule. */
export interface LacksBase<Base> {
  readonly 'this class has no method that could be the base of the derivation': Base;
}

/** Opts in to one rule. Its base may come from another rule, so the compiler asks for any written derivative. */
export type DeriveOne<R extends RuleName> = <C extends AnyClass>(
  target: C & ([WrittenIn<InstanceType<C>>] extends [never] ? LacksBase<RuleFrom<R>> : unknown),
  context?: ClassDecoratorContext<C>,
) => void;

/** Opts in to several rules. Each base must be written, or derived by another of them. */
export type DeriveSeveral<R extends RuleName> = <C extends AnyClass>(
  target: C & ([Missing<InstanceType<C>, R>] extends [never] ? unknown : LacksBase<Missing<InstanceType<C>, R>>),
  context?: ClassDecoratorContext<C>,
) => void;

function one<R extends RuleName, O extends object = never>(rule: R): (options?: O) => DeriveOne<R> {
  const decorator = decoratorOf(rule);
  return (...args: readonly [O?]) => {
    refuseBare(decorator, args);
    return classDecorator({
      decorator,
      kind: 'derivation',
      entries: [{ rule, decorator, options: args[0] }],
    }) as DeriveOne<R>;
  };
}

/** Opt in to several rules at once. Their order does not matter. */
export function Derive<const R extends RuleName>(...rules: readonly [R, ...R[]]): DeriveSeveral<R> {
  refuseBare('Derive', rules);
  const entries = rules.map((rule) => ({ rule, decorator: `Derive('${rule}')` }));
  return classDecorator({ decorator: 'Derive', kind: 'derivation', entries }) as DeriveSeveral<R>;
}

/** Serve vjp from jacobian: x̄ = Jᵀ·c. One Jacobian per request. */
export const DeriveVjpFromJacobian: () => DeriveOne<'vjpFromJacobian'> = one('vjpFromJacobian');
/** Serve jvp from jacobian: ẏ = J·t. One Jacobian per request. */
export const DeriveJvpFromJacobian: () => DeriveOne<'jvpFromJacobian'> = one('jvpFromJacobian');
/** Serve jacobian from vjp, row by row. One vjp for each element of the outputs. */
export const DeriveJacobianFromVjp: (options?: PlanOptions) => DeriveOne<'jacobianFromVjp'> = one<
  'jacobianFromVjp',
  PlanOptions
>('jacobianFromVjp');
/** Serve jacobian from jvp, column by column. One jvp for each element of the inputs. */
export const DeriveJacobianFromJvp: (options?: PlanOptions) => DeriveOne<'jacobianFromJvp'> = one<
  'jacobianFromJvp',
  PlanOptions
>('jacobianFromJvp');
/** Serve jacobian from jvp and vjp: by columns, by rows or by both, whichever is cheaper. */
export const DeriveJacobianFromProducts: (options?: ProductsOptions) => DeriveOne<'jacobianFromProducts'> = one<
  'jacobianFromProducts',
  ProductsOptions
>('jacobianFromProducts');
/** Serve jvp from vjp: ẏ_i = ⟨Jᵀ·e_i, t⟩. One vjp for each element of the outputs; no Jacobian is needed. */
export const DeriveJvpFromVjp: (options?: PlanOptions) => DeriveOne<'jvpFromVjp'> = one<'jvpFromVjp', PlanOptions>(
  'jvpFromVjp',
);
/** Serve vjp from jvp: x̄_j = ⟨J·e_j, c⟩. One jvp for each element of the inputs; no Jacobian is needed. */
export const DeriveVjpFromJvp: (options?: PlanOptions) => DeriveOne<'vjpFromJvp'> = one<'vjpFromJvp', PlanOptions>(
  'vjpFromJvp',
);

/** Opts in to a rule that needs nothing but apply, which every component has. */
export type DeriveFromApply = (target: AnyClass, context?: ClassDecoratorContext) => void;

function fromApply<O extends object = never>(rule: RuleName): (...args: readonly [O?]) => DeriveFromApply {
  const decorator = decoratorOf(rule);
  return (...args) => {
    refuseBare(decorator, args);
    return classDecorator({ decorator, kind: 'derivation', entries: [{ rule, decorator, options: args[0] }] });
  };
}

/** Serve abstractEval from the schema where it fixes every shape, else from one apply on sample inputs. */
export const DeriveAbstractEvalFromApply: () => DeriveFromApply = fromApply('abstractEvalFromApply');
/** Serve jacobian by differences: 2 applies for each element of the inputs, whatever the outputs. Approximate. */
export const DeriveJacobianFromApply: (options?: DifferenceOptions) => DeriveFromApply =
  fromApply<DifferenceOptions>('jacobianFromApply');
/** Serve jvp by differences along the tangent: 2 applies. Approximate. */
export const DeriveJvpFromApply: (options?: DifferenceOptions) => DeriveFromApply =
  fromApply<DifferenceOptions>('jvpFromApply');
/** Serve vjp by differences: 2 applies for each element of the inputs. Approximate. */
export const DeriveVjpFromApply: (options?: DifferenceOptions) => DeriveFromApply =
  fromApply<DifferenceOptions>('vjpFromApply');
/** Serve vjp as a random estimate: 2 applies for each of `samples` directions. For optimizers that live with noise. */
export const DeriveVjpEstimateFromApply: (options: EstimateOptions) => DeriveFromApply =
  fromApply<EstimateOptions>('vjpEstimateFromApply');
