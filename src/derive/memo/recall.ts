/**
 * Derivatives out of what is known at a point: blocks of a Jacobian are kept as they are worked out, and later products
 * at the same point are contracted from them.
 *
 * A product is contracted in the order in which its rule would have added it up, so that it has the same bits either way.
 */
import { isZero } from '../../array/contraction.js';
import type { DType } from '../../array/dtype.js';
import { NdArray } from '../../array/ndarray.js';
import type { Arrays, Blocks, Endpoint, Point, SeededPoint, Variable } from '../../operators/endpoints.js';
import { drive, type Stepwise, settled } from '../drive.js';
import { pullBack, pushForward } from '../products.js';
import { blocksAt, bytesOf, copies, keepBlocks } from './blocks.js';
import type { Memo } from './memo.js';

/** A jacobian whose blocks are kept. With `serves`, it is also answered from them; else it is called each time. */
export function keeping(memo: Memo, run: Endpoint<'jacobian'>, serves: boolean): Endpoint<'jacobian'> {
  function* steps(point: Point): Stepwise<Blocks> {
    const place = memo.at(point.inputs);
    const known = serves && place ? blocksAt(place, point.of, point.wrt) : undefined;
    if (known && bytesOf(known) <= (point.options?.memoryLimit ?? Infinity)) return copies(known);
    const blocks = yield* settled(run(point));
    // A caller may write to what it is given, and a method may use its buffers again.
    if (place && bytesOf(blocks) < memo.limit) keepBlocks(place, point, copies(blocks));
    return blocks;
  }
  return (point) => drive(steps(point)) as ReturnType<Endpoint<'jacobian'>>;
}

/** A product by a rule, and what else is known of the rule. */
export interface Derivation {
  readonly to: 'jvp' | 'vjp';
  readonly run: Endpoint<'jvp'>;
  /** Whether the rule adds up output by output. */
  readonly byOutput: boolean;
}

/** A derived product that is contracted from the blocks known at the point, where they are all known. */
export function recalling(memo: Memo, { to, run, byOutput }: Derivation): Endpoint<'jvp'> {
  function* steps(point: SeededPoint): Stepwise<Arrays> {
    const place = memo.at(point.inputs);
    const live = (variables: readonly Variable[]) => variables.filter(({ path }) => !isZero(point.seed[path]!));
    const asked: Point = to === 'jvp' ? { ...point, wrt: live(point.wrt) } : { ...point, of: live(point.of) };
    if (!place || point.batch !== undefined || asked.of.length === 0 || asked.wrt.length === 0)
      return yield* settled(run(point));
    const blocks = blocksAt(place, asked.of, asked.wrt);
    if (!blocks) return yield* settled(run(point));
    const base = { jacobian: () => blocks };
    if (to === 'jvp') return yield* pushForward(base, point, { shapes: () => point.of });
    return byOutput ? yield* summed(base, { ...point, of: asked.of }) : yield* pullBack(base, point);
  }
  return (point) => drive(steps(point)) as ReturnType<Endpoint<'jvp'>>;
}

/** x̄ = Σ_of c[of]·J[of][wrt], each term added up by itself. */
function* summed(base: { jacobian: () => Blocks }, point: SeededPoint): Stepwise<Arrays> {
  let total: Arrays | undefined;
  for (const output of point.of) {
    const term = yield* pullBack(base, { ...point, of: [output] });
    if (!total) total = term;
    else for (const { path } of point.wrt) total = { ...total, [path]: sum(total[path]!, term[path]!) };
  }
  return total!;
}

// All terms are of one kind: what a sweep gave does not mix real with complex.
function sum(a: NdArray<DType>, b: NdArray<DType>): NdArray<DType> {
  const values = b.data as Float64Array;
  return new NdArray<DType>(
    a.dtype,
    a.shape,
    (a.data as Float64Array).map((value, k) => value + values[k]!),
  );
}
