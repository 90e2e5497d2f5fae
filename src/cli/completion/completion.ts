/** What a completion script is made of. */

/** An option, as a shell proposes it. */
export interface CompletedOption {
  readonly name: string;
  readonly short: string | undefined;
  readonly summary: string;
  readonly takesValue: boolean;
  /** The values to propose; files where there are none. */
  readonly words: readonly string[];
  /** Whether only folders are proposed. */
  readonly folder: boolean;
}

/** A command, as a shell proposes it. */
export interface Completion {
  readonly name: string;
  readonly summary: string;
  /** The arguments to propose; files where there are none. */
  readonly words: readonly string[];
  readonly options: readonly CompletedOption[];
}

/** A text in single quotes, for any shell of this folder. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The written forms of an option. */
export function formsOf({ name, short }: CompletedOption): readonly string[] {
  return short === undefined ? [`--${name}`] : [`-${short}`, `--${name}`];
}
