/** The types of `plant.mjs`, for the tests. */

/** A fault of one line, and the tests that have to catch it. */
export interface Fault {
  readonly room: string;
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly string[];
  readonly project: string;
}

export type Verdict = { readonly verdict: 'killed' | 'survived' | 'broken'; readonly by?: string };

export function readFaults(): Promise<Fault[]>;
export function plant(text: string, row: Pick<Fault, 'name' | 'file' | 'find' | 'replace'>): string;
export function staleOf(rows: readonly Fault[]): string[];
export function sampleOf<T extends Pick<Fault, 'room'>>(rows: readonly T[], count: number, seed: string): T[];
export function verdictIn(text: string): Verdict;
