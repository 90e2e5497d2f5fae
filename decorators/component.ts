/** The class decorator of components. */
import type { ComponentOptions } from '../src/component/annotations.js';
import type { DifferentiableComponent } from '../src/component/component.js';
import type { AnyClass } from '../src/schema/metadata.js';
import { refuseBare } from '../src/schema/parentheses.js';
import { classDecorator } from './annotate.js';

/** What `@Component` says, its model classes typed. */
export interface ComponentDeclaration<I extends object, O extends object> extends ComponentOptions {
  readonly inputs: AnyClass<I>;
  readonly outputs: AnyClass<O>;
}

/** A component whose apply takes `I` and gives `O`. */
export type Evaluator<I extends object, O extends object> = Pick<DifferentiableComponent<I, O>, 'apply'>;

/** A decorator of classes whose instances are `T`. */
export type ClassDecoratorFor<T extends object> = <C extends AnyClass<T>>(
  target: C,
  context?: ClassDecoratorContext<C>,
) => void;

/** Declares a component: its inputs, its outputs, and what clients are told of it. Subclasses inherit it. */
export function Component<I extends object, O extends object>(
  options: ComponentDeclaration<I, O>,
): ClassDecoratorFor<Evaluator<I, O>> {
  refuseBare('Component', [options]);
  return classDecorator({ decorator: 'Component', kind: 'component', entry: { ...options } }) as ClassDecoratorFor<
    Evaluator<I, O>
  >;
}
