/** The component that does nothing: what is measured is what is around it. */
import { Apply, Component, DifferentiableComponent, Float64, type NdArray } from 'cotangent';

/** One vector. */
export class NoopInputs {
  @Float64({ shape: [null] }) data!: NdArray;
}

/** The same vector. */
export class NoopOutputs {
  @Float64({ shape: [null] }) result!: NdArray;
}

/** Gives its input back. */
@Component({ inputs: NoopInputs, outputs: NoopOutputs })
export class Noop extends DifferentiableComponent<NoopInputs, NoopOutputs> {
  @Apply()
  apply({ data }: NoopInputs): NoopOutputs {
    return { result: data };
  }
}
