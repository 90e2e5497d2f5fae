/** An executor in this thread, for components that cannot be loaded anew. While one computes, nothing else happens here. */
import { ComponentError } from '../errors.js';
import type { Target } from '../runtime/invoke.js';
import { Deadline } from './deadline.js';
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
    run(call, waiting) {
      if (running > settings.queueLimit) {
        return Promise.reject(new ComponentError('E_BUSY', { received: `${running} requests run` }));
      }
      const deadline = new Deadline(waiting, settings.timeout);
      running++;
      return new Promise<Uint8Array>((resolve, reject) => {
        deadline.heed(reject);
        if (!deadline.reason) perform(target, call, settings, deadline).then(resolve, reject);
      }).finally(() => {
        running--;
        deadline.clear();
      });
    },
    close: () => Promise.resolve(),
  };
}
