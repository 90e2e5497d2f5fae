/** What a server and its workers say to each other. */
import type { AddonWish } from '../loading/addons.js';
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

/** A task of a worker: to load the component, which is the first, or to answer a request. */
export type WorkerTask =
  | { readonly kind: 'load' }
  | {
      readonly kind: 'answer';
      readonly call: Call;
      /** The number of the request, by which it may be stopped. */
      readonly request: number;
    };

/** What a worker says of itself. */
export type WorkerMessage =
  | AddonWish
  /** Something was thrown that nobody catches: the worker ends. */
  | { readonly kind: 'fault'; readonly reason: string };

/** What a worker says to a task. */
export type WorkerReply =
  | { readonly kind: 'ready'; readonly description: Description }
  | { readonly kind: 'answer'; readonly body: Uint8Array }
  | { readonly kind: 'error'; readonly error: PackedError };
