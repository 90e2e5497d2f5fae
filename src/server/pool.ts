/**
 * An executor in worker threads: the thread that serves stays free for everybody else, and what hangs can be stopped.
 *
 * Bodies are handed over, not copied. A request that is given up is asked to stop, which a sweep does between two probes;
 * one that does not, once its time is up, has its worker replaced. The time is the request's: it goes on when its client has
 * gone, since what hangs then would have its worker for ever.
 */
import { resolve } from 'node:path';
import { ComponentError } from '../errors.js';
import { keepCompiler } from '../loading/importFile.js';
import { Deadline, type Waiting } from './deadline.js';
import type { Description } from './description.js';
import type { Call, Executor, Listen } from './executor.js';
import type { Settings } from './options.js';
import type { WorkerStart } from './workerMessages.js';
import { type Job, type Trouble, WorkerSlot } from './workerSlot.js';

// How long a worker may take to stop by itself when its time is up.
const STOP_MS = 1000;

/** What a pool is made of. */
export interface PoolOptions {
  readonly start: WorkerStart;
  readonly workers: number;
  /** The most MiB of heap of each worker. */
  readonly heap: number | undefined;
}

/** A pool whose workers have loaded the component. Raises what loading does. */
export async function workerPool(options: PoolOptions): Promise<Executor> {
  await keepCompiler(resolve(options.start.component.file));
  const pool = new Pool(options);
  try {
    await pool.ready;
    return pool;
  } catch (error) {
    await pool.close();
    throw error;
  }
}

class Pool implements Executor {
  readonly ready: Promise<void>;
  readonly #slots: readonly WorkerSlot[];
  readonly #settings: Settings;
  readonly #queue = new Set<Job>();
  #description: Description | undefined;
  #replaced = 0;
  #unloaded = 0;
  #listen: Listen | undefined;

  constructor({ start, workers, heap }: PoolOptions) {
    this.#settings = start.settings;
    const slots: WorkerSlot[] = [];
    this.#slots = slots;
    this.ready = new Promise((resolve, reject) => {
      let loading = workers;
      const owner = {
        ready: (description: Description) => {
          this.#description ??= description;
          if (--loading === 0) resolve();
          else if (loading < 0) this.#listen?.info('A worker has loaded the component again.');
          this.#next();
        },
        broken: (error: unknown) => {
          reject(error);
          this.#unloaded++;
          this.#listen?.error(error, 'A worker cannot load the component. It is tried again.');
          this.#refuse();
        },
        replaced: () => {
          this.#replaced++;
        },
        free: () => this.#next(),
        warn: (line: string) => this.#listen?.warn(line),
      };
      for (let i = 0; i < workers; i++) slots.push(new WorkerSlot({ start, heap, owner }));
    });
  }

  get description(): Description {
    return this.#description!;
  }

  get load(): Executor['load'] {
    return { running: this.#slots.filter((slot) => slot.job).length, waiting: this.#queue.size };
  }

  get replaced(): number {
    return this.#replaced;
  }

  get workers(): Executor['workers'] {
    return { loaded: this.#slots.filter((slot) => slot.isLoaded).length, failures: this.#unloaded };
  }

  get trouble(): ComponentError | undefined {
    const [first, ...others] = this.#slots.map(({ trouble }) => trouble);
    if (first === undefined || others.includes(undefined)) return undefined;
    const soonest = (others as Trouble[]).reduce((a, b) => (b.until < a.until ? b : a), first);
    const seconds = Math.max(1, Math.ceil((soonest.until - performance.now()) / 1000));
    return new ComponentError('E_UNLOADED', { reason: reasonOf(soonest.error), seconds: String(seconds) });
  }

  get isStuck(): boolean {
    return this.#slots.some((slot) => slot.isStuck);
  }

  listen(listen: Listen): void {
    this.#listen = listen;
  }

  run(call: Call, waiting: Waiting): Promise<Uint8Array> {
    const { queueLimit, timeout } = this.#settings;
    const { trouble } = this;
    if (trouble) return Promise.reject(trouble);
    const free = this.#slots.find((slot) => slot.isFree);
    if (!free && this.#queue.size >= queueLimit) {
      return Promise.reject(new ComponentError('E_BUSY', { received: `${this.#queue.size} requests wait` }));
    }
    const deadline = new Deadline(waiting, timeout);
    return new Promise<Uint8Array>((resolve, reject) => {
      const job: Job = { call, done: resolve, failed: reject };
      deadline.heed((reason) => {
        reject(reason);
        this.#giveUp(job, reason, deadline.left);
      });
      if (deadline.reason) return;
      // Most need not wait here.
      if (free && this.#queue.size === 0) free.run(job);
      else this.#queue.add(job);
    }).finally(() => deadline.clear());
  }

  async close(): Promise<void> {
    for (const job of this.#queue) job.failed(new ComponentError('E_WORKER', { reason: 'the server ends' }));
    this.#queue.clear();
    await Promise.all(this.#slots.map((slot) => slot.close()));
  }

  #next(): void {
    for (const job of this.#queue) {
      const free = this.#slots.find((slot) => slot.isFree);
      if (!free) return;
      this.#queue.delete(job);
      free.run(job);
    }
  }

  /** Where no worker can be loaded, nobody waits for one. */
  #refuse(): void {
    const { trouble } = this;
    if (!trouble) return;
    for (const job of this.#queue) job.failed(trouble);
    this.#queue.clear();
  }

  #giveUp(job: Job, { code }: ComponentError, left: number): void {
    this.#queue.delete(job);
    const slot = this.#slots.find((one) => one.job === job);
    // Where a client has gone, the worker may finish for a while: to start another costs more, and anybody could cause it.
    const patience = code === 'E_TIMEOUT' ? 0 : this.#settings.abandonTimeout;
    slot?.stop(job, Math.min(left, patience) + STOP_MS);
  }
}

/** What may be said of why a component cannot be loaded: where its files are may not. */
function reasonOf(error: Error): string {
  const reason = (error instanceof ComponentError && error.fields['reason']) || error.message;
  return reason
    .split('\n', 1)[0]!
    .replace(/(?:file:\/\/)?(?:[A-Z]:)?[/\\][^\s'"()]*[/\\]/g, '')
    .slice(0, 300);
}
