/** The component that a command is about: which file was named, loaded with the options that were given. */
import { existsSync } from 'node:fs';
import { loadComponent } from '../loading/load.js';
import { operators } from '../operators/index.js';
import type { Target } from '../runtime/invoke.js';
import type { OptionValues } from './options.js';

const candidates = ['component.ts', 'component.js', 'component.mts', 'component.mjs', 'component.cts', 'component.cjs'];

/** The file that was named, else `component.ts` or its like in the working folder. */
export function componentFile(options: OptionValues, argument?: string): string {
  return argument ?? options.component ?? candidates.find((file) => existsSync(file)) ?? 'component.ts';
}

/** The component in that file. */
export function openTarget(options: OptionValues, argument?: string): Promise<Target> {
  const { export: name, derive } = options;
  return loadComponent(componentFile(options, argument), { export: name, derive });
}

/** The routes of the endpoints that it offers. */
export function routesOf({ compiled }: Target): readonly string[] {
  return [...compiled.plan.keys()].map((endpoint) => operators[endpoint].route);
}
