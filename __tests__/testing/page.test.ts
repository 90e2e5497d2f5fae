/** The page of a report, as text: self-contained, well formed, escaped, and readable without its pictures. */
import { describe, expect, test } from '@jest/globals';
import { type GradientReport, gradientPage } from '../../src/testing/index.js';
import { BrokenChain, Chain, chainReport } from './chain.js';

const right = await chainReport(Chain);
const wrong = await chainReport(BrokenChain);
const page = gradientPage(right);

/** The elements of markup that are opened and not closed in order, void ones of HTML aside. */
function unclosed(markup: string): readonly string[] {
  const open: string[] = [];
  for (const [, end, name = '', rest = ''] of markup.matchAll(/<(\/?)([a-z][a-z0-9]*)([^>]*)>/gi)) {
    if (/^(meta|link)$/.test(name) || rest.endsWith('/')) continue;
    if (end === '') open.push(name);
    else if (open.at(-1) === name) open.pop();
    else return [...open, `/${name}`];
  }
  return open;
}

describe('the page of a report', () => {
  test('has no script and no address outside of it', () => {
    expect(page).not.toMatch(/<script|javascript:|\son\w+=/i);
    const targets = [...page.matchAll(/(?:href="|src="|url\()([^")]+)/g)].map(([, target]) => target);
    expect(targets.filter((target) => !/^(#|data:)/.test(target ?? ''))).toEqual([]);
  });

  test.each([
    ['right', right],
    ['wrong', wrong],
    ['bare', { ...right, pictures: undefined } as unknown as GradientReport],
  ])('closes every element it opens: %s', (_, report) => {
    expect(unclosed(gradientPage(report).replace(/^<!doctype html>|<link .*>$/gm, ''))).toEqual([]);
  });

  test('gives no two elements one name', () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('every picture has a title and a description that it names', () => {
    const pictures = [...page.matchAll(/<svg [^>]*aria-labelledby="([^ ]+) ([^"]+)"[^>]*>(.*?)<\/svg>/gs)];
    expect(pictures.length).toBe([...page.matchAll(/<svg id/g)].length);
    for (const [, title, description, content] of pictures) {
      expect(content).toContain(`<title id="${title}">`);
      expect(content).toContain(`<desc id="${description}">`);
    }
  });

  test('shows no number that is none', () => {
    expect(gradientPage(wrong)).not.toMatch(/NaN|Infinity|undefined/);
    expect(page).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('names the wrong element with the value of the endpoint and that of differences', () => {
    const text = gradientPage(wrong)
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ');
    expect(text).toMatch(/∂ f\[2\] \/ ∂ u\[3\]/);
    expect(text).toContain('−0.5');
    expect(text).toContain('wrong derivative');
    // Only that entry is crossed out: in the whole Jacobian, among the entries, and among the deviations.
    expect(gradientPage(wrong).match(/class="cross"/g)).toHaveLength(3);
    expect(page).not.toContain('class="cross"');
  });

  test('draws no pictures of a block that is zero, and says that it is', () => {
    const zero = right.blocks.findIndex(({ of, wrt }) => of === 'g' && wrt === 'u');
    expect(page).not.toContain(`id="block-${zero}"`);
    expect(page.match(/<td>zero<\/td>/g)).toHaveLength(3);
  });

  test('what a component is called cannot leave its place in the page', () => {
    const evil = '"><script>alert(1)</script>&';
    const named = JSON.parse(JSON.stringify(right).replaceAll('"wrt":"u"', `"wrt":${JSON.stringify(evil)}`));
    const spoiled = gradientPage({ ...named, component: evil }, { rerun: evil });
    expect(spoiled).not.toContain('<script');
    expect(spoiled).toContain('&quot;&gt;&lt;script&gt;');
  });

  test('a report that has been through JSON gives a page too', () => {
    const again = gradientPage(JSON.parse(JSON.stringify(wrong)) as GradientReport);
    expect(again.match(/<svg id/g)?.length).toBe(gradientPage(wrong).match(/<svg id/g)?.length);
  });

  test('without pictures it is tables alone', () => {
    const { pictures: _, ...bare } = wrong;
    const tables = gradientPage(bare);
    expect(tables).not.toContain('<svg id');
    expect(tables).toContain('wrong derivative');
  });
});
