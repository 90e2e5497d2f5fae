/** A component with an endpoint and a field of every kind; `interop/python/tesseracts/twin` is the same in Python. */
import { IsInt, IsPositive } from 'class-validator';
import {
  type Abstract,
  AbstractEval,
  Apply,
  array,
  Component,
  DifferentiableComponent,
  Field,
  Float32,
  Float64,
  Int64,
  Jacobian,
  type JacobianRequest,
  Jvp,
  type JvpRequest,
  NdArray,
  type ShapeDType,
  Vjp,
  type VjpRequest,
  zeros,
} from 'cotangent';

export class Part {
  @Float64({ differentiable: true }) weight = 1;
  @Field(() => String) label = 'part';
}

export class TwinInputs {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
  @Float64({ differentiable: true }) scale = 2;
  @Float32({ shape: [2, 2], differentiable: true }) matrix: NdArray<'float32'> = array(
    [
      [1, 0],
      [0, 1],
    ],
    { dtype: 'float32' },
  );
  @Float64({ shape: [null], differentiable: true, optional: true }) offset?: NdArray;
  @Float64({ shape: [null], each: 'map', differentiable: true }) named: ReadonlyMap<string, NdArray> = new Map();
  @Field(() => Part, { each: 'list' }) parts: readonly Part[] = [];
  @Int64() count = 3n;
  @Field(() => Number) @IsInt() @IsPositive() times = 1;
  @Field(() => String, { optional: true }) mode?: string = 'plain';
}

export class TwinOutputs {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
  @Float64({ differentiable: true }) total!: number;
  @Float64({ each: 'map', differentiable: true }) sums!: ReadonlyMap<string, number>;
  @Float32({ differentiable: true }) trace!: number;
  @Float64({ shape: [null], optional: true }) offset?: NdArray;
  @Int64() count!: bigint;
  @Field(() => String, { each: 'list' }) labels!: readonly string[];
  @Field(() => Number) times!: number;
  @Field(() => String, { optional: true }) mode?: string;
}

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);

/** y = times·scale·x + offset, and the sums of what there is. */
@Component({ inputs: TwinInputs, outputs: TwinOutputs, name: 'Twin', version: '2.1.0' })
export class Twin extends DifferentiableComponent<TwinInputs, TwinOutputs> {
  @Apply()
  apply({ x, scale, matrix, offset, named, parts, count, times, mode }: TwinInputs): TwinOutputs {
    const y = array(x.data.map((value, i) => times * scale * value + (offset?.data[i] ?? 0)));
    const sums = new Map([...named].map(([key, { data }]) => [key, sum(data)]));
    const total = sum(y.data) + sum(parts.map(({ weight }) => weight));
    const labels = parts.map(({ label }) => label);
    const trace = matrix.data[0]! + matrix.data[3]!;
    return { y, total, sums, trace, offset, count: count + 1n, labels, times, mode } as TwinOutputs;
  }

  @AbstractEval()
  abstractEval({ x, named, offset, parts, times, mode }: Abstract<TwinInputs>): Abstract<TwinOutputs> {
    const scalar = (dtype: ShapeDType['dtype']): ShapeDType => ({ shape: [], dtype });
    const sums = new Map([...named.keys()].map((key) => [key, scalar('float64')]));
    const labels = parts.map(({ label }) => label);
    const rest = { sums, offset, labels, times, mode };
    return { y: x, total: scalar('float64'), trace: scalar('float32'), count: scalar('int64'), ...rest } as never;
  }

  @Jacobian()
  jacobian({ inputs, of, wrt }: JacobianRequest<TwinInputs>) {
    const row = (output: string) => wrt.map((input) => [input, block(inputs, output, input)]);
    return Object.fromEntries(of.map((output) => [output, Object.fromEntries(row(output))]));
  }

  @Jvp()
  jvp({ inputs, of, wrt, tangent }: JvpRequest<TwinInputs>) {
    const product = (output: string) => {
      const rows = rowsOf(inputs, output);
      const result = zeros(rows);
      for (const input of wrt) {
        const seed = flat(tangent[input]);
        const { data } = block(inputs, output, input);
        for (let i = 0; i < data.length; i++)
          result.data[Math.floor(i / seed.length)]! += data[i]! * seed[i % seed.length]!;
      }
      return [output, result];
    };
    return Object.fromEntries(of.map(product));
  }

  @Vjp()
  vjp({ inputs, of, wrt, cotangent }: VjpRequest<TwinInputs, TwinOutputs>) {
    const product = (input: string) => {
      const shape = shapeAt(inputs, input);
      const result = zeros(shape);
      const size = result.data.length;
      for (const output of of) {
        const seed = flat(cotangent[output]);
        const { data } = block(inputs, output, input);
        for (let i = 0; i < data.length; i++) result.data[i % size]! += seed[Math.floor(i / size)]! * data[i]!;
      }
      return [input, result];
    };
    return Object.fromEntries(wrt.map(product));
  }
}

const flat = (value: unknown): ArrayLike<number> =>
  (value instanceof NdArray ? value.data : [value as number]) as never;
const inner = (path: string): string => path.slice(path.indexOf('{') + 1, -1);

function shapeAt({ x, matrix, offset, named }: TwinInputs, path: string): readonly number[] {
  if (path.startsWith('named.')) return named.get(inner(path))!.shape;
  return { x: x.shape, matrix: matrix.shape, offset: offset?.shape }[path] ?? [];
}

function rowsOf({ x }: TwinInputs, output: string): readonly number[] {
  return output === 'y' ? x.shape : [];
}

/** ∂output/∂input. */
function block(inputs: TwinInputs, output: string, path: string): NdArray {
  const n = inputs.x.data.length;
  const shape = shapeAt(inputs, path);
  const result = zeros([...rowsOf(inputs, output), ...shape]);
  const { data } = result;
  if (output === 'trace' && path === 'matrix') data.set([1, 0, 0, 1]);
  if (output.startsWith('sums.') && path.startsWith('named.') && inner(path) === inner(output)) data.fill(1);
  if (output === 'total' && path.startsWith('parts.')) data.fill(1);
  if (output !== 'y' && output !== 'total') return result;
  const slope = path === 'offset' ? 1 : inputs.times * inputs.scale;
  if (path === 'x' || path === 'offset') {
    if (output === 'total') data.fill(slope);
    else for (let i = 0; i < n; i++) data[i * n + i] = slope;
  } else if (path === 'scale') {
    const column = inputs.x.data.map((value) => inputs.times * value);
    data.set(output === 'y' ? column : [sum(column)]);
  }
  return result;
}
