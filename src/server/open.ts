/** The executor of a component: workers where it is given as a file, which they can load; this thread where it is a value. */
import type { Take } from '../array/memory.js';
import { compile } from '../component/compile.js';
import { DifferentiableComponent } from '../component/component.js';
import { withDerivations } from '../component/optIn.js';
import { fail } from '../errors.js';
import { loadComponent } from '../loading/load.js';
import type { Target } from '../runtime/invoke.js';
import type { AnyClass } from '../schema/metadata.js';
import type { Executor } from './executor.js';
import { inlineExecutor } from './inline.js';
import { type ComponentFile, type ComponentValue, type Settings, whole } from './options.js';
import { workerPool } from './pool.js';

/** A component by its file, its class, or an instance of it. */
export type ComponentSource = ComponentFile | ComponentValue;

/** The threads that a component runs in. */
export interface WorkerOptions {
  /** How many worker threads; without any (0) it runs in the thread that serves. 1 where it is given as a file. */
  readonly workers?: number | undefined;
  /** The most MiB of JavaScript heap of each, from 16 on; Node's own limit. A worker beyond it is replaced. */
  readonly workerHeap?: number | undefined;
}

/**
 * An executor that is ready; where it runs in this thread, it takes the memory of its answers from `take`. Raises what
 * loading the component does, and `E_SERVE_OPTION` where workers are asked for and there is no file.
 */
export async function openExecutor(
  source: ComponentSource,
  settings: Settings,
  options: WorkerOptions,
  take?: Take,
): Promise<Executor> {
  const { workers } = options;
  if (isFile(source)) {
    const count = whole(options, 'workers', 1);
    const heap = options.workerHeap === undefined ? undefined : whole(options, 'workerHeap', 0, 16);
    if (count > 0) return workerPool({ start: { component: source, settings }, workers: count, heap });
    const { file, export: name } = source;
    return inlineExecutor(await loadComponent(file, { export: name, derive: settings.derive }), settings, take);
  }
  if (workers !== undefined && workers !== 0) {
    const expected = '0: workers load the component from a file, so give it as { file }';
    fail('E_SERVE_OPTION', { option: 'workers', received: String(workers), expected });
  }
  return inlineExecutor(targetOf(source, settings.derive), settings, take);
}

function isFile(source: ComponentSource): source is ComponentFile {
  return typeof source === 'object' && 'file' in source && !(source instanceof DifferentiableComponent);
}

/** A class or an instance, opted in to `rules`. Raises `E_DERIVE_…`, and `E_OPEN_CONSTRUCTOR`. */
export function targetOf(source: ComponentValue, rules: Settings['derive']): Target {
  const own = (typeof source === 'function' ? source : source.constructor) as AnyClass;
  const type = rules.length === 0 ? own : withDerivations(own, rules);
  const compiled = compile(type, DifferentiableComponent);
  return { compiled, instance: typeof source === 'function' ? create(type) : source };
}

function create(type: AnyClass): object {
  try {
    return new (type as unknown as new () => object)();
  } catch (cause) {
    return fail('E_OPEN_CONSTRUCTOR', { component: type.name, reason: String(cause) }, { cause });
  }
}
