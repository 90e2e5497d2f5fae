/** Loading a component from a file, ready for requests: what the command line and every worker of a server starts with. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { compile } from '../component/compile.js';
import { DifferentiableComponent } from '../component/component.js';
import { withDerivations } from '../component/optIn.js';
import { holdAlone } from '../component/recall.js';
import { fail } from '../errors.js';
import type { Target } from '../runtime/invoke.js';
import { importFile } from './importFile.js';
import { type ComponentClass, pickComponent } from './pick.js';

/** What to load of a file, and how. */
export interface LoadOptions {
  /** The name of the export; without it the default export, or the only component. */
  readonly export?: string | undefined;
  /** Rules that the class is opted in to, without touching it. */
  readonly derive?: readonly string[] | undefined;
}

/**
 * The component in `file`, relative to the working folder: JavaScript or TypeScript, ES module or CommonJS, in either
 * dialect of decorators. Raises `E_LOAD_…`, `E_OPEN_CONSTRUCTOR`, and every definition error.
 */
export async function loadComponent(file: string, options: LoadOptions = {}): Promise<Target> {
  const path = resolve(file);
  const type = await componentIn(path, file, options.export);
  const rules = options.derive ?? [];
  return targetOf(rules.length === 0 ? type : (withDerivations(type, rules) as ComponentClass));
}

async function componentIn(path: string, file: string, name: string | undefined): Promise<ComponentClass> {
  try {
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) fail('E_LOAD_MISSING', { file });
    return pickComponent(await importFile(path), file, name);
  } catch (cause) {
    const { explainFailure } = await import('./failure.js');
    throw explainFailure(cause, file);
  }
}

function targetOf(type: ComponentClass): Target {
  const compiled = compile(type, DifferentiableComponent);
  try {
    return { compiled, instance: holdAlone(new type()) };
  } catch (cause) {
    return fail('E_OPEN_CONSTRUCTOR', { component: type.name, reason: String(cause) }, { cause });
  }
}
