/** What a server and its workers say to each other. */
import type { Description } from './description.js';
import type { Call } from './executor.js';
import type { ComponentFile, Settings } from './options.js';
import type { PackedError } from './packedError.js';

/** What a worker is started with. */
export interface WorkerStart {
  readonly component: ComponentFile;
  readonly settings: Settings;
}

/** What a worker is given as it starts. */
export interface WorkerData extends WorkerStart {
  /** See `stopFlag.ts`. */
  readonly stop: SharedArrayBuffer;
}

/** A request for a worker. It is answered in its turn. */
export interface WorkerTask {
  readonly call: Call;
  /** Its number, by which it may be stopped. */
  readonly request: number;
}

/** What a worker says: that it is ready or cannot be, and then one answer to each task. */
export type WorkerReply =
  | { readonly kind: 'ready'; readonly description: Description }
  | { readonly kind: 'failed'; readonly error: PackedError }
  | { readonly kind: 'answer'; readonly body: Uint8Array }
  | { readonly kind: 'error'; readonly error: PackedError };
