/** Which of a file's exports is the component. */
import { notes } from '../component/annotations.js';
import { fail } from '../errors.js';
import type { AnyClass } from '../schema/metadata.js';
import type { Exports } from './importFile.js';

/** A class that can be made without arguments. */
export type ComponentClass = new () => object;

/** The export called `name`; else the default export; else the only component there is. Raises `E_LOAD_…`. */
export function pickComponent(exports: Exports, file: string, name?: string): ComponentClass {
  const found = Object.entries(exports).filter((entry): entry is [string, ComponentClass] => isComponent(entry[1]));
  const list = found.map(([key, type]) => (key === 'default' ? `default (${type.name})` : key)).join(', ') || 'none';
  if (name !== undefined) {
    const named = found.find(([key, type]) => key === name || (key === 'default' && type.name === name));
    return named?.[1] ?? fail('E_LOAD_EXPORT', { file, export: name, found: list });
  }
  const whole = found.find(([key]) => key === 'default');
  if (whole) return whole[1];
  if (new Set(found.map(([, type]) => type)).size > 1) fail('E_LOAD_SEVERAL', { file, found: list });
  return found[0]?.[1] ?? fail('E_LOAD_NO_COMPONENT', { file, found: Object.keys(exports).join(', ') || 'nothing' });
}

/** Whether a value is a class that says it is a component, and not only a parent of some. */
function isComponent(value: unknown): value is ComponentClass {
  if (typeof value !== 'function' || value.prototype === undefined) return false;
  const levels = notes(value as AnyClass, 'component');
  return levels.some(({ entries }) => entries.length > 0) && levels.at(-1)?.entries.at(-1)?.abstract !== true;
}
