/** Jacobians out of products: one probe for each row, or for each column. */
import type { DType } from '../array/dtype.js';
import type { NdArray } from '../array/ndarray.js';
import type { Arrays, Blocks, Endpoints, Point, SeededPoint, Variable } from '../operators/endpoints.js';
import { type Assembly, assemblyOf } from './assembly.js';
import { type Stepwise, settled } from './drive.js';
import { refuseBeyond } from './memory.js';
import { probesOf } from './oneHot.js';
import { elementsOf, hotAt, isComplex, type Located, locator, refuseMixed, sweep } from './probe.js';
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

interface Rows extends Pick<Assembly, 'row'>, Pick<Endpoints, 'vjp'> {
  readonly probe: (i: number) => SeededPoint;
  readonly place: (i: number) => Located;
}

const pullRow = (i: number, { vjp, probe }: Rows) => vjp(probe(i));
const takeRow = (i: number, gradients: Arrays, { row, place }: Rows) => row(place(i), gradients);

/** Row i of J is Jᵀ·e_i: one pullback for each element of the outputs. */
export function* rowsByVjp(
  { vjp }: Pick<Endpoints, 'vjp'>,
  point: Point,
  { shapes }: Pick<Context, 'shapes'>,
): Stepwise<Blocks> {
  const of = yield* settled(shapes(point));
  refuseMixed('jacobianFromVjp', of, point.wrt);
  const { row, blocks } = assembly('jacobianFromVjp', point, of);
  yield* sweep({
    rule: 'jacobianFromVjp',
    base: 'vjp',
    total: elementsOf(of),
    options: point.options,
    state: { vjp, row, probe: probesOf(point, 'of', of, point.wrt), place: locator(of) },
    call: pullRow,
    take: takeRow,
    hot: hotAt,
  });
  return blocks();
}

interface Columns extends Pick<Endpoints, 'jvp'> {
  readonly point: Point;
  readonly probe: (j: number) => SeededPoint;
  readonly place: (j: number) => Located;
  made: Assembly | undefined;
}

const pushColumn = (j: number, { jvp, probe }: Columns) => jvp(probe(j));

function takeColumn(j: number, columns: Arrays, state: Columns): void {
  state.made ??= assemblyLike(state.point, columns);
  state.made.column(state.place(j), columns);
}

function assemblyLike(point: Point, columns: Arrays): Assembly {
  const of = point.of.map((output) => answered(output, columns[output.path]!));
  return assembly('jacobianFromJvp', point, of);
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
  const probe = probesOf(point, 'wrt', wrt, of);
  const state: Columns = { jvp, point, probe, place: locator(wrt), made: undefined };
  yield* sweep({
    rule: 'jacobianFromJvp',
    base: 'jvp',
    total,
    options: point.options,
    state,
    call: pushColumn,
    take: takeColumn,
    hot: hotAt,
  });
  return state.made!.blocks();
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
