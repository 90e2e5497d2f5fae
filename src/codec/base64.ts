/**
 * base64: bytes as text and back, strictly: the standard alphabet, padded, nothing between.
 *
 * Node's `Buffer` is used where there is one, then the browser's own methods, then `atob`. No engine is strict by itself,
 * so strictness is arithmetic: a text of n characters must give exactly as many bytes as n says, and an engine that
 * leaves out a bad character gives fewer.
 */

import { blankBytes } from '../array/memory.js';

/** How base64 is done on one platform. */
export interface Base64Engine {
  /** Write what `text` stands for into `into`, and say how many bytes that was; anything else for bad text. */
  readonly decode: (text: string, into: Uint8Array) => number;
  readonly encode: (bytes: Uint8Array) => string;
  /** As `decode`, for a text that is still bytes, where that can be done with less work. */
  readonly decodeBytes?: (text: Uint8Array, into: Uint8Array) => number;
}

/** A long base64 text that is still bytes of the body it came in. */
export class BodyText {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get length(): number {
    return this.bytes.length;
  }
}

const { Buffer: NodeBuffer } = globalThis as { readonly Buffer?: typeof Buffer };

const view = (bytes: Uint8Array) => globalThis.Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const DASH = 0x2d;
const UNDERSCORE = 0x5f;

/** Node. Its decoder takes the url-safe alphabet and reads a wide character as its lowest byte. */
export const bufferEngine: Base64Engine = {
  decode: (text, into) => {
    if (text.includes('-') || text.includes('_') || globalThis.Buffer.byteLength(text) !== text.length) return -1;
    return view(into).write(text, 'base64');
  },
  encode: (bytes) => view(bytes).toString('base64'),
  decodeBytes: (text, into) => {
    const source = view(text);
    if (source.includes(DASH) || source.includes(UNDERSCORE)) return -1;
    return view(into).write(source.toString('latin1'), 'base64');
  },
};

interface NativeBase64 {
  toBase64(): string;
  setFromBase64(text: string, options: { readonly lastChunkHandling: 'strict' }): { readonly written: number };
}

const hasNative = (bytes: Uint8Array): bytes is Uint8Array & NativeBase64 => 'setFromBase64' in bytes;

/** Browsers of today. Their decoder skips white space. */
export const nativeEngine: Base64Engine = {
  decode: (text, into) => {
    if (!hasNative(into)) return -1;
    try {
      return into.setFromBase64(text, { lastChunkHandling: 'strict' }).written;
    } catch {
      return -1;
    }
  },
  encode: (bytes) => (hasNative(bytes) ? bytes.toBase64() : ''),
};

// Multiples of 4 characters and 3 bytes, so that every piece stands for itself. Strings above 128 KiB have pages of their
// own, which are taken from the system and given back for each.
const CHARACTERS = 128_000;
const BYTES = 96_000;

/** Any browser. `atob` skips white space. */
export const atobEngine: Base64Engine = {
  decode: (text, into) => {
    let at = 0;
    try {
      for (let from = 0; from < text.length; from += CHARACTERS) {
        const piece = atob(text.slice(from, from + CHARACTERS));
        for (let i = 0; i < piece.length; i++) into[at++] = piece.charCodeAt(i);
      }
    } catch {
      return -1;
    }
    return at;
  },
  encode: (bytes) => {
    let text = '';
    for (let from = 0; from < bytes.length; from += 8190) {
      text += btoa(String.fromCharCode(...bytes.subarray(from, from + 8190)));
    }
    return text;
  },
};

const engine = NodeBuffer !== undefined ? bufferEngine : hasNative(new Uint8Array()) ? nativeEngine : atobEngine;

/** How many bytes a base64 text stands for; `undefined` where its length is not a multiple of 4. */
export function decodedLength(text: string | BodyText): number | undefined {
  if (text.length % 4 !== 0) return undefined;
  return (text.length / 4) * 3 - padding(text);
}

/** The bytes of a base64 text, in memory of their own; `undefined` where it is not base64. */
export function decodeBase64(text: string | BodyText, by: Base64Engine = engine): Uint8Array | undefined {
  const length = decodedLength(text);
  if (length === undefined) return undefined;
  const bytes = blankBytes(length);
  const written = typeof text === 'string' ? by.decode(text, bytes) : decodeBody(text, bytes);
  return written === length ? bytes : undefined;
}

/** The base64 text of bytes. */
export function encodeBase64(bytes: Uint8Array, by: Base64Engine = engine): string {
  return by.encode(bytes);
}

/** Write the base64 text of `bytes` into `into` from `at` on, without ever holding it as one string; the end of it. */
export function writeBase64(bytes: Uint8Array, into: Uint8Array, at: number): number {
  for (let from = 0; from < bytes.length; from += BYTES) {
    const piece = engine.encode(bytes.subarray(from, from + BYTES));
    at = writeAscii(piece, into, at);
  }
  return at;
}

/** The number of characters of the base64 text of `length` bytes. */
export function encodedLength(length: number): number {
  return Math.ceil(length / 3) * 4;
}

function padding(text: string | BodyText): number {
  if (!isPad(text, 1)) return 0;
  return isPad(text, 2) ? 2 : 1;
}

function isPad(text: string | BodyText, fromEnd: number): boolean {
  const at = text.length - fromEnd;
  return (typeof text === 'string' ? text.charCodeAt(at) : text.bytes[at]) === 0x3d;
}

function decodeBody({ bytes }: BodyText, into: Uint8Array): number {
  let at = 0;
  for (let from = 0; from < bytes.length; from += CHARACTERS) {
    const text = bytes.subarray(from, from + CHARACTERS);
    const rest = into.subarray(at);
    const written = engine.decodeBytes?.(text, rest) ?? engine.decode(ascii(text), rest);
    if (written < 0) return -1;
    at += written;
  }
  return at;
}

/** The text of bytes that are ASCII; other bytes give characters that are not base64. */
export function ascii(bytes: Uint8Array): string {
  if (NodeBuffer !== undefined) return view(bytes).toString('latin1');
  return new TextDecoder('latin1').decode(bytes);
}

/** Write a text of ASCII into `into` from `at` on; the end of it. */
export function writeAscii(text: string, into: Uint8Array, at: number): number {
  if (NodeBuffer !== undefined) view(into).write(text, at, 'latin1');
  else new TextEncoder().encodeInto(text, into.subarray(at));
  return at + text.length;
}
