/**
 * Paths: how a request names one array among inputs or outputs.
 *
 * A path is dotted: `mesh.points` an attribute, `l.[0]` an element of a list, `d.{key}` an entry of a map. A pattern
 * leaves index and key open: `l.[]`, `d.{}`. A key may hold any character, dots included; braces and backslashes in it are
 * written after a backslash: `d.{a\\}b}`. Among paths `d.{}` is the entry whose key is empty.
 * A field's name is what Python calls an identifier.
 */
import { entryAt, namesIn } from './record.js';

/** One step of a path, or of a pattern where `index` or `key` is left open (null). */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number | null }
  | { readonly kind: 'key'; readonly key: string | null };

const stepText = /^(?:\[(\d{0,15})\]|\{((?:[^{}\\]|\\[{}\\])*)\}|([\p{XID_Start}_]\p{XID_Continue}*))(?:\.|$)/u;

const plainName = /^[a-z_]\w*$/i;

/** The steps of a path or pattern, or undefined where the text is neither. */
export function parsePath(text: string): readonly Step[] | undefined {
  if (plainName.test(text)) return [{ kind: 'field', name: text }];
  const steps: Step[] = [];
  let rest = text;
  while (rest !== '') {
    const match = stepText.exec(rest);
    if (!match) return undefined;
    const [whole, index, key, name] = match;
    if (index !== undefined) steps.push({ kind: 'index', index: index === '' ? null : Number(index) });
    else if (key !== undefined) steps.push({ kind: 'key', key: key === '' ? null : key.replace(/\\(.)/gs, '$1') });
    else steps.push({ kind: 'field', name: name! });
    rest = rest.slice(whole.length);
    if (rest === '' && whole.endsWith('.')) return undefined;
  }
  return steps.length === 0 ? undefined : steps;
}

/** The steps of a path; undefined where the text is none, or is written in another way than `formatPath` writes it. */
export function readPath(text: string): readonly Step[] | undefined {
  const steps = parsePath(text)?.map((step) => (step.kind === 'key' ? { ...step, key: step.key ?? '' } : step));
  if (!steps || steps.some((step) => step.kind === 'index' && step.index === null)) return undefined;
  return formatPath(steps) === text ? steps : undefined;
}

/** One step as text. */
export function formatStep(step: Step): string {
  if (step.kind === 'field') return step.name;
  return step.kind === 'index' ? `[${step.index ?? ''}]` : `{${(step.key ?? '').replace(/[{}\\]/g, '\\$&')}}`;
}

/** The text of a path or pattern. */
export function formatPath(steps: readonly Step[]): string {
  return steps.map(formatStep).join('.');
}

/** The pattern that a path belongs to: `l.[3]` belongs to `l.[]`. */
export function patternOf(steps: readonly Step[]): string {
  return steps.map((step) => (step.kind === 'field' ? step.name : step.kind === 'index' ? '[]' : '{}')).join('.');
}

/** What stands at a path of a value, or undefined where the path leads nowhere. */
export function valueAt(root: unknown, steps: readonly Step[]): unknown {
  let value = root;
  for (const step of steps) {
    if (value === null || typeof value !== 'object') return undefined;
    value = child(value, step);
  }
  return value;
}

function child(value: object, step: Step): unknown {
  if (Array.isArray(value) || step.kind === 'index') {
    return Array.isArray(value) && step.kind === 'index' ? value[step.index ?? -1] : undefined;
  }
  const name = step.kind === 'field' ? step.name : (step.key ?? '');
  return value instanceof Map ? value.get(name) : entryAt(value, name);
}

/** The order of paths of one pattern: by index, then by key. */
export function comparePaths(a: readonly Step[], b: readonly Step[]): number {
  for (let i = 0; i < a.length; i++) {
    const order = compareSteps(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

function compareSteps(a: Step, b: Step): number {
  if (a.kind === 'index' && b.kind === 'index') return (a.index ?? 0) - (b.index ?? 0);
  if (a.kind === 'key' && b.kind === 'key') return (a.key ?? '') < (b.key ?? '') ? -1 : a.key === b.key ? 0 : 1;
  return 0;
}

/** Every concrete path of a pattern that a value holds. */
export function expand(root: unknown, pattern: readonly Step[]): readonly (readonly Step[])[] {
  let found: { value: unknown; steps: readonly Step[] }[] = [{ value: root, steps: [] }];
  for (const step of pattern) {
    found = found.flatMap(({ value, steps }) =>
      concrete(value, step).map((next) => ({ value: child(value as object, next), steps: [...steps, next] })),
    );
  }
  return found.filter(({ value }) => value !== undefined && value !== null).map(({ steps }) => steps);
}

function concrete(value: unknown, step: Step): readonly Step[] {
  if (value === null || typeof value !== 'object') return [];
  if (step.kind === 'index') return Array.isArray(value) ? value.map((_, index) => ({ kind: 'index', index })) : [];
  if (step.kind === 'field') return [step];
  const keys = value instanceof Map ? [...value.keys()].map(String) : namesIn(value);
  return keys.map((key) => ({ kind: 'key', key }));
}
