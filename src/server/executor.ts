/** Where requests are run: in this thread (`inline.ts`) or in workers (`pool.ts`). */
import type { Format } from '../codec/index.js';
import type { MaybePromise } from '../derive/drive.js';
import type { ComponentError } from '../errors.js';
import type { EndpointName } from '../operators/endpoints.js';
import type { Waiting } from './deadline.js';
import type { Description } from './description.js';

/** One request to run. */
export interface Call {
  readonly endpoint: EndpointName;
  /** The body. Its buffer is given away with it: nobody else may use any of its memory. */
  readonly body: Uint8Array;
  readonly format: Format;
  /** What the folder of its files is called. */
  readonly run: string;
}

/** How much an executor has to do. */
export interface Load {
  readonly running: number;
  readonly waiting: number;
}

/** Who is told what happens to workers, apart from requests. */
export interface Listen {
  readonly info: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly error: (error: unknown, line: string) => void;
}

/** Runs requests. */
export interface Executor {
  readonly description: Description;
  readonly load: Load;
  /** How many workers had to be replaced. */
  readonly replaced: number;
  /** How many workers have the component loaded, and how often one could not load it; without workers nothing. */
  readonly workers?: { readonly loaded: number; readonly failures: number };
  /** `E_UNLOADED` while no worker can load the component. */
  readonly trouble?: ComponentError | undefined;
  /** From now on `listen` is told. */
  listen?(listen: Listen): void;
  /**
   * The body of the answer, at once where it is there at once; its buffer is given away with it. Raises what the component
   * does, `E_BUSY` where too many wait, `E_TIMEOUT`, `E_CANCELLED` once nobody is `waiting`, `E_UNLOADED`, and `E_WORKER`.
   */
  run(call: Call, waiting: Waiting): MaybePromise<Uint8Array>;
  /** Resolves when everything is released, or cannot be. What runs is ended. */
  close(): Promise<void>;
  /** Whether a worker waits for the system, so that nothing stops it. */
  readonly isStuck?: boolean;
}
