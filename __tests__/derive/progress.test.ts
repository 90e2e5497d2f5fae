/** Progress: after each probe of a sweep the caller is told how many there were, whether they are waited for or not. */
import { expect, test } from '@jest/globals';
import {
  Apply,
  array,
  Component,
  Derive,
  DifferentiableComponent,
  Float64,
  Jvp,
  type JvpRequest,
  type NdArray,
  openComponent,
} from 'cotangent';

class Side {
  @Float64({ shape: [4], differentiable: true }) x = array([1, 2, 3, 4]);
}

@Component({ inputs: Side, outputs: Side })
@Derive('jacobianFromJvp', 'vjpFromJvp')
class AtOnce extends DifferentiableComponent<Side, Side> {
  @Apply() apply(side: Side): Side {
    return side;
  }
  @Jvp() jvp({ tangent }: JvpRequest<Side>) {
    return { x: tangent.x as NdArray };
  }
}

@Component({ inputs: Side, outputs: Side })
@Derive('jacobianFromJvp', 'vjpFromJvp')
class Later extends DifferentiableComponent<Side, Side> {
  @Apply() apply(side: Side): Side {
    return side;
  }
  @Jvp() async jvp({ tangent }: JvpRequest<Side>) {
    return { x: tangent.x as NdArray };
  }
}

test.each([
  [AtOnce, 1],
  [Later, 1],
  [Later, 3],
] as const)('of %p, %i at once: 1 of 4, 2 of 4, 3 of 4, 4 of 4', async (type, concurrency) => {
  for (const endpoint of ['jacobian', 'vjp'] as const) {
    const told: (readonly number[])[] = [];
    const onProgress = (done: number, total: number) => void told.push([done, total]);
    const request = { inputs: {}, cotangent: { x: [1, 1, 1, 1] } };
    await openComponent(type as unknown as typeof AtOnce)[endpoint](request, { onProgress, concurrency });
    expect(told).toEqual([1, 2, 3, 4].map((done) => [done, 4]));
  }
});
