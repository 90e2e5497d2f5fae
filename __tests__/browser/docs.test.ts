/** The documentation page in Chromium, with every other address out of reach. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type RunningServer, serve } from '../../src/server/index.js';
import { Sampler } from '../fixtures/server/sampler.js';
import { startChromium, withChromium } from './chromium.js';

withChromium('the documentation page', () => {
  let server: RunningServer;
  let browser: Browser;
  let page: Page;
  const asked: string[] = [];
  const faults: string[] = [];

  beforeAll(async () => {
    server = await serve({ component: Sampler, port: 0, log: 'silent' });
    browser = await startChromium();
    page = await browser.newPage();
    page.on('request', (request) => asked.push(request.url()));
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(`${server.url}/docs`);
    await page.waitForSelector('#apply textarea');
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test('asks for nothing but its own files and the document', () => {
    const paths = asked.filter((url) => !url.startsWith('data:')).map((url) => url.replace(server.url, ''));
    expect(paths.sort()).toEqual(['/docs', '/docs/page.css', '/docs/page.js', '/openapi.json']);
  });

  test('shows the component, its endpoints and where they come from', async () => {
    expect(await page.textContent('h1')).toBe('Sampler2.1.0');
    expect(await page.locator('summary code').allTextContents()).toEqual([
      '/apply',
      '/jacobian',
      '/jacobian_vector_product',
      '/vector_jacobian_product',
      '/abstract_eval',
    ]);
    expect(await page.textContent('#jacobian .origin')).toBe(
      'derived by jacobianFromVjp: 1 vjp call for each element of the outputs',
    );
    expect(await page.locator('#inputs td:first-child').allTextContents()).toContain('l.[].w');
  });

  test('sends the request that is written there, and shows the answer', async () => {
    await page.fill('#apply-body', '{"inputs":{"x":[1,2,4],"s":2}}');
    await page.click('#apply button.send');
    await page.locator('#apply .status', { hasText: '200' }).waitFor();
    const answer = JSON.parse((await page.textContent('#apply-answer')) ?? '');
    expect(answer.y.data.buffer).toEqual([2, 4, 8]);
    expect(answer.total.data.buffer).toBe(7);
  });

  test('sends the example of a derived endpoint as it stands', async () => {
    await page.click('#jacobian summary');
    await page.click('#jacobian button.send');
    await page.locator('#jacobian .status', { hasText: '200' }).waitFor();
    expect(JSON.parse((await page.textContent('#jacobian-answer')) ?? '')).toHaveProperty('y');
  });

  test('shows what is wrong with a request', async () => {
    await page.fill('#apply-body', '{"inputs":{"x":"a"}}');
    await page.click('#apply button.send');
    await page.locator('#apply .status', { hasText: '422' }).waitFor();
    expect(await page.textContent('#apply-answer')).toContain('array_non_numeric');
  });

  test('breaks no rule of its own content policy, and raises no error but that answer', () => {
    expect(faults.filter((fault) => !fault.includes('422'))).toEqual([]);
  });

  test('asks for the token of a server that has one, and shows the component then', async () => {
    const guarded = await serve({ component: Sampler, port: 0, log: 'silent', token: 'the-right-one' });
    const other = await browser.newPage();
    try {
      await other.goto(`${guarded.url}/docs`);
      await other.fill('#token', 'wrong');
      await other.press('#token', 'Enter');
      await other.locator('[role=status]', { hasText: 'not the token' }).waitFor();
      await other.fill('#token', 'the-right-one');
      await other.click('button.send');
      await other.waitForSelector('#apply textarea');
      await other.fill('#apply-body', '{"inputs":{"x":[1],"s":2}}');
      await other.click('#apply button.send');
      await other.locator('#apply .status', { hasText: '200' }).waitFor();
    } finally {
      await other.close();
      await guarded.close();
    }
  });
});
