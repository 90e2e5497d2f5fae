/** Chromium without a screen and without a network, for tests that look at pages. */
import { existsSync } from 'node:fs';
import { describe } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-sync',
  '--disable-background-networking',
  '--disable-component-update',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
];

/** `describe`, or where there is no Chromium and this is not CI, `describe.skip`. */
export const withChromium: typeof describe | typeof describe.skip =
  existsSync(executablePath) || process.env['CI'] ? describe : describe.skip; // no Chromium on this machine

/** Start it. Whoever does has to close it. */
export function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath, args: flags });
}
