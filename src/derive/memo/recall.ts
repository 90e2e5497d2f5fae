/** A Jacobian whose blocks are kept as they are worked out. */
import type { Blocks, Endpoint, Point } from '../../operators/endpoints.js';
import { drive, type Stepwise, settled } from '../drive.js';
import { blocksAt, bytesOf, copies, keepBlocks, type Shelf } from './blocks.js';

/** A jacobian whose blocks are kept. With `serves`, it is also answered from them; else it is called each time. */
export function keeping(shelf: Shelf, run: Endpoint<'jacobian'>, serves: boolean): Endpoint<'jacobian'> {
  function* steps(point: Point): Stepwise<Blocks> {
    const place = shelf.memo.at(point.inputs);
    // What is known has no errors and no warnings with it, so whoever listens for them has it made again.
    const listens = point.options?.onErrors !== undefined || point.options?.onWarning !== undefined;
    const known = serves && place && !listens ? blocksAt(shelf, place, point) : undefined;
    if (known && bytesOf(known) <= (point.options?.memoryLimit ?? Infinity)) return copies(known);
    const blocks = yield* settled(run(point));
    // A caller may write to what it is given, and a method may use its buffers again.
    if (place && bytesOf(blocks) < shelf.memo.limit) keepBlocks(shelf, place, point, copies(blocks));
    return blocks;
  }
  return (point) => drive(steps(point)) as ReturnType<Endpoint<'jacobian'>>;
}
