/** Reading a request: the paths it names, in schema order, and the arrays that go with them. */
import { type DType, dtypes } from '../array/dtype.js';
import { type ArrayFault, readArray, shapeOfLiteral } from '../array/literal.js';
import { isNdArray, type NdArray } from '../array/ndarray.js';
import { isFixed } from '../array/shape.js';
import { ComponentError, problem } from '../errors.js';
import { describe, isEnough } from '../schema/check.js';
import { comparePaths, expand, formatPath, type Step, valueAt } from '../schema/path.js';
import { differentiable, type Leaf, leafAt, type Schema } from '../schema/schema.js';
import { nearest } from '../schema/suggest.js';
import type { Arrays, Variable } from './endpoints.js';

/** One side of a derivative: the inputs (with their values) or the outputs. */
export interface Side {
  readonly schema: Schema;
  /** What the request calls its list of paths: `vjp_inputs`. */
  readonly name: string;
  /** The inputs themselves; undefined for the side of the outputs, and where the inputs could not be read. */
  readonly values: object | undefined;
  /** Whether this is the side of inputs that could not be read: only the paths themselves are checked then. */
  readonly unread?: boolean;
}

interface Found {
  readonly leaf: Leaf;
  readonly steps: readonly Step[];
  readonly path: string;
}

/** The variables a request names, in schema order, without duplicates. Left out, they are all that are differentiable. */
export function readVariables(side: Side, raw: unknown, problems: ComponentError[]): readonly Variable[] {
  const paths = raw instanceof Set ? [...raw] : (raw ?? everyPath(side));
  if (paths === undefined && side.unread) return [];
  if (!Array.isArray(paths) || paths.length === 0 || !paths.every((path) => typeof path === 'string')) {
    const received = Array.isArray(paths) ? `a list of ${paths.length}` : describe(paths);
    problems.push(problem('E_PATHS', { path: side.name, received, expected: 'a list of at least one path' }));
    return [];
  }
  const found = present(paths.length === 1 ? paths : [...new Set<string>(paths)], (path) =>
    locate(side, path, problems),
  );
  if (found.length > 1) found.sort((a, b) => a.leaf.order - b.leaf.order || comparePaths(a.steps, b.steps));
  return present(found, (one) => variable(side, one, problems));
}

/** What is there of each. */
function present<T, U>(all: readonly T[], of: (one: T) => U | undefined): U[] {
  const found: U[] = [];
  for (const one of all) {
    const there = of(one);
    if (there !== undefined) found.push(there);
  }
  return found;
}

function everyPath(side: Side): readonly string[] | undefined {
  const leaves = differentiable(side.schema);
  if (side.values) return leaves.flatMap((leaf) => expand(side.values, leaf.steps).map(formatPath));
  return leaves.every((leaf) => leaf.concrete) ? leaves.map((leaf) => leaf.pattern) : undefined;
}

function locate(side: Side, path: string, problems: ComponentError[]): Found | undefined {
  if (isEnough(problems)) return undefined;
  const found = leafAt(side.schema, path);
  if (found?.leaf.spec.differentiable) return { ...found, path };
  const known = differentiable(side.schema).map((leaf) => leaf.pattern);
  const facts = { path: side.name, received: path.slice(0, 80), expected: known.map((name) => `"${name}"`).join(', ') };
  if (found) {
    problems.push(
      problem('E_PATH_NOT_DIFFERENTIABLE', { ...facts, dtype: found.leaf.spec.dtype, component: side.schema.name }),
    );
  } else {
    const meant = nearest(path, known);
    const advice = meant === undefined ? '' : ` Did you mean "${meant}"?`;
    problems.push(problem('E_PATH_UNKNOWN', { ...facts, advice }));
  }
  return undefined;
}

function variable(side: Side, { leaf, steps, path }: Found, problems: ComponentError[]): Variable | undefined {
  if (!side.values) return declared(leaf, steps, path);
  const { dtype, shape: pattern } = leaf.spec;
  const boxed = pattern === 'any';
  const value = valueAt(side.values, steps);
  const shape = value === null ? undefined : shapeOfLiteral(value);
  if (!shape) {
    problems.push(problem('E_PATH_ABSENT', { path: side.name, received: path }));
    return undefined;
  }
  const actual = dtype === 'any' ? dtypeOfValue(value) : dtype;
  const { kind } = dtypes[actual];
  if (kind !== 'float' && kind !== 'complex') {
    const facts = { path: side.name, received: path, dtype: actual, component: side.schema.name };
    problems.push(problem('E_PATH_NOT_DIFFERENTIABLE', { ...facts, expected: 'arrays of floats' }));
    return undefined;
  }
  return { path, steps, dtype: actual, pattern, boxed, shape };
}

const outputs = new WeakMap<Leaf, Variable>();

/** A variable of which no value is known; that of a field is the same each time. */
function declared(leaf: Leaf, steps: readonly Step[], path: string): Variable {
  const known = outputs.get(leaf);
  if (known) return known;
  const { dtype, shape: pattern } = leaf.spec;
  const shape = isFixed(pattern) ? pattern : undefined;
  const variable: Variable = Object.freeze({ path, steps, dtype, pattern, boxed: pattern === 'any', shape });
  if (leaf.concrete) outputs.set(leaf, variable);
  return variable;
}

/** The dtype of a value that is an array, or may be read as one. */
export function dtypeOfValue(value: unknown): DType {
  if (isNdArray(value)) return value.dtype;
  const array = readArray(value, { dtype: 'any', shape: 'any' });
  return 'code' in array ? 'float64' : array.dtype;
}

const seedKinds = {
  tangent: { code: 'E_TANGENT_SHAPE' },
  cotangent: { code: 'E_COTANGENT_SHAPE' },
} as const;

/** The tangent or cotangent of a request: one array for each variable, of its shape and dtype, unbroadcast. */
export function readSeed(
  kind: keyof typeof seedKinds,
  name: string,
  raw: unknown,
  variables: readonly Variable[],
  problems: ComponentError[],
): Arrays {
  const given = keysIn(raw);
  // Where a path was refused already, its entry here is not one more problem.
  const complete = !problems.some((one) => one.code.startsWith('E_PATH'));
  const all = given?.length === variables.length && variables.every(({ path }) => holds(raw as Entries, path));
  if (!given || (complete && !all)) {
    const received = given ? `{${given.join(', ')}}` : describe(raw);
    const expected = `{${variables.map(({ path }) => path).join(', ')}}`;
    problems.push(problem('E_SEED_KEYS', { path: name, received: received.slice(0, 200), expected }));
    return {};
  }
  const seed: Record<string, NdArray<DType>> = {};
  for (const one of variables) {
    if (!all && !holds(raw as Entries, one.path)) continue;
    const target = { dtype: one.dtype, shape: one.shape ?? one.pattern };
    const array = readArray(entryOf(raw as Entries, one.path), target, { broadcast: false });
    if (!('code' in array)) seed[one.path] = array;
    else problems.push(seedProblem(kind, `${name}["${one.path}"]`, one.path, array));
  }
  return seed;
}

function seedProblem(kind: keyof typeof seedKinds, path: string, of: string, fault: ArrayFault): ComponentError {
  const { code, received, expected } = fault;
  if (code !== 'E_ARRAY_RANK' && code !== 'E_ARRAY_SHAPE')
    return new ComponentError(code, { path, received, expected });
  return problem(seedKinds[kind].code, { path, received, expected, of });
}

type Entries = ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>;

function keysIn(raw: unknown): readonly string[] | undefined {
  if (raw instanceof Map) return [...raw.keys()];
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? Object.keys(raw) : undefined;
}

function holds(raw: Entries, key: string): boolean {
  return raw instanceof Map ? raw.has(key) : Object.hasOwn(raw, key);
}

function entryOf(raw: Entries, key: string): unknown {
  return raw instanceof Map ? raw.get(key) : (raw as Readonly<Record<string, unknown>>)[key];
}
