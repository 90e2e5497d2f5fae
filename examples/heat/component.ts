import {
  IsInt,
  IsPositive,
  Validate,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import {
  type Abstract,
  AbstractEval,
  Apply,
  array,
  Component,
  Derive,
  DifferentiableComponent,
  Field,
  Float64,
  NdArray,
  type ProductValue,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import { solveTridiagonal, type Tridiagonal, transpose } from './tridiagonal.js';

/** A rod of n elements has n + 1 nodes. */
@ValidatorConstraint({ name: 'oneMoreThanElements' })
export class OneMoreThanElements implements ValidatorConstraintInterface {
  validate({ size }: NdArray, { object }: ValidationArguments): boolean {
    return size >= 2 && size === (object as HeatInputs).logConductivity.size + 1;
  }

  defaultMessage({ property, object }: ValidationArguments): string {
    const elements = (object as HeatInputs).logConductivity.size;
    return `${property} must have ${elements + 1} elements: the nodes between and around the ${elements} of logConductivity`;
  }
}

/** A rod of length 1, divided into n equal elements. */
export class HeatInputs {
  @Float64({ shape: [null], differentiable: true, description: 'log k of each of the n elements: k is positive then.' })
  logConductivity!: NdArray;
  @Float64({
    shape: [null],
    differentiable: true,
    description: 'The temperature at the n + 1 nodes; the ends keep it.',
  })
  @Validate(OneMoreThanElements)
  initial!: NdArray;
  @Float64({ description: 'The time that passes.' }) @IsPositive() duration = 1;
  // Not an array: abstractEval, which gets shapes instead of arrays, needs the number itself.
  @Field({ description: 'The number of implicit steps it is divided into.' }) @IsInt() @IsPositive() steps: number = 10;
}

/** The temperature over time. */
export class HeatOutputs {
  @Float64({ shape: [null, null], differentiable: true, description: 'At each node (columns) after each step (rows).' })
  temperature!: NdArray;
}

/**
 * The heat equation u_t = (k(x) u_x)_x, by linear elements in space (with lumped mass) and implicit Euler in time.
 *
 * A step solves A·u = (the temperature before), where A depends on the conductivities alone. The pullback is the
 * discrete adjoint of that: one more sweep, backwards in time, with Aᵀ. It costs about as much as apply, whatever n is.
 */
@Component({
  inputs: HeatInputs,
  outputs: HeatOutputs,
  version: '1.0.0',
  description: 'The heat equation on a rod with a varying conductivity.',
})
@Derive('jvpFromVjp', 'jacobianFromVjp')
export class Heat extends DifferentiableComponent<HeatInputs, HeatOutputs> {
  @Apply()
  apply(inputs: HeatInputs): HeatOutputs {
    return { temperature: new NdArray('float64', [inputs.steps, inputs.initial.size], march(inputs)) };
  }

  @AbstractEval()
  abstractEval({ initial, steps }: Abstract<HeatInputs>): Abstract<HeatOutputs> {
    return { temperature: { shape: [Number(steps), initial.shape[0]!], dtype: 'float64' } };
  }

  @Vjp()
  vjp({ inputs, cotangent }: VjpRequest<HeatInputs, HeatOutputs>): ProductValue {
    const history = march(inputs);
    const adjointMatrix = transpose(stepMatrix(inputs));
    const nodes = inputs.initial.size;
    const byConductivity = new Float64Array(nodes - 1);
    let adjoint: Float64Array = new Float64Array(nodes);
    for (let step = inputs.steps - 1; step >= 0; step--) {
      const row = cotangent.temperature!.data.subarray(step * nodes, (step + 1) * nodes);
      // Aᵀ·λ = the cotangent of this step's temperature: what it is asked for, and what it did to the next step.
      adjoint = solveTridiagonal(
        adjointMatrix,
        adjoint.map((value, node) => value + row[node]!),
      );
      addPullback(byConductivity, adjoint, history.subarray(step * nodes, (step + 1) * nodes));
    }
    const flow = flowOf(inputs);
    return { logConductivity: array(byConductivity.map((value, e) => flow[e]! * value)), initial: array(adjoint) };
  }
}

/** The temperature after each step, one row of nodes after the other. */
function march(inputs: HeatInputs): Float64Array {
  const nodes = inputs.initial.size;
  const matrix = stepMatrix(inputs);
  const history = new Float64Array(inputs.steps * nodes);
  let u = inputs.initial.data;
  for (let step = 0; step < inputs.steps; step++) {
    u = solveTridiagonal(matrix, u);
    history.set(u, step * nodes);
  }
  return history;
}

/** r = k·Δt / h² of each element. */
function flowOf({ duration, steps, logConductivity: { data, size } }: HeatInputs): Float64Array {
  const ratio = (duration / steps) * size * size;
  return data.map((log) => ratio * Math.exp(log));
}

/** A: the identity at the two ends; elsewhere (1 + r_left + r_right)·u - r_left·u_left - r_right·u_right. */
function stepMatrix(inputs: HeatInputs): Tridiagonal {
  const nodes = inputs.initial.size;
  const flow = flowOf(inputs);
  const [lower, diagonal, upper] = [new Float64Array(nodes), new Float64Array(nodes).fill(1), new Float64Array(nodes)];
  for (let node = 1; node < nodes - 1; node++) {
    lower[node] = -flow[node - 1]!;
    upper[node] = -flow[node]!;
    diagonal[node] = 1 + flow[node - 1]! + flow[node]!;
  }
  return { lower, diagonal, upper };
}

/** Add -λᵀ·(∂A/∂r_e)·u for each element e, which stands in the rows of its two nodes, the ends excepted. */
function addPullback(into: Float64Array, adjoint: Float64Array, u: Float64Array): void {
  const last = into.length;
  for (let e = 0; e < last; e++) {
    const left = e === 0 ? 0 : adjoint[e]!;
    const right = e + 1 === last ? 0 : adjoint[e + 1]!;
    into[e]! += (right - left) * (u[e]! - u[e + 1]!);
  }
}
