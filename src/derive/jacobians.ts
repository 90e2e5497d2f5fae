/** Jacobians out of products: one probe for each row, or for each column. */
import type { DType } from '../array/dtype.js';
import type { NdArray } from '../array/ndarray.js';
import type { Blocks, Endpoints, Point, Variable } from '../operators/endpoints.js';
import { type Assembly, assemblyOf } from './assembly.js';
import { type Stepwise, settled } from './drive.js';
import { refuseBeyond } from './memory.js';
import { elementsOf, isComplex, locator, probesOf, refuseMixed, sweep } from './probe.js';
import type { Context } from './rule.js';

// What a block takes besides its elements, so that very many blocks of one element each count for what they are.
const BLOCK_BYTES = 256;

/** The blocks to fill in, unless they would take more memory than the caller allows. */
function assembly(rule: string, { wrt, options }: Point, of: readonly Variable[]): Assembly {
  const [rows, columns] = [elementsOf(of), elementsOf(wrt)];
  const itemsize = [...of, ...wrt].some(isComplex) ? 16 : 8;
  const bytes = rows * columns * itemsize + of.length * wrt.length * BLOCK_BYTES;
  refuseBeyond({ rule, rows, columns, bytes }, options?.memoryLimit);
  return assemblyOf(of, wrt);
}

/** Row i of J is Jᵀ·e_i: one pullback for each element of the outputs. */
export function* rowsByVjp(
  { vjp }: Pick<Endpoints, 'vjp'>,
  point: Point,
  { shapes }: Pick<Context, 'shapes'>,
): Stepwise<Blocks> {
  const of = yield* settled(shapes(point));
  refuseMixed('jacobianFromVjp', of, point.wrt);
  const { row, blocks } = assembly('jacobianFromVjp', point, of);
  const [probe, place] = [probesOf(point, 'of', of, point.wrt), locator(of)];
  yield* sweep({
    rule: 'jacobianFromVjp',
    base: 'vjp',
    total: elementsOf(of),
    options: point.options,
    call: (i) => vjp(probe(i)),
    take: (i, gradients) => row(place(i), gradients),
  });
  return blocks();
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
  if (total === 0) return assembly('jacobianFromJvp', point, yield* settled(shapes(point))).blocks();
  const [probe, place] = [probesOf(point, 'wrt', wrt, of), locator(wrt)];
  let made: Assembly | undefined;
  yield* sweep({
    rule: 'jacobianFromJvp',
    base: 'jvp',
    total,
    options: point.options,
    call: (j) => jvp(probe(j)),
    take: (j, columns) => {
      made ??= assembly(
        'jacobianFromJvp',
        point,
        of.map((output) => answered(output, columns[output.path]!)),
      );
      made.column(place(j), columns);
    },
  });
  return made!.blocks();
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
