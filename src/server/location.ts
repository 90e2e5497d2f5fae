/** Where a problem is, as the wire says it: `inputs.l.[0].x` is `["body", "inputs", "l", 0, "x"]`. */
import type { ComponentError } from '../errors.js';

/** The steps to a place in a request. */
export type Location = readonly (string | number)[];

const step = /\["((?:[^"\\]|\\.)*)"\]|\[(\d{1,15})\]|\{([^}]*)\}|([^.[{]+)/g;

/** Where an error is, in the request. */
export function locate({ code, path, fields }: ComponentError): Location {
  if (code === 'E_JSON') return ['body', Number(fields['offset'])];
  if (code === 'E_RUN_ID') return ['query', path];
  return path === 'body' ? ['body'] : ['body', ...stepsOf(path)];
}

function stepsOf(path: string): Location {
  return Array.from(path.matchAll(step), ([, quoted, index, key, name]) =>
    index === undefined ? (quoted ?? key ?? name ?? '') : Number(index),
  );
}
