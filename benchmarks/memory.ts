/** Peak memory, where the system tells it: Linux keeps a high-water mark of each process, which can be reset. */
import { readFileSync, writeFileSync } from 'node:fs';

/** Bytes of a line of a process's status: `VmRSS`, what it holds, or `VmHWM`, the most that it held. */
export function statusOf(key: 'VmRSS' | 'VmHWM', process: number | 'self' = 'self'): number {
  const found = new RegExp(`^${key}:\\s*(\\d+) kB`, 'm').exec(readFileSync(`/proc/${process}/status`, 'utf8'));
  return Number(found?.[1] ?? 0) * 1024;
}

// Array buffers are given back by another thread, after the collection that has found them.
const REST_MS = 30;

/**
 * Bytes that a process grew by at most while `call` ran, after a rest in which it gives back what it keeps; undefined where
 * the system does not tell.
 */
export async function peakOf(
  call: () => unknown,
  process: number | 'self' = 'self',
  rest = REST_MS,
): Promise<number | undefined> {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, rest));
  try {
    writeFileSync(`/proc/${process}/clear_refs`, '5');
    const before = statusOf('VmRSS', process);
    await call();
    return Math.max(0, statusOf('VmHWM', process) - before);
  } catch {
    return undefined;
  }
}
