/**
 * The arrays of a model's value: read at the paths of variables, and exchanged for others without touching the value.
 */

import { type DType, dtypes } from '../array/dtype.js';
import { readArray } from '../array/literal.js';
import { isNdArray, type NdArray, scalarOf } from '../array/ndarray.js';
import { isTypedArray } from '../array/viewed.js';
import { ComponentError, fail } from '../errors.js';
import { patternOf, type Step, valueAt } from '../schema/path.js';
import { copyOf, put } from '../schema/record.js';
import type { Variable } from './endpoints.js';

export { copyOf, entriesOf } from '../schema/record.js';

/** The array at each variable's path of `root`, as it stands there. `name` is what messages call the root. */
export function readLeaves(root: unknown, variables: readonly Variable[], name: string): readonly NdArray<DType>[] {
  return variables.map(({ path, steps }) => {
    const value = valueAt(root, steps);
    if (value === undefined || value === null) fail('E_PATH_ABSENT', { path: name, received: path });
    const array = readArray(value, { dtype: 'any', shape: 'any' });
    if (!('code' in array)) return array;
    const { code, received, expected } = array;
    throw new ComponentError(code, { path: `${name}.${path}`, received, expected });
  });
}

/** Makes a value like the one it was made for, with other arrays at the variables' paths, in their order. */
export type Exchange = (arrays: readonly NdArray<DType>[]) => object;

interface Node {
  readonly step: Step;
  readonly below: Map<string, Node>;
  /** Which of the variables stands here. */
  index: number | undefined;
}

/**
 * How to exchange arrays of `root`: every object, list and map on the way to one is copied afresh, each time, and all
 * else is shared. An array is written the way it stands in `root`: a number, nested lists, a typed array, an `NdArray`.
 */
export function exchange(root: object, variables: readonly Variable[]): Exchange {
  const tree = new Map<string, Node>();
  for (const [index, { steps }] of variables.entries()) plant(tree, steps, index);
  return (arrays) => rebuild(root, tree, arrays) as object;
}

function plant(tree: Map<string, Node>, steps: readonly Step[], index: number): void {
  let below = tree;
  let node: Node | undefined;
  for (const step of steps) {
    const key = `${step.kind}:${keyOf(step)}`;
    node = below.get(key) ?? { step, below: new Map(), index: undefined };
    below.set(key, node);
    below = node.below;
  }
  if (node) node.index = index;
}

function keyOf(step: Step): string | number {
  if (step.kind === 'index') return step.index ?? -1;
  return step.kind === 'field' ? step.name : (step.key ?? '');
}

function rebuild(value: unknown, below: ReadonlyMap<string, Node>, arrays: readonly NdArray<DType>[]): unknown {
  const copy = shallow(value);
  for (const { step, below: further, index } of below.values()) {
    const key = keyOf(step);
    const old = copy instanceof Map ? copy.get(key) : (copy as Record<PropertyKey, unknown>)[key];
    const now = index === undefined ? rebuild(old, further, arrays) : written(old, arrays[index]!);
    if (copy instanceof Map) copy.set(key, now);
    else put(copy, String(key), now);
  }
  return copy;
}

function shallow(value: unknown): object {
  if (Array.isArray(value)) return value.slice();
  return value instanceof Map ? new Map(value) : copyOf(value as object);
}

function written(old: unknown, array: NdArray<DType>): unknown {
  if (isNdArray(old)) return array;
  if (isTypedArray(old)) return dtypes[array.dtype].kind === 'complex' ? array : array.data;
  if (Array.isArray(old)) return array.toNested();
  return array.shape.length === 0 ? scalarOf(array) : array;
}

/** What `by` says of a variable: under its path, or under the pattern of its path (`loads.[]`, `rates.{}`). */
export function atPath<T>(
  by: { readonly [path: string]: T } | undefined,
  { path, steps }: Pick<Variable, 'path' | 'steps'>,
): T | undefined {
  return by?.[path] ?? by?.[patternOf(steps)];
}
