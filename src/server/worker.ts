/** A worker: it loads the component for itself, and answers one request after the other. Started by `lane.ts`. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { SpareMemory } from '../codec/spareMemory.js';
import { ComponentError } from '../errors.js';
import { loadComponent } from '../loading/load.js';
import type { Target } from '../runtime/invoke.js';
import { describeComponent } from './description.js';
import { freeMemory } from './freeMemory.js';
import type { Settings } from './options.js';
import { packError } from './packedError.js';
import { perform } from './perform.js';
import { Following } from './stopFlag.js';
import type { WorkerData, WorkerReply, WorkerTask } from './workerMessages.js';

// What a request came in, an answer goes out in.
const spare = new SpareMemory(freeMemory);

const cancelled = () => new ComponentError('E_CANCELLED', { reason: 'nobody waits for it any more' });

async function start(port: MessagePort, { component, settings, stop }: WorkerData): Promise<void> {
  const say = (reply: WorkerReply, transfer: readonly ArrayBuffer[] = []) => port.postMessage(reply, [...transfer]);
  try {
    const { file, export: name } = component;
    const target = await loadComponent(file, { export: name, derive: settings.derive });
    const answer = async (task: WorkerTask) => {
      const reply = await run(target, settings, task, stop);
      say(reply, reply.kind === 'answer' ? [reply.body.buffer as ArrayBuffer] : []);
    };
    let last = Promise.resolve();
    port.on('message', (task: WorkerTask) => {
      // One after the other, also where the author's methods are asynchronous.
      last = last.then(() => answer(task));
    });
    say({ kind: 'ready', description: describeComponent(target.compiled, settings) });
  } catch (error) {
    say({ kind: 'failed', error: packError(error) });
  }
}

async function run(
  target: Target,
  settings: Settings,
  { call, request }: WorkerTask,
  stop: SharedArrayBuffer,
): Promise<WorkerReply> {
  const following = new Following(stop, request, cancelled);
  try {
    if (following.isUp) throw cancelled();
    return { kind: 'answer', body: await perform(target, call, settings, { stop: following, take: spare.take }) };
  } catch (error) {
    return { kind: 'error', error: packError(error) };
  } finally {
    following.end();
    // Every array of it has memory of its own by now.
    spare.give(call.body);
  }
}

if (parentPort) await start(parentPort, workerData as WorkerData);
