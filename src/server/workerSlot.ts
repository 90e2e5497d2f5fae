/**
 * The place of one worker: a pool of one thread, which replaces it when it ends, whatever ended it.
 *
 * A pool of several threads would not do: once a thread of it fails as it starts, it replaces none any more, and it does not
 * say which of its threads has ended. One task at a time: what ends a worker costs the request that runs, and no other.
 */
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { ComponentError } from '../errors.js';
import { type AddonWish, openAddon } from '../loading/addons.js';
import { builtFile } from '../loading/builtFile.js';
import { inWords } from '../loading/inWords.js';
import type { Description } from './description.js';
import type { Call } from './executor.js';
import { unpackError } from './packedError.js';
import { raiseFlag, stopFlags } from './stopFlag.js';
import { after } from './timer.js';
import type { WorkerData, WorkerMessage, WorkerReply, WorkerStart, WorkerTask } from './workerMessages.js';

/** A request that waits for an answer. */
export interface Job {
  readonly call: Call;
  readonly done: (body: Uint8Array) => void;
  readonly failed: (error: unknown) => void;
}

/** What a pool is told by its slots. */
export interface SlotOwner {
  /** The worker has loaded the component, and is free. */
  readonly ready: (description: Description) => void;
  /** The worker cannot load the component, or ended before it answered anything. It is tried again. */
  readonly broken: (error: unknown) => void;
  /** A worker that had loaded the component is replaced. */
  readonly replaced: () => void;
  /** The worker can take a job. */
  readonly free: () => void;
  /** An addon that workers load cannot be opened here. */
  readonly warn: (line: string) => void;
}

/** What a slot is made of. */
export interface SlotOptions {
  readonly start: WorkerStart;
  /** The most MiB of heap. */
  readonly heap: number | undefined;
  readonly owner: SlotOwner;
}

// A component that cannot be loaded any more is tried again ever less often.
const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 10_000;
// A worker that is loaded anew may take ten times as long as the first one, and this: then it is taken for broken.
const LOAD_MS = 60_000;
// How long a worker that is closed is waited for. One that waits for the system (for a program it started) cannot be stopped.
const CLOSE_MS = 1000;
// Requests are numbered anew after so many.
const MOST_REQUESTS = 2 ** 30;

/** One worker after the other. */
export class WorkerSlot {
  readonly #start: WorkerStart;
  readonly #heap: number | undefined;
  readonly #owner: SlotOwner;
  readonly #stop = stopFlags();
  #pool: Piscina | undefined;
  #state: 'loading' | 'free' | 'busy' | 'resting' | 'closed' = 'resting';
  #running: Running | undefined;
  #requests = 0;
  #hasAnswered = false;
  #trouble: Trouble | undefined;
  #fault: string | undefined;
  #delay = FIRST_DELAY_MS;
  #longestLoad = Infinity;
  #callOff: () => void = () => undefined;
  /** The threads that have not ended. */
  readonly #threads = new Map<Worker, Promise<void>>();

  constructor({ start, heap, owner }: SlotOptions) {
    this.#start = start;
    this.#heap = heap;
    this.#owner = owner;
    this.#launch();
  }

  /** Whether the worker is loaded and has nothing to do. */
  get isFree(): boolean {
    return this.#state === 'free';
  }

  /** Whether the worker is loaded. */
  get isLoaded(): boolean {
    return this.#state === 'free' || this.#state === 'busy';
  }

  /** What the worker runs. */
  get job(): Job | undefined {
    return this.#running?.job;
  }

  /** Why there is no worker, where the last one could not be loaded. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  /** Whether a thread has not ended, also after `close`. */
  get isStuck(): boolean {
    return this.#threads.size > 0;
  }

  /** Give the worker a job while it is free. The buffer of the body is given away with it. */
  run(job: Job): void {
    const pool = this.#pool!;
    this.#requests = (this.#requests % MOST_REQUESTS) + 1;
    const running: Running = { job, request: this.#requests, abort: new AbortController(), callOff: () => undefined };
    this.#state = 'busy';
    this.#running = running;
    const task: WorkerTask = { kind: 'answer', call: job.call, request: running.request };
    const { signal } = running.abort;
    pool.run(task, { signal, transferList: [job.call.body.buffer as ArrayBuffer] }).then(
      (reply: WorkerReply | null) => this.#answered(running, reply),
      (error: unknown) => this.#cut(running, error),
    );
  }

  /** Ask the worker to stop a job. Unless it has after `grace` milliseconds, another worker takes its place. */
  stop(job: Job, grace: number): void {
    const running = this.#running;
    if (running?.job !== job) return;
    raiseFlag(this.#stop, running.request);
    running.callOff = after(grace, () => running.abort.abort());
  }

  /** End the worker for good. */
  async close(): Promise<void> {
    this.#state = 'closed';
    this.#callOff();
    const running = this.#running;
    this.#running = undefined;
    running?.callOff();
    running?.job.failed(new ComponentError('E_WORKER', { reason: 'the server ends' }));
    this.#drop();
    let callOff: (() => void) | undefined;
    const late = new Promise<void>((resolve) => {
      callOff = after(CLOSE_MS, resolve);
    });
    await Promise.race([Promise.all(this.#threads.values()), late]);
    callOff?.();
  }

  #launch(): void {
    const pool = new Piscina({
      filename: fileURLToPath(builtFile('server/worker')),
      name: 'handle',
      minThreads: 1,
      maxThreads: 1,
      // A worker that waits in another way hears nothing: timers of a component would run in somebody else's request.
      atomics: 'disabled',
      recordTiming: false,
      workerData: { ...this.#start, stop: this.#stop } satisfies WorkerData,
      ...ownFlags(process.execArgv),
      ...(this.#heap === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: this.#heap } }),
    });
    this.#pool = pool;
    pool.on('error', (error) => {
      this.#fault ??= inWords(error);
    });
    pool.on('workerDestroy', () => {
      if (pool !== this.#pool) return;
      const wasFree = this.#state === 'free';
      if (wasFree) this.#state = 'resting';
      // The pool starts the next one when this call is over, and says then what had been thrown.
      setImmediate(() => this.#ended(pool, wasFree));
    });
    pool.on('message', (message: WorkerMessage) => this.#hear(message));
    this.#load(pool);
  }

  /** The component may say anything else on the same port. */
  #hear(message: Partial<WorkerMessage> | undefined): void {
    if (message?.kind === 'fault') this.#fault = message.reason;
    if (message?.kind !== 'addon') return;
    const { file } = message as AddonWish;
    const refusal = openAddon(message as AddonWish);
    if (refusal !== undefined) this.#owner.warn(`The addon ${file} cannot be kept open: ${refusal}`);
  }

  /** What ended the worker, in words: what was thrown there, or else what the pool says of it. */
  #takeFault(error?: unknown): string {
    const fault = this.#fault ?? (error === undefined ? 'it ended by itself' : inWords(error));
    this.#fault = undefined;
    return fault;
  }

  #load(pool: Piscina): void {
    this.#state = 'loading';
    for (const thread of pool.threads) this.#watch(thread);
    this.#hasAnswered = false;
    const begun = performance.now();
    const abort = new AbortController();
    this.#callOff = after(this.#longestLoad, () => abort.abort());
    pool.run({ kind: 'load' } satisfies WorkerTask, { signal: abort.signal }).then(
      (reply: WorkerReply | null) => {
        if (pool !== this.#pool || this.#state !== 'loading') return;
        if (reply?.kind !== 'ready') {
          this.#fail(reply?.kind === 'error' ? unpackError(reply.error) : this.#unloadable('It ended the worker.'));
          return;
        }
        this.#callOff();
        if (this.#longestLoad === Infinity) this.#longestLoad = LOAD_MS + 10 * (performance.now() - begun);
        this.#trouble = undefined;
        this.#state = 'free';
        this.#owner.ready(reply.description);
      },
      (error: unknown) => {
        const isLate = abort.signal.aborted;
        const why = isLate
          ? 'It took far longer than the first time.'
          : `It ended the worker: ${this.#takeFault(error)}.`;
        if (pool === this.#pool && this.#state === 'loading') this.#fail(this.#unloadable(why));
      },
    );
  }

  #watch(thread: Worker): void {
    if (this.#threads.has(thread)) return;
    const ended = new Promise<void>((resolve) => {
      thread.once('exit', () => {
        this.#threads.delete(thread);
        resolve();
      });
    });
    this.#threads.set(thread, ended);
  }

  #unloadable(reason: string): ComponentError {
    return new ComponentError('E_LOAD_FAILED', { file: this.#start.component.file, reason });
  }

  #answered(running: Running, reply: WorkerReply | null): void {
    if (running !== this.#running) return;
    // Where a worker throws `null` after its answer, the pool says that as if it were one.
    if (reply === null) {
      this.#cut(running, 'it ended by itself');
      return;
    }
    this.#running = undefined;
    running.callOff();
    this.#hasAnswered = true;
    this.#delay = FIRST_DELAY_MS;
    this.#state = 'free';
    if (reply.kind === 'answer') running.job.done(reply.body);
    else running.job.failed(reply.kind === 'error' ? unpackError(reply.error) : undefined);
    this.#owner.free();
  }

  /** The worker has ended in the middle of a request. */
  #cut(running: Running, error: unknown): void {
    if (running !== this.#running) return;
    this.#running = undefined;
    running.callOff();
    const fault = this.#takeFault(error);
    const reason = running.abort.signal.aborted ? 'it was stopped' : fault;
    running.job.failed(new ComponentError('E_WORKER', { reason }));
    this.#replace();
  }

  /** A worker has ended that had nothing to do, or was not even loaded; the pool has started another, if it does. */
  #ended(pool: Piscina, wasFree: boolean): void {
    if (pool !== this.#pool) return;
    if (wasFree && this.#hasAnswered) {
      this.#owner.warn(`A worker ended that had nothing to do: ${this.#takeFault()}. Another takes its place.`);
      this.#replace();
    } else if (wasFree)
      this.#fail(this.#unloadable(`After it had been loaded, it ended the worker: ${this.#takeFault()}.`));
    else if (this.#state === 'loading' && pool.threads.length === 0) {
      this.#fail(this.#unloadable(`It ended the worker: ${this.#takeFault()}.`));
    }
  }

  #replace(): void {
    if (this.#state === 'closed') return;
    this.#owner.replaced();
    this.#load(this.#pool!);
  }

  /** Give this pool up, and try again later with another. */
  #fail(error: Error): void {
    this.#callOff();
    this.#state = 'resting';
    this.#drop();
    this.#trouble = { error, until: performance.now() + this.#delay };
    this.#callOff = after(this.#delay, () => this.#launch());
    this.#delay = Math.min(2 * this.#delay, LONGEST_DELAY_MS);
    this.#owner.broken(error);
  }

  #drop(): void {
    const pool = this.#pool;
    this.#pool = undefined;
    for (const thread of pool?.threads ?? []) this.#watch(thread);
    void pool?.destroy();
  }
}

/** Why a worker cannot be loaded, and when it is tried again: a time of `performance.now()`. */
export interface Trouble {
  readonly error: Error;
  readonly until: number;
}

/** A job that the worker has been given. */
interface Running {
  readonly job: Job;
  readonly request: number;
  /** Ends the worker. */
  readonly abort: AbortController;
  /** Calls off that end. */
  callOff: () => void;
}

/**
 * The flags of Node that a worker is given where it may not inherit all of them: a program that came as one of them would be
 * run again in it. Otherwise none are named, since those of the engine (`--max-old-space-size`) may be inherited, not named.
 */
function ownFlags(flags: readonly string[]): { execArgv?: string[] } {
  const program = flags.findIndex((flag) => /^(-e|--eval|-p|--print|-pe)$/.test(flag));
  if (program < 0) return {};
  const isProgram = (i: number) => i === program || i === program + 1;
  return { execArgv: flags.filter((flag, i) => !isProgram(i) && !/^--(input-type|m(ax|in)-)/.test(flag)) };
}
