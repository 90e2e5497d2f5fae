/**
 * Reading JSON exactly: what `JSON.parse` reads, and integers beyond 2^53 as bigints, and the tokens NaN, Infinity and
 * -Infinity, which Python writes.
 *
 * `JSON.parse` does the work. Its result is walked once: only where a number may have been rounded, or where the text
 * was refused, it is read again by the slower parser in `exactJson.ts`, which also knows where an error is.
 */
import { fail } from '../errors.js';
import { parseExactly } from './exactJson.js';
import { defaultLimits, type Limits } from './limits.js';

/**
 * The value of a JSON text, or of its UTF-8 bytes. Integers beyond 2^53 are bigints, all other numbers numbers; a key
 * `__proto__` is an ordinary key; of equal keys the last one counts.
 *
 * Raises `E_JSON`, with the offset in characters, for text that is not JSON, a number beyond float64, lists and objects
 * nested deeper than `limits.depth`, and bytes that are not UTF-8; `E_LIMIT` for more of them than `limits.containers`.
 */
export function parseJson(source: string | Uint8Array, limits: Limits = defaultLimits): unknown {
  const text = typeof source === 'string' ? source : textOf(source);
  refuseCrowd(text, limits.containers ?? Infinity);
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch {
    return parseExactly(text, limits.depth);
  }
  return isExact(tree, limits.depth) ? tree : parseExactly(text, limits.depth);
}

// An empty list takes two characters of a text and twenty times as much memory.
function refuseCrowd(text: string, containers: number): void {
  if (text.length <= containers) return;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5b || code === 0x7b) count++;
  }
  if (count <= containers) return;
  fail('E_LIMIT', { path: 'body', received: `${count} lists and objects`, expected: String(containers) });
}

const strict = new TextDecoder('utf-8', { fatal: true });

/** The text of UTF-8 bytes; a byte order mark is left out. Raises `E_JSON` for other bytes. */
export function textOf(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch (cause) {
    const tooLong = bytes.length > 2 ** 29 - 25;
    const received = tooLong ? 'a body too long for one text' : 'a byte that is not UTF-8';
    return fail('E_JSON', { offset: '0', received, expected: tooLong ? 'less' : 'UTF-8 throughout' }, { cause });
  }
}

/** Whether `JSON.parse` can have lost nothing: every number is small enough, and no more than `depth` levels. */
function isExact(value: unknown, depth: number): boolean {
  if (typeof value === 'number') return value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER;
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  if (Array.isArray(value)) return isExactList(value, depth);
  for (const key in value) {
    if (!isExact((value as Readonly<Record<string, unknown>>)[key], depth - 1)) return false;
  }
  return true;
}

function isExactList(list: readonly unknown[], depth: number): boolean {
  for (let i = 0; i < list.length; i++) {
    const item = list[i];
    if (typeof item === 'number') {
      if (item > Number.MAX_SAFE_INTEGER || item < -Number.MAX_SAFE_INTEGER) return false;
    } else if (!isExact(item, depth - 1)) return false;
  }
  return true;
}
