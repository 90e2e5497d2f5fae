/**
 * What must compile and what must not, in both dialects of decorators. Compiled only, never run.
 *
 * `@ts-expect-error` fails the compilation where the next line has no error.
 */
import {
  AbstractEval,
  AnyArray,
  Apply,
  Bool,
  type Complex,
  Complex128,
  Component,
  Derive,
  DeriveJacobianFromJvp,
  DeriveJacobianFromVjp,
  DeriveJvpFromJacobian,
  DeriveVjpFromJacobian,
  DifferentiableComponent,
  type DType,
  Field,
  Float32,
  Float64,
  Int32,
  Int64,
  Jacobian,
  type JacobianRequest,
  type JacobianValue,
  Jvp,
  type JvpRequest,
  type Linearization,
  Linearize,
  type NdArray,
  openComponent,
  Vjp,
  type VjpRequest,
} from 'cotangent';
import { Matrix } from 'ml-matrix';

/** Fields and the types of their properties. */
export class Fields {
  @Float64() a = 0;
  @Float64({ differentiable: true, description: 'x' }) b!: number;
  @Float64({ optional: true }) c?: number;
  @Float64({ optional: true }) d: number | undefined;
  @Float64({ shape: [3] }) e!: NdArray;
  @Float32({ shape: [null, 3] }) f!: NdArray<'float32'>;
  @Float64({ shape: 'any' }) g!: NdArray;
  @Int64() h = 1n;
  @Bool() i = true;
  @Complex128() j: Complex = { re: 0, im: 0 };
  @Float64({ each: 'list' }) k: number[] = [];
  @Float64({ each: 'map', shape: [2] }) l = new Map<string, NdArray>();
  @AnyArray() m!: NdArray<DType>;
  @Field(() => String) n = '';
  @Field() o: string = '';
  @Field(() => ['central', 'forward']) p: 'central' | 'forward' = 'central';
  @Float64() readonly q: number = 1;

  // @ts-expect-error a scalar is a number
  @Float64() aa = 'text';
  // @ts-expect-error a scalar is no array
  @Float64() ab!: NdArray;
  // @ts-expect-error a vector is no number
  @Float64({ shape: [3] }) ac = 0;
  // @ts-expect-error an array of any rank is no number
  @Float64({ shape: 'any' }) ad = 0;
  // @ts-expect-error a float32 array is no float64 array
  @Float32({ shape: [3] }) ae!: NdArray;
  // @ts-expect-error 64-bit integers are bigints
  @Int64() af = 1;
  // @ts-expect-error a bool is a boolean
  @Bool() ag = 1;
  // @ts-expect-error a list is a list
  @Float64({ each: 'list' }) ah = 0;
  // @ts-expect-error a map is a Map
  @Float64({ each: 'map' }) ai: number[] = [];
  // @ts-expect-error there is no such option
  @Float64({ differentiabel: true }) aj = 0;
  // @ts-expect-error extents are numbers or null
  @Float64({ shape: ['3'] }) ak!: NdArray;
  // @ts-expect-error there are lists and maps, and no sets
  @Float64({ each: 'set' }) al = 0;
}

class Inputs {
  @Float64({ differentiable: true }) x = 0;
  @Float64({ shape: [null], differentiable: true }) v!: NdArray;
  @Int32() k = 0;
}
class Outputs {
  @Float64({ differentiable: true }) y!: number;
}

type Request = JacobianRequest<Inputs>;

/** Endpoints and their signatures. */
export class Endpoints extends DifferentiableComponent<Inputs, Outputs> {
  @Apply() one({ x }: Inputs) {
    return { y: x };
  }
  @Apply() async two({ x }: Inputs) {
    return { y: x };
  }
  @Apply({ keepsDerivatives: true }) three() {
    return { y: 1 };
  }
  @AbstractEval() four() {
    return { y: { shape: [], dtype: 'float64' as const } };
  }
  @Jacobian() five({ inputs: { x, v } }: Request) {
    return { y: { x, v: [...v.data] } };
  }
  @Jacobian() async six(_request: Request) {
    return { y: { x: Float64Array.of(1), v: new Matrix(1, 3), k: [[1], [2]] } };
  }
  @Jvp() seven({ tangent }: JvpRequest<Inputs>) {
    const number: number | undefined = tangent.x;
    const vector: NdArray | undefined = tangent.v;
    return { y: (number ?? 0) + (vector?.size ?? 0) };
  }
  @Vjp() eight({ cotangent, wrt, of }: VjpRequest<Inputs, Outputs>) {
    const number: number | undefined = cotangent.y;
    return { x: number ?? 0, v: [wrt.length, of.length] };
  }

  // @ts-expect-error outputs are an object
  @Apply() nine() {
    return 5;
  }
  // @ts-expect-error apply has one argument
  @Apply() ten(x: number, y: number) {
    return { y: x + y };
  }
  // @ts-expect-error a Jacobian has blocks
  @Jacobian() eleven(_request: Request) {
    return { y: 1 };
  }
  // @ts-expect-error blocks are numbers
  @Jacobian() twelve(_request: Request) {
    return { y: { x: 'one' } };
  }
  // @ts-expect-error a Jacobian has no tangent
  @Jacobian() thirteen({ tangent }: JvpRequest<Inputs>) {
    return { y: { x: tangent.x ?? 0 } };
  }
  // @ts-expect-error a jvp has no cotangent
  @Jvp() fourteen({ cotangent }: VjpRequest<Inputs, Outputs>) {
    return { y: cotangent.y ?? 0 };
  }
  // @ts-expect-error a vjp gives something
  @Vjp() fifteen() {}
  // @ts-expect-error there is no such option
  @Apply({ keepDerivatives: true }) sixteen() {
    return { y: 1 };
  }
  // @ts-expect-error an endpoint is a method
  @Apply() seventeen = 5;
}

/** Parentheses. */
export class Bare extends DifferentiableComponent<Inputs, Outputs> {
  // @ts-expect-error it lacks its parentheses
  @Float64 x = 0;
  // @ts-expect-error it lacks its parentheses
  @Apply one({ x }: Inputs) {
    return { y: x };
  }
  // @ts-expect-error it lacks its parentheses
  @Jacobian two(_request: Request) {
    return { y: { x: 1 } };
  }
}

// @ts-expect-error it lacks its parentheses
@Component
class BareComponent extends DifferentiableComponent<Inputs, Outputs> {}

/** Has no derivative. */
class Forward extends DifferentiableComponent<Inputs, Outputs> {
  @Apply() evaluate({ x }: Inputs) {
    return { y: x };
  }
}
class WithJacobian extends Forward {
  @Jacobian() blocks(_request: Request) {
    return { y: { x: 1 } };
  }
}
class WithJvp extends Forward {
  @Jvp() async push({ tangent }: JvpRequest<Inputs>) {
    return { y: tangent.x ?? 0 };
  }
}
class WithVjp extends Forward {
  @Vjp() override vjp({ cotangent }: VjpRequest<Inputs, Outputs>) {
    return { x: cotangent.y ?? 0 };
  }
}
/** Leaves its derivative to another component. */
class Delegating extends Forward {
  readonly inner = new WithJacobian();
  @Jacobian() blocks(request: Request) {
    return this.inner.blocks(request);
  }
  @Vjp() pull(request: VjpRequest<Inputs, Outputs>) {
    return this.inner.vjp(request);
  }
}

/** Linearizations and what they give. */
export class Linearizing {
  @Linearize() one({ inputs }: Request): Linearization<Inputs, Outputs> {
    return { jvp: ({ x = 0 }) => ({ y: x * inputs.x }), vjp: ({ y = 0 }) => ({ x: y }) };
  }
  @Linearize('vjp') async two(_request: Request) {
    return { vjp: ({ y = 0 }: { y?: number }) => ({ x: y }), bytes: 8 };
  }
  @Linearize('jacobian') three(_request: Request): Linearization<Inputs, Outputs, 'jacobian'> {
    return { jacobian: () => ({ y: { x: 1 } }), outputs: { y: 1 } };
  }

  // @ts-expect-error it gives no jvp
  @Linearize() four(_request: Request) {
    return { vjp: () => ({ x: 1 }) };
  }
  // @ts-expect-error apply is no derivative
  @Linearize('apply') five(_request: Request) {
    return { vjp: () => ({ x: 1 }) };
  }
  // @ts-expect-error a pullback is by path
  @Linearize('vjp') six(_request: Request) {
    return { vjp: () => 1 };
  }
}
class WithLinearization extends Forward {
  @Linearize('vjp') linearize(_request: Request): Linearization<Inputs, Outputs, 'vjp'> {
    return { vjp: ({ y = 0 }) => ({ x: y }) };
  }
}

@Component({ inputs: Inputs, outputs: Outputs, cache: { bytes: 1e6 } })
@Derive('jacobianFromVjp', 'jvpFromJacobian')
class Linear extends WithLinearization {}

@Component({ inputs: Inputs, outputs: Outputs, cache: false })
// @ts-expect-error there is a vjp, and a jvp is needed
@Derive('jacobianFromJvp')
class WrongClosure extends WithLinearization {}

@Component({ inputs: Inputs, outputs: Outputs, cache: true })
class Remembering extends Forward {}

// @ts-expect-error a cache is asked for, refused, or given its size
@Component({ inputs: Inputs, outputs: Outputs, cache: 'yes' })
class WrongCache extends Forward {}

@Component({ inputs: Inputs, outputs: Outputs })
@DeriveVjpFromJacobian()
@DeriveJvpFromJacobian()
class Derived extends WithJacobian {}

@Component({ inputs: Inputs, outputs: Outputs })
@Derive('jacobianFromJvp', 'vjpFromJacobian')
class Chained extends WithJvp {}

@Component({ inputs: Inputs, outputs: Outputs })
@DeriveJacobianFromVjp()
class Backward extends WithVjp {}

@Component({ inputs: Inputs, outputs: Outputs })
@Derive('jacobianFromVjp')
class Delegated extends Delegating {}

@Component({ inputs: Inputs, outputs: Outputs })
// @ts-expect-error there is no derivative to derive it from
@DeriveVjpFromJacobian()
class Baseless extends Forward {}

@Component({ inputs: Inputs, outputs: Outputs })
// @ts-expect-error there is no derivative to derive it from
@DeriveJacobianFromJvp()
class BaselessJacobian extends Forward {}

@Component({ inputs: Inputs, outputs: Outputs })
// @ts-expect-error there is a jvp, and a vjp is needed
@Derive('jacobianFromVjp')
class WrongBase extends WithJvp {}

@Component({ inputs: Inputs, outputs: Outputs })
// @ts-expect-error there is no such rule
@Derive('vjpFromThinAir')
class NoRule extends WithJacobian {}

@Component({ inputs: Inputs, outputs: Outputs })
// @ts-expect-error at least one rule is needed
@Derive()
class NoRules extends WithJacobian {}

// @ts-expect-error it lacks its parentheses
@DeriveVjpFromJacobian
class BareRule extends WithJacobian {}

class Others {
  @Field(() => String) name = '';
}

// @ts-expect-error these are the inputs of another component
@Component({ inputs: Others, outputs: Outputs })
class WrongInputs extends Forward {}

// @ts-expect-error these are the outputs of another component
@Component({ inputs: Inputs, outputs: Others })
class WrongOutputs extends Forward {}

// @ts-expect-error it has outputs too
@Component({ inputs: Inputs })
class NoOutputs extends Forward {}

// @ts-expect-error it is a class, not an instance
@Component({ inputs: new Inputs(), outputs: Outputs })
class InstanceInputs extends Forward {}

// @ts-expect-error it does not extend DifferentiableComponent
@Component({ inputs: Inputs, outputs: Outputs })
class NoComponent {
  readonly name = 'none';
}

/** Calls through a handle. */
export async function calls(): Promise<JacobianValue> {
  const handle = openComponent(Derived);
  const { y } = await handle.apply({ x: 1, v: [1, 2], k: 3 });
  const sum: number = y + 1;
  await handle.apply({});
  await handle.apply({ v: new Float64Array(2) });
  await handle.jvp({ inputs: {}, tangent: { x: sum, v: [1] } });
  await handle.vjp({ inputs: {}, wrt: ['x'], cotangent: { y: 1 } }, { signal: AbortSignal.timeout(1) });

  // @ts-expect-error x is a number
  await handle.apply({ x: 'one' });
  // @ts-expect-error there is no q
  await handle.apply({ q: 1 });
  // @ts-expect-error a jvp needs a tangent
  await handle.jvp({ inputs: {} });
  // @ts-expect-error a vjp needs a cotangent
  await handle.vjp({ inputs: {}, tangent: { x: 1 } });
  // @ts-expect-error paths are texts
  await handle.jacobian({ inputs: {}, wrt: [1] });
  // @ts-expect-error there is no such endpoint
  await handle.hessian({ inputs: {} });
  // @ts-expect-error a class or an instance is opened, not a name
  openComponent('Derived');
  return handle.jacobian({ inputs: {} });
}

/** Every class of this file that nothing else uses. */
export const defined = [
  Linear,
  WrongClosure,
  Remembering,
  WrongCache,
  BareComponent,
  Chained,
  Backward,
  Delegated,
  Baseless,
  BaselessJacobian,
  WrongBase,
  NoRule,
  NoRules,
  BareRule,
  WrongInputs,
  WrongOutputs,
  NoOutputs,
  InstanceInputs,
  NoComponent,
];
