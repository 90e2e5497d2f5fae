/** The types of `source.mjs`, for the tests. */

export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

export interface MeasuredFunction {
  readonly name: string | undefined;
  readonly line: number;
  readonly lines: number;
}

export interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly MeasuredFunction[];
  readonly exports: readonly { readonly name: string; readonly documented: boolean }[];
  readonly any: number;
  readonly as: number;
}

type Skip = (path: string) => boolean;

export function sourceFiles(root: string, folders: readonly string[], skip?: Skip): string[];
export function readSources(root: string, folders: readonly string[], skip?: Skip): Source[];
export function readSource(path: string, text: string): Source;
export function resolveImport(from: string, specifier: string, paths: ReadonlySet<string>): string | undefined;
export function importCycles(sources: readonly Source[]): string[][];
