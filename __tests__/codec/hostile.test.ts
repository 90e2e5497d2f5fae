/** 10^5 mutations of good requests: each is read or refused with a `ComponentError`, and nothing else is raised. */
import { describe, expect, test } from '@jest/globals';
import type { DType } from '../../src/array/dtype.js';
import { isNdArray } from '../../src/array/ndarray.js';
import { sizeOf } from '../../src/array/shape.js';
import { parseBody } from '../../src/codec/body.js';
import { decodeTree } from '../../src/codec/decode.js';
import { decodeLz4 } from '../../src/codec/lz4/read.js';
import { arrayFiles } from '../../src/codec/node/files.js';
import { ComponentError } from '../../src/errors.js';
import { binrefFolder, type EncodedFixture, fixture } from './fixtures.js';

/** The generator mulberry32: the same mutations in every run. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const tokens = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '-',
  'e9',
  '1e999',
  'NaN',
  'null',
  '__proto__',
  '\0',
  '0',
  '99999999999',
  'Ā',
  '"shape"',
  'lz4',
  '../',
  '=',
];

function mutate(body: Uint8Array, random: (below: number) => number): Uint8Array {
  const at = random(body.length);
  const kind = random(9);
  if (kind === 0) return body.subarray(0, at);
  if (kind === 1) return Buffer.concat([body.subarray(0, at), body.subarray(random(body.length))]);
  if (kind === 2)
    return Buffer.concat([body.subarray(0, at), Buffer.from(tokens[random(tokens.length)]!), body.subarray(at)]);
  const changed = new Uint8Array(body);
  for (let count = 1 + random(2); count > 0; count--)
    changed[random(body.length)] = random(2) === 0 ? random(256) : 32 + random(95);
  return changed;
}

describe('mutations', () => {
  test('80000 of bodies in every encoding', () => {
    const files = arrayFiles({ input: binrefFolder });
    const bodies = fixture<EncodedFixture>('encoded.json').map(({ body }) => Buffer.from(body));
    const random = generator(1);
    let read = 0;
    for (let i = 0; i < 80_000; i++) {
      try {
        const tree = decodeTree(parseBody(mutate(bodies[i % bodies.length]!, random)), { path: 'body', files });
        const x = (tree as { x?: unknown } | null)?.x;
        if (isNdArray(x)) {
          read++;
          expect(x.data.length).toBe(sizeOf(x.shape) * ((x.dtype satisfies DType).startsWith('complex') ? 2 : 1));
        }
      } catch (error) {
        if (!(error instanceof ComponentError)) throw error;
      }
    }
    expect(read).toBeGreaterThan(1000);
  });

  test('20000 of LZ4 frames', () => {
    const frames = fixture<{ frame: string; content: { length: number } }>('frames.json').filter(
      ({ frame }) => frame.length < 9000,
    );
    const random = generator(2);
    for (let i = 0; i < 20_000; i++) {
      const { frame, content } = frames[i % frames.length]!;
      const result = decodeLz4(mutate(Buffer.from(frame, 'base64'), random), content.length);
      expect(typeof result === 'string' || result.length === content.length).toBe(true);
    }
  });
});
