import {
  Apply,
  Component,
  DeriveAbstractEvalFromApply,
  DeriveJvpFromJacobian,
  DeriveVjpFromJacobian,
  DifferentiableComponent,
  Float64,
  Jacobian,
  type JacobianRequest,
} from 'cotangent';

/** A spring that is pulled. */
export class SpringInputs {
  @Float64({ differentiable: true, description: 'How stiff it is, in N/m.' }) stiffness = 1;
  @Float64({ differentiable: true, description: 'How far it is pulled, in m.' }) extension!: number;
}

/** What it answers with. */
export class SpringOutputs {
  @Float64({ differentiable: true, description: 'The energy in it: k·x²/2, in J.' }) energy!: number;
}

/** The jacobian is written by hand. The two products and the shapes are derived, because these decorators say so. */
@Component({ inputs: SpringInputs, outputs: SpringOutputs, version: '0.1.0', description: 'The energy of a spring.' })
@DeriveJvpFromJacobian()
@DeriveVjpFromJacobian()
@DeriveAbstractEvalFromApply()
export class Spring extends DifferentiableComponent<SpringInputs, SpringOutputs> {
  @Apply()
  apply({ stiffness, extension }: SpringInputs): SpringOutputs {
    return { energy: (stiffness * extension ** 2) / 2 };
  }

  @Jacobian()
  jacobian({ inputs: { stiffness, extension } }: JacobianRequest<SpringInputs>) {
    return { energy: { stiffness: extension ** 2 / 2, extension: stiffness * extension } };
  }
}
