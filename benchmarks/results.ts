/** Results: what a run has found, as it is written to a file, and the figures that are derived from it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import type { Timing } from './measure.js';

/** The result of one case. */
export interface Result {
  readonly id: string;
  readonly ours: Timing;
  readonly theirs?: Timing | undefined;
  readonly limit?: Timing | undefined;
  readonly limitName?: string | undefined;
  readonly others?: Readonly<Record<string, Timing>> | undefined;
  /** Bytes that one call makes the process grow by at most. */
  readonly peak?: { readonly ours?: number | undefined; readonly theirs?: number | undefined } | undefined;
}

/** A whole run. */
export interface Results {
  readonly machine: string;
  readonly node: string;
  readonly original: string;
  readonly results: readonly Result[];
}

/** What the results were found on. */
export function environment(original: string | undefined): Omit<Results, 'results'> {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    machine: `${processors.length} × ${processors[0]?.model.trim() ?? 'CPU'}, ${memory} GiB, ${platform()} ${arch()}`,
    node: process.version,
    original: original ?? 'none',
  };
}

/** Read a file of results. */
export function readResults(file: string): Results {
  return JSON.parse(readFileSync(file, 'utf8')) as Results;
}

/** Write a file of results, with times to four digits. */
export function writeResults(file: string, results: Results): void {
  const short = (_key: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  const rows = results.results.map((one) => `    ${JSON.stringify(one, short)}`).join(',\n');
  const { machine, node, original } = results;
  const head = Object.entries({ machine, node, original }).map(
    ([k, v]) => `  ${JSON.stringify(k)}: ${JSON.stringify(v)}`,
  );
  writeFileSync(file, `{\n${head.join(',\n')},\n  "results": [\n${rows}\n  ]\n}\n`);
}

/** How many times as long as `b` `a` takes. */
export function ratio(a: Timing, b: Timing | undefined): number | undefined {
  return b && a.median / b.median;
}

/** Seconds for people. */
export function duration(seconds: number): string {
  const units = [
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
  ] as const;
  const [scale, unit] = units.find(([least]) => seconds >= least) ?? [1e-9, 'ns'];
  return `${Number((seconds / scale).toPrecision(3))} ${unit}`;
}

/** A ratio for people. */
export function factor(value: number | undefined): string {
  if (value === undefined) return '';
  return value >= 100
    ? value.toFixed(0)
    : value >= 10
      ? value.toFixed(1)
      : value >= 0.1
        ? value.toFixed(2)
        : value.toPrecision(2);
}
