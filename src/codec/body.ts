/**
 * Reading a whole body: large base64 texts and lists of numbers are cut out of its bytes and never become strings.
 *
 * `JSON.parse` of a text of a hundred megabytes takes twenty times as long as reading its base64, and a list of numbers
 * twice as long as reading them straight into an array. So every long text or list behind a key `buffer` is replaced
 * by a short mark, the rest is parsed, and the marks are replaced by the bytes or the numbers.
 */
import { BodyText } from './base64.js';
import { isEncodedArray } from './decode.js';
import { isRecord } from './describe.js';
import { defaultLimits, type Limits } from './limits.js';
import { type BodyNumbers, readNumbers } from './numbers/readNumbers.js';
import { parseJson, textOf } from './parse.js';

const KEY: Uint8Array = new TextEncoder().encode('"buffer"');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const BRACKET = 0x5b;
const CLOSING = 0x5d;
const BRACE = 0x7b;
const blank: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);
// Shorter texts and lists are cheaper to parse than to cut.
const SHORTEST = 8192;
const SHORTEST_LIST = 1024;
// A control character: no base64, and in no request; of eight bits, so that a text of such stays one.
const MARK = '\u0090buffer ';

const { Buffer: NodeBuffer } = globalThis as { readonly Buffer?: typeof Buffer };

/** A text between two quotes, or a list of numbers: the bytes from `start` to `end`. */
interface Cut {
  readonly start: number;
  readonly end: number;
  readonly numbers?: BodyNumbers;
}

/**
 * As `parseJson`, but a long base64 text stays in `bytes`, as a `BodyText`, and a long list of numbers becomes
 * `BodyNumbers`; `decodeArray` reads both. So `bytes` must not change before the arrays are decoded.
 */
export function parseBody(bytes: Uint8Array, limits: Limits = defaultLimits): unknown {
  const cuts = bytes.length < SHORTEST_LIST ? [] : findCuts(bytes);
  if (cuts.length === 0) return parseJson(bytes, limits);
  const restore = new Restorer(bytes, cuts);
  try {
    const tree = restore.into(parseJson(textWithMarks(bytes, cuts), limitsWithout(cuts, limits)));
    if (restore.complete) return tree;
  } catch {
    // The error, if there is one, is raised again with its place in the whole text.
  }
  return parseJson(bytes, limits);
}

/** The lists that were cut out count among those that a text may hold. */
function limitsWithout(cuts: readonly Cut[], limits: Limits): Limits {
  const { containers = Infinity } = limits;
  const lists = cuts.reduce((sum, { numbers }) => sum + (numbers ? numbers.lists - numbers.extents.length : 0), 0);
  return lists === 0 ? limits : { ...limits, containers: containers - lists };
}

/**
 * Where the long texts and lists behind `buffer` keys are. A text with a backslash is left: it may not end where it seems
 * to; so is a list of other things than numbers.
 */
function findCuts(bytes: Uint8Array): Cut[] {
  if (NodeBuffer === undefined) return [];
  const body = NodeBuffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const cuts: Cut[] = [];
  let backslash = -1;
  for (let at = body.indexOf(KEY); at >= 0; at = body.indexOf(KEY, at)) {
    at += KEY.length;
    const value = startOfValue(body, at);
    if (body[value] === BRACKET && isLongList(body, value)) {
      const read = readNumbers(body, value);
      if (read === undefined) continue;
      cuts.push({ start: value, end: read.end, numbers: read.numbers });
      at = read.end;
    }
    if (body[value] !== QUOTE) continue;
    const start = value + 1;
    const end = body.indexOf(QUOTE, start);
    if (end - start < SHORTEST) continue;
    if (backslash < start && backslash !== Infinity) backslash = indexOrInfinity(body, start);
    if (backslash < end) continue;
    cuts.push({ start, end });
    at = end;
  }
  return cuts;
}

/**
 * Whether the list at `start` goes on for `SHORTEST_LIST` bytes with nothing in it but what lists of numbers are written
 * with. Only then is the reader of numbers set up: a body may hold a short list every ten bytes.
 */
function isLongList(body: Buffer, start: number): boolean {
  const end = start + SHORTEST_LIST;
  if (end > body.length) return false;
  let depth = 0;
  for (let at = start; at < end; at++) {
    const code = body[at]!;
    if (code === BRACKET) depth++;
    else if (code === CLOSING && --depth === 0) return false;
    else if (code === QUOTE || code === BRACE) return false;
  }
  return true;
}

function indexOrInfinity(body: Buffer, from: number): number {
  const at = body.indexOf(BACKSLASH, from);
  return at < 0 ? Infinity : at;
}

/** Where the value starts of a key that ends at `at`; the end of the key where no colon follows. */
function startOfValue(body: Buffer, at: number): number {
  const colon = skipBlank(body, at);
  return body[colon] === COLON ? skipBlank(body, colon + 1) : at - 2;
}

function skipBlank(body: Buffer, at: number): number {
  while (blank.has(body[at])) at++;
  return at;
}

function textWithMarks(bytes: Uint8Array, cuts: readonly Cut[]): string {
  let text = '';
  let from = 0;
  cuts.forEach(({ start, end, numbers }, i) => {
    const before = textOf(bytes.subarray(from, start));
    // As many lists in each other as were cut out, so that the depth stays what it is.
    const depth = numbers?.extents.length ?? 0;
    text += numbers ? `${before}${'['.repeat(depth)}"${MARK}${i}"${']'.repeat(depth)}` : `${before}${MARK}${i}`;
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
    const own = this.#take(object['buffer']);
    if (own) object['buffer'] = parseJson(this.#textOf(own));
    const { data } = object;
    const cut = isEncodedArray(object) && isRecord(data) && this.#peek(data['buffer']);
    if (cut && isRecord(data) && data['encoding'] === (cut.numbers ? 'json' : 'base64')) {
      this.#restored++;
      const buffer = cut.numbers ?? new BodyText(this.#bytes.subarray(cut.start, cut.end));
      object['data'] = { ...data, buffer };
    } else for (const key in object) this.into(object[key]);
  }

  /** The cut that `value` is the mark of. */
  #peek(value: unknown): Cut | undefined {
    let mark = value;
    while (Array.isArray(mark) && mark.length === 1) mark = mark[0];
    return typeof mark === 'string' && mark.startsWith(MARK) ? this.#cuts[Number(mark.slice(MARK.length))] : undefined;
  }

  #take(value: unknown): Cut | undefined {
    const cut = this.#peek(value);
    if (cut) this.#restored++;
    return cut;
  }

  #textOf({ start, end, numbers }: Cut): string {
    const text = textOf(this.#bytes.subarray(start, end));
    return numbers ? text : `"${text}"`;
  }
}
