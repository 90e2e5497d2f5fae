/** class-validator's constraints: on fields, across fields, nested, inherited, asynchronous. */

import { describe, expect, test } from '@jest/globals';
import {
  Equals,
  IsPositive,
  Max,
  MinLength,
  registerDecorator,
  Validate,
  type ValidationArguments,
  ValidatorConstraint,
  type ValidatorConstraintInterface,
} from 'class-validator';
import {
  Apply,
  Component,
  ComponentError,
  DifferentiableComponent,
  Field,
  Float64,
  Int64,
  Jacobian,
  type NdArray,
  openComponent,
} from 'cotangent';

/** A constraint on a field, written on the spot. */
function Satisfies(
  name: string,
  validate: (value: never, of: never) => boolean | Promise<boolean>,
  message: string,
): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name,
      target: target.constructor,
      propertyName: String(propertyName),
      options: { message },
      validator: { validate: (value, args?: ValidationArguments) => validate(value as never, args?.object as never) },
    });
}

@ValidatorConstraint({ name: 'isUnit' })
class IsUnit implements ValidatorConstraintInterface {
  validate(value: NdArray) {
    return Math.abs(Math.hypot(...value.data) - 1) < 1e-9;
  }
  defaultMessage() {
    return 'direction must have length 1';
  }
}

class Ray {
  @Float64({ shape: [2] }) @Validate(IsUnit) direction!: NdArray;
  @Field(() => String) @MinLength(2) label = 'ray';
}
class Base {
  @Float64({ differentiable: true }) @IsPositive() width = 1;
}
class Inputs extends Base {
  @Float64({ shape: [null] }) a!: NdArray;
  @Satisfies('sameLength', (b: NdArray, { a }: Inputs) => b.size === a.size, 'a and b must have equal lengths')
  @Float64({ shape: [null] })
  b!: NdArray;
  @Field(() => Ray, { each: 'list' }) rays: Ray[] = [];
  @Field(() => Ray, { each: 'map' }) named = new Map<string, Ray>();
  @Float64() @Max(10) @IsPositive() step = 1;
  @Int64() @Equals(7n) seven = 7n;
  @Field(() => String)
  @Satisfies('isFree', async (name: string) => Promise.resolve(name !== 'taken'), 'this name is taken')
  name = 'free';
}
class Outputs {
  @Float64({ differentiable: true }) y!: number;
}

let applied = 0;

@Component({ inputs: Inputs, outputs: Outputs })
class Frame extends DifferentiableComponent<Inputs, Outputs> {
  @Apply() evaluate({ width }: Inputs) {
    applied++;
    return { y: width };
  }
  @Jacobian() blocks() {
    return { y: { width: 1 } };
  }
}

const handle = openComponent(Frame);
const good = { a: [1, 2], b: [3, 4] };

async function violations(inputs: object): Promise<(string | undefined)[][]> {
  const error: unknown = await handle.apply(inputs as never).then(
    () => undefined,
    (reason) => reason,
  );
  if (!(error instanceof ComponentError)) throw new Error(`not refused: ${String(error)}`);
  expect(error.status).toBe(422);
  return error.problems.map(({ code, path, fields }) => {
    expect(code).toBe('E_CONSTRAINT');
    return [path, fields['constraint'], fields['received'], fields['expected']];
  });
}

describe('a constraint', () => {
  test('that holds lets the request pass', async () => {
    expect(await handle.apply({ ...good, rays: [{ direction: [0.6, 0.8] }] } as never)).toEqual({ y: 1 });
  });

  test('inherited from a parent model is checked', async () => {
    expect(await violations({ ...good, width: -1 })).toEqual([
      ['inputs.width', 'isPositive', '-1', 'width must be a positive number'],
    ]);
  });

  test('across fields sees the coerced values of both', async () => {
    expect(await violations({ ...good, b: [1, 2, 3] })).toEqual([
      ['inputs.b', 'sameLength', 'an array, float64 [3]', 'a and b must have equal lengths'],
    ]);
  });

  test('that answers by a promise is awaited', async () => {
    expect(await violations({ ...good, name: 'taken' })).toEqual([
      ['inputs.name', 'isFree', '"taken"', 'this name is taken'],
    ]);
  });

  test('on a nested model is checked wherever one stands, and reported once, with its path', async () => {
    const bad = { direction: [3, 4], label: 'x' };
    const found = await violations({ ...good, rays: [{ direction: [1, 0] }, bad], named: { 'a.b': bad } });
    expect(found.map(([path, constraint]) => [path, constraint])).toEqual([
      ['inputs.rays.[1].direction', 'isUnit'],
      ['inputs.rays.[1].label', 'minLength'],
      ['inputs.named.{a.b}.direction', 'isUnit'],
      ['inputs.named.{a.b}.label', 'minLength'],
    ]);
  });

  test('is one of several that are reported together', async () => {
    const found = await violations({ ...good, step: -20, width: 0, seven: 8 });
    expect(found.map(([path]) => path).sort()).toEqual(['inputs.seven', 'inputs.step', 'inputs.width']);
    expect((await violations({ ...good, step: 11 })).map(([, constraint]) => constraint)).toEqual(['max']);
  });

  test('holds for derivatives as for apply, and no method runs where it is broken', async () => {
    const before = applied;
    await expect(handle.jacobian({ inputs: { ...good, width: -1 } as never })).rejects.toMatchObject({
      code: 'E_CONSTRAINT',
      path: 'inputs.width',
    });
    await expect(handle.apply({ ...good, width: -1 } as never)).rejects.toMatchObject({ code: 'E_CONSTRAINT' });
    expect(applied).toBe(before);
  });

  test('is not asked about values that have no right type yet', async () => {
    await expect(handle.apply({ a: 'no', b: [1], width: -1 } as never)).rejects.toMatchObject({
      code: 'E_ARRAY_NUMERIC',
      path: 'inputs.a',
    });
  });
});
