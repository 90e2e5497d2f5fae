import { IsPositive } from 'class-validator';
import {
  Apply,
  Component,
  DeriveAbstractEvalFromApply,
  DeriveJvpFromJacobian,
  DeriveVjpFromJacobian,
  DifferentiableComponent,
  Float32,
  Jacobian,
  type JacobianRequest,
} from 'cotangent';

/** Where the function is evaluated, and its two parameters. */
export class RosenbrockInputs {
  @Float32({ differentiable: true, description: 'Scalar value x.' }) x = 0;
  @Float32({ differentiable: true, description: 'Scalar value y.' }) y = 0;
  @Float32({ description: 'The x of the minimum.' }) a = 1;
  @Float32({ description: 'How steep the valley is.' }) @IsPositive() b = 100;
}

/** The value of the function. */
export class RosenbrockOutputs {
  @Float32({ differentiable: true, description: '(a - x)² + b·(y - x²)².' }) result!: number;
}

/** The Rosenbrock function: its Jacobian is written by hand, the two products are derived from it. */
@Component({
  inputs: RosenbrockInputs,
  outputs: RosenbrockOutputs,
  version: '1.0.0',
  description: 'The Rosenbrock function.',
})
@DeriveAbstractEvalFromApply()
@DeriveJvpFromJacobian()
@DeriveVjpFromJacobian()
export class Rosenbrock extends DifferentiableComponent<RosenbrockInputs, RosenbrockOutputs> {
  @Apply()
  apply({ x, y, a, b }: RosenbrockInputs): RosenbrockOutputs {
    return { result: (a - x) ** 2 + b * (y - x ** 2) ** 2 };
  }

  @Jacobian()
  jacobian({ inputs: { x, y, a, b } }: JacobianRequest<RosenbrockInputs>) {
    return { result: { x: -2 * (a - x) - 4 * b * x * (y - x ** 2), y: 2 * b * (y - x ** 2) } };
  }
}
