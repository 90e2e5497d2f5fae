/** What is checked: a component behind a handle, at one point, and the arrays on both sides of its derivative. */

import { castArray } from '../../array/cast.js';
import { type DType, dtypes } from '../../array/dtype.js';
import { isNdArray, NdArray } from '../../array/ndarray.js';
import { type Leaf, rootMeanSquare } from '../../derive/difference/step.js';
import { precisionOf } from '../../derive/evaluation.js';
import { type ComponentError, fail } from '../../errors.js';
import { boundsOf, within } from '../../operators/bounds.js';
import type { Variable } from '../../operators/endpoints.js';
import { atPath, readLeaves } from '../../operators/leaves.js';
import { raise, type Signature } from '../../operators/operator.js';
import { type AnyComponent, type ComponentHandle, openComponent } from '../../runtime/handle.js';
import { foundationOf } from '../../runtime/handleOver.js';
import { check } from '../../schema/check.js';
import { expand, formatPath, parsePath } from '../../schema/path.js';
import { differentiable, leafAt, type Schema } from '../../schema/schema.js';
import { flatten, type Layout, layoutOf } from './layout.js';
import type { CheckOptions } from './options.js';

/** A component to check: a class, an instance, or a handle of a local or remote one. */
export type Checkable = AnyComponent | (new () => AnyComponent) | ComponentHandle;

/** A component behind a handle, at one point. */
export interface Subject {
  readonly handle: ComponentHandle;
  readonly signature: Signature | undefined;
  /** The inputs: coerced, with their defaults, where the component's schema is known. */
  readonly inputs: object;
  readonly wrt: Layout;
  /** The inputs to differentiate by, as one vector. */
  readonly x: Float64Array;
  /** What is known of the inputs' sizes and bounds. */
  readonly leaves: readonly Leaf[];
  /** A typical size for each entry: declared, else its own, else that of its array but not above 1, else 1. */
  readonly scales: Float64Array;
}

/** The component at `inputs`. Raises what is wrong with the inputs or the paths. */
export function subjectOf(component: Checkable, inputs: object, options: CheckOptions): Subject {
  const handle = isHandle(component) ? component : (openComponent(component as AnyComponent) as ComponentHandle);
  const signature = foundationOf(handle)?.offer().compiled.signature;
  const values = signature ? coerce(signature, inputs) : inputs;
  const variables = variablesOf('wrt', options.wrt, signature?.inputs, values);
  const arrays = variables.map((one) => typed(one, readLeaves(values, [one], 'inputs')[0]!));
  const kept = ofOneKind(variables, arrays);
  const wrt = layoutOf(
    kept.map((k) => variables[k]!),
    kept.map((k) => arrays[k]!),
  );
  const x = flatten(
    wrt,
    kept.map((k) => arrays[k]!),
  );
  const leaves = leavesOf(values, wrt, options);
  return { handle, signature, inputs: values, wrt, x, leaves, scales: scalesOf(x, leaves, wrt.parts) };
}

/** The layout of the outputs to differentiate, from outputs. */
export function outputLayout({ signature }: Subject, options: CheckOptions, outputs: object, wrt: Layout): Layout {
  const variables = variablesOf('of', options.of, signature?.outputs, outputs);
  const arrays = variables.map((one) => typed(one, readLeaves(outputs, [one], 'outputs')[0]!));
  const kept = arrays.flatMap((array, k) => (dtypes[array.dtype].components === wrt.parts ? [k] : []));
  return layoutOf(
    kept.map((k) => variables[k]!),
    kept.map((k) => arrays[k]!),
  );
}

function isHandle(component: Checkable): component is ComponentHandle {
  return typeof component === 'object' && 'provenance' in component && 'name' in component;
}

function coerce({ inputs: schema }: Signature, inputs: object): object {
  const { value, problems } = check(schema, inputs, 'inputs');
  raise('The inputs', problems as ComponentError[]);
  return value;
}

function variablesOf(
  side: 'of' | 'wrt',
  asked: readonly string[] | undefined,
  schema: Schema | undefined,
  values: object,
): readonly Variable[] {
  const patterns = asked ?? (schema && differentiable(schema).map(({ pattern }) => pattern));
  if (!patterns) {
    return fail('E_PATHS', {
      path: side,
      received: 'missing',
      expected: 'a list of paths, as the component has no schema here',
    });
  }
  const seen = new Set<string>();
  return patterns
    .flatMap((pattern) => {
      const steps = parsePath(pattern);
      const found = steps ? expand(values, steps) : [];
      if (found.length === 0 && asked) fail('E_PATH_ABSENT', { path: side, received: pattern });
      return found.map((one): Variable => {
        const path = formatPath(one);
        const spec = schema && leafAt(schema, path)?.leaf.spec;
        return { path, steps: one, dtype: spec?.dtype ?? 'any', pattern: spec?.shape ?? 'any', shape: undefined };
      });
    })
    .filter(({ path }) => !seen.has(path) && seen.add(path));
}

// Without a schema, a plain number or list is taken for float64.
function typed({ dtype }: Variable, array: NdArray<DType>): NdArray<DType> {
  const { kind } = dtypes[array.dtype];
  const wanted = dtype !== 'any' ? dtype : kind === 'float' || kind === 'complex' ? array.dtype : 'float64';
  const cast = castArray(array, wanted);
  return isNdArray(cast) ? cast : array;
}

// A derivative between real and complex arrays follows no one convention: where both kinds occur, the real ones are
// checked.
function ofOneKind(variables: readonly Variable[], arrays: readonly NdArray<DType>[]): readonly number[] {
  const real = [...variables.keys()].filter((k) => dtypes[arrays[k]!.dtype].components === 1);
  return real.length > 0 ? real : [...variables.keys()];
}

function leavesOf(inputs: object, { slots, parts }: Layout, { bounds, magnitudes }: CheckOptions): readonly Leaf[] {
  return slots.map(({ variable, dtype, start, end }) => {
    const declared = atPath(bounds, variable);
    const [lower, upper] = declared ? within(declared, boundsOf(inputs, variable)) : boundsOf(inputs, variable);
    const magnitude = parts === 1 ? atPath(magnitudes, variable) : undefined;
    const leaf = { start, end, precision: precisionOf(dtype), lower, upper };
    return magnitude === undefined ? leaf : { ...leaf, magnitude };
  });
}

function scalesOf(x: Float64Array, leaves: readonly Leaf[], parts: 1 | 2): Float64Array {
  const scales = new Float64Array(x.length);
  const size = (j: number) => (parts === 1 ? Math.abs(x[j]!) : Math.hypot(x[j & ~1]!, x[j | 1]!));
  for (const { start, end, magnitude } of leaves) {
    const mean = rootMeanSquare(x, start, end);
    for (let j = start; j < end; j++)
      scales[j] = (typeof magnitude === 'number' && magnitude) || size(j) || Math.min(mean, 1) || 1;
  }
  return scales;
}
