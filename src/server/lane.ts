/** One worker thread and what it is doing. A worker that stops, or is stopped, is replaced. */
import { type WorkerOptions as NodeWorkerOptions, Worker } from 'node:worker_threads';
import { ComponentError } from '../errors.js';
import { builtFile } from '../loading/builtFile.js';
import type { Description } from './description.js';
import type { Call } from './executor.js';
import { unpackError } from './packedError.js';
import { raiseFlag, stopFlags } from './stopFlag.js';
import type { WorkerData, WorkerReply, WorkerStart, WorkerTask } from './workerMessages.js';

/** A request that waits for an answer. */
export interface Job {
  readonly call: Call;
  readonly done: (body: Uint8Array) => void;
  readonly failed: (error: unknown) => void;
}

/** What a pool is told by its lanes. */
export interface LaneOwner {
  /** The worker has loaded the component, and is free. */
  readonly ready: (description: Description) => void;
  /** The worker cannot load the component. */
  readonly broken: (error: unknown) => void;
  /** The worker was replaced. These jobs were waiting for it. */
  readonly replaced: (waiting: readonly Job[]) => void;
  /** The worker can take a job. */
  readonly free: () => void;
}

/** What a lane is made of. */
export interface LaneOptions {
  readonly start: WorkerStart;
  /** The most MiB of heap. */
  readonly heap: number | undefined;
  /** How many jobs it is given at most, the one that it runs included: no more than there are flags. */
  readonly depth: number;
  readonly owner: LaneOwner;
}

// A component that cannot be loaded any more is tried again ever less often.
const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 10_000;
// Requests are numbered anew after so many, a multiple of the flags: those under way have each a flag of their own.
const MOST_REQUESTS = 2 ** 30;
// What is larger is moved to the worker, not copied.
const SMALL = 65_536;

/** One worker after the other. */
export class Lane {
  readonly #options: NodeWorkerOptions;
  readonly #owner: LaneOwner;
  readonly #depth: number;
  readonly #stop = stopFlags();
  #worker: Worker | undefined;
  /** What it has been given, in order: the first one runs. */
  #posts: Post[] = [];
  #requests = 0;
  #isReady = false;
  #isClosed = false;
  #delay = FIRST_DELAY_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor({ start, heap, depth, owner }: LaneOptions) {
    this.#options = {
      workerData: { ...start, stop: this.#stop } satisfies WorkerData,
      ...ownFlags(process.execArgv),
      ...(heap === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heap } }),
    };
    this.#owner = owner;
    this.#depth = depth;
    this.#launch();
  }

  /** Whether it is ready and has nothing to do. */
  get isFree(): boolean {
    return this.#isReady && this.#posts.length === 0;
  }

  /** What it runs. */
  get job(): Job | undefined {
    return this.#posts[0]?.job;
  }

  /** How many of its jobs wait for the one that runs, and somebody for them. */
  get waiting(): number {
    return this.#posts.filter(({ isWanted }, place) => isWanted && place > 0).length;
  }

  /** Whether it has this job. */
  has(job: Job): boolean {
    return this.#posts.some((post) => post.job === job);
  }

  /** Whether it can take this job now: it is free, or the job is small and may wait in it for the one that runs. */
  takes({ call }: Job): boolean {
    return this.isFree || (this.#isReady && this.#posts.length < this.#depth && isSmall(call.body));
  }

  /** Give it a job that it takes. The buffer of the body is given away with it. */
  run(job: Job): void {
    this.#requests = (this.#requests % MOST_REQUESTS) + 1;
    const task: WorkerTask = { call: job.call, request: this.#requests };
    this.#posts.push({ job, request: this.#requests, isWanted: true });
    const { body } = job.call;
    // What is small is copied: should the worker end before, another one is given it.
    this.#worker?.postMessage(task, isSmall(body) ? [] : [body.buffer as ArrayBuffer]);
  }

  /** Ask it to stop a job, or not to begin with it. */
  ask(job: Job): void {
    const post = this.#posts.find((one) => one.job === job);
    if (!post) return;
    post.isWanted = false;
    raiseFlag(this.#stop, post.request);
  }

  /** Stop it, whatever it does, and start another. */
  replace(): void {
    const old = this.#worker;
    this.#leave(new ComponentError('E_WORKER', { reason: 'it was stopped' }));
    void old?.terminate();
  }

  /** Stop it for good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#worker?.terminate();
  }

  #launch(): void {
    const worker = new Worker(builtFile('server/worker'), this.#options);
    this.#worker = worker;
    let reason = 'it ended by itself';
    worker.on('message', (reply: WorkerReply) => this.#hear(worker, reply));
    worker.on('error', (error: unknown) => {
      reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    });
    worker.on('messageerror', () => this.#settle(new ComponentError('E_WORKER', { reason: 'its answer was lost' })));
    worker.on('exit', () => {
      if (worker === this.#worker) this.#leave(new ComponentError('E_WORKER', { reason }));
    });
  }

  #hear(worker: Worker, reply: WorkerReply): void {
    if (worker !== this.#worker) return;
    if (reply.kind === 'ready') {
      this.#isReady = true;
      this.#delay = FIRST_DELAY_MS;
      this.#owner.ready(reply.description);
    } else if (reply.kind === 'failed') this.#owner.broken(unpackError(reply.error));
    else this.#settle(reply.kind === 'answer' ? reply.body : unpackError(reply.error));
  }

  #settle(result: Uint8Array | Error): void {
    const { job } = this.#posts.shift() ?? {};
    if (result instanceof Error) job?.failed(result);
    else job?.done(result);
    this.#owner.free();
  }

  #leave(error: ComponentError): void {
    const wasReady = this.#isReady;
    this.#worker = undefined;
    this.#isReady = false;
    const [first, ...others] = this.#posts;
    this.#posts = [];
    first?.job.failed(error);
    if (this.#isClosed) {
      for (const { job } of others) job.failed(error);
      return;
    }
    this.#owner.replaced(others.filter(({ isWanted }) => isWanted).map(({ job }) => job));
    this.#timer = setTimeout(() => this.#launch(), wasReady ? 0 : this.#delay);
    if (!wasReady) this.#delay = Math.min(2 * this.#delay, LONGEST_DELAY_MS);
  }
}

/** A job that the worker has been given. */
interface Post {
  readonly job: Job;
  readonly request: number;
  /** Whether somebody waits for its answer. */
  isWanted: boolean;
}

function isSmall({ buffer }: Uint8Array): boolean {
  return buffer.byteLength <= SMALL;
}

/**
 * The flags of Node that a worker is given where it may not inherit all of them: a program that came as one of them would be
 * run again in it. Otherwise none are named, since those of the engine (`--max-old-space-size`) may be inherited, not named.
 */
function ownFlags(flags: readonly string[]): Pick<NodeWorkerOptions, 'execArgv'> {
  const program = flags.findIndex((flag) => /^(-e|--eval|-p|--print|-pe)$/.test(flag));
  if (program < 0) return {};
  const isProgram = (i: number) => i === program || i === program + 1;
  return { execArgv: flags.filter((flag, i) => !isProgram(i) && !/^--(input-type|m(ax|in)-)/.test(flag)) };
}
