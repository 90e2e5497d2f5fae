/** Running one request on a component at hand: what a worker does, and a server without workers. */
import type { Take } from '../array/memory.js';
import { arrayFiles } from '../codec/node/files.js';
import type { MaybePromise } from '../derive/drive.js';
import { operators } from '../operators/index.js';
import type { Target } from '../runtime/invoke.js';
import { answer } from '../runtime/wire.js';
import type { Call } from './executor.js';
import type { Settings } from './options.js';

/** Whoever may stop a request. The signal is made when it is asked for. */
export interface Stop {
  readonly signal: AbortSignal;
}

/** What a request is run with. */
export interface Means {
  readonly stop: Stop;
  /** Where the memory of the answer comes from. */
  readonly take: Take;
}

/** The body of the answer; between two probes of a sweep, `stop` is heeded. */
export function perform(
  target: Target,
  call: Call,
  settings: Settings,
  { stop, take }: Means,
): MaybePromise<Uint8Array> {
  const { inputPath: input, outputPath: output, compression, limits, memoryLimit } = settings;
  const { endpoint, body, format, run } = call;
  const files = arrayFiles({ input, output, run: `run_${run}` });
  // Only derivatives sweep.
  const signal = operators[endpoint].wire && stop.signal;
  return answer(target, endpoint, body, { format, compression, files, limits, memoryLimit, signal, take });
}
