/** Components for callers in Python: every kind of field, and every way to come by a derivative. */
import {
  type Abstract,
  AbstractEval,
  Apply,
  array,
  Bool,
  Complex64,
  Complex128,
  Component,
  Derive,
  DifferentiableComponent,
  Field,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  Jacobian,
  type JacobianRequest,
  NdArray,
  UInt8,
  UInt16,
  UInt32,
  UInt64,
  Vjp,
  type VjpRequest,
} from 'cotangent';

export class Inner {
  @Float32({ shape: [null, 3] }) points!: NdArray<'float32'>;
  @Field(() => String) tag = 't';
}

const any = { shape: 'any' } as const;

export class KindsModel {
  @Float16(any) float16: NdArray<'float16'> = array([], { dtype: 'float16' });
  @Float32(any) float32: NdArray<'float32'> = array([], { dtype: 'float32' });
  @Float64(any) float64: NdArray = array([]);
  @Int8(any) int8: NdArray<'int8'> = array([], { dtype: 'int8' });
  @Int16(any) int16: NdArray<'int16'> = array([], { dtype: 'int16' });
  @Int32(any) int32: NdArray<'int32'> = array([], { dtype: 'int32' });
  @Int64(any) int64: NdArray<'int64'> = array([], { dtype: 'int64' });
  @Bool(any) bool: NdArray<'bool'> = array([], { dtype: 'bool' });
  @UInt8(any) uint8: NdArray<'uint8'> = array([], { dtype: 'uint8' });
  @UInt16(any) uint16: NdArray<'uint16'> = array([], { dtype: 'uint16' });
  @UInt32(any) uint32: NdArray<'uint32'> = array([], { dtype: 'uint32' });
  @UInt64(any) uint64: NdArray<'uint64'> = array([], { dtype: 'uint64' });
  @Complex64(any) complex64: NdArray<'complex64'> = array([], { dtype: 'complex64' });
  @Complex128(any) complex128: NdArray<'complex128'> = array([], { dtype: 'complex128' });
  @Float64({ ...any, optional: true }) optional?: NdArray;
  @Float64({ shape: [null], each: 'list' }) several: readonly NdArray[] = [];
  @Float64({ shape: [null], each: 'map' }) named: ReadonlyMap<string, NdArray> = new Map();
  @Field(() => Inner, { each: 'list' }) models: readonly Inner[] = [];
  @Field(() => Inner, { each: 'map' }) byName: ReadonlyMap<string, Inner> = new Map();
  @Field(() => String) text = '';
  @Field(() => ['a', 'b']) choice: 'a' | 'b' = 'a';
  @Field(() => Boolean) flag = true;
  @Field(() => Number) number = 0.5;
}

/** Gives back what it gets. */
@Component({ inputs: KindsModel, outputs: KindsModel, description: 'Gives back what it gets.' })
export class Kinds extends DifferentiableComponent<KindsModel, KindsModel> {
  @Apply()
  apply(inputs: KindsModel): KindsModel {
    return inputs;
  }
}

export class Points {
  @Float32({ shape: [null, 3], differentiable: true }) points!: NdArray<'float32'>;
  @Field(() => String) name = 'mesh';
}

export class CentroidInputs {
  @Field(() => Points) mesh!: Points;
}

export class CentroidOutputs {
  @Float32({ shape: [3], differentiable: true }) centroid!: NdArray<'float32'>;
}

/** The mean of the points of a model in a model. */
@Component({ inputs: CentroidInputs, outputs: CentroidOutputs })
export class Centroid extends DifferentiableComponent<CentroidInputs, CentroidOutputs> {
  @Apply()
  apply({ mesh: { points } }: CentroidInputs) {
    const centroid = [0, 0, 0];
    points.data.forEach((value, i) => {
      centroid[i % 3]! += value / points.shape[0]!;
    });
    return { centroid: array(centroid, { dtype: 'float32' }) };
  }

  @Vjp()
  vjp({ inputs: { mesh }, cotangent }: VjpRequest<CentroidInputs, CentroidOutputs>) {
    const { shape, data } = mesh.points;
    const each = (_value: number, i: number) => cotangent.centroid!.data[i % 3]! / shape[0]!;
    return { 'mesh.points': new NdArray('float32', shape, data.map(each)) };
  }
}

export class ScalarModel {
  @Float64() x!: number;
}

/** Throws what nobody outside may read. */
@Component({ inputs: ScalarModel, outputs: ScalarModel })
export class Failing extends DifferentiableComponent<ScalarModel, ScalarModel> {
  @Apply()
  apply(): ScalarModel {
    throw new Error('secret');
  }
}

export class PairInputs {
  @Float32({ shape: [null], differentiable: true }) a!: NdArray<'float32'>;
  @Float32({ differentiable: true }) b = 1;
  @Float32({ shape: [null], each: 'map', differentiable: true }) extra: ReadonlyMap<string, NdArray<'float32'>> =
    new Map();
}

export class PairOutputs {
  @Float32({ shape: [null], differentiable: true }) y!: NdArray<'float32'>;
  @Float32({ differentiable: true }) s!: number;
}

const outline = ({ a }: Abstract<PairInputs>): Abstract<PairOutputs> => ({
  y: { shape: a.shape, dtype: 'float32' },
  s: { shape: [], dtype: 'float32' },
});

/** y = b²·sin(a), s = Σ a² + b + Σ extra. */
function evaluate({ a, b, extra }: PairInputs): PairOutputs {
  const squares = a.data.reduce((total, value) => total + value * value, 0);
  const rest = [...extra.values()].flatMap(({ data }) => [...data]).reduce((total, value) => total + value, 0);
  return {
    y: new NdArray(
      'float32',
      a.shape,
      a.data.map((value) => b * b * Math.sin(value)),
    ),
    s: squares + b + rest,
  };
}

/** Apply and its outline; what else there is, is derived, or not there. */
@Component({ inputs: PairInputs, outputs: PairOutputs, abstract: true })
class Pair extends DifferentiableComponent<PairInputs, PairOutputs> {
  @Apply()
  apply(inputs: PairInputs) {
    return evaluate(inputs);
  }

  @AbstractEval()
  abstractEval(inputs: Abstract<PairInputs>) {
    return outline(inputs);
  }
}

/** A Jacobian by hand, which is listed, and products derived from it. */
@Component({ inputs: PairInputs, outputs: PairOutputs })
@Derive('jvpFromJacobian', 'vjpFromJacobian')
export class WithJacobian extends Pair {
  @Jacobian()
  jacobian({ inputs: { a, b, extra }, wrt }: JacobianRequest<PairInputs>) {
    const n = a.data.length;
    const y: Record<string, Float64Array> = { b: Float64Array.from(a.data, (value) => 2 * b * Math.sin(value)) };
    const s: Record<string, Float64Array | number> = { b: 1, a: Float64Array.from(a.data, (value) => 2 * value) };
    const diagonal = new Float64Array(n * n);
    a.data.forEach((value, i) => {
      diagonal[i * n + i] = b * b * Math.cos(value);
    });
    const row = (blocks: Record<string, Float64Array | number>, rows: number[]) => {
      const blockOf = (path: string) => {
        const columns = path === 'b' ? [] : [path === 'a' ? n : extra.get(path.slice(7, -1))!.size];
        const shape = [...rows, ...columns];
        const otherwise = Float64Array.from({ length: shape.reduce((x, z) => x * z, 1) }, () => (rows.length ? 0 : 1));
        const block = blocks[path] ?? otherwise;
        return typeof block === 'number' ? block : new NdArray('float64', shape, block);
      };
      return Object.fromEntries(wrt.map((path) => [path, blockOf(path)]));
    };
    return { y: row({ ...y, a: diagonal }, [n]), s: row(s, []) };
  }
}

/** A vjp by hand, a jvp derived from it, and no Jacobian. */
@Component({ inputs: PairInputs, outputs: PairOutputs })
@Derive('jvpFromVjp')
export class WithoutJacobian extends Pair {
  @Vjp()
  vjp({ inputs: { a, b, extra }, wrt, of, cotangent }: VjpRequest<PairInputs, PairOutputs>) {
    const y = of.includes('y') ? cotangent.y!.data : new Float32Array(a.data.length);
    const s = of.includes('s') ? cotangent.s! : 0;
    const gradient = (path: string) => {
      if (path === 'a') return Float64Array.from(a.data, (value, i) => y[i]! * b * b * Math.cos(value) + s * 2 * value);
      if (path === 'b') return a.data.reduce((total, value, i) => total + y[i]! * 2 * b * Math.sin(value), s);
      return Float64Array.from(extra.get(path.slice(7, -1))!.data, () => s);
    };
    return Object.fromEntries(wrt.map((path) => [path, gradient(path)]));
  }
}

/** Nothing but apply: both products are derived from it, by differences. */
@Component({ inputs: PairInputs, outputs: PairOutputs })
@Derive('jvpFromApply', 'vjpFromApply')
export class DerivedOnly extends Pair {}
