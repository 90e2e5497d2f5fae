/** Peak memory of one call, where the system tells it: Linux keeps a high-water mark that can be reset. */
import { readFileSync, writeFileSync } from 'node:fs';

function statusOf(key: string): number {
  const found = new RegExp(`^${key}:\\s*(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(found?.[1] ?? 0) * 1024;
}

/** Bytes that the process grew by at most while `call` ran; undefined where the system does not tell. */
export async function peakOf(call: () => unknown): Promise<number | undefined> {
  globalThis.gc?.();
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    const before = statusOf('VmRSS');
    await call();
    return Math.max(0, statusOf('VmHWM') - before);
  } catch {
    return undefined;
  }
}
