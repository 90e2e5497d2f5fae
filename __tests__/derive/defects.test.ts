/**
 * What gradient derivation gets wrong elsewhere and right here: one test for each behaviour that holds.
 *
 * The defects are those found in the runtime whose wire protocol this project speaks.
 */

import { describe, expect, test } from '@jest/globals';
import {
  AbstractEval,
  AnyArray,
  Apply,
  array,
  Complex128,
  Component,
  ComponentError,
  Derive,
  DeriveJacobianFromJvp,
  DeriveJacobianFromVjp,
  DeriveJvpFromJacobian,
  DeriveVjpFromJacobian,
  DeriveVjpFromJvp,
  DifferentiableComponent,
  Float32,
  Float64,
  Int32,
  Jacobian,
  type JacobianRequest,
  Jvp,
  type JvpRequest,
  jacobianFromVjp,
  NdArray,
  openComponent,
  Vjp,
  type VjpRequest,
  vjpFromJacobian,
} from 'cotangent';
import { Matrix } from 'ml-matrix';

class Vector {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
}
class VectorOut {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}

const at = { x: [1, 2, 3] };

/** The error an attempt is refused with. */
async function refusal(attempt: Promise<unknown>): Promise<ComponentError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason) => reason,
  );
  if (error instanceof ComponentError) return error;
  throw new Error(`not refused: ${String(error)}`);
}

/** y_i = i·x_i², whose Jacobian is diagonal: 2·i·x_i. */
const weight = (i: number) => i + 1;
const slope = (x: NdArray, i: number) => 2 * weight(i) * x.data[i]!;

/** Its methods, each as an author might write it. */
abstract class Squares extends DifferentiableComponent<Vector, VectorOut> {
  @Apply() evaluate({ x }: Vector) {
    return { y: [...x.data].map((value, i) => weight(i) * value ** 2) };
  }
}

const diagonal = [2, 0, 0, 0, 8, 0, 0, 0, 18];

async function expectDiagonal(type: new () => Squares): Promise<void> {
  const jacobian = await openComponent(type).jacobian({ inputs: at });
  expect(jacobian).toEqual({ y: { x: new NdArray('float64', [3, 3], Float64Array.from(diagonal)) } });
}

describe('the shapes of outputs, for a Jacobian out of a vjp', () => {
  test('1: abstractEval is called with one argument, whatever its name', async () => {
    @Component({ inputs: Vector, outputs: VectorOut })
    @DeriveJacobianFromVjp()
    class Named extends Squares {
      @AbstractEval() shapes(inputsOfAnyName: { readonly x: { readonly shape: readonly number[] } }) {
        return { y: { shape: inputsOfAnyName.x.shape, dtype: 'float64' as const } };
      }
      @Vjp() pull({ inputs: { x }, cotangent }: VjpRequest<Vector, VectorOut>) {
        return { x: [...cotangent.y!.data].map((c, i) => c * slope(x, i)) };
      }
    }
    await expectDiagonal(Named);
  });

  test('2: abstractEval may return plain objects, instances, or arrays of the right shape', async () => {
    const styles = [
      { y: { shape: [3], dtype: 'float64' } },
      Object.assign(new VectorOut(), { y: { shape: [3], dtype: 'float64' } }),
      { y: new Float64Array(3) },
    ];
    for (const style of styles) {
      @Component({ inputs: Vector, outputs: VectorOut })
      @DeriveJacobianFromVjp()
      class Styled extends Squares {
        @AbstractEval() shapes(): object {
          return style;
        }
        @Vjp() pull({ inputs: { x }, cotangent }: VjpRequest<Vector, VectorOut>) {
          return { x: [...cotangent.y!.data].map((c, i) => c * slope(x, i)) };
        }
      }
      await expectDiagonal(Styled);
    }
  });

  test('3: abstractEval is given shapes and dtypes, not values', async () => {
    let given: unknown;
    @Component({ inputs: Vector, outputs: VectorOut })
    @DeriveJacobianFromVjp()
    class Spying extends Squares {
      @AbstractEval() shapes(inputs: { readonly x: { readonly shape: readonly number[] } }) {
        given = inputs;
        return { y: { shape: inputs.x.shape, dtype: 'float64' as const } };
      }
      @Vjp() pull({ inputs: { x }, cotangent }: VjpRequest<Vector, VectorOut>) {
        return { x: [...cotangent.y!.data].map((c, i) => c * slope(x, i)) };
      }
    }
    await expectDiagonal(Spying);
    expect({ ...(given as object) }).toEqual({ x: { shape: [3], dtype: 'float64' } });
  });

  test('4: an apply may return lists and numbers', () => {
    const request = { inputs: { x: 3 }, of: ['y', 'z'], wrt: ['x'] };
    const vjp = ({ cotangent }: VjpRequest<{ x: number }>) => {
      const seed = Object.values(cotangent)[0] as number | NdArray;
      return { x: typeof seed === 'number' ? seed * 6 : seed.data[0]! + 2 * seed.data[1]! };
    };
    const jacobian = jacobianFromVjp(vjp, ({ x }: { x: number }) => ({ y: x ** 2, z: [x, 2 * x] }), request);
    expect(jacobian).toEqual({ y: { x: 6 }, z: { x: array([1, 2]) } });
  });

  test('18: abstractEval may return the dtype of the schema under its only name', async () => {
    @Component({ inputs: Vector, outputs: VectorOut })
    class Capital extends Squares {
      @AbstractEval() shapes(): object {
        return { y: { shape: [3], dtype: 'Float64' } };
      }
    }
    const { code, message, problems } = await refusal(openComponent(Capital).abstractEval(at));
    expect([code, problems.map((one) => one.code)]).toEqual(['E_RESULT', ['E_ARRAY_UNKNOWN_DTYPE']]);
    expect(message).toContain('Float64');
    expect(message).toContain('Capital.shapes()');
  });
});

describe('precision', () => {
  class Mixed {
    @Float64({ differentiable: true }) wide = 0;
  }
  class MixedOut {
    @Float32({ differentiable: true }) narrow!: number;
  }

  test('5: a Jacobian is as wide as the wider of output and input, and no fraction is cut off', async () => {
    @Component({ inputs: Mixed, outputs: MixedOut })
    @DeriveJacobianFromVjp()
    class Narrow extends DifferentiableComponent<Mixed, MixedOut> {
      @Apply() evaluate({ wide }: Mixed) {
        return { narrow: wide / 3 };
      }
      @Vjp() pull({ cotangent }: VjpRequest<Mixed, MixedOut>) {
        return { wide: (cotangent.narrow ?? 0) / 3 };
      }
    }
    const { narrow } = await openComponent(Narrow).jacobian({ inputs: { wide: 1 } });
    expect(narrow).toEqual({ wide: 1 / 3 });
  });

  test('5: a complex gradient of a real input is refused, its imaginary part not dropped', async () => {
    @Component({ inputs: Vector, outputs: VectorOut })
    class Complex extends Squares {
      @Vjp() pull() {
        return {
          x: [
            { re: 1, im: 2 },
            { re: 0, im: 0 },
            { re: 0, im: 0 },
          ],
        };
      }
    }
    const handle = openComponent(Complex);
    expect(await refusal(handle.vjp({ inputs: at, cotangent: { y: [1, 1, 1] } }))).toMatchObject({
      code: 'E_RESULT_DTYPE',
      fields: { path: 'Complex.pull()["x"]', received: 'complex128', expected: 'float64' },
    });
  });

  test('5: probes refuse a pair of a complex and a real array, of which they would see a part', async () => {
    class ComplexOut {
      @Complex128({ shape: [null], differentiable: true }) y!: NdArray<'complex128'>;
    }
    @Component({ inputs: Vector, outputs: ComplexOut })
    @Derive('jacobianFromVjp')
    class Mapped extends DifferentiableComponent<Vector, ComplexOut> {
      @Apply() evaluate({ x }: Vector) {
        return { y: [...x.data].map((re) => ({ re, im: re })) };
      }
      @Vjp() pull() {
        return { x: [1, 1, 1] };
      }
    }
    expect(await refusal(openComponent(Mapped).jacobian({ inputs: at }))).toMatchObject({
      code: 'E_PROBE_COMPLEX',
      fields: { rule: 'jacobianFromVjp', of: 'y', wrt: 'x' },
    });
  });

  test('6: a first column of whole numbers does not cut the fractions of later ones', async () => {
    @Component({ inputs: Vector, outputs: VectorOut })
    @DeriveJacobianFromJvp()
    class Integral extends Squares {
      @Jvp() push({ tangent }: JvpRequest<Vector>) {
        const j = tangent.x!.data.indexOf(1);
        return { y: j === 0 ? Int32Array.of(1, 0, 0) : j === 1 ? [0, 1.5, 0] : Float32Array.of(0, 0, 2.5) };
      }
    }
    const { y } = await openComponent(Integral).jacobian({ inputs: at });
    expect(y!['x']).toMatchObject({ dtype: 'float64', data: Float64Array.of(1, 0, 0, 0, 1.5, 0, 0, 0, 2.5) });
  });

  test('9: probes are floats, and of whole numbers nothing may be derived', async () => {
    class Counted {
      @Float64({ differentiable: true }) x = 1;
      @Int32() n = 2;
    }
    const seeds: unknown[] = [];
    @Component({ inputs: Counted, outputs: MixedOut })
    @DeriveJacobianFromJvp()
    class Power extends DifferentiableComponent<Counted, MixedOut> {
      @Apply() evaluate({ x, n }: Counted) {
        return { narrow: x ** n };
      }
      @Jvp() push({ inputs: { x, n }, tangent }: JvpRequest<Counted>) {
        seeds.push(tangent);
        return { narrow: n * x ** (n - 1) * (tangent.x ?? 0) };
      }
    }
    const handle = openComponent(Power);
    expect(await handle.jacobian({ inputs: { x: 0.75 } })).toEqual({ narrow: { x: 1.5 } });
    expect(seeds).toEqual([{ x: 1 }]);
    expect(await refusal(handle.jacobian({ inputs: {}, wrt: ['n'] }))).toMatchObject({
      code: 'E_PATH_NOT_DIFFERENTIABLE',
      fields: { received: 'n', dtype: 'int32' },
    });
  });

  test('9: of an array of any dtype, the actual dtype decides', async () => {
    class Any {
      @AnyArray({ differentiable: true }) x!: NdArray<'float64'>;
    }
    const asked: unknown[] = [];
    @Component({ inputs: Any, outputs: VectorOut })
    @DeriveJacobianFromJvp()
    class Doubling extends DifferentiableComponent<Any, VectorOut> {
      @Apply() evaluate({ x }: Any) {
        return { y: [...x.data].map((value) => 2 * value) };
      }
      @Jvp() push({ tangent }: JvpRequest<Any>) {
        asked.push(tangent.x!.dtype);
        return { y: [...tangent.x!.data].map((value) => 2 * value) };
      }
    }
    const handle = openComponent(Doubling);
    const narrow = array([1, 2], { dtype: 'float32' });
    expect(await handle.jacobian({ inputs: { x: narrow } })).toMatchObject({ y: { x: { shape: [2, 2] } } });
    expect(asked).toEqual(['float32', 'float32']);
    const whole = array([1, 2], { dtype: 'int32' });
    expect(await refusal(handle.jacobian({ inputs: { x: whole }, wrt: ['x'] }))).toMatchObject({
      code: 'E_PATH_NOT_DIFFERENTIABLE',
      fields: { dtype: 'int32' },
    });
  });
});

describe('buffers', () => {
  test('7: an author who reuses a work buffer gets independent rows', async () => {
    const work = new Float64Array(3);
    @Component({ inputs: Vector, outputs: VectorOut })
    @DeriveJacobianFromVjp()
    class Reusing extends Squares {
      @Vjp() pull({ inputs: { x }, cotangent }: VjpRequest<Vector, VectorOut>) {
        for (let i = 0; i < 3; i++) work[i] = cotangent.y!.data[i]! * slope(x, i);
        return { x: work };
      }
    }
    await expectDiagonal(Reusing);
  });

  test('7: an author who reuses a work buffer gets independent columns, also of promises', async () => {
    const work = new NdArray('float64', [3], new Float64Array(3));
    @Component({ inputs: Vector, outputs: VectorOut })
    @DeriveJacobianFromJvp()
    class Reusing extends Squares {
      @Jvp() async push({ inputs: { x }, tangent }: JvpRequest<Vector>) {
        for (let i = 0; i < 3; i++) work.data[i] = tangent.x!.data[i]! * slope(x, i);
        return { y: work };
      }
    }
    await expectDiagonal(Reusing);
  });

  test('7: an author may keep and change the probes it is given', async () => {
    const kept: NdArray[] = [];
    @Component({ inputs: Vector, outputs: VectorOut })
    @DeriveJacobianFromJvp()
    class Greedy extends Squares {
      @Jvp() push({ inputs: { x }, tangent }: JvpRequest<Vector>) {
        const seed = tangent.x!;
        kept.push(seed);
        for (let i = 0; i < 3; i++) seed.data[i]! *= slope(x, i);
        return { y: seed };
      }
    }
    await expectDiagonal(Greedy);
    expect(kept.map(({ data }) => [...data])).toEqual([
      [2, 0, 0],
      [0, 8, 0],
      [0, 0, 18],
    ]);
  });

  test('16: an author who changes the paths it is given does not break the sweep', async () => {
    @Component({ inputs: Vector, outputs: VectorOut })
    @DeriveJacobianFromVjp()
    class Emptying extends Squares {
      @Vjp() pull({ inputs: { x }, cotangent, wrt, of }: VjpRequest<Vector, VectorOut>) {
        (wrt as string[]).length = 0;
        (of as string[]).push('nonsense');
        return { x: [...cotangent.y!.data].map((c, i) => c * slope(x, i)) };
      }
    }
    await expectDiagonal(Emptying);
  });
});

describe('what is empty', () => {
  test('8: an input without elements keeps its block', async () => {
    @Component({ inputs: Vector, outputs: VectorOut })
    @DeriveJacobianFromJvp()
    class Constant extends Squares {
      override evaluate() {
        return { y: [7, 8] };
      }
      @Jvp() push() {
        return { y: [0, 0] };
      }
    }
    const jacobian = await openComponent(Constant).jacobian({ inputs: { x: [] } });
    expect(jacobian).toEqual({ y: { x: new NdArray('float64', [2, 0], new Float64Array(0)) } });
  });

  test('10: a sum without terms is an array of zeros', async () => {
    @Component({ inputs: Vector, outputs: VectorOut })
    @DeriveVjpFromJacobian()
    class Diagonal extends Squares {
      @Jacobian() blocks() {
        return { y: { x: [] } };
      }
    }
    const { x } = await openComponent(Diagonal).vjp({ inputs: at, cotangent: { y: [0, 0, 0] } });
    expect(x).toEqual(new NdArray('float64', [3], new Float64Array(3)));
    const request = { inputs: at, of: [], wrt: ['x'], cotangent: {} };
    expect(vjpFromJacobian(() => ({}), request)).toEqual({ x: new NdArray('float64', [3], new Float64Array(3)) });
  });

  test('15: an optional input that is left out is refused by name, and is no part of what is asked for by default', async () => {
    class Optional {
      @Float64({ differentiable: true }) x = 1;
      @Float64({ differentiable: true, optional: true }) y?: number;
    }
    class Sum {
      @Float64({ differentiable: true }) s!: number;
    }
    @Component({ inputs: Optional, outputs: Sum })
    @DeriveJacobianFromJvp()
    class Adding extends DifferentiableComponent<Optional, Sum> {
      @Apply() evaluate({ x, y }: Optional) {
        return { s: x + (y ?? 0) };
      }
      @Jvp() push({ tangent }: JvpRequest<Optional>) {
        return { s: (tangent.x ?? 0) + (tangent.y ?? 0) };
      }
    }
    const handle = openComponent(Adding);
    expect(await handle.jacobian({ inputs: {} })).toEqual({ s: { x: 1 } });
    expect(await handle.jacobian({ inputs: { y: 2 } })).toEqual({ s: { x: 1, y: 1 } });
    expect(await refusal(handle.jacobian({ inputs: {}, wrt: ['y'] }))).toMatchObject({
      code: 'E_PATH_ABSENT',
      fields: { received: 'y' },
    });
  });
});

describe('order', () => {
  test('11: keys and sums are in schema order, however paths and seeds are ordered', async () => {
    class Three {
      @Float64({ differentiable: true }) a = 1;
      @Float64({ differentiable: true }) b = 2;
      @Float64({ differentiable: true }) c = 3;
    }
    class Two {
      @Float64({ differentiable: true }) p!: number;
      @Float64({ differentiable: true }) q!: number;
      @Float64({ differentiable: true }) r!: number;
    }
    @Component({ inputs: Three, outputs: Two })
    @DeriveVjpFromJacobian()
    @DeriveJvpFromJacobian()
    class Sums extends DifferentiableComponent<Three, Two> {
      @Apply() evaluate({ a, b, c }: Three) {
        return { p: a, q: b, r: c };
      }
      // Sums of these terms depend on their order: 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1.
      @Jacobian() blocks(_request: JacobianRequest<Three>) {
        const row = (value: number) => ({ c: value, a: value, b: value });
        return { r: row(0.3), p: row(0.1), q: row(0.2) };
      }
    }
    const handle = openComponent(Sums);
    const wrts = [
      ['a', 'b', 'c'],
      ['c', 'b', 'a'],
      ['b', 'c', 'a'],
    ];
    const seeds = [
      { p: 1, q: 1, r: 1 },
      { r: 1, q: 1, p: 1 },
      { q: 1, r: 1, p: 1 },
    ];
    for (const [i, wrt] of wrts.entries()) {
      const value = await handle.vjp({ inputs: {}, wrt, cotangent: seeds[i]! });
      expect(Object.entries(value)).toEqual(['a', 'b', 'c'].map((path) => [path, 0.1 + 0.2 + 0.3]));
    }
    const tangents = [
      { a: 0.1, b: 0.2, c: 0.3 },
      { c: 0.3, b: 0.2, a: 0.1 },
    ];
    const [first, second] = await Promise.all(tangents.map((tangent) => handle.jvp({ inputs: {}, tangent })));
    expect(Object.entries(first!)).toEqual(Object.entries(second!));
  });
});

describe('results that do not fit', () => {
  class Flawed extends Squares {
    static block: unknown;
    @Jacobian() blocks(): { y: { x: never } } {
      return { y: { x: Flawed.block as never } };
    }
  }
  @Component({ inputs: Vector, outputs: VectorOut })
  @DeriveVjpFromJacobian()
  class Derived extends Flawed {}

  const blame = async (block: unknown, cotangent: number[]) => {
    Flawed.block = block;
    return refusal(openComponent(Derived).vjp({ inputs: at, cotangent: { y: cotangent } }));
  };

  test('12: a block of the wrong shape is the fault of the method, which is named, before it is contracted', async () => {
    expect(await blame([[1, 2]], [1])).toMatchObject({
      code: 'E_RESULT_SHAPE',
      status: 500,
      fields: { path: 'Derived.blocks()["y"]["x"]', received: '[1, 2]', expected: '[any, 3]' },
    });
    expect((await blame([1, 2, 3], [1])).code).toBe('E_RESULT_SHAPE');
    expect((await blame(new Matrix([[1, 2]]), [1])).code).toBe('E_RESULT_SHAPE');
  });

  test('12: a block whose rows do not suit the cotangent is told apart from one that is malformed', async () => {
    expect(await blame([[1, 2, 3]], [1, 1])).toMatchObject({
      code: 'E_COTANGENT_SHAPE',
      fields: { path: 'cotangent_vector["y"]', received: '[2]', expected: '[1]' },
    });
  });

  test('12: a transposed block is refused wherever the sizes differ', async () => {
    class Fixed {
      @Float64({ shape: [2], differentiable: true }) y!: NdArray;
    }
    @Component({ inputs: Vector, outputs: Fixed })
    class Transposed extends DifferentiableComponent<Vector, Fixed> {
      @Apply() evaluate({ x }: Vector) {
        return { y: [x.data[0]!, x.data[1]!] };
      }
      @Jacobian() blocks() {
        return {
          y: {
            x: [
              [1, 0],
              [0, 1],
              [0, 0],
            ],
          },
        };
      }
    }
    expect((await refusal(openComponent(Transposed).jacobian({ inputs: at }))).code).toBe('E_RESULT_SHAPE');
  });

  test('12: all that is missing or malformed is listed at once', async () => {
    class Pair {
      @Float64({ differentiable: true }) p!: number;
      @Float64({ differentiable: true }) q!: number;
    }
    @Component({ inputs: Vector, outputs: Pair })
    class Broken extends DifferentiableComponent<Vector, Pair> {
      @Apply() evaluate() {
        return { p: 1, q: 2 };
      }
      @Jacobian() blocks(): { p: { x: number }; q: { x: number } } {
        return { p: { x: 'none' }, q: {} } as never;
      }
    }
    const error = await refusal(openComponent(Broken).jacobian({ inputs: at }));
    expect(error).toMatchObject({ code: 'E_RESULT', fields: { method: 'Broken.blocks()', endpoint: 'jacobian' } });
    expect(error.problems.map(({ code, path }) => [code, path])).toEqual([
      ['E_RESULT_TYPE', 'Broken.blocks()["p"]["x"]'],
      ['E_RESULT_MISSING', 'Broken.blocks()["q"]["x"]'],
    ]);
  });

  test('12: a matrix whose shape has several readings is refused, not guessed', async () => {
    class Planes {
      @Float64({ shape: [null, null], differentiable: true }) y!: NdArray;
    }
    @Component({ inputs: Vector, outputs: Planes })
    class Flat extends DifferentiableComponent<Vector, Planes> {
      @Apply() evaluate() {
        return {
          y: [
            [1, 2],
            [3, 4],
          ],
        };
      }
      @Jacobian() blocks() {
        return { y: { x: Matrix.zeros(4, 3) } };
      }
    }
    expect(await refusal(openComponent(Flat).jacobian({ inputs: at }))).toMatchObject({
      code: 'E_RESULT_AMBIGUOUS',
      fields: { path: 'Flat.blocks()["y"]["x"]', received: '4 × 3' },
    });
  });
});

describe('cost', () => {
  test('13: a product out of a product holds no Jacobian: it asks for one element at a time', async () => {
    const sizes: number[] = [];
    @Component({ inputs: Vector, outputs: VectorOut })
    @DeriveVjpFromJvp()
    class Lean extends Squares {
      @Jvp() push({ inputs: { x }, tangent }: JvpRequest<Vector>) {
        sizes.push(tangent.x!.data.filter((value) => value !== 0).length);
        return { y: [...tangent.x!.data].map((value, i) => value * slope(x, i)) };
      }
    }
    const { x } = await openComponent(Lean).vjp({ inputs: at, cotangent: { y: [1, 0.5, 2] } });
    expect(x).toMatchObject({ data: Float64Array.of(2, 4, 36) });
    expect(sizes).toEqual([1, 1, 1]);
  });

  test('14: a sweep tells its progress, names the probe that failed, and keeps the cause', async () => {
    const cause = new Error('the solver diverged');
    @Component({ inputs: Vector, outputs: VectorOut })
    @DeriveJacobianFromJvp()
    class Failing extends Squares {
      @Jvp() push({ tangent }: JvpRequest<Vector>) {
        if (tangent.x!.data[1] === 1) throw cause;
        return { y: [0, 0, 0] };
      }
    }
    const progress: number[][] = [];
    const onProgress = (done: number, total: number) => progress.push([done, total]);
    const error = await refusal(openComponent(Failing).jacobian({ inputs: at }, { onProgress }));
    expect(error).toMatchObject({
      code: 'E_PROBE',
      cause,
      fields: { rule: 'jacobianFromJvp', probe: '2', count: '3', reason: 'the solver diverged' },
    });
    expect(progress).toEqual([[1, 3]]);
  });

  test('14: a cotangent of zeros, which clients send for outputs they do not use, costs no call', async () => {
    let calls = 0;
    @Component({ inputs: Vector, outputs: VectorOut })
    @DeriveVjpFromJacobian()
    class Counting extends Squares {
      @Jacobian() blocks({ inputs: { x } }: JacobianRequest<Vector>) {
        calls++;
        return { y: { x: Matrix.diag([0, 1, 2].map((i) => slope(x, i))) } };
      }
    }
    await openComponent(Counting).vjp({ inputs: at, cotangent: { y: [0, -0, 0] } });
    expect(calls).toBe(0);
    await openComponent(Counting).vjp({ inputs: at, cotangent: { y: [0, Number.NaN, 0] } });
    expect(calls).toBe(1);
  });

  test('17: a missing endpoint names every way to derive it, and what each costs', async () => {
    @Component({ inputs: Vector, outputs: VectorOut })
    class Both extends Squares {
      @Jvp() push() {
        return { y: [0, 0, 0] };
      }
      @Vjp() pull() {
        return { x: [0, 0, 0] };
      }
    }
    const { fields } = await refusal(openComponent(Both).jacobian({ inputs: at }));
    expect(fields['advice']).toContain(
      'Add @DeriveJacobianFromVjp() to derive it (1 vjp call for each element of the outputs',
    );
    expect(fields['advice']).toContain('Add @DeriveJacobianFromJvp() to derive it (1 jvp call for each element of wrt');
  });
});

describe('checked results', () => {
  test('a Jacobian of arrays of any rank has the shape of the output, then that of the input', async () => {
    class Any {
      @Float64({ shape: 'any', differentiable: true }) x!: NdArray;
      @Float64({ differentiable: true }) s = 2;
    }
    class AnyOut {
      @Float64({ shape: 'any', differentiable: true }) y!: NdArray;
      @Float64({ differentiable: true }) t!: number;
    }
    @Component({ inputs: Any, outputs: AnyOut })
    @DeriveJacobianFromJvp()
    class Scaled extends DifferentiableComponent<Any, AnyOut> {
      @Apply() evaluate({ x, s }: Any) {
        return {
          y: new NdArray(
            'float64',
            x.shape,
            x.data.map((value) => s * value),
          ),
          t: s,
        };
      }
      @Jvp() push({ inputs: { x, s }, tangent }: JvpRequest<Any>) {
        const moved = x.data.map((value, i) => s * (tangent.x?.data[i] ?? 0) + value * (tangent.s ?? 0));
        return { y: new NdArray('float64', x.shape, moved), t: tangent.s ?? 0 };
      }
    }
    const handle = openComponent(Scaled);
    const matrix = await handle.jacobian({ inputs: { x: [[1, 2]] } });
    expect(matrix).toMatchObject({
      y: { x: { shape: [1, 2, 1, 2], data: Float64Array.of(2, 0, 0, 2) }, s: { shape: [1, 2] } },
      t: { x: { shape: [1, 2] }, s: 1 },
    });
    const scalar = await handle.jacobian({ inputs: { x: 5 } });
    expect(scalar).toEqual({ y: { x: 2, s: 5 }, t: { x: 0, s: 1 } });
  });

  test('an extent of 1 is not broadcast in a Jacobian', async () => {
    @Component({ inputs: Vector, outputs: VectorOut })
    class Wide extends Squares {
      @Jacobian() blocks() {
        return { y: { x: [[1], [2], [3]] } };
      }
    }
    const handle = openComponent(Wide);
    const { y } = await handle.jacobian({ inputs: { x: [5] } });
    expect(y!['x']).toMatchObject({ shape: [3, 1] });
    expect((await refusal(handle.jacobian({ inputs: { x: [5, 6] } }))).code).toBe('E_RESULT_SHAPE');
  });

  test('a vjp of another length than its input is refused, though the schema leaves the length open', async () => {
    @Component({ inputs: Vector, outputs: VectorOut })
    class Short extends Squares {
      @Vjp() pull() {
        return { x: [1, 2] };
      }
    }
    expect(await refusal(openComponent(Short).vjp({ inputs: at, cotangent: { y: [1, 1, 1] } }))).toMatchObject({
      code: 'E_RESULT_SHAPE',
      fields: { path: 'Short.pull()["x"]', received: '[2]', expected: '[3]' },
    });
  });

  test('a jvp at invalid inputs is refused as a vjp or a jacobian at them is', async () => {
    @Component({ inputs: Vector, outputs: VectorOut })
    class All extends Squares {
      @Jacobian() blocks() {
        return { y: { x: [[1]] } };
      }
      @Jvp() push() {
        return { y: [1] };
      }
      @Vjp() pull() {
        return { x: [1] };
      }
    }
    const handle = openComponent(All);
    const inputs = { x: 'none' } as never;
    const attempts = [
      handle.jacobian({ inputs }),
      handle.jvp({ inputs, tangent: { x: [1] } }),
      handle.vjp({ inputs, cotangent: { y: [1] } }),
    ];
    for (const attempt of attempts) {
      expect(await refusal(attempt)).toMatchObject({ code: 'E_ARRAY_NUMERIC', status: 422, path: 'inputs.x' });
    }
  });

  test('a wrong result is told in full: the method, the path, what it gave and what was needed', async () => {
    @Component({ inputs: Vector, outputs: VectorOut })
    class Silent extends Squares {
      @Vjp() pull(): { x: number[] } {
        return undefined as never;
      }
      @Jvp() push(): { y: number[] } {
        return 5 as never;
      }
      override evaluate(): { y: number[] } {
        return { y: [[1]] as never, z: 1 } as never;
      }
    }
    const handle = openComponent(Silent);
    expect(await refusal(handle.vjp({ inputs: at, cotangent: { y: [1, 1, 1] } }))).toMatchObject({
      code: 'E_RESULT_MISSING',
      status: 500,
      path: 'Silent.pull()',
    });
    expect(await refusal(handle.jvp({ inputs: at, tangent: { x: [1, 1, 1] } }))).toMatchObject({
      code: 'E_RESULT_TYPE',
      fields: { path: 'Silent.push()', received: '5' },
    });
    const error = await refusal(handle.apply(at));
    expect(error).toMatchObject({ code: 'E_RESULT', status: 500, fields: { method: 'Silent.evaluate()' } });
    expect(error.problems.map(({ code, path }) => [code, path])).toEqual([
      ['E_EXTRA', 'outputs.z'],
      ['E_ARRAY_RANK', 'outputs.y'],
    ]);
  });
});
