/** A worker: it loads the component for itself, and answers one request after the other. Started by `workerSlot.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { SpareMemory } from '../codec/spareMemory.js';
import { ComponentError } from '../errors.js';
import { askForAddons } from '../loading/addons.js';
import { inWords } from '../loading/inWords.js';
import { loadComponent } from '../loading/load.js';
import type { Target } from '../runtime/invoke.js';
import { describeComponent } from './description.js';
import { freeMemory } from './freeMemory.js';
import { packError } from './packedError.js';
import { perform } from './perform.js';
import { Following } from './stopFlag.js';
import type { WorkerData, WorkerMessage, WorkerReply, WorkerTask } from './workerMessages.js';

// Another program that imports this file is none of it.
const { component, settings, stop } = (workerData ?? {}) as WorkerData;
// What a request came in, an answer goes out in.
const spare = new SpareMemory(freeMemory);
let target: Target | undefined;

if (parentPort) {
  const port = parentPort;
  const say = (message: WorkerMessage) => port.postMessage(message);
  askForAddons(say);
  // Node would hand over the error itself, which ends the process where it cannot be read there: its cause is itself.
  process.on('uncaughtException', (error) => {
    say({ kind: 'fault', reason: inWords(error) });
    process.exit(1);
  });
}

/** Does a task. Whatever is thrown meanwhile is a reply too. */
export async function handle(task: WorkerTask): Promise<unknown> {
  try {
    if (task.kind === 'load') return await load();
    const body = await answer(task);
    // What the request left behind that fails at once (a promise that nobody awaits) is its own fault, not the next one's.
    await new Promise(setImmediate);
    return moved(body);
  } catch (error) {
    return { kind: 'error', error: packError(error) } satisfies WorkerReply;
  }
}

async function load(): Promise<WorkerReply> {
  const { file, export: name } = component;
  target = await loadComponent(file, { export: name, derive: settings.derive });
  return { kind: 'ready', description: describeComponent(target.compiled, settings) };
}

async function answer({ call, request }: WorkerTask & { kind: 'answer' }): Promise<Uint8Array> {
  const cancelled = () => new ComponentError('E_CANCELLED', { reason: 'nobody waits for it any more' });
  const following = new Following(stop, request, cancelled);
  try {
    return await perform(target!, call, settings, { stop: following, take: spare.take });
  } finally {
    following.end();
    // Every array of it has memory of its own by now.
    spare.give(call.body);
  }
}

/** An answer whose body is handed over, not copied. */
function moved(body: Uint8Array): unknown {
  const reply: WorkerReply = { kind: 'answer', body };
  return move({ [transferableSymbol]: [body.buffer], [valueSymbol]: reply });
}
