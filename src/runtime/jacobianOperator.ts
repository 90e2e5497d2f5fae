/**
 * Jacobians that act without being written out: products go to the jvp and vjp of a handle, local or remote, and take no
 * more memory than their vectors.
 */
import type { AbstractMatrix } from 'ml-matrix';
import { type DType, dtypes } from '../array/dtype.js';
import { isFault } from '../array/fault.js';
import { readArray } from '../array/literal.js';
import { isNdArray, NdArray } from '../array/ndarray.js';
import type { Shape } from '../array/shape.js';
import { drive } from '../derive/drive.js';
import { refuseBeyond } from '../derive/memory.js';
import type { Traits } from '../derive/planner/behind.js';
import { joinArrays, type Space, splitFlat } from '../derive/planner/flat.js';
import { jobOf } from '../derive/planner/job.js';
import { recoverJacobian } from '../derive/planner/recover.js';
import { warn } from '../derive/planner/warning.js';
import type { PatternSpec } from '../derive/sparsity/declared.js';
import { fromDense, type SparseMatrix } from '../derive/sparsity/sparseMatrix.js';
import { fail } from '../errors.js';
import type { Arrays, CallOptions, JacobianValue, ProductValue, SeededPoint } from '../operators/endpoints.js';
import type { Send } from './send.js';

/** One side of a Jacobian: the arrays that are laid end to end, in schema order. */
export interface OperatorSide {
  readonly path: string;
  readonly shape: Shape;
  readonly dtype: DType | 'any';
}

/** A vector by path, as an application writes it, or laid end to end. */
export type OperatorVector = Float64Array | readonly number[] | Readonly<Record<string, unknown>>;

/** What `toSparse` may be told. */
export interface SparseOptions extends CallOptions {
  /** Where the nonzeros are: then as many products are taken as it has groups. Without it, the dense Jacobian is read. */
  readonly sparsity?: PatternSpec | undefined;
}

/** What an operator is made of. */
export interface OperatorParts {
  readonly component: string;
  readonly send: Send;
  /** Inputs of its own: what becomes of the caller's does not matter. */
  readonly inputs: object;
  readonly of: Space;
  readonly wrt: Space;
  readonly options: CallOptions | undefined;
  /** Which products the component offers. */
  readonly offers: (endpoint: 'jvp' | 'vjp') => boolean;
  /** How many of them may run at once: a method in this process may use its buffers again. */
  readonly traits: { readonly jvp: Traits; readonly vjp: Traits };
}

/**
 * The Jacobian ∂(of)/∂(wrt) at one point as a linear operator: `rows` elements of the outputs by `columns` of the inputs,
 * each laid end to end in schema order.
 */
export class JacobianOperator {
  readonly rows: number;
  readonly columns: number;
  /** What the rows are. */
  readonly of: readonly OperatorSide[];
  /** What the columns are. */
  readonly wrt: readonly OperatorSide[];
  readonly #parts: OperatorParts;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
    this.rows = parts.of.size;
    this.columns = parts.wrt.size;
    this.of = sideOf(parts.of);
    this.wrt = sideOf(parts.wrt);
  }

  /**
   * J·t: one jvp. A flat tangent of `columns` numbers gives `rows` numbers, one by path arrays by path.
   *
   * Rejects with `E_ARRAY_LENGTH`, `E_MATRIX_DTYPE` (a flat vector of complex arrays), or as `jvp` does.
   */
  apply(tangent: Float64Array | readonly number[], options?: CallOptions): Promise<Float64Array>;
  apply(tangent: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<ProductValue>;
  apply(tangent: OperatorVector, options?: CallOptions): Promise<Float64Array | ProductValue> {
    return this.#product('jvp', tangent, options);
  }

  /** Jᵀ·c: one vjp. A flat cotangent of `rows` numbers gives `columns` numbers. See `apply`. */
  applyTranspose(cotangent: Float64Array | readonly number[], options?: CallOptions): Promise<Float64Array>;
  applyTranspose(cotangent: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<ProductValue>;
  applyTranspose(cotangent: OperatorVector, options?: CallOptions): Promise<Float64Array | ProductValue> {
    return this.#product('vjp', cotangent, options);
  }

  /** The Jacobian written out, `[rows, columns]`. Rejects with `E_MEMORY_LIMIT` where it takes more than `memoryLimit`. */
  async toDense(options?: CallOptions): Promise<NdArray> {
    const { send, inputs, of, wrt } = this.#parts;
    refuseComplex(of, wrt);
    const call = { ...this.#parts.options, ...options };
    const advice = 'Use products (apply, applyTranspose), toSparse({ sparsity }), or fewer paths.';
    refuseBeyond({ rule: 'toDense', rows: this.rows, columns: this.columns, advice }, call.memoryLimit);
    const blocks = (await send('jacobian', { inputs, ...this.#paths() }, call)) as JacobianValue;
    const flat = new Float64Array(this.rows * this.columns);
    for (const [a, { path }] of of.variables.entries()) {
      for (const [b, input] of wrt.variables.entries()) {
        const [top, left] = [of.starts[a]!, wrt.starts[b]!];
        const size = { rows: of.starts[a + 1]! - top, columns: wrt.starts[b + 1]! - left };
        copyBlock(blocks[path]![input.path], size, flat, top * this.columns + left, this.columns);
      }
    }
    return new NdArray('float64', [this.rows, this.columns], flat);
  }

  /** The Jacobian written out, as an ml-matrix matrix. See `toDense`. */
  async toMatrix(options?: CallOptions): Promise<AbstractMatrix> {
    return (await this.toDense(options)).toMatrix();
  }

  /**
   * The nonzeros. With `sparsity`, from one product for each group of rows or columns that can be probed at once, and one
   * or two more that check them: a pattern that lacks entries is mended, with a warning. Without, from the Jacobian written out.
   */
  async toSparse({ sparsity, ...options }: SparseOptions = {}): Promise<SparseMatrix> {
    if (sparsity === undefined) return fromDense((await this.toDense(options)).data, this.rows, this.columns);
    const { component, inputs, of, wrt, offers, traits } = this.#parts;
    refuseComplex(of, wrt);
    const base = (name: 'jvp' | 'vjp') => (offers(name) ? this.#endpoint(name) : undefined);
    const job = jobOf({
      rule: 'toSparse',
      point: { inputs, of: of.variables, wrt: wrt.variables, options: { ...this.#parts.options, ...options } },
      bases: { jvp: base('jvp'), vjp: base('vjp') },
      options: { sparsity },
      behind: { component, traits, known: new Map(), warn },
      shapes: (point) => point.of,
    });
    const { matrix } = await drive(recoverJacobian(job));
    return matrix!;
  }

  #paths(): { readonly of: readonly string[]; readonly wrt: readonly string[] } {
    return { of: this.of.map(({ path }) => path), wrt: this.wrt.map(({ path }) => path) };
  }

  async #product(
    endpoint: 'jvp' | 'vjp',
    vector: OperatorVector,
    options: CallOptions | undefined,
  ): Promise<Float64Array | ProductValue> {
    const { send, inputs, of, wrt } = this.#parts;
    const [from, to] = endpoint === 'jvp' ? [wrt, of] : [of, wrt];
    const flat = vector instanceof Float64Array || Array.isArray(vector);
    const seed = flat ? flatSeed(from, to, vector as ArrayLike<number>) : vector;
    const request = { inputs, ...this.#paths(), [seedName[endpoint]]: seed };
    const product = (await send(endpoint, request, { ...this.#parts.options, ...options })) as ProductValue;
    return flat ? joinArrays(to, arraysOf(product)).slice() : product;
  }

  #endpoint(name: 'jvp' | 'vjp'): (point: SeededPoint) => Promise<Arrays> {
    return async ({ inputs, of, wrt, seed, options }) => {
      const paths = { of: of.map(({ path }) => path), wrt: wrt.map(({ path }) => path) };
      const product = await this.#parts.send(name, { inputs, ...paths, [seedName[name]]: seed }, options);
      return arraysOf(product as ProductValue);
    };
  }
}

const seedName = { jvp: 'tangent', vjp: 'cotangent' } as const;

function sideOf({ variables }: Space): readonly OperatorSide[] {
  return variables.map(({ path, shape = [], dtype }) => ({ path, shape, dtype }));
}

function flatSeed(from: Space, to: Space, vector: ArrayLike<number>): Arrays {
  refuseComplex(from, to);
  if (vector.length !== from.size) {
    fail('E_ARRAY_LENGTH', { received: String(vector.length), expected: String(from.size) });
  }
  return splitFlat(from, vector instanceof Float64Array ? vector : Float64Array.from(vector));
}

function refuseComplex(...spaces: readonly Space[]): void {
  for (const { dtype } of spaces.flatMap(({ variables }) => variables)) {
    if (dtype === 'any' || dtypes[dtype].kind !== 'complex') continue;
    fail('E_MATRIX_DTYPE', { received: dtype, expected: 'float64' });
  }
}

function arraysOf(product: ProductValue): Arrays {
  return Object.fromEntries(Object.entries(product).map(([path, value]) => [path, arrayOf(value)]));
}

function arrayOf(value: unknown): NdArray<DType> {
  if (isNdArray(value)) return value;
  const array = readArray(value, { dtype: 'any', shape: 'any' });
  // What a handle gives was checked: it is an array, or a number.
  if (isFault(array)) throw new TypeError(array.received);
  return array;
}

function copyBlock(
  block: unknown,
  { rows, columns }: { readonly rows: number; readonly columns: number },
  into: Float64Array,
  start: number,
  stride: number,
): void {
  const data = arrayOf(block).data as ArrayLike<number>;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) into[start + i * stride + j] = data[i * columns + j]!;
  }
}
