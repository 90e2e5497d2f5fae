/** The slower of the two JSON parsers: exact, and able to say where a text is wrong. */
import { fail } from '../errors.js';
import { describe } from './describe.js';

/** What Python's `json` writes for the floats that JSON has no form for, and the three literals of JSON. */
const literals: readonly (readonly [string, unknown])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
];

// Not sticky `\d+`: a number may be as long as the body, and a pattern would keep a place for every digit.
const isDigit = (code: number) => code >= 48 && code <= 57;

/** The value of `text`, with no more than `depth` levels of lists and objects. Raises `E_JSON`. */
export function parseExactly(text: string, depth: number): unknown {
  const parser = new Parser(text);
  const value = parser.value(depth);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): unknown {
    const next = this.#peek();
    if (next === '"') return this.#string();
    if (next === '[' || next === '{') {
      if (depth === 0) return this.#refuse('another level of lists and objects', 'fewer levels');
      return next === '[' ? this.#list(depth - 1) : this.#object(depth - 1);
    }
    if (isDigit(next.charCodeAt(0))) return this.#number();
    const literal = literals.find(([name]) => this.#text.startsWith(name, this.#at));
    if (literal === undefined) return this.#number();
    this.#at += literal[0].length;
    return literal[1];
  }

  end(): void {
    if (this.#peek() !== '') this.#refuse(this.#here(), 'the end');
  }

  #list(depth: number): unknown[] {
    const items: unknown[] = [];
    this.#at++;
    if (this.#skip(']')) return items;
    do items.push(this.value(depth));
    while (this.#skip(','));
    this.#expect(']', "',' or ']'");
    return items;
  }

  #object(depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.#at++;
    if (this.#skip('}')) return object;
    do {
      if (this.#peek() !== '"') this.#refuse(this.#here(), "a key in '\"'");
      const key = this.#string();
      this.#expect(':', "':'");
      const value = this.value(depth);
      if (key === '__proto__') define(object, key, value);
      else object[key] = value;
    } while (this.#skip(','));
    this.#expect('}', "',' or '}'");
    return object;
  }

  /** A string up to its closing quote; `JSON.parse` reads the escapes. */
  #string(): string {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    while (end >= 0 && this.#isEscaped(end)) end = this.#text.indexOf('"', end + 1);
    if (end < 0) return this.#refuse('a text without an end', "'\"'");
    this.#at = end + 1;
    try {
      return String(JSON.parse(this.#text.slice(start, end + 1)));
    } catch {
      this.#at = start;
      return this.#refuse('a text with a control character or a wrong escape', 'a text');
    }
  }

  /** Whether the quote at `at` stands behind an odd number of backslashes. */
  #isEscaped(at: number): boolean {
    let from = at;
    while (this.#text[from - 1] === '\\') from--;
    return (at - from) % 2 === 1;
  }

  #number(): number | bigint {
    const start = this.#at;
    if (this.#text[this.#at] === '-') this.#at++;
    const first = this.#at;
    if (this.#digits() === 0) return this.#refuse(this.#here(), 'a value');
    if (this.#text[first] === '0' && this.#at > first + 1) {
      this.#at = first + 1;
      return this.#refuse('a digit after a first 0', 'none');
    }
    const integer = this.#fraction() + this.#exponent() === 0;
    const text = this.#text.slice(start, this.#at);
    const value = Number(text);
    if (Number.isFinite(value)) return integer && !Number.isSafeInteger(value) ? BigInt(text) : value;
    this.#at = start;
    return this.#refuse('a number beyond float64', 'a smaller one');
  }

  #fraction(): number {
    if (this.#text[this.#at] !== '.') return 0;
    this.#at++;
    return this.#digits() || this.#refuse(this.#here(), 'a digit');
  }

  #exponent(): number {
    if (this.#text[this.#at] !== 'e' && this.#text[this.#at] !== 'E') return 0;
    this.#at++;
    if (this.#text[this.#at] === '+' || this.#text[this.#at] === '-') this.#at++;
    return this.#digits() || this.#refuse(this.#here(), 'a digit');
  }

  #digits(): number {
    const start = this.#at;
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#at - start;
  }

  /** The next character that is no white space; empty at the end. */
  #peek(): string {
    for (; ; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return this.#text.charAt(this.#at);
    }
  }

  #skip(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string, expected: string): void {
    if (!this.#skip(character)) this.#refuse(this.#here(), expected);
  }

  #here(): string {
    return this.#at >= this.#text.length ? 'the end' : describe(this.#text.charAt(this.#at));
  }

  #refuse(received: string, expected: string): never {
    return fail('E_JSON', { offset: String(this.#at), received, expected });
  }
}

/** Give `object` a key as an ordinary key, which an assignment of `__proto__` would not. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
