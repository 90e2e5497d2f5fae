/**
 * Components as a NestJS module: `ComponentModule.forFeature([Wing, Fuselage])`.
 *
 * Each component is a provider, so that its constructor is injected, and gets a controller of its own: guards,
 * interceptors and prefixes apply to it as to any other. It runs in the application's thread.
 */
import type { DynamicModule, ModuleMetadata, Type } from '@nestjs/common';
import { compile } from '../../component/compile.js';
import { DifferentiableComponent } from '../../component/component.js';
import type { AnyClass } from '../../schema/metadata.js';
import type { AnswerOptions } from '../options.js';
import { controllerOf } from './controller.js';

/** A component class; its constructor may take whatever the application provides. */
export type InjectedComponent = new (...args: never) => DifferentiableComponent<object, object>;

/** A component and where it is served. */
export interface ComponentRoute {
  readonly component: InjectedComponent;
  /** The path in front of its endpoints; its name in small letters with hyphens, unless said otherwise. */
  readonly path?: string;
}

/** What the module is told. */
export interface ComponentFeatureOptions extends AnswerOptions {
  /** Modules whose exports the components' constructors take. */
  readonly imports?: ModuleMetadata['imports'];
  /** Providers that the components' constructors take. */
  readonly providers?: ModuleMetadata['providers'];
}

/** Serves components in a NestJS application. They are exported, so other modules may inject them too. */
// biome-ignore lint/complexity/noStaticOnlyClass: a NestJS module is a class.
export class ComponentModule {
  /**
   * A module that serves `components`, each under a path of its own. Raises definition errors and `E_SERVE_OPTION`.
   *
   * Create the application with `{ rawBody: true }`: 64-bit integers in JSON stay exact then, and no body is parsed twice.
   */
  static forFeature(
    components: readonly (InjectedComponent | ComponentRoute)[],
    options: ComponentFeatureOptions = {},
  ): DynamicModule {
    const { imports = [], providers = [], ...answering } = options;
    const routes = components.map((one) => ('component' in one ? one : { component: one }));
    const types = routes.map(({ component }) => component as unknown as Type<DifferentiableComponent<object, object>>);
    const controllers = routes.map(({ component, path }, i) =>
      controllerOf(types[i]!, path ?? pathOf(component), answering),
    );
    return { module: ComponentModule, imports, providers: [...providers, ...types], controllers, exports: types };
  }
}

function pathOf(component: AnyClass): string {
  const { name } = compile(component, DifferentiableComponent);
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}
