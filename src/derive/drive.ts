/**
 * Runs a computation written as a generator: synchronously as long as its calls are, asynchronously from the first
 * promise on. So one piece of code serves components whose methods are async and those whose are not.
 *
 * To write such a computation: `function* f(…): Stepwise<T>`, in it `const y = yield* settled(call(x))` for what may be
 * a promise, `yield* g(…)` for another computation, and `drive(f(…))` at the outside.
 */

/** A value, or a promise of it. */
export type MaybePromise<T> = T | PromiseLike<T>;

/** A computation in steps: it yields what has to be waited for, is resumed with its value, and returns a `T`. */
export type Stepwise<T> = Generator<MaybePromise<unknown>, T, never>;

/** Whether `value` has to be waited for. */
export function isPromise<T>(value: MaybePromise<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** The value of `pending`; the surrounding computation pauses only if it is a promise. */
export function* settled<T>(pending: MaybePromise<T>): Stepwise<T> {
  return isPromise(pending) ? yield pending : pending;
}

/** Go on with `value`: at once, or when it is there. */
export function following<T, U>(value: MaybePromise<T>, then: (value: T) => U): U | Promise<Awaited<U>> {
  return isPromise(value) ? (Promise.resolve(value).then(then) as Promise<Awaited<U>>) : then(value);
}

/**
 * Run `steps` to its end. The result is a promise only if a step was one. A rejected promise is thrown inside the
 * computation, where the step was yielded; what the computation throws is thrown, or rejects the promise.
 */
export function drive<T>(steps: Stepwise<T>): MaybePromise<T> {
  let step = steps.next();
  while (!step.done) {
    if (isPromise(step.value)) return driveOn(steps, step.value);
    step = resume(steps, step.value);
  }
  return step.value;
}

async function driveOn<T>(steps: Stepwise<T>, first: PromiseLike<unknown>): Promise<T> {
  let step: IteratorResult<MaybePromise<unknown>, T> = { done: false, value: first };
  while (!step.done) {
    const pending: MaybePromise<unknown> = step.value;
    step = await Promise.resolve(pending).then(
      (value) => resume(steps, value),
      (reason) => steps.throw(reason),
    );
  }
  return step.value;
}

// A step is resumed with the value of what it yielded, which the generator's type cannot say.
function resume<T>(steps: Stepwise<T>, value: unknown): IteratorResult<MaybePromise<unknown>, T> {
  return steps.next(value as never);
}
