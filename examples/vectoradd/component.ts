import {
  Validate,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import {
  Apply,
  Component,
  Derive,
  DifferentiableComponent,
  Field,
  Float32,
  Jacobian,
  type JacobianRequest,
  type NdArray,
} from 'cotangent';

/** One field must have as many elements as another. */
@ValidatorConstraint({ name: 'sameLength' })
export class SameLength implements ValidatorConstraintInterface {
  validate(value: NdArray<'float32'>, { object, constraints: [other] }: ValidationArguments): boolean {
    return value.size === (object as Record<string, NdArray<'float32'>>)[other]?.size;
  }

  defaultMessage({ property, constraints: [other] }: ValidationArguments): string {
    return `${property} must have as many elements as ${other}`;
  }
}

/** Two vectors of one length, and what to do with them. */
export class VectorAddInputs {
  @Float32({ shape: [null], differentiable: true, description: 'A vector.' }) a!: NdArray<'float32'>;
  @Float32({ shape: [null], differentiable: true, description: 'A vector as long as a.' })
  @Validate(SameLength, ['a'])
  b!: NdArray<'float32'>;
  @Float32({ differentiable: true, description: 'The factor of a.' }) s = 1;
  @Field({ description: 'Whether the sum is scaled to length 1.' }) normalize: boolean = false;
}

/** What is known of the sum besides its elements. */
export class Summary {
  @Float32({ differentiable: true, description: 'The length of s·a + b, before any scaling.' }) norm!: number;
}

/** The sum, and its length. */
export class VectorAddOutputs {
  @Float32({ shape: [null], differentiable: true, description: 's·a + b, scaled to length 1 if asked for.' })
  result!: NdArray<'float32'>;
  @Field() summary!: Summary;
}

/** s·a + b, optionally normalised. The Jacobian is written by hand, one column for each element of the inputs. */
@Component({
  inputs: VectorAddInputs,
  outputs: VectorAddOutputs,
  version: '1.0.0',
  description: 'The sum of two vectors, the first one scaled.',
})
@Derive('abstractEvalFromApply', 'jvpFromJacobian', 'vjpFromJacobian')
export class VectorAdd extends DifferentiableComponent<VectorAddInputs, VectorAddOutputs> {
  @Apply()
  add(inputs: VectorAddInputs) {
    const { sum, norm } = evaluate(inputs);
    return { result: inputs.normalize ? sum.map((value) => value / norm) : sum, summary: { norm } };
  }

  @Jacobian()
  differentiate({ inputs }: JacobianRequest<VectorAddInputs>) {
    const { sum, norm } = evaluate(inputs);
    const unit = sum.map((value) => value / norm);
    // ∂norm/∂sum = unit; ∂result/∂sum is the identity, less its part along the sum where that is scaled away.
    const bySum = (i: number, j: number) =>
      inputs.normalize ? ((i === j ? 1 : 0) - unit[i]! * unit[j]!) / norm : Number(i === j);
    const square = (factor: number) => unit.map((_, i) => unit.map((_, j) => factor * bySum(i, j)));
    const a = Array.from(inputs.a.data);
    return {
      result: {
        a: square(inputs.s),
        b: square(1),
        s: unit.map((_, i) => a.reduce((total, value, j) => total + bySum(i, j) * value, 0)),
      },
      'summary.norm': {
        a: unit.map((value) => inputs.s * value),
        b: unit,
        s: a.reduce((total, value, j) => total + unit[j]! * value, 0),
      },
    };
  }
}

/** The sum in float64, and its length. */
function evaluate({ a, b, s }: VectorAddInputs): { readonly sum: number[]; readonly norm: number } {
  const sum = Array.from(a.data, (value, i) => s * value + b.data[i]!);
  return { sum, norm: Math.hypot(...sum) };
}
