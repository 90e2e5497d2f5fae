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
  /** Probes of one call, where the times are not those of a probe. */
  readonly probes?: number | undefined;
  /** Bytes that one call makes the process grow by at most, and what it must take. */
  readonly peak?:
    | { readonly ours?: number | undefined; readonly theirs?: number | undefined; readonly needed?: number | undefined }
    | undefined;
}

/** Where, when and with what results were found. */
export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly original: string;
  /** The options of the run. */
  readonly options: string;
}

/** A whole run. */
export interface Results extends Circumstances {
  readonly results: readonly Result[];
}

/** What the results are found on. */
export function circumstances(original = 'none', options: readonly string[] = []): Circumstances {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${processors.length} × ${processors[0]?.model.trim() ?? 'CPU'}, ${memory} GiB, ${platform()} ${arch()}`,
    node: process.version,
    original,
    options: options.join(' '),
  };
}

/** Read a file of results. Throws where it is none. */
export function readResults(file: string): Results {
  const read = JSON.parse(readFileSync(file, 'utf8')) as Partial<Results>;
  if (!read.date || !Array.isArray(read.results)) throw new Error(`${file} holds no results of this benchmark.`);
  return read as Results;
}

/** Write a file of results, a case to a line, with times to four digits. `more` is for whoever reads the file. */
export function writeResults(
  file: string,
  { results, ...head }: Results,
  more: Readonly<Record<string, unknown[]>>,
): void {
  const short = (_key: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  const line = (key: string, text: string) => `  ${JSON.stringify(key)}: ${text}`;
  const rows = (all: readonly unknown[]) =>
    `[\n${all.map((one) => `    ${JSON.stringify(one, short)}`).join(',\n')}\n  ]`;
  const lines = [
    ...Object.entries(head).map(([key, value]) => line(key, JSON.stringify(value))),
    ...Object.entries({ ...more, results }).map(([key, all]) => line(key, rows(all))),
  ];
  writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);
}

/** How many times as long as `b` `a` takes. */
export function ratio(a: Timing | undefined, b: Timing | undefined): number | undefined {
  return a && b && a.median / b.median;
}

/** Half of what lies between the quartiles, as a part of the median. */
export function spread({ low, high, median }: Timing): number {
  return (high - low) / 2 / median;
}

/** Seconds for people. */
export function duration(seconds: number): string {
  const units = [
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
  ] as const;
  const [scale, unit] = units.find(([least]) => Math.abs(seconds) >= least) ?? [1e-9, 'ns'];
  return `${Number((seconds / scale).toPrecision(3))} ${unit}`;
}

/** A ratio for people. */
export function factor(value: number | undefined): string {
  if (value === undefined) return '';
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value >= 0.1 ? value.toFixed(2) : value.toPrecision(2);
}

/** Bytes for people, in MB. */
export function megabytes(bytes: number | null | undefined): string {
  return bytes ? (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0) : '';
}
