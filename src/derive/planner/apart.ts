/** Asking an apply with NaN: of an instance of its own, and not for longer than it is worth. */
import { drive, isPromise, type MaybePromise, type Stepwise, settled } from '../drive.js';

/** The apply of an instance that nobody else uses, or why there is none. */
export type Apart =
  | { readonly evaluate: (inputs: object) => MaybePromise<unknown>; readonly reason?: undefined }
  | { readonly reason: string };

/** An apply with NaN may take so many times what it takes otherwise; and so many milliseconds, however fast it is. */
const mostTimes = 50;
const mostBusy = 30;
const mostWaited = 1000;

/** What a call took, in milliseconds: of the processor, where that is known, and by the clock. */
interface Spent {
  readonly busy: number;
  readonly waited: number;
}

interface Machine {
  readonly cpuUsage?: () => { readonly user: number };
  readonly getBuiltinModule?: (name: string) => unknown;
}

interface Vm {
  createContext(given: object): object;
  runInContext(code: string, context: object, options: { readonly timeout: number }): unknown;
}

const machine = (globalThis as { readonly process?: Machine }).process;

function now(): Spent {
  return { busy: (machine?.cpuUsage?.().user ?? 0) / 1000, waited: performance.now() };
}

/** Raised inside of a detection that has become too dear. */
export class TooDear extends Error {}

/** An apply, watched: `evaluate` throws `TooDear` once a call has taken too long, and ends one that would never end. */
export class Watched {
  readonly #evaluate: (inputs: object) => MaybePromise<unknown>;
  #usual: Spent = { busy: 0, waited: 0 };

  constructor(evaluate: (inputs: object) => MaybePromise<unknown>) {
    this.#evaluate = evaluate;
  }

  /** Call it as anybody would, and learn what that takes. */
  *ordinary(inputs: object): Stepwise<unknown> {
    const start = now();
    const outputs = yield* settled(this.#evaluate(inputs));
    this.#usual = since(start);
    return outputs;
  }

  evaluate(inputs: object): MaybePromise<unknown> {
    return drive(this.#limited(inputs));
  }

  *#limited(inputs: object): Stepwise<unknown> {
    const { busy, waited } = this.#usual;
    const limit = { busy: Math.max(mostBusy, mostTimes * busy), waited: Math.max(mostWaited, mostTimes * waited) };
    const start = now();
    const outputs = yield* settled(ended(() => this.#evaluate(inputs), limit.waited));
    const spent = since(start);
    if (spent.busy > limit.busy || spent.waited > limit.waited) throw new TooDear('it takes far longer with NaN');
    return outputs;
  }
}

function since(start: Spent): Spent {
  const end = now();
  return { busy: end.busy - start.busy, waited: end.waited - start.waited };
}

// A loop that waits for a NaN to converge never gives the thread back. Node can end what runs inside of a script of its own.
function ended(call: () => MaybePromise<unknown>, milliseconds: number): MaybePromise<unknown> {
  const vm = machine?.getBuiltinModule?.('node:vm') as Vm | undefined;
  if (!vm) return call();
  try {
    const given = vm.runInContext('call()', contextOf(vm, call), { timeout: Math.ceil(milliseconds) });
    return isPromise(given as MaybePromise<unknown>) ? within(given as PromiseLike<unknown>, milliseconds) : given;
  } catch (cause) {
    if ((cause as { readonly code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw cause;
    throw new TooDear('it does not end with NaN');
  }
}

const contexts = new WeakMap<Vm, { call?: () => unknown }>();

function contextOf(vm: Vm, call: () => unknown): object {
  const context = contexts.get(vm) ?? (vm.createContext({}) as { call?: () => unknown });
  contexts.set(vm, context);
  context.call = call;
  return context;
}

/** The value of a promise, unless it takes too long. */
function within(given: PromiseLike<unknown>, milliseconds: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TooDear('it does not end with NaN')), milliseconds);
    given.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (cause) => {
        clearTimeout(timer);
        reject(cause);
      },
    );
  });
}
