/**
 * An executor in worker threads: the thread that serves stays free for everybody else, and what hangs can be stopped.
 *
 * Bodies are handed over, not copied. A request that is given up is asked to stop, which a sweep does between two probes;
 * one whose time is up and that does not stop has its worker replaced.
 */
import { ComponentError } from '../errors.js';
import { Deadline, type Waiting } from './deadline.js';
import type { Description } from './description.js';
import type { Call, Executor } from './executor.js';
import { type Job, Lane } from './lane.js';
import type { Settings } from './options.js';
import { FLAGS } from './stopFlag.js';
import type { WorkerStart } from './workerMessages.js';

// How long a worker may take to stop by itself when its time is up.
const GRACE_MS = 1000;

/** What a pool is made of. */
export interface PoolOptions {
  readonly start: WorkerStart;
  readonly workers: number;
  /** The most MiB of heap of each worker. */
  readonly heap: number | undefined;
}

/** A pool whose workers have loaded the component. Raises what loading does. */
export async function workerPool(options: PoolOptions): Promise<Executor> {
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
  readonly #lanes: readonly Lane[];
  readonly #settings: Settings;
  #waiting = new Set<Job>();
  #description: Description | undefined;
  #replaced = 0;

  constructor({ start, workers, heap }: PoolOptions) {
    this.#settings = start.settings;
    const lanes: Lane[] = [];
    this.#lanes = lanes;
    this.ready = new Promise((resolve, reject) => {
      let loading = workers;
      const owner = {
        ready: (description: Description) => {
          this.#description ??= description;
          this.#next();
          if (--loading === 0) resolve();
        },
        broken: reject,
        replaced: (waiting: readonly Job[]) => {
          this.#replaced++;
          // They came before those that wait here.
          this.#waiting = new Set([...waiting, ...this.#waiting]);
        },
        free: () => this.#next(),
      };
      // With one worker, those that wait may as well wait in it: it goes on at once, and answers several in one turn. With
      // several, they wait for whichever is free first.
      const depth = workers === 1 ? FLAGS : 1;
      for (let i = 0; i < workers; i++) lanes.push(new Lane({ start, heap, depth, owner }));
    });
  }

  get description(): Description {
    return this.#description!;
  }

  get load(): Executor['load'] {
    const inLanes = this.#lanes.reduce((sum, lane) => sum + lane.waiting, 0);
    return { running: this.#lanes.filter((lane) => lane.job).length, waiting: this.#waiting.size + inLanes };
  }

  get replaced(): number {
    return this.#replaced;
  }

  run(call: Call, waiting: Waiting): Promise<Uint8Array> {
    const { queueLimit, timeout } = this.#settings;
    const { waiting: ahead } = this.load;
    if (ahead >= queueLimit && !this.#lanes.some((lane) => lane.isFree)) {
      return Promise.reject(new ComponentError('E_BUSY', { received: `${ahead} requests wait` }));
    }
    const deadline = new Deadline(waiting, timeout);
    return new Promise<Uint8Array>((resolve, reject) => {
      const job: Job = { call, done: resolve, failed: reject };
      deadline.heed((reason) => {
        reject(reason);
        this.#giveUp(job, reason);
      });
      if (deadline.reason) return;
      // Most need not wait here.
      const lane = this.#waiting.size === 0 ? this.#lanes.find((one) => one.takes(job)) : undefined;
      if (lane) lane.run(job);
      else this.#waiting.add(job);
    }).finally(() => deadline.clear());
  }

  async close(): Promise<void> {
    for (const job of this.#waiting) job.failed(new ComponentError('E_WORKER', { reason: 'the server ends' }));
    this.#waiting.clear();
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  #next(): void {
    for (const lane of this.#lanes) {
      for (const job of this.#waiting) {
        if (!lane.takes(job)) break;
        this.#waiting.delete(job);
        lane.run(job);
      }
    }
  }

  #giveUp(job: Job, reason: ComponentError): void {
    this.#waiting.delete(job);
    const lane = this.#lanes.find((one) => one.has(job));
    if (!lane) return;
    lane.ask(job);
    // Where a client has gone, the worker may finish: starting another costs more, and anybody could cause it.
    if (reason.code !== 'E_TIMEOUT') return;
    setTimeout(() => {
      if (lane.job === job) lane.replace();
    }, GRACE_MS).unref();
  }
}
