/** What is behind a derivation besides its bases: the component it belongs to, and what is kept between its requests. */
import type { EndpointName, Point } from '../../operators/endpoints.js';
import type { Content } from '../memo/content.js';
import type { Memo } from '../memo/memo.js';
import type { Pattern } from '../sparsity/pattern.js';
import type { CallCosts } from './costs.js';
import type { Everything, SteadyBlock } from './declared.js';
import type { Colorings, PatternSource } from './plan.js';
import type { Warn } from './warning.js';

/** What the author of an endpoint allows. */
export interface Traits {
  /** How many seeds a call takes; one unless said otherwise. */
  readonly batch?: number | undefined;
  /** How many calls may run at once. */
  readonly concurrency?: number | undefined;
}

/** The values of the blocks that stay the same. */
export interface Steady {
  /** Of each entry of the pattern. */
  readonly values: Float64Array;
  /** For each block that is linear in its input: everything else, as it was. */
  readonly others: readonly (Content | undefined)[];
}

/** What is left to recover where some blocks are known: a pattern, and where each of its entries is in the whole. */
export interface Remainder {
  readonly pattern: Pattern;
  readonly entry: Uint32Array;
  readonly colorings: Colorings;
}

/** What is known of the Jacobian of some outputs by some inputs. */
export interface Known {
  readonly pattern: Pattern;
  readonly source: PatternSource;
  readonly steady: readonly SteadyBlock[];
  readonly colorings: Colorings;
  /** What was found at an earlier point, where some blocks stay the same. */
  readonly kept?: Steady | undefined;
  /** What is left to recover where some of them do, and its colorings. */
  readonly remainders: Map<string, Remainder>;
}

/** What is behind a derivation. */
export interface Behind {
  /** The component, for messages. */
  readonly component: string;
  readonly traits: { readonly [N in EndpointName]?: Traits };
  readonly costs?: CallCosts | undefined;
  /** All that is differentiable at a point; outputs may lack their shapes. */
  readonly everything?: ((point: Point) => Everything) | undefined;
  readonly known: Map<string, Known>;
  /** What was worked out at the points last asked at. */
  readonly memo?: Memo | undefined;
  /** The same, where what a sweep for a product comes by is the Jacobian of the component: it has no other one. */
  readonly blocks?: Memo | undefined;
  readonly warn: Warn;
}

/** How many sets of shapes are remembered. */
const most = 16;

/** Remember what is known; the oldest is forgotten where there are too many. */
export function remember(known: Map<string, Known>, key: string, what: Known): Known {
  known.delete(key);
  known.set(key, what);
  const oldest = known.keys().next();
  if (known.size > most && !oldest.done) known.delete(oldest.value);
  return what;
}
