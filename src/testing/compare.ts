/** Whether two trees of values agree: first their structure, all differences of it at once, then their values. */
import { type DType, dtypes } from '../array/dtype.js';
import { readArray } from '../array/literal.js';
import { isNdArray, type NdArray } from '../array/ndarray.js';

/** How near is near enough: |actual − expected| ≤ atol + rtol·|expected|. */
export interface Tolerance {
  readonly atol: number;
  readonly rtol: number;
}

interface Findings {
  readonly structure: string[];
  readonly values: string[];
}

/** What differs, for people, or undefined. Arrays are held to dtype and shape; NaN equals NaN. */
export function compareTrees(actual: unknown, expected: unknown, tolerance: Tolerance): string | undefined {
  const found: Findings = { structure: [], values: [] };
  compare(actual, expected, 'outputs', tolerance, found);
  if (found.structure.length > 0) return `Structure mismatch.\n${indented(found.structure)}`;
  if (found.values.length > 0) return `Values are not sufficiently close.\n${indented(found.values)}`;
  return undefined;
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`).join('\n');

function compare(actual: unknown, expected: unknown, path: string, tolerance: Tolerance, found: Findings): void {
  if (isNdArray(actual)) compareArrays(actual, expected, path, tolerance, found);
  else if (Array.isArray(actual) && Array.isArray(expected)) {
    if (actual.length !== expected.length) {
      found.structure.push(`${path} has ${actual.length} elements, expected ${expected.length}.`);
    } else for (const [i, item] of actual.entries()) compare(item, expected[i], `${path}[${i}]`, tolerance, found);
  } else if (isRecord(actual) && isRecord(expected)) compareRecords(actual, expected, path, tolerance, found);
  else comparePlain(actual, expected, path, tolerance, found);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isNdArray(value);
}

function compareRecords(
  actual: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
  path: string,
  tolerance: Tolerance,
  found: Findings,
): void {
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    if (!Object.hasOwn(actual, key)) found.structure.push(`${path}.${key} is missing.`);
    else if (!Object.hasOwn(expected, key)) found.structure.push(`${path}.${key} is not expected.`);
    else compare(actual[key], expected[key], `${path}.${key}`, tolerance, found);
  }
}

function comparePlain(actual: unknown, expected: unknown, path: string, tolerance: Tolerance, found: Findings): void {
  const kinds = [kindOf(actual), kindOf(expected)];
  if (kinds[0] !== kinds[1]) found.structure.push(`${path} is ${kinds[0]}, expected ${kinds[1]}.`);
  else if (!isClose(actual, expected, tolerance)) {
    found.values.push(`${path} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}.`);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (isNdArray(value)) return `an array of ${value.dtype}, shape [${value.shape.join(', ')}]`;
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function isClose(actual: unknown, expected: unknown, { atol, rtol }: Tolerance): boolean {
  if (Object.is(actual, expected) || actual === expected) return true;
  if (typeof actual !== 'number' || typeof expected !== 'number') return false;
  return Number.isFinite(expected) && Math.abs(actual - expected) <= atol + rtol * Math.abs(expected);
}

function compareArrays(
  actual: NdArray<DType>,
  expected: unknown,
  path: string,
  tolerance: Tolerance,
  found: Findings,
): void {
  const wanted = isNdArray(expected) ? expected : literal(expected, actual);
  if (!wanted || wanted.dtype !== actual.dtype || String(wanted.shape) !== String(actual.shape)) {
    found.structure.push(`${path} is ${kindOf(actual)}, expected ${kindOf(wanted ?? expected)}.`);
  } else found.values.push(...differences(actual, wanted, path, tolerance));
}

// Written as a bare literal, an array has the dtype of what it is compared with.
function literal(value: unknown, { dtype }: NdArray<DType>): NdArray<DType> | undefined {
  const array = readArray(value, { dtype, shape: 'any' });
  return 'code' in array ? undefined : array;
}

const SHOWN = 5;

function differences(actual: NdArray<DType>, expected: NdArray<DType>, path: string, tolerance: Tolerance): string[] {
  const { components, kind } = dtypes[actual.dtype];
  const exact = kind !== 'float' && kind !== 'complex';
  const [a, b] = [actual.data, expected.data];
  const size = a.length / components;
  const wrong: string[] = [];
  let [count, most, mostRelative] = [0, 0, 0];
  for (let i = 0; i < size; i++) {
    const error = distance(a, b, i * components, components);
    const scale = magnitude(b, i * components, components);
    if (error <= (exact ? 0 : tolerance.atol + tolerance.rtol * scale)) continue;
    count++;
    most = Math.max(most, error);
    mostRelative = Math.max(mostRelative, error / scale);
    if (wrong.length < SHOWN)
      wrong.push(`  [${indexOf(i, actual.shape)}] is ${shown(a, i, components)}, expected ${shown(b, i, components)}`);
  }
  if (count === 0) return [];
  const share = `${path}: ${count} of ${size} differ (${Math.round((100 * count) / size)} %)`;
  const head = `${share}, by at most ${most.toPrecision(3)}, relative ${mostRelative.toPrecision(3)}.`;
  return [head, ...wrong, ...(count > wrong.length ? [`  and ${count - wrong.length} more`] : [])];
}

type Data = NdArray<DType>['data'];

// |a − b| of one element: zero for equal values, infinities and NaN among them; exact for integers of 64 bits.
function distance(a: Data, b: Data, at: number, components: number): number {
  let sum = 0;
  for (let k = at; k < at + components; k++) {
    const [x, y] = [a[k] ?? 0, b[k] ?? 0];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    const difference = typeof x === 'bigint' && typeof y === 'bigint' ? Number(x - y) : Number(x) - Number(y);
    sum = Math.hypot(sum, Number.isNaN(difference) ? Infinity : difference);
  }
  return sum;
}

function magnitude(data: Data, at: number, components: number): number {
  const parts = Array.from({ length: components }, (_, k) => Number(data[at + k]));
  const size = Math.hypot(...parts);
  return Number.isFinite(size) ? size : 0;
}

function shown(data: Data, i: number, components: number): string {
  const parts = Array.from({ length: components }, (_, k) => String(data[i * components + k]));
  return components === 1 ? String(parts[0]) : `(${parts.join(', ')})`;
}

function indexOf(flat: number, shape: readonly number[]): string {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = flat; axis >= 0; axis--) {
    const extent = shape[axis] ?? 1;
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index.join(', ');
}
