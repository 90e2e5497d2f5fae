/** A component with a banded Jacobian of which one entry can be spoiled: f_i = c·(u_{i+1} − u_i) + u_i³, g = q. */
import { Apply, Component, DifferentiableComponent, Float64, type NdArray, Vjp, type VjpRequest } from 'cotangent';
import { checkGradients, type GradientReport } from '../../src/testing/index.js';

/** A chain of free length. */
export class ChainInputs {
  @Float64({ shape: [null], differentiable: true }) u!: NdArray;
  @Float64({ shape: [null], differentiable: true }) q!: NdArray;
  @Float64({ differentiable: true }) c = 0.5;
}

/** What comes of it. */
export class ChainOutputs {
  @Float64({ shape: [null], differentiable: true }) f!: NdArray;
  @Float64({ shape: [null], differentiable: true }) g!: NdArray;
}

/** The row of f whose pullback has the wrong sign in its last entry; −1 if none has. */
abstract class AnyChain extends DifferentiableComponent<ChainInputs, ChainOutputs> {
  protected abstract readonly spoiled: number;
  /** The values of c at which it was evaluated. */
  readonly seen: number[] = [];

  @Apply()
  evaluate({ u: { data: u }, q: { data: q }, c }: ChainInputs) {
    this.seen.push(c);
    return { f: Array.from(u, (v, i) => c * ((u[i + 1] ?? 0) - v) + v ** 3), g: Array.from(q) };
  }

  @Vjp()
  pullBack({ inputs: { u, c }, cotangent }: VjpRequest<ChainInputs, ChainOutputs>) {
    const n = u.data.length;
    const w = cotangent.f?.data ?? new Float64Array(n);
    const by = { u: new Float64Array(n), q: Float64Array.from(cotangent.g?.data ?? new Float64Array(n)), c: 0 };
    for (let i = 0; i < n; i++) {
      by.u[i]! += w[i]! * (3 * u.data[i]! ** 2 - c);
      if (i + 1 < n) by.u[i + 1]! += w[i]! * (i === this.spoiled ? -c : c);
      by.c += w[i]! * ((u.data[i + 1] ?? 0) - u.data[i]!);
    }
    return by;
  }
}

/** Right everywhere. */
@Component({ inputs: ChainInputs, outputs: ChainOutputs, version: '1.0.0' })
export class Chain extends AnyChain {
  protected readonly spoiled = -1;
}

/** Wrong in one entry: ∂f[2]/∂u[3]. */
@Component({ inputs: ChainInputs, outputs: ChainOutputs, version: '1.0.0' })
export class BrokenChain extends AnyChain {
  protected readonly spoiled = 2;
}

/** The report of a chain of `length` elements, with what a page draws. */
export function chainReport(type: new () => AnyChain, length = 6): Promise<GradientReport> {
  const u = Array.from({ length }, (_, i) => 1 + i / length);
  return checkGradients(type, { u, q: u.map((value) => -value) }, { pictures: true });
}
