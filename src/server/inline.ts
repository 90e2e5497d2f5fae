/** An executor in this thread, for components that cannot be loaded anew. While one computes, nothing else happens here. */
import { ComponentError } from '../errors.js';
import type { Target } from '../runtime/invoke.js';
import { deadlineOf } from './deadline.js';
import { describeComponent } from './description.js';
import type { Executor } from './executor.js';
import type { Settings } from './options.js';
import { perform } from './perform.js';

/** An executor that runs `target` here. Asynchronous components run several requests at once. */
export function inlineExecutor(target: Target, settings: Settings): Executor {
  let running = 0;
  return {
    description: describeComponent(target.compiled, settings),
    get load() {
      return { running, waiting: 0 };
    },
    replaced: 0,
    async run(call, gone) {
      if (running > settings.queueLimit) throw new ComponentError('E_BUSY', { received: `${running} requests run` });
      const { signal, clear } = deadlineOf(gone, settings.timeout);
      running++;
      try {
        return await Promise.race([perform(target, call, settings, signal), aborted(signal)]);
      } finally {
        running--;
        clear();
      }
    },
    close: () => Promise.resolve(),
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
    if (signal.aborted) reject(signal.reason);
  });
}
