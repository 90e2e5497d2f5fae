/** What a command is: a row of the table in `commands/index.ts`, and what it is given when it runs. */
import type { OptionName, OptionValues } from './options.js';

/** The documented exit codes. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** An argument of a command, by its place. */
export interface ArgumentRow {
  readonly name: string;
  readonly summary: string;
  readonly optional?: boolean;
  readonly several?: boolean;
  readonly choices?: readonly string[];
  /** Whether shells propose files. */
  readonly complete?: 'file' | 'folder';
}

/** How a command may be called. */
export interface ExampleRow {
  readonly command: string;
  readonly says: string;
}

/** A row of the command table. */
export interface CommandRow {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Everything a command needs of the world. */
export interface Invocation {
  readonly options: OptionValues;
  readonly args: readonly string[];
  /** Write to the real standard output. What a component prints goes to standard error. */
  readonly write: (bytes: Uint8Array | string) => Promise<void>;
  /** Write a line for people to standard error. */
  readonly say: (line: string) => void;
  /** Aborted by the first interrupt. */
  readonly signal: AbortSignal;
  /** The command table, for commands about commands. */
  readonly commands: Readonly<Record<string, CommandRow>>;
}

/** A command, loaded. */
export interface Command {
  /** What it does, beyond its summary. */
  readonly description?: string;
  readonly args: readonly ArgumentRow[];
  readonly options: readonly OptionName[];
  readonly examples: readonly ExampleRow[];
  /** Whether it runs until it is told to end, and then lets finish what runs. */
  readonly serves?: true;
  /** The exit code. What only this command needs is imported here. */
  readonly run: (invocation: Invocation) => Promise<number>;
}

/** The options that choose a component. */
export const componentOptions: readonly OptionName[] = ['component', 'export', 'derive'];

/** The argument that names the component's file. */
export const componentArgument: ArgumentRow = {
  name: 'component',
  summary: 'The file of the component, as with --component.',
  optional: true,
  complete: 'file',
};
