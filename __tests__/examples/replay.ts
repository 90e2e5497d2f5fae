/** Replaying a regression case as Tesseract Core writes them: a request in wire words, and what it must give. */
import { readdirSync, readFileSync } from 'node:fs';
import { type ComponentHandle, DifferentiableComponent, isNdArray, NdArray, openComponent } from 'cotangent';
import { decodeTree } from '../../src/codec/decode.js';
import { operators } from '../../src/operators/index.js';

/** A case: exactly one of the two expectations is there. */
export interface Case {
  readonly endpoint: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly expected_outputs?: Readonly<Record<string, unknown>>;
  readonly expected_exception?: string;
  /** What the message of the refusal must match. */
  readonly expected_exception_regex?: string;
  readonly atol?: number;
  readonly rtol?: number;
}

/** The folder of the examples. */
export const folder: URL = new URL('../../examples/', import.meta.url);

/** The names of the examples. */
export const examples: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** The cases of an example by file name. */
export function casesOf(example: string): readonly (readonly [file: string, one: Case])[] {
  const requests = new URL(`${example}/requests/`, folder);
  const read = (file: string): Case => JSON.parse(readFileSync(new URL(file, requests), 'utf8'));
  return readdirSync(requests).map((file) => [file, read(file)]);
}

type AnyComponent = new () => DifferentiableComponent<object, object>;

/** The component class that the example's component.ts exports, opened. */
export async function open(example: string): Promise<ComponentHandle> {
  const module: Record<string, unknown> = await import(`../../examples/${example}/component.js`);
  const isComponent = (value: unknown): value is AnyComponent =>
    typeof value === 'function' && value.prototype instanceof DifferentiableComponent;
  const [type] = Object.values(module).filter(isComponent);
  return openComponent(type!);
}

/** Send a case's request. */
export async function send(handle: ComponentHandle, { endpoint, payload }: Case): Promise<unknown> {
  const operator = Object.values(operators).find(({ route }) => route === endpoint)!;
  const given = decodeTree(payload, { path: 'payload' }) as Record<string, unknown>;
  const { wire, seed } = operator;
  const request = wire && {
    inputs: given['inputs'],
    of: given[wire.of],
    wrt: given[wire.wrt],
    ...(wire.seed && seed ? { [seed]: given[wire.seed] } : {}),
  };
  const call = handle[operator.name] as (argument: unknown) => Promise<unknown>;
  return call(request ?? given['inputs']);
}

/** Where `actual` is not what is expected: structure, dtypes and shapes exactly, floats to the case's tolerances. */
export function mismatches(actual: unknown, expected: unknown, { atol = 1e-8, rtol = 1e-5 }: Case): readonly string[] {
  const compare = (found: unknown, wanted: unknown, path: string): string[] => {
    if (isNdArray(wanted)) {
      const array = typeof found === 'number' ? new NdArray(wanted.dtype, [], [found] as never) : found;
      if (!isNdArray(array)) return [`${path}: not an array`];
      if (array.dtype !== wanted.dtype || String(array.shape) !== String(wanted.shape)) {
        return [`${path}: ${array.dtype} [${array.shape}], not ${wanted.dtype} [${wanted.shape}]`];
      }
      return Array.from(wanted.data, Number).flatMap((value, i) => {
        const difference = Math.abs(Number(array.data[i]) - value);
        return difference <= atol + rtol * Math.abs(value) ? [] : [`${path}[${i}]: ${array.data[i]}, not ${value}`];
      });
    }
    if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) {
      return JSON.stringify(found) === JSON.stringify(wanted) ? [] : [`${path}: ${found}, not ${wanted}`];
    }
    const entries = found instanceof Map ? Object.fromEntries(found) : { ...(found as object) };
    const keys = Object.keys(wanted);
    if (Object.keys(entries).sort().join() !== [...keys].sort().join()) return [`${path}: has ${Object.keys(entries)}`];
    return keys.flatMap((key) => compare(entries[key], wanted[key as never], `${path}.${key}`));
  };
  return compare(actual, decodeTree(expected, { path: 'expected' }), 'outputs');
}
