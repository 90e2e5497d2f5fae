/** What an application adds to a component it did not write: sensors along the rod. */
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
  Float64,
  NdArray,
  type ProductValue,
  Vjp,
  type VjpRequest,
  zeros,
} from 'cotangent';
import { Heat, HeatInputs, HeatOutputs } from './component.js';

/** Every position must lie on the rod. */
@ValidatorConstraint({ name: 'onTheRod' })
export class OnTheRod implements ValidatorConstraintInterface {
  validate({ data }: NdArray): boolean {
    return data.every((position) => position >= 0 && position <= 1);
  }

  defaultMessage({ property }: ValidationArguments): string {
    return `${property} must lie between 0 and 1`;
  }
}

/** The rod, and where it is measured. */
export class ObservedInputs extends HeatInputs {
  @Float64({ shape: [null], description: 'Positions between 0 and 1.' })
  @Validate(OnTheRod)
  sensors!: NdArray;
}

/** The temperature everywhere, and what the sensors see of it. */
export class ObservedOutputs extends HeatOutputs {
  @Float64({
    shape: [null, null],
    differentiable: true,
    description: 'At each sensor (columns) after each step (rows).',
  })
  observed!: NdArray;
}

/**
 * The rod as its sensors see it: y = H·u, where H interpolates between the nodes. Apply and vjp call the parent's and
 * stay each other's adjoint; jvp and jacobian, which the parent derives, follow the vjp of this class.
 */
@Component({ inputs: ObservedInputs, outputs: ObservedOutputs, name: 'ObservedHeat', version: '1.0.0' })
export class ObservedHeat extends Heat {
  @Apply()
  override apply(inputs: ObservedInputs): ObservedOutputs {
    const { temperature } = super.apply(inputs);
    const observed = zeros([inputs.steps, inputs.sensors.size]);
    eachWeight(inputs, (sensor, node, weight) => {
      observed.data[sensor]! += weight * temperature.data[node]!;
    });
    return { temperature, observed };
  }

  @AbstractEval()
  override abstractEval(inputs: Abstract<ObservedInputs>): Abstract<ObservedOutputs> {
    const { temperature } = super.abstractEval(inputs);
    return { temperature, observed: { shape: [temperature.shape[0]!, inputs.sensors.shape[0]!], dtype: 'float64' } };
  }

  @Vjp()
  override vjp({ cotangent, ...request }: VjpRequest<ObservedInputs, ObservedOutputs>): ProductValue {
    const { inputs } = request;
    const { temperature = zeros([inputs.steps, inputs.initial.size]), observed } = cotangent;
    const pulled = new NdArray('float64', temperature.shape, temperature.data.slice());
    if (observed) {
      eachWeight(inputs, (sensor, node, weight) => {
        pulled.data[node]! += weight * observed.data[sensor]!;
      });
    }
    return super.vjp({ ...request, of: ['temperature'], cotangent: { temperature: pulled } });
  }
}

/** Every entry of H that is not zero: its row as an index into `observed`, its column as one into `temperature`. */
function eachWeight(
  { sensors, initial, steps }: ObservedInputs,
  visit: (sensor: number, node: number, weight: number) => void,
): void {
  const elements = initial.size - 1;
  for (let step = 0; step < steps; step++) {
    sensors.data.forEach((position, i) => {
      const element = Math.min(Math.floor(position * elements), elements - 1);
      const share = position * elements - element;
      const node = step * initial.size + element;
      visit(step * sensors.size + i, node, 1 - share);
      visit(step * sensors.size + i, node + 1, share);
    });
  }
}
