/** The hand-written derivatives of the examples against central differences of their apply, both in float64. */
import { describe, expect, test } from '@jest/globals';
import { array, type DType, isNdArray, NdArray, openComponent } from 'cotangent';
import { Heat } from '../../examples/heat/component.js';
import { ObservedHeat } from '../../examples/heat/observed.js';
import { MeshStats } from '../../examples/meshstats/component.js';
import { Rosenbrock } from '../../examples/rosenbrock/component.js';
import { VectorAdd } from '../../examples/vectoradd/component.js';
import { centralDerivative, centralJacobian, distance } from './difference.js';

/** A float64 array in a float32 field: methods called directly take what they get, so differences are not rounded. */
const unrounded = (values: ArrayLike<number>, shape: readonly number[] = [values.length]): NdArray<'float32'> =>
  new NdArray<DType>('float64', shape, Float64Array.from(values)) as NdArray<'float32'>;

/** A wave that is nowhere special. */
const wave = (length: number, frequency: number) =>
  Float64Array.from({ length }, (_, i) => Math.sin(frequency * i + 0.4) + 0.1 * i * Math.cos(i));

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((total, value, i) => total + value * b[i]!, 0);

const elementsOf = (value: unknown): Float64Array =>
  Float64Array.from(isNdArray(value) ? Array.from(value.data, Number) : []);

describe('rosenbrock', () => {
  test('the gradient is that of its differences', () => {
    const f = ([x, y]: Float64Array) => [new Rosenbrock().apply({ x: x!, y: y!, a: 1.5, b: 40 }).result];
    const inputs = { x: -0.7, y: 1.3, a: 1.5, b: 40 };
    const { x, y } = new Rosenbrock().jacobian({ inputs, of: ['result'], wrt: ['x', 'y'] }).result;
    expect(distance([[x, y]], centralJacobian(f, Float64Array.of(-0.7, 1.3)))).toBeLessThan(1e-7);
  });
});

describe('vectoradd', () => {
  const at = (x: Float64Array, normalize: boolean) => ({
    a: unrounded(x.subarray(0, 3)),
    b: unrounded(x.subarray(3, 6)),
    s: x[6]!,
    normalize,
  });

  test.each([false, true])('the Jacobian is that of its differences, normalize = %s', (normalize) => {
    const x = Float64Array.of(0.3, -1.2, 0.8, 1.1, 0.4, -0.6, 1.7);
    const f = (moved: Float64Array) => {
      const { result, summary } = new VectorAdd().add(at(moved, normalize));
      return [...result, summary.norm];
    };
    const request = { inputs: at(x, normalize), of: ['result', 'summary.norm'], wrt: ['a', 'b', 's'] };
    const { result, 'summary.norm': norm } = new VectorAdd().differentiate(request);
    const rows = result.s.map((byScale, i) => [...result.a[i]!, ...result.b[i]!, byScale]);
    expect(distance([...rows, [...norm.a, ...norm.b, norm.s]], centralJacobian(f, x))).toBeLessThan(1e-9);
  });
});

describe('meshstats', () => {
  test('the Jacobian is that of its differences', () => {
    const x = wave(14, 1.3);
    const at = (moved: Float64Array) => ({
      mesh: {
        points: unrounded(moved.subarray(0, 12), [4, 3]),
        cells: array([[0, 1, 2]], { dtype: 'int32' }),
        cellData: new Map([['heat', unrounded(moved.subarray(12))]]),
      },
    });
    const f = (moved: Float64Array) => {
      const { barycenter, firstPoint, cellMeans } = new MeshStats().measure(at(moved));
      return [...barycenter, ...firstPoint, ...cellMeans.values()];
    };
    const of = ['barycenter', 'firstPoint', 'cellMeans.{heat}'];
    const blocks = new MeshStats().differentiate({ inputs: at(x), of, wrt: ['mesh.points', 'mesh.cellData.{heat}'] });
    const shapes = [
      [3, 12],
      [3, 12],
      [1, 12],
    ] as const;
    const rows = of.flatMap((path, k) => {
      const [count, width] = shapes[k]!;
      const byPoints = [blocks[path]!['mesh.points']].flat(9) as number[];
      const byData = [blocks[path]!['mesh.cellData.{heat}']].flat(9).flatMap((part) => [...(part as Float64Array)]);
      return Array.from({ length: count }, (_, i) => [
        ...byPoints.slice(i * width, (i + 1) * width),
        ...byData.slice(2 * i, 2 * i + 2),
      ]);
    });
    expect(distance(rows, centralJacobian(f, x))).toBeLessThan(1e-9);
  });
});

describe('heat', () => {
  const rod = { duration: 0.4, steps: 6 };
  const at = (x: Float64Array, elements: number) => ({
    ...rod,
    logConductivity: array(x.slice(0, elements)),
    initial: array(x.slice(elements)),
  });

  test('the adjoint of 200 elements is that of differences along a direction', () => {
    const x = wave(401, 0.37).map((value) => value / 20);
    const f = (moved: Float64Array) => new Heat().apply(at(moved, 200)).temperature.data;
    const [direction, temperature] = [wave(401, 0.7), wave(6 * 201, 1.1)];
    const cotangent = { temperature: new NdArray('float64', [6, 201], temperature) };
    const request = { inputs: at(x, 200), of: ['temperature'], wrt: ['logConductivity', 'initial'], cotangent };
    const { logConductivity, initial } = new Heat().vjp(request);
    const pulled = dot([...elementsOf(logConductivity), ...elementsOf(initial)], direction);
    const pushed = dot(temperature, centralDerivative(f, x, direction, 1e-6));
    expect(Math.abs(pulled / pushed - 1)).toBeLessThan(1e-8);
  });

  test('a rod of one element has ends only, so its conductivity does nothing', () => {
    const inputs = at(Float64Array.of(0.3, 2, 5), 1);
    const cotangent = { temperature: new NdArray('float64', [6, 2], new Float64Array(12).fill(1)) };
    const request = { inputs, of: ['temperature'], wrt: ['logConductivity', 'initial'], cotangent };
    const { logConductivity, initial } = new Heat().vjp(request);
    expect([...elementsOf(logConductivity)]).toEqual([0]);
    expect([...elementsOf(initial)]).toEqual([6, 6]);
  });

  describe('seen by sensors', () => {
    const sensors = array([0, 0.13, 0.5, 0.97, 1]);
    const handle = openComponent(ObservedHeat);
    const x = wave(11, 0.9).map((value) => value / 3);

    test('the Jacobian derived from the adjoint of the subclass is that of its differences', async () => {
      const observe = new ObservedHeat();
      const f = (moved: Float64Array) => observe.apply({ ...at(moved, 5), sensors }).observed.data;
      const { observed } = await handle.jacobian({ inputs: { ...at(x, 5), sensors }, of: ['observed'] });
      const [byLog, byInitial] = [observed!['logConductivity'], observed!['initial']].map(elementsOf);
      const rows = Array.from({ length: 30 }, (_, i) => [
        ...byLog!.subarray(5 * i, 5 * i + 5),
        ...byInitial!.subarray(6 * i, 6 * i + 6),
      ]);
      expect(distance(rows, centralJacobian(f, x))).toBeLessThan(1e-9);
    });

    test('⟨c, J·t⟩ = ⟨Jᵀ·c, t⟩ with cotangents of both outputs', async () => {
      const inputs = { ...at(x, 5), sensors };
      const tangent = { logConductivity: wave(5, 2), initial: wave(6, 3) };
      const cotangent = {
        temperature: new NdArray('float64', [6, 6], wave(36, 4)),
        observed: new NdArray('float64', [6, 5], wave(30, 5)),
      };
      const pushed = await handle.jvp({ inputs, of: ['temperature', 'observed'], tangent });
      const pulled = await handle.vjp({ inputs, wrt: ['logConductivity', 'initial'], cotangent });
      const left =
        dot(elementsOf(pushed['temperature']), cotangent.temperature.data) +
        dot(elementsOf(pushed['observed']), cotangent.observed.data);
      const right =
        dot(elementsOf(pulled['logConductivity']), tangent.logConductivity) +
        dot(elementsOf(pulled['initial']), tangent.initial);
      expect(Math.abs(left - right)).toBeLessThan(1e-12 * Math.abs(left));
    });

    test('sensors at the ends see the temperatures that are held there', async () => {
      const { observed } = await handle.apply({ ...at(x, 5), sensors });
      expect(observed.shape).toEqual([6, 5]);
      for (let step = 0; step < 6; step++) {
        expect([observed.data[5 * step], observed.data[5 * step + 4]]).toEqual([x[5], x[10]]);
      }
    });

    test('a sensor off the rod is refused with its path', async () => {
      const answer = handle.apply({ ...at(x, 5), sensors: [0.5, 1.2] });
      await expect(answer).rejects.toMatchObject({ code: 'E_CONSTRAINT', fields: { path: 'inputs.sensors' } });
    });
  });
});
