import {
  Validate,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import {
  type Abstract,
  AbstractEval,
  Apply,
  Component,
  Derive,
  DifferentiableComponent,
  Field,
  Float32,
  Int32,
  Jacobian,
  type JacobianRequest,
  type JacobianResult,
  type NdArray,
} from 'cotangent';

/** An array of data on a mesh. */
type Data = NdArray<'float32'>;

/** Every array of a map must have one element for each cell. */
@ValidatorConstraint({ name: 'onePerCell' })
export class OnePerCell implements ValidatorConstraintInterface {
  validate(value: ReadonlyMap<string, Data>, { object }: ValidationArguments): boolean {
    const [cells] = (object as Mesh).cells.shape;
    return [...value.values()].every(({ size }) => size === cells);
  }

  defaultMessage({ property, object }: ValidationArguments): string {
    return `every array of ${property} must have one element for each of the ${(object as Mesh).cells.shape[0]} cells`;
  }
}

/** Points, the cells between them, and named data on the cells. */
export class Mesh {
  @Float32({ shape: [null, 3], differentiable: true, description: 'The coordinates of each point.' }) points!: Data;
  @Int32({ shape: [null, null], description: 'The points of each cell.' }) cells!: NdArray<'int32'>;
  @Float32({
    shape: [null],
    each: 'map',
    differentiable: true,
    description: 'Data by name, one element for each cell.',
  })
  @Validate(OnePerCell)
  cellData: ReadonlyMap<string, Data> = new Map();
}

/** A mesh. */
export class MeshStatsInputs {
  @Field() mesh!: Mesh;
}

/** What is said of a mesh. */
export class MeshStatsOutputs {
  @Float32({ shape: [3], differentiable: true, description: 'The mean of the points.' }) barycenter!: Data;
  @Float32({ shape: [3], differentiable: true, description: 'The first point.' }) firstPoint!: Data;
  @Float32({ each: 'map', differentiable: true, description: 'The mean of each array of cell data.' })
  cellMeans!: ReadonlyMap<string, number>;
}

/** Statistics of a mesh. Paths reach into the nested model and its map: `mesh.cellData.{pressure}`. */
@Component({
  inputs: MeshStatsInputs,
  outputs: MeshStatsOutputs,
  version: '1.0.0',
  description: 'Barycenter, first point and the means of the cell data of a mesh.',
})
@Derive('jvpFromJacobian', 'vjpFromJacobian')
export class MeshStats extends DifferentiableComponent<MeshStatsInputs, MeshStatsOutputs> {
  @Apply()
  measure({ mesh: { points, cellData } }: MeshStatsInputs) {
    const count = points.shape[0]!;
    const barycenter = [0, 0, 0];
    points.data.forEach((value, i) => {
      barycenter[i % 3]! += value / count;
    });
    const cellMeans = new Map([...cellData].map(([name, { data }]) => [name, mean(data)]));
    return { barycenter, firstPoint: points.data.subarray(0, 3), cellMeans };
  }

  @AbstractEval()
  outline({ mesh: { cellData } }: Abstract<MeshStatsInputs>): Abstract<MeshStatsOutputs> {
    const point = { shape: [3], dtype: 'float32' } as const;
    const scalar = { shape: [], dtype: 'float32' } as const;
    const cellMeans = new Map([...cellData.keys()].map((name) => [name, scalar]));
    return { barycenter: point, firstPoint: point, cellMeans };
  }

  @Jacobian()
  differentiate({ inputs: { mesh }, of, wrt }: JacobianRequest<MeshStatsInputs>): JacobianResult {
    const row = (output: string) => wrt.map((input) => [input, block(mesh, output, input)]);
    return Object.fromEntries(of.map((output) => [output, Object.fromEntries(row(output))]));
  }
}

function mean(data: Float32Array): number {
  return data.reduce((total, value) => total + value, 0) / data.length;
}

/** ∂output/∂input: a mean spreads evenly over what it is the mean of, and data of other names has no part in it. */
function block(mesh: Mesh, output: string, input: string): JacobianResult[string][string] {
  const { points, cellData } = mesh;
  if (input === 'mesh.points') return pointsBlock(points.shape[0]!, output);
  const size = cellData.get(nameIn(input))?.size ?? 0;
  const weight = output.startsWith('cellMeans.') && nameIn(output) === nameIn(input) ? 1 / size : 0;
  const even = new Float64Array(size).fill(weight);
  return output.startsWith('cellMeans.') ? even : [even, even, even];
}

/** ∂output/∂points: [3, count, 3] of a point, [count, 3] of a number. */
function pointsBlock(count: number, output: string): number[][] | number[][][] {
  const weight = (i: number) => (output === 'barycenter' ? 1 / count : Number(i === 0));
  if (output.startsWith('cellMeans.')) return Array.from({ length: count }, () => [0, 0, 0]);
  return [0, 1, 2].map((axis) =>
    Array.from({ length: count }, (_, i) => [0, 1, 2].map((other) => (axis === other ? weight(i) : 0))),
  );
}

/** `pressure` of `mesh.cellData.{pressure}`. */
function nameIn(path: string): string {
  return path.slice(path.indexOf('{') + 1, -1);
}
