/** The picture: well-formed, and with what it promises. */
import { describe, expect, test } from '@jest/globals';
import { chart } from '../../benchmarks/chart.js';
import { result, runOf } from './results.js';

const ids = [
  ...['100', '1,000'].map((size) => `api/apply_${size}`),
  ...['encoding/json', 'decoding/base64', 'http/apply', 'cli/apply-ts'].map((what) => `${what}_1,000`),
  ...['3x4', '4000x4000'].map((shape) => `contraction/kept_vjp_${shape}`),
  'jacobianFromVjp/100x100',
];
const left = ['encoding/json+lz4_1,000', 'contraction/vjp_10x1000000', 'roundtrip/json_1,000', 'sweep/perProbe_1x1000'];
const drawing = chart(runOf([...ids, ...left].map((id) => result(id, 1, { theirs: 10, limit: 0.1 }))));

/** The names of elements that are open at the end; raises where one is closed that is not open. */
function openElements(markup: string): string[] {
  const open: string[] = [];
  for (const [, close, name, rest] of markup.matchAll(/<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*\s*\/?)>/g)) {
    if (close && open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    if (!close && !rest!.endsWith('/')) open.push(name!);
  }
  return open;
}

/** The bar of one id: where it begins, and how wide it is. */
function barOf(markup: string, id: string) {
  const [group = ''] = new RegExp(`<g data-id="${id}">.*?</g>`).exec(markup) ?? [];
  const number = (name: string) => Number(new RegExp(`<rect[^>]* ${name}="([^"]+)"`).exec(group)?.[1]);
  const mark = Number(/<line[^>]* x1="([^"]+)"/.exec(group)?.[1]);
  return { group, start: number('x'), width: number('width'), mark };
}

describe('the picture of a run', () => {
  test('is well-formed, with all text escaped', () => {
    expect(openElements(drawing)).toEqual([]);
    expect(drawing.replaceAll(/<\/?[a-z]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g, '')).not.toMatch(/[<>]/);
    expect(drawing).toContain('1 × A&amp;B &lt;1&gt;; 2026-01-02');
  });

  test('has a bar for every id of its panels, and for no other', () => {
    const drawn = [...drawing.matchAll(/data-id="([^"]+)"/g)].map(([, id]) => id);
    expect(drawn.toSorted()).toEqual(ids.toSorted());
  });

  test('leaves out what was not measured with the original', () => {
    expect(chart(runOf([result('api/apply_100', 1)]))).not.toContain('data-id');
  });

  test('ten times as fast is a tenfold to the right of equally fast, the limit where a hundredfold is', () => {
    const at = (theirs: number) =>
      barOf(chart(runOf([result('encoding/json_1,000', 1, { theirs, limit: theirs / 100 })])), 'encoding/json_1,000');
    const [ten, hundred, tenth] = [at(10), at(100), at(0.5)];
    expect(ten.start).toBeCloseTo(hundred.start, 6);
    expect(hundred.width).toBeCloseTo(2 * ten.width, 1);
    expect(ten.mark).toBeCloseTo(hundred.start + hundred.width, 1);
    expect(tenth.start + tenth.width).toBeCloseTo(ten.start, 1);
    expect([ten.group.includes('class="faster"'), tenth.group.includes('class="slower"')]).toEqual([true, true]);
    expect(ten.group).toContain('>10.0×<');
  });

  test('is as high as the panels that it has', () => {
    const height = (markup: string) => Number(/viewBox="0 0 \d+ ([\d.]+)"/.exec(markup)?.[1]);
    const one = chart(runOf([result('api/apply_100', 1, { theirs: 1 })]));
    expect(height(one)).toBeLessThan(height(drawing));
  });
});
