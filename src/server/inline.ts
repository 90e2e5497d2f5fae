/** An executor in this thread, for components that cannot be loaded anew. While one computes, nothing else happens here. */
import { blankBytes, type Take } from '../array/memory.js';
import { isPromise, type MaybePromise } from '../derive/drive.js';
import { ComponentError } from '../errors.js';
import type { Target } from '../runtime/invoke.js';
import { Deadline } from './deadline.js';
import { describeComponent } from './description.js';
import type { Executor } from './executor.js';
import type { Settings } from './options.js';
import { perform } from './perform.js';

/**
 * An executor that runs `target` here, and takes the memory of its answers from `take`. Asynchronous components run several
 * requests at once; the answer of the others is there at once.
 */
export function inlineExecutor(target: Target, settings: Settings, take: Take = blankBytes): Executor {
  let running = 0;
  const settled = (pending: PromiseLike<Uint8Array>, deadline: Deadline) => {
    running++;
    return new Promise<Uint8Array>((resolve, reject) => {
      deadline.heed(reject);
      pending.then(resolve, reject);
    }).finally(() => {
      running--;
      deadline.clear();
    });
  };
  return {
    description: describeComponent(target.compiled, settings),
    get load() {
      return { running, waiting: 0 };
    },
    replaced: 0,
    run(call, waiting) {
      if (running > settings.queueLimit) throw new ComponentError('E_BUSY', { received: `${running} requests run` });
      const deadline = new Deadline(waiting, settings.timeout);
      if (deadline.reason) throw deadline.reason;
      let body: MaybePromise<Uint8Array> | undefined;
      try {
        body = perform(target, call, settings, { stop: deadline, take });
      } finally {
        if (!isPromise(body)) deadline.clear();
      }
      return isPromise(body) ? settled(body, deadline) : body;
    },
    close: () => Promise.resolve(),
  };
}
