/** What reading a body costs grows like the body, whatever it holds. */

import { describe, expect, test } from '@jest/globals';
import { parseBody } from '../../src/codec/body.js';
import { decodeTree } from '../../src/codec/decode.js';
import { defaultLimits } from '../../src/codec/limits.js';
import { parseJson } from '../../src/codec/parse.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const SIZE = 4 * 2 ** 20;
/** `piece` again and again, four megabytes in all. */
const repeated = (piece: string) => bytes(piece.repeat(Math.ceil(SIZE / piece.length)));

/** The shortest of three times that `work` takes, in ms of this process: other processes do not count. */
function timeOf(work: () => unknown): number {
  const times = [0, 1, 2].map(() => {
    const start = process.cpuUsage();
    try {
      work();
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^E_(JSON|LIMIT)$/) });
    }
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

const arrays: Readonly<Record<string, (i: number) => string>> = {
  'two numbers': (i) => `[${i},2.5]`,
  'no number': () => '[]',
  'three lists of two': (i) => `[[${i},1],[1,2],[2,3]]`,
  'integers beyond 2^53': () => '[9007199254740993,1]',
  'numbers of just over a kilobyte': (i) => `[${'1.25,'.repeat(210)}${i}]`,
};

/** How many times as long as `JSON.parse`, where it is not ten: twenty and more where each list reads the rest of the body. */
const most: Readonly<Record<string, number>> = { 'two numbers': 5, 'integers beyond 2^53': 25 };

describe('a map of many arrays in json', () => {
  // A smaller body takes so little that the collector weighs in. Integers beyond 2^53 make the whole body one for the exact parser, which is slower, and as linear.
  test.each(Object.entries(arrays))('with %s in each takes a few times as long as JSON.parse', (name, list) => {
    const count = name === 'two numbers' ? 100_000 : 5_000_000 / (180 + 50 * list(0).length);
    const entries = Array.from(
      { length: count },
      (_, i) =>
        `"k${i}":{"object_type":"array","shape":[2],"dtype":"float64","data":{"buffer":${list(i)},"encoding":"json"}}`,
    );
    const text = `{${entries.join(',')}}`;
    const body = bytes(text);
    const plain = timeOf(() => JSON.parse(new TextDecoder().decode(body)));
    expect(timeOf(() => parseBody(body)) / plain).toBeLessThan(most[name] ?? 10);
  });

  test('is read value for value, whether its lists are short, long, or both', () => {
    const lengths = Array.from({ length: 300 }, (_, i) => (i * 37) % 700);
    const list = (length: number) => Array.from({ length }, (_, k) => k / 8 - 3);
    const entries = lengths.map(
      (length, i) =>
        `"k${i}":{"object_type":"array","shape":[${length}],"dtype":"float64","data":{"buffer":${JSON.stringify(list(length))},"encoding":"json"}}`,
    );
    const tree = decodeTree(parseBody(bytes(`{${entries.join(',')}}`)), {
      path: 'inputs',
      limits: defaultLimits,
    }) as Record<string, { data: Float64Array }>;
    expect(lengths.map((_, i) => Array.from(tree[`k${i}`]!.data))).toEqual(lengths.map(list));
  });
});

const hostile: Readonly<Record<string, Uint8Array>> = {
  'openings of buffers': repeated('"buffer":['),
  'openings of buffers in objects': repeated('{"buffer":['),
  'buffers in buffers': repeated('{"buffer":[[{"buffer":[1,'),
  'lists that break off after a kilobyte': repeated(`"buffer":[${'1,'.repeat(520)}"`),
  'lists that break off after a page': repeated(`"buffer":[${'1,'.repeat(40_000)}x`),
  'lists of equal lengths but the last': repeated(`{"buffer":[${'[1,2],'.repeat(400)}[1]]},`),
  'texts without an end': repeated('"buffer":"'),
  'texts with backslashes': repeated('"buffer":"\\\\",'),
  'long texts, each with a backslash at its end': repeated(`"buffer":"${'A'.repeat(9000)}\\n",`),
  'keys of one letter': repeated('{"a":'),
  'different keys': bytes(`{${Array.from({ length: 300_000 }, (_, i) => `"${i}x":${i}`).join(',')}}`),
  'integers of twenty digits': bytes(`[${'12345678901234567890,'.repeat(190_000)}1]`),
  'one integer': bytes('9'.repeat(SIZE)),
  'integers of a thousand digits': bytes(`[${`${'9'.repeat(1000)},`.repeat(4000)}1]`),
  'NaN, which Python writes': bytes(`[${'NaN,'.repeat(1_000_000)}1]`),
  'backslashes and quotes': bytes(`[NaN,"${'\\"'.repeat(SIZE / 2)}"]`),
  'pairs of backslashes': bytes(`[NaN,"${'\\\\'.repeat(SIZE / 2)}"]`),
  'texts, each open at its end': repeated('NaN"\\'),
  blanks: repeated(' \n'),
  zeros: repeated('0'),
};

// The collector's threads count too, hence the second second.
describe('four megabytes of hostile text', () => {
  test.each(Object.entries(hostile))('of %s are read or refused within about a second', (_name, body) => {
    const limits = { depth: 64, arrayBytes: 2 ** 30, containers: 8_000_000 };
    expect(timeOf(() => parseBody(body, limits))).toBeLessThan(2000);
    expect(timeOf(() => parseJson(body, limits))).toBeLessThan(2000);
  });
});
