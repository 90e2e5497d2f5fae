/** What is behind a derivation besides its bases: the component it belongs to, and what is kept between its requests. */
import type { EndpointName, Point } from '../../operators/endpoints.js';
import type { Shelf } from '../memo/blocks.js';
import type { Pattern } from '../sparsity/pattern.js';
import type { Apart } from './apart.js';
import type { CallCosts } from './costs.js';
import type { Everything } from './declared.js';
import type { Colorings, PatternSource } from './plan.js';
import type { Warn } from './warning.js';

/** What the author of an endpoint allows. */
export interface Traits {
  /** How many seeds a call takes; one unless said otherwise. */
  readonly batch?: number | undefined;
  /** How many calls may run at once. */
  readonly concurrency?: number | undefined;
}

/** What is known of the Jacobian of some outputs by some inputs. */
export interface Known {
  readonly pattern: Pattern;
  readonly source: PatternSource;
  readonly colorings: Colorings;
  readonly learned: Learned;
}

/** What checks of a pattern have taught: it is written to. */
export interface Learned {
  /** How many times the usual roundoff a product was seen to have, where the pattern was not at fault; 1 before. */
  noise: number;
  /** How many products have to look at columns that differ much in size; 1 before. */
  checks: number;
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
  /** Where what is worked out of the Jacobian is kept at the points last asked at. */
  readonly shelf?: Shelf | undefined;
  /** Another instance of the component, for what may spoil it; where there is a component. */
  readonly apart?: (() => Apart) | undefined;
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
