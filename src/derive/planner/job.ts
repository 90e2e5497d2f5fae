/** A Jacobian to recover: where, from what, and what is kept for the next time. */
import type { CallOptions, Endpoint, Point, Variable } from '../../operators/endpoints.js';
import { type MaybePromise, type Stepwise, settled } from '../drive.js';
import { mostBytes, refuseBeyond } from '../memory.js';
import type { Behind } from './behind.js';
import type { Weights } from './costs.js';
import { prior } from './costs.js';
import { type Space, spaceOf } from './flat.js';
import type { ProductsOptions } from './options.js';
import { batchWithin } from './plan.js';

/** The products that there are. */
export interface Bases {
  readonly jvp?: Endpoint<'jvp'> | undefined;
  readonly vjp?: Endpoint<'vjp'> | undefined;
}

/** A Jacobian to recover. */
export interface Job {
  /** What messages call it: the rule. */
  readonly rule: string;
  /** The request; the shapes and dtypes of its outputs are known. */
  readonly point: Point;
  readonly of: Space;
  readonly wrt: Space;
  readonly bases: Bases;
  readonly options: ProductsOptions;
  readonly behind: Behind;
  /** Outputs with their shapes. */
  readonly shapes: (point: Point) => MaybePromise<readonly Variable[]>;
}

/** A job, the outputs of whose point have their shapes. */
export function jobOf(parts: Omit<Job, 'of' | 'wrt'>): Job {
  return { ...parts, of: spaceOf(parts.point.of), wrt: spaceOf(parts.point.wrt) };
}

/** How many calls of a base may run at once: what the caller says, within what the author allows. */
export function widthOf(
  { point, options, behind }: Pick<Job, 'point' | 'options' | 'behind'>,
  base: 'jvp' | 'vjp',
): number {
  const allowed = options.concurrency ?? behind.traits[base]?.concurrency;
  const asked = point.options?.concurrency;
  return Math.min(asked ?? allowed ?? 1, allowed ?? Infinity);
}

/** The options of the calls of a base. */
export function callOptions(job: Pick<Job, 'point' | 'options' | 'behind'>, base: 'jvp' | 'vjp'): CallOptions {
  return { ...job.point.options, concurrency: widthOf(job, base) };
}

/** What the products cost: told, measured, or guessed. */
export function weightsOf({ options, behind }: Job): Weights {
  return options.costs ?? behind.costs?.weights() ?? prior;
}

/** What the seeds and answers of a batch may take, unless a limit is set. */
const batchBytes = 2 ** 28;

/** How many seeds go into one call of each product. */
export function batchOf({ of, wrt, options, behind, point }: Job): { readonly jvp: number; readonly vjp: number } {
  const bytes = Math.min(batchBytes, memoryLimit({ point, options }));
  const one = (base: 'jvp' | 'vjp') =>
    batchWithin(Math.min(behind.traits[base]?.batch ?? 1, options.batch ?? Infinity), bytes, { of, wrt });
  return { jvp: one('jvp'), vjp: one('vjp') };
}

/** The most bytes that a derivation may take. */
export function memoryLimit({ point, options }: Pick<Job, 'point' | 'options'>): number {
  return Math.min(options.memoryBytes ?? mostBytes, point.options?.memoryLimit ?? options.memoryBytes ?? mostBytes);
}

/** Refuse a dense Jacobian that takes more than the limit. */
export function refuseWritten(job: Job): void {
  refuseBeyond({ rule: job.rule, rows: job.of.size, columns: job.wrt.size }, memoryLimit(job));
}

const same = (a: readonly Variable[], b: readonly Variable[]): boolean =>
  a.length === b.length && a.every(({ path }, k) => path === b[k].path);

/** All that is differentiable, as spaces; the request's own where nothing more is known. */
export function* everythingOf(job: Job): Stepwise<{ readonly of: Space; readonly wrt: Space }> {
  const { behind, point, of, wrt } = job;
  const all = behind.everything?.(point);
  if (!all || (same(all.of, of.variables) && same(all.wrt, wrt.variables))) return { of, wrt };
  const outputs = same(all.of, of.variables) ? of : spaceOf(yield* settled(job.shapes({ ...point, of: all.of })));
  return { of: outputs, wrt: spaceOf(all.wrt) };
}
