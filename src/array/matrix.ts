/**
 * The one ml-matrix matrix of this project: a view, without a copy, of a flat `Float64Array` in C order.
 *
 * It goes into every function of ml-matrix that takes a matrix. Products, transposes and copies are overridden with
 * the loops of `kernels.ts` and give a `BlockMatrix` again. There is one such class only, because ml-matrix slows down
 * in the whole process once it has met five kinds of matrix.
 */
import { AbstractMatrix, Matrix } from 'ml-matrix';
import { fail } from '../errors.js';
import { gemm, gevm, transposed } from './kernels.js';

/** What ml-matrix takes for a matrix. */
export type MatrixOperand = AbstractMatrix | ArrayLike<ArrayLike<number>>;

/** A row or a column that is added, at the end or before `index`. */
type Line = ArrayLike<number> | AbstractMatrix;
type Edge = [line: Line] | [index: number, line: Line];

/**
 * A matrix of `rows × columns` over `flat`. Unlike ml-matrix's own, its products check the inner dimensions
 * (`E_MATRIX_PRODUCT`) and skip no zeros: `0 · NaN` is NaN.
 */
export class BlockMatrix extends AbstractMatrix {
  override readonly rows: number;
  override readonly columns: number;
  /** The elements in C order: writing to them writes to the matrix. */
  readonly flat: Float64Array;

  constructor(rows: number, columns: number, flat: Float64Array) {
    super();
    if (flat.length !== rows * columns) {
      fail('E_ARRAY_LENGTH', { received: String(flat.length), expected: `${rows * columns} (${rows} × ${columns})` });
    }
    this.rows = rows;
    this.columns = columns;
    this.flat = flat;
  }

  // An index out of range is treated as ml-matrix does: no such row is an error, no such column is undefined.
  override get(row: number, column: number): number {
    this.#requireRow(row);
    return (isBelow(column, this.columns) ? this.flat[row * this.columns + column] : undefined)!;
  }

  override set(row: number, column: number, value: number): this {
    this.#requireRow(row);
    if (isBelow(column, this.columns)) this.flat[row * this.columns + column] = value;
    return this;
  }

  #requireRow(row: number): void {
    if (!isBelow(row, this.rows)) throw new TypeError(`There is no row ${row} in a matrix of ${this.rows} rows.`);
  }

  /** `this · other`. */
  override mmul(other: MatrixOperand): BlockMatrix {
    const right = blockOf(other);
    return this.mmulAdd(right, empty(this.rows, right.columns));
  }

  /** `into += this · other`, and gives `into`. */
  mmulAdd(other: BlockMatrix, into: BlockMatrix): BlockMatrix {
    requireProduct(this.rows, this.columns, other, into);
    gemm(this.flat, other.flat, this.rows, this.columns, other.columns, into.flat);
    return into;
  }

  /** `thisᵀ · other`. */
  override transposeMultiply(other: MatrixOperand): BlockMatrix {
    const right = blockOf(other);
    if (right.columns !== 1 || right.rows !== this.rows) return this.transpose().mmul(right);
    const product = empty(this.columns, 1);
    gevm(right.flat, this.flat, this.rows, this.columns, product.flat);
    return product;
  }

  /** `thisᵀ`, as a copy. */
  override transpose(): BlockMatrix {
    return new BlockMatrix(this.columns, this.rows, transposed(this.flat, this.rows, this.columns));
  }

  /** A copy: its elements are its own. */
  override clone(): this {
    return new BlockMatrix(this.rows, this.columns, this.flat.slice()) as this;
  }

  override to1DArray(): number[] {
    return Array.from(this.flat);
  }

  /** As ml-matrix does: in place, but the elements move to a new `flat`, and the array seen so far stays as it is. */
  addRow(...row: Edge): this {
    return resize(this, (copy) => copy.addRow(...(row as [number, Line])));
  }

  /** See `addRow`. */
  addColumn(...column: Edge): this {
    return resize(this, (copy) => copy.addColumn(...(column as [number, Line])));
  }

  /** See `addRow`. */
  removeRow(index: number): this {
    return resize(this, (copy) => copy.removeRow(index));
  }

  /** See `addRow`. */
  removeColumn(index: number): this {
    return resize(this, (copy) => copy.removeColumn(index));
  }
}

function isBelow(index: number, extent: number): boolean {
  return index >>> 0 === index && index < extent;
}

/** Any matrix, or nested lists, as a `BlockMatrix`: itself if it is one, else one flat copy. */
export function blockOf(matrix: MatrixOperand): BlockMatrix {
  if (matrix instanceof BlockMatrix) return matrix;
  const source = AbstractMatrix.isMatrix(matrix) ? matrix : new Matrix(matrix);
  const block = empty(source.rows, source.columns);
  const { rows, columns } = block;
  const held = rowsOf(source);
  if (held) for (let i = 0; i < rows; i++) block.flat.set(held[i]!, i * columns);
  else for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) block.flat[i * columns + j] = source.get(i, j);
  return block;
}

/** The rows of a plain `Matrix`, which its types do not show; they copy ten times faster than element by element. */
function rowsOf(matrix: AbstractMatrix): readonly Float64Array[] | undefined {
  return matrix instanceof Matrix && 'data' in matrix ? (matrix.data as readonly Float64Array[]) : undefined;
}

function empty(rows: number, columns: number): BlockMatrix {
  return new BlockMatrix(rows, columns, new Float64Array(rows * columns));
}

function resize<M extends BlockMatrix>(matrix: M, edit: (copy: Matrix) => void): M {
  const copy = new Matrix(matrix);
  edit(copy);
  const { rows, columns, flat } = blockOf(copy);
  return Object.assign(matrix, { rows, columns, flat });
}

type Extents = Pick<BlockMatrix, 'rows' | 'columns'>;

/** Raise `E_MATRIX_PRODUCT` where `rows × inner` times `other` is not of the extents of `into`. */
export function requireProduct(rows: number, inner: number, other: Extents, into: Extents): void {
  if (inner !== other.rows || into.rows !== rows || into.columns !== other.columns) {
    fail('E_MATRIX_PRODUCT', {
      received: `${rows} × ${inner} times ${other.rows} × ${other.columns} into ${into.rows} × ${into.columns}`,
      expected: 'as many columns on the left as rows on the right',
    });
  }
}
