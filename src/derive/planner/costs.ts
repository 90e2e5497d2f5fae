/** What a call of each product costs: measured as calls go by, or told. */
import type { Endpoint } from '../../operators/endpoints.js';
import { isPromise } from '../drive.js';

/** The cost of a jvp and of a vjp, in one unit. */
export interface Weights {
  readonly jvp: number;
  readonly vjp: number;
}

/** The two products. */
export type ProductName = keyof Weights;

/** A vjp takes about twice as long as a jvp: it records the evaluation, and then walks back. Source: CasADi's weight. */
export const prior: Weights = { jvp: 1, vjp: 2 };

/** Calls of a product before its mean is believed. The first one is never counted: it warms up. */
const enough = 3;

/** Means below this many milliseconds are the noise of the clock, and it does not matter what is chosen. */
const noise = 0.05;

/** Running means of the time that calls take. */
export class CallCosts {
  readonly clock: () => number;
  readonly #sum: Record<ProductName, number> = { jvp: 0, vjp: 0 };
  readonly #count: Record<ProductName, number> = { jvp: 0, vjp: 0 };

  /** `clock` gives milliseconds. */
  constructor(clock: () => number = () => performance.now()) {
    this.clock = clock;
  }

  /** Take a call into account. */
  record(product: ProductName, milliseconds: number): void {
    if (this.#count[product]++ > 0) this.#sum[product] += milliseconds;
  }

  /** The mean time of a call, or undefined before three were seen. */
  mean(product: ProductName): number | undefined {
    const count = this.#count[product];
    return count >= enough ? this.#sum[product] / (count - 1) : undefined;
  }

  /** The costs as far as they are known; what is not known follows from the other one and the prior. */
  weights(): Weights {
    const [jvp, vjp] = [this.mean('jvp'), this.mean('vjp')];
    if (Math.max(jvp ?? 0, vjp ?? 0) < noise) return prior;
    if (jvp !== undefined && vjp !== undefined) return { jvp, vjp };
    return jvp === undefined ? { jvp: vjp! / prior.vjp, vjp: vjp! } : { jvp, vjp: jvp * prior.vjp };
  }
}

/** The same endpoint, its calls timed; a call that fails is not counted. */
export function timed<N extends ProductName>(product: N, endpoint: Endpoint<N>, costs: CallCosts): Endpoint<N> {
  return (request) => {
    const start = costs.clock();
    const result = endpoint(request);
    const stop = () => costs.record(product, costs.clock() - start);
    if (isPromise(result)) result.then(stop, () => undefined);
    else stop();
    return result;
  };
}
