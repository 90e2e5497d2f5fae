/** Running one request on a component at hand: what a worker does, and a server without workers. */
import { arrayFiles } from '../codec/node/files.js';
import type { Target } from '../runtime/invoke.js';
import { answer } from '../runtime/wire.js';
import type { Call } from './executor.js';
import type { Settings } from './options.js';

/** The body of the answer; between two probes of a sweep, `signal` is heeded. */
export function perform(target: Target, call: Call, settings: Settings, signal: AbortSignal): Promise<Uint8Array> {
  const { inputPath: input, outputPath: output, compression, limits, memoryLimit } = settings;
  const { endpoint, body, format, run } = call;
  const files = arrayFiles({ input, output, run: `run_${run}` });
  return answer(target, endpoint, body, { format, compression, files, limits, memoryLimit, signal });
}
