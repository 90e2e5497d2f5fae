/**
 * The memory of calls, in processes of their own: here freed memory goes back to the system at once, so that what a call takes
 * is seen each time. Ids come as lines of JSON on standard input; the setting is the only argument.
 */
import { createInterface } from 'node:readline';
import { forget } from './measure.js';
import { startOriginal } from './python.js';
import type { Result } from './results.js';
import { openSuites } from './suites/all.js';
import type { Contestant } from './suites/suite.js';

const setting = JSON.parse(process.argv[2]!);
const original = setting.python ? await startOriginal() : undefined;
const suites = openSuites({ ...setting, original });

async function peakOf(contestant: Contestant | undefined): Promise<number | undefined> {
  await contestant?.run(1);
  forget();
  return contestant?.peak();
}

async function peaksOf(id: string): Promise<Result['peak']> {
  const entry = suites.flatMap(({ entries }) => entries).find((one) => one.id === id)!;
  const { ours, theirs, needed, close } = await entry.open();
  try {
    return { ours: await peakOf(ours), theirs: await peakOf(theirs), needed };
  } finally {
    await close?.();
    await original?.clear();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await peaksOf(JSON.parse(line).id).catch((error) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
for (const { close } of suites) await close?.();
await original?.stop();
process.exit();
