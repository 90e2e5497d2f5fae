/** Calibration by Gauss-Newton: which conductivities explain what the sensors saw? */
import { type ComponentHandle, isNdArray, type JacobianValue, NdArray, zeros } from 'cotangent';
import { type AbstractMatrix, solve } from 'ml-matrix';
import type { ObservedInputs, ObservedOutputs } from './observed.js';

/** What was measured, and what is known of it. */
export interface Measurement {
  /** Everything but the conductivity, which is looked for. */
  readonly rod: Omit<ObservedInputs, 'logConductivity'>;
  /** At each sensor (columns) after each step (rows). */
  readonly observed: NdArray;
  /** The standard deviation of the noise. */
  readonly noise: number;
  /** The standard deviation of log k from one element to the next, believed beforehand. */
  readonly roughness: number;
}

/** One iterate. */
export interface Iterate {
  readonly logConductivity: NdArray;
  /** |(y - observed) / noise|² + |D·log k / roughness|²: what is made small. */
  readonly misfit: number;
  /** The length of the step that led here. */
  readonly step: number;
}

/** An iterate with what the next one needs. */
interface Linearization extends Iterate {
  /** y - observed, as a column. */
  readonly residual: AbstractMatrix;
}

/**
 * Gauss-Newton from `start`, giving each iterate, until a step is shorter than `tolerance`.
 *
 * A step solves (JᵀJ / noise² + DᵀD / roughness²)·δ = -(Jᵀ·residual / noise² + DᵀD·m / roughness²), where m is log k
 * and D takes differences between neighbours. J is a view of the component's own block: nothing is copied to a matrix.
 */
export async function* calibrate(
  rod: ComponentHandle<ObservedInputs, ObservedOutputs>,
  measurement: Measurement,
  start: NdArray,
  tolerance = 1e-3,
): AsyncGenerator<Iterate> {
  let current = await evaluate(rod, measurement, start, 0);
  yield current;
  while (true) {
    const direction = await gaussNewton(rod, measurement, current);
    current = await lineSearch(rod, measurement, current, direction);
    yield current;
    if (current.step < tolerance) return;
  }
}

type Rod = ComponentHandle<ObservedInputs, ObservedOutputs>;

async function gaussNewton(rod: Rod, measurement: Measurement, current: Linearization): Promise<NdArray> {
  const { noise, roughness } = measurement;
  const { logConductivity, residual } = current;
  const inputs = { ...measurement.rod, logConductivity };
  const sensitivity = blockOf(await rod.jacobian({ inputs, of: ['observed'], wrt: ['logConductivity'] }));
  const prior = differences(logConductivity.size)
    .toMatrix()
    .div(roughness ** 2);
  const normal = sensitivity
    .transposeMultiply(sensitivity)
    .div(noise ** 2)
    .add(prior);
  const gradient = sensitivity
    .transposeMultiply(residual)
    .div(noise ** 2)
    .add(prior.mmul(logConductivity.toMatrix()));
  const step = solve(normal, gradient.neg()).to1DArray();
  return new NdArray('float64', logConductivity.shape, Float64Array.from(step));
}

/** J as a matrix: a row for each measurement, a column for each conductivity. */
function blockOf(jacobian: JacobianValue): AbstractMatrix {
  const block = jacobian['observed']!['logConductivity'];
  if (!isNdArray(block)) throw new TypeError('A block of vectors is an array.');
  return block.toMatrix(2);
}

/** The step, halved until the misfit is smaller than before. */
async function lineSearch(
  rod: Rod,
  measurement: Measurement,
  { logConductivity, misfit }: Iterate,
  direction: NdArray,
): Promise<Linearization> {
  for (let length = 1; ; length /= 2) {
    const moved = logConductivity.data.map((value, e) => value + length * direction.data[e]!);
    const step = length * Math.hypot(...direction.data);
    const next = await evaluate(rod, measurement, new NdArray('float64', logConductivity.shape, moved), step);
    if (next.misfit <= misfit || length < 1e-3) return next;
  }
}

async function evaluate(
  rod: Rod,
  { rod: known, observed, noise, roughness }: Measurement,
  logConductivity: NdArray,
  step: number,
): Promise<Linearization> {
  const outputs = await rod.apply({ ...known, logConductivity });
  const residual = zeros([observed.size]);
  outputs.observed.data.forEach((value, i) => {
    residual.data[i] = value - observed.data[i]!;
  });
  const rough = logConductivity.data.subarray(1).map((value, e) => value - logConductivity.data[e]!);
  const misfit = (Math.hypot(...residual.data) / noise) ** 2 + (Math.hypot(...rough) / roughness) ** 2;
  return { logConductivity, misfit, step, residual: residual.toMatrix() };
}

/** DᵀD, where (D·m)_e = m_e+1 - m_e. */
function differences(size: number): NdArray {
  const product = zeros([size, size]);
  const add = (row: number, column: number, value: number) => {
    product.data[row * size + column]! += value;
  };
  for (let e = 0; e + 1 < size; e++) {
    for (const [row, column, value] of [
      [e, e, 1],
      [e, e + 1, -1],
      [e + 1, e, -1],
      [e + 1, e + 1, 1],
    ] as const) {
      add(row, column, value);
    }
  }
  return product;
}
