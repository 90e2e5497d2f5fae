/** Jacobians out of products: one probe for each row, or for each column. */
import type { DType } from '../array/dtype.js';
import type { NdArray } from '../array/ndarray.js';
import { sizeOf } from '../array/shape.js';
import type { Arrays, Blocks, Endpoints, Point, Variable } from '../operators/endpoints.js';
import { type Stepwise, settled } from './drive.js';
import { refuseBeyond } from './memory.js';
import {
  blockAccumulator,
  elementsOf,
  isComplex,
  locate,
  probeAt,
  refuseMixed,
  sweep,
  writeColumn,
  writeRow,
} from './probe.js';
import type { Context } from './rule.js';

type Assembly = Record<string, Record<string, NdArray<DType>>>;

// What a block takes besides its elements, so that very many blocks of one element each count for what they are.
const BLOCK_BYTES = 256;

/** The blocks to fill in, unless they would take more memory than the caller allows. */
function assembly(rule: string, { wrt, options }: Point, of: readonly Variable[]): Assembly {
  const [rows, columns] = [elementsOf(of), elementsOf(wrt)];
  const itemsize = [...of, ...wrt].some(isComplex) ? 16 : 8;
  const bytes = rows * columns * itemsize + of.length * wrt.length * BLOCK_BYTES;
  refuseBeyond({ rule, rows, columns, bytes }, options?.memoryLimit);
  const row = (output: Variable) =>
    Object.fromEntries(
      wrt.map((input) => [
        input.path,
        blockAccumulator([...(output.shape ?? []), ...(input.shape ?? [])], input, output),
      ]),
    );
  return Object.fromEntries(of.map((output) => [output.path, row(output)]));
}

/** Row i of J is Jᵀ·e_i: one pullback for each element of the outputs. */
export function* rowsByVjp(
  { vjp }: Pick<Endpoints, 'vjp'>,
  point: Point,
  { shapes }: Pick<Context, 'shapes'>,
): Stepwise<Blocks> {
  const of = yield* settled(shapes(point));
  refuseMixed('jacobianFromVjp', of, point.wrt);
  const blocks = assembly('jacobianFromVjp', point, of);
  yield* sweep({
    rule: 'jacobianFromVjp',
    base: 'vjp',
    total: elementsOf(of),
    options: point.options,
    call: (i) => {
      const place = locate(of, i);
      return vjp(probeAt(point, [place.variable], point.wrt, place));
    },
    take: (i, gradients) => {
      const { variable, element } = locate(of, i);
      for (const { path } of point.wrt) writeRow(blocks[variable.path]![path]!, element, gradients[path]!);
    },
  });
  return blocks;
}

/** Column j of J is J·e_j: one pushforward for each element of the inputs. The first one tells the outputs' shapes. */
export function* columnsByJvp(
  { jvp }: Pick<Endpoints, 'jvp'>,
  point: Point,
  { shapes }: Pick<Context, 'shapes'>,
): Stepwise<Blocks> {
  const { of, wrt } = point;
  const total = elementsOf(wrt);
  refuseMixed('jacobianFromJvp', of, wrt);
  const known = total === 0 ? yield* settled(shapes(point)) : of;
  let blocks = total === 0 ? assembly('jacobianFromJvp', point, known) : undefined;
  yield* sweep({
    rule: 'jacobianFromJvp',
    base: 'jvp',
    total,
    options: point.options,
    call: (j) => {
      const place = locate(wrt, j);
      return jvp(probeAt(point, of, [place.variable], place));
    },
    take: (j, columns) => {
      const answeredOf = () => of.map((output) => answered(output, columns[output.path]!));
      blocks ??= assembly('jacobianFromJvp', point, answeredOf());
      placeColumn(blocks, of, locate(wrt, j), columns);
    },
  });
  return blocks!;
}

/** By columns or by rows, whichever takes less: a pullback is taken to cost two pushforwards. */
export function* cheaperWay(base: Pick<Endpoints, 'jvp' | 'vjp'>, point: Point, context: Context): Stepwise<Blocks> {
  const of = yield* settled(context.shapes(point));
  const known = { ...point, of };
  const forward = elementsOf(point.wrt) <= 2 * elementsOf(of);
  return yield* forward ? columnsByJvp(base, known, context) : rowsByVjp(base, known, context);
}

/** An output with the shape of an answer, and its dtype where none is declared. */
function answered(output: Variable, { shape, dtype }: NdArray<DType>): Variable {
  return { ...output, shape, dtype: output.dtype === 'any' ? dtype : output.dtype };
}

function placeColumn(
  blocks: Assembly,
  of: readonly Variable[],
  { variable, element }: ReturnType<typeof locate>,
  columns: Arrays,
): void {
  const size = sizeOf(variable.shape ?? []);
  for (const { path } of of) writeColumn(blocks[path]![variable.path]!, element, size, columns[path]!);
}
