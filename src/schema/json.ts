/** Fields that take any JSON value: what is one is copied, so that nobody else writes to it; what is none is refused. */
import { type ComponentError, problem } from '../errors.js';
import { clip, describe } from './describe.js';
import { formatStep, parsePath } from './path.js';
import { isPlain, put } from './record.js';

// As deep as JSON is read where it comes over the wire.
const DEEPEST = 64;

/** Copy a JSON value; what JSON cannot say is a problem, with its path. */
export function readJson(value: unknown, at: string, problems: ComponentError[]): unknown {
  return copy(value, at, problems, []);
}

function copy(value: unknown, at: string, problems: ComponentError[], above: readonly object[]): unknown {
  if (isScalar(value)) return value;
  if (typeof value !== 'object' || value === null) return refuse(at, describe(value), problems);
  if (above.includes(value)) return refuse(at, 'a circle: it contains itself', problems);
  if (above.length >= DEEPEST) return refuse(at, `nested more than ${DEEPEST} deep`, problems);
  const inside = [...above, value];
  // A hole of a list is visited as what it reads as.
  if (Array.isArray(value)) {
    const step = (index: number) => `${at}.[${index}]`;
    return Array.from(value, (one, i) => (isScalar(one) ? one : copy(one, step(i), problems, inside)));
  }
  if (!isPlain(value)) return refuse(at, describe(value), problems);
  const found = {};
  for (const [name, one] of Object.entries(value)) {
    if (one !== undefined) put(found, name, isScalar(one) ? one : copy(one, `${at}.${stepTo(name)}`, problems, inside));
  }
  return found;
}

function stepTo(name: string): string {
  const step = clip(name);
  return formatStep(parsePath(step)?.length === 1 ? { kind: 'field', name: step } : { kind: 'key', key: step });
}

// JSON texts hold integers of any length: one beyond 2^53 is read as a bigint.
function isScalar(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'bigint') return !Number.isSafeInteger(Number(value));
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

function refuse(at: string, received: string, problems: ComponentError[]): undefined {
  const expected = 'a JSON value (a text, a finite number, true, false, null, or lists and plain objects of these)';
  problems.push(problem('E_TYPE', { path: at, received, expected }));
  return undefined;
}
