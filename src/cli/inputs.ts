/** Inputs on the command line: as they are, in a request, or in a regression test. */
import { parseBody } from '../codec/body.js';
import { decodeTree } from '../codec/decode.js';
import type { ArrayFiles } from '../codec/files.js';
import { fail } from '../errors.js';
import type { ComponentHandle } from '../runtime/handle.js';
import { foundationOf } from '../runtime/handleOver.js';
import { describe } from '../schema/check.js';
import { readRequestBytes } from './payload.js';

/** The inputs that an argument holds, with their arrays decoded; none are given where there is no argument. */
export function readInputs(source: string | undefined, handle: ComponentHandle, files: ArrayFiles): object {
  if (source === undefined) return {};
  const fields =
    foundationOf(handle)
      ?.offer()
      .compiled.signature.inputs.fields.map(({ name }) => name) ?? [];
  const inputs = unwrap(unwrap(parseBody(readRequestBytes(source)), 'payload', fields), 'inputs', fields);
  if (!isObject(inputs)) {
    return fail('E_TYPE', { path: 'inputs', received: describe(inputs), expected: 'an object with the inputs' });
  }
  return decodeTree(inputs, { path: 'inputs', files }) as object;
}

// A component may have an input of that name: then it is one.
function unwrap(value: unknown, name: string, fields: readonly string[]): unknown {
  return isObject(value) && name in value && !fields.includes(name) ? value[name] : value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
