/**
 * Reading a whole body: large base64 texts are cut out of its bytes and never become strings.
 *
 * `JSON.parse` of a text of a hundred megabytes takes twenty times as long as reading its base64. So every long text
 * behind a key `buffer` is replaced by a short mark, the rest is parsed, and the marks are replaced by the bytes.
 */
import { BodyText } from './base64.js';
import { isEncodedArray } from './decode.js';
import { isRecord } from './describe.js';
import { defaultLimits, type Limits } from './limits.js';
import { parseJson, textOf } from './parse.js';

const KEY = '"buffer"';
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const blank: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);
// Shorter texts are cheaper to parse than to cut.
const SHORTEST = 8192;
// A private-use character: no base64, and in no request.
const MARK = '\uE000buffer ';

const { Buffer: NodeBuffer } = globalThis as { readonly Buffer?: typeof Buffer };

/** A text between two quotes: the bytes from `start` to `end`. */
interface Cut {
  readonly start: number;
  readonly end: number;
}

/**
 * As `parseJson`, but a long base64 text stays in `bytes`, as a `BodyText`, which `decodeArray` reads. So `bytes` must
 * not change before the arrays are decoded.
 */
export function parseBody(bytes: Uint8Array, limits: Limits = defaultLimits): unknown {
  const cuts = NodeBuffer === undefined ? [] : findCuts(NodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  if (cuts.length === 0) return parseJson(bytes, limits);
  const restore = new Restorer(bytes, cuts);
  try {
    const tree = restore.into(parseJson(textWithMarks(bytes, cuts), limits));
    if (restore.complete) return tree;
  } catch {
    // The error, if there is one, is raised again with its place in the whole text.
  }
  return parseJson(bytes, limits);
}

/** Where the long texts behind `buffer` keys are. One with a backslash is left: it may not end where it seems to. */
function findCuts(body: Buffer): Cut[] {
  const cuts: Cut[] = [];
  let backslash = -1;
  for (let at = body.indexOf(KEY); at >= 0; at = body.indexOf(KEY, at)) {
    at += KEY.length;
    const start = startOfText(body, at);
    if (start === undefined) continue;
    const end = body.indexOf(QUOTE, start);
    if (end - start < SHORTEST) continue;
    if (backslash < start && backslash !== Infinity) backslash = indexOrInfinity(body, start);
    if (backslash < end) continue;
    cuts.push({ start, end });
    at = end;
  }
  return cuts;
}

function indexOrInfinity(body: Buffer, from: number): number {
  const at = body.indexOf(BACKSLASH, from);
  return at < 0 ? Infinity : at;
}

/** Where the text starts that is the value of a key that ends at `at`. */
function startOfText(body: Buffer, at: number): number | undefined {
  const colon = skipBlank(body, at);
  if (body[colon] !== COLON) return undefined;
  const quote = skipBlank(body, colon + 1);
  return body[quote] === QUOTE ? quote + 1 : undefined;
}

function skipBlank(body: Buffer, at: number): number {
  while (blank.has(body[at])) at++;
  return at;
}

function textWithMarks(bytes: Uint8Array, cuts: readonly Cut[]): string {
  let text = '';
  let from = 0;
  cuts.forEach(({ start, end }, i) => {
    text += `${textOf(bytes.subarray(from, start))}${MARK}${i}`;
    from = end;
  });
  return text + textOf(bytes.subarray(from));
}

/** Puts what was cut out back into the tree: as bytes where it is base64, else as the text it is. */
class Restorer {
  readonly #bytes: Uint8Array;
  readonly #cuts: readonly Cut[];
  #restored = 0;

  constructor(bytes: Uint8Array, cuts: readonly Cut[]) {
    this.#bytes = bytes;
    this.#cuts = cuts;
  }

  /** Whether every text has found its place. One has not where its key was given twice. */
  get complete(): boolean {
    return this.#restored === this.#cuts.length;
  }

  into(tree: unknown): unknown {
    if (Array.isArray(tree)) {
      for (const item of tree) if (typeof item === 'object') this.into(item);
    } else if (isRecord(tree)) this.#object(tree);
    return tree;
  }

  #object(object: Record<string, unknown>): void {
    if (isMark(object['buffer'])) object['buffer'] = parseJson(`"${textOf(this.#cut(object['buffer']))}"`);
    const { data } = object;
    if (isEncodedArray(object) && isRecord(data) && data['encoding'] === 'base64' && isMark(data['buffer'])) {
      object['data'] = { ...data, buffer: new BodyText(this.#cut(data['buffer'])) };
    } else for (const key in object) this.into(object[key]);
  }

  #cut(mark: string): Uint8Array {
    const { start, end } = this.#cuts[Number(mark.slice(MARK.length))]!;
    this.#restored++;
    return this.#bytes.subarray(start, end);
  }
}

function isMark(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith(MARK);
}
