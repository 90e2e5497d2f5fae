/** The page of a gradient check in Chromium: its pictures are there, in light and dark, and it asks for nothing. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { gradientPage } from '../../src/testing/index.js';
import { BrokenChain, Chain, chainReport } from '../testing/chain.js';
import { startChromium, withChromium } from './chromium.js';

/** The luminance of a color as Chromium writes it, from 0 to 1. */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
    const value = Number(part) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

withChromium('the page of a gradient check', () => {
  let browser: Browser;
  const asked: string[] = [];
  const faults: string[] = [];
  const html: Record<string, string> = {};

  const open = async (name: string, colorScheme: 'light' | 'dark', width = 1180): Promise<Page> => {
    const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(error.message));
    await page.setContent(html[name]!);
    return page;
  };

  beforeAll(async () => {
    html['right'] = gradientPage(await chainReport(Chain), { rerun: 'cotangent check-gradients' });
    html['wrong'] = gradientPage(await chainReport(BrokenChain));
    browser = await startChromium();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
  });

  describe.each(['light', 'dark'] as const)('in %s', (scheme) => {
    test.each(['right', 'wrong'])('the %s one has all pictures of each block that is not zero', async (name) => {
      const page = await open(name, scheme);
      const sizes = await page.locator('svg.picture').evaluateAll((pictures) =>
        pictures.map((picture) => {
          const { width, height } = picture.getBoundingClientRect();
          return { id: picture.id, seen: width > 150 && height > 60 && picture.querySelectorAll('path').length > 0 };
        }),
      );
      // f by u and c, g by q; f by u is the first block, f by c the third, g by q the fifth.
      const blocks = ['block-0', 'block-2', 'block-4'];
      const kinds = ['taylor', 'steps', 'entries', 'deviation'];
      const wanted = ['jacobian', ...blocks.flatMap((block) => kinds.map((kind) => `${block}-${kind}`))];
      expect(sizes).toEqual(wanted.map((id) => ({ id, seen: true })));
      await page.close();
    });

    test('the Taylor plot follows its guide: t² if the derivative is right, t if it is wrong', async () => {
      for (const [name, slope] of [
        ['right', 2],
        ['wrong', 1],
      ] as const) {
        const page = await open(name, scheme);
        const gaps = await page.locator('#block-0-taylor').evaluate((plot, n) => {
          const path = plot.querySelector<SVGPathElement>(`.guide.slope-${n}`)!;
          const [start, end] = [path.getPointAtLength(0), path.getPointAtLength(path.getTotalLength())];
          const guide = (x: number) => start.y + ((x - start.x) / (end.x - start.x)) * (end.y - start.y);
          const dots = [...plot.querySelectorAll('circle')].map(
            ({ cx, cy }) => [cx.baseVal.value, cy.baseVal.value] as const,
          );
          return dots.filter(([x]) => x > 300 && x < 400).map(([x, y]) => Math.abs(y - guide(x)));
        }, slope);
        expect(gaps.length).toBeGreaterThan(2);
        expect(Math.max(...gaps)).toBeLessThan(8);
        await page.close();
      }
    });

    test('text stands out from its ground by at least 4.5 to 1', async () => {
      const page = await open('wrong', scheme);
      const pairs = await page.evaluate(() =>
        [
          'h1',
          '.lead',
          '.verdict p',
          '.badge',
          'figcaption',
          'summary',
          'thead th',
          'td',
          '.picture text',
          'th a',
          '.sign',
        ].map((selector) => {
          const element = document.querySelector(selector)!;
          const style = getComputedStyle(element);
          let ground: Element | null = element;
          while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)')
            ground = ground.parentElement;
          const color = element instanceof SVGElement ? style.fill : style.color;
          return { selector, color, ground: getComputedStyle(ground ?? document.body).backgroundColor };
        }),
      );
      for (const { selector, color, ground } of pairs) {
        expect({ selector, stands: contrast(color, ground) >= 4.5 }).toEqual({ selector, stands: true });
      }
      await page.close();
    });
  });

  test('the two schemes differ in their ground', async () => {
    const grounds: string[] = [];
    for (const scheme of ['light', 'dark'] as const) {
      const page = await open('right', scheme);
      grounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
      await page.close();
    }
    expect(luminance(grounds[0]!)).toBeGreaterThan(0.9);
    expect(luminance(grounds[1]!)).toBeLessThan(0.05);
  });

  test('on a telephone nothing but tables scrolls sideways', async () => {
    const page = await open('wrong', 'light', 390);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.close();
  });

  test('a block of the whole Jacobian leads to its section', async () => {
    const page = await open('wrong', 'light');
    const target = await page.locator('#jacobian a').first().getAttribute('href');
    expect(await page.locator(`${target} h3`).textContent()).toBe('∂f / ∂u');
    await page.close();
  });

  test('asks for nothing, breaks no rule of its own content policy, and raises no error', () => {
    expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([]);
    expect(faults).toEqual([]);
  });
});
