/** What differences may be told, and what is refused: when the class is defined, and by the functions. */
import { describe, expect, test } from '@jest/globals';
import {
  Apply,
  Component,
  DeriveJacobianFromApply,
  DeriveJacobianFromJvp,
  DeriveJvpFromApply,
  DeriveVjpEstimateFromApply,
  DeriveVjpFromApply,
  DifferentiableComponent,
  Field,
  Float64,
  Int32,
  Jvp,
  jacobianFromApply,
  type NdArray,
  openComponent,
} from 'cotangent';

class Part {
  @Float64({ differentiable: true }) mass = 1;
}
class Inputs {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
  @Field(() => Part, { each: 'list' }) parts: Part[] = [];
  @Float64({ each: 'map', differentiable: true }) rates = new Map<string, number>();
  @Int32() count = 1;
}
class Outputs {
  @Float64({ differentiable: true }) y!: number;
}
const apply = ({ x }: Pick<Inputs, 'x'>) => ({ y: x.data.reduce((sum, one) => sum + one ** 2, 0) });

const decorators = {
  DeriveJacobianFromApply,
  DeriveJvpFromApply,
  DeriveVjpFromApply,
  DeriveVjpEstimateFromApply: (options: object) => DeriveVjpEstimateFromApply({ samples: 2, ...options }),
};

function define(name: keyof typeof decorators, options: object) {
  const Derived = decorators[name] as unknown as (options: object) => ClassDecorator;
  @Component({ inputs: Inputs, outputs: Outputs })
  @Derived(options)
  class Squares extends DifferentiableComponent<Inputs, Outputs> {
    @Apply() apply(inputs: Inputs) {
      return apply(inputs);
    }
  }
  return Squares;
}

const refused: readonly (readonly [name: string, options: object, path: string])[] = [
  ['an option that there is not', { schem: 'central' }, 'schem'],
  ['a scheme that there is not', { scheme: 'centrall' }, 'scheme'],
  ['a scheme that every object has', { scheme: 'constructor' }, 'scheme'],
  ['noise in capitals', { noise: 'Estimate' }, 'noise'],
  ['noise below 0', { noise: -1 }, 'noise'],
  ['noise as large as the value', { noise: 1 }, 'noise'],
  ['noise that is NaN', { noise: Number.NaN }, 'noise'],
  ['magnitudes that are one number', { magnitudes: 5 }, 'magnitudes'],
  ['a magnitude of 0', { magnitudes: { x: 0 } }, 'magnitudes["x"]'],
  ['a negative magnitude', { magnitudes: { x: -1 } }, 'magnitudes["x"]'],
  ['a magnitude in words', { magnitudes: { x: '1' } }, 'magnitudes["x"]'],
  ['an infinite magnitude', { magnitudes: { x: Number.POSITIVE_INFINITY } }, 'magnitudes["x"]'],
  ['a magnitude of what there is not', { magnitudes: { X: 1 } }, 'magnitudes["X"]'],
  ['a magnitude of what is not differentiable', { magnitudes: { count: 1 } }, 'magnitudes["count"]'],
  ['bounds that are one number', { bounds: 5 }, 'bounds'],
  ['bounds that are a list', { bounds: [0, 1] }, 'bounds'],
  ['bounds of a misspelt path', { bounds: { X: [0, 1] } }, 'bounds["X"]'],
  ['one bound', { bounds: { x: [0] } }, 'bounds["x"]'],
  ['a number for bounds', { bounds: { x: 5 } }, 'bounds["x"]'],
  ['bounds the wrong way round', { bounds: { x: [1, 0] } }, 'bounds["x"]'],
  ['bounds that are NaN', { bounds: { x: [Number.NaN, 1] } }, 'bounds["x"]'],
  ['lists of bounds of unequal lengths', { bounds: { x: [[0, 0], [1]] } }, 'bounds["x"]'],
  ['bounds of which one element is the wrong way round', { bounds: { x: [[0, 3], 1] } }, 'bounds["x"]'],
  ['a complex step in words', { complexStep: 'yes' }, 'complexStep'],
];

describe.each(Object.keys(decorators) as (keyof typeof decorators)[])('@%s refuses', (name) => {
  test.each(refused)('%s when the class is defined', (_, options, path) => {
    expect(() => define(name, options)).toThrow(
      expect.objectContaining({ code: 'E_OPTION', fields: expect.objectContaining({ path }) }),
    );
  });
});

test.each([
  {
    bounds: {
      x: [0, 1],
      'parts.[].mass': [0, [1]],
      'parts.[3].mass': [0, 1],
      'rates.{}': [0, 1],
      'rates.{a b}': [0, 1],
    },
  },
  { bounds: { x: [Number.NEGATIVE_INFINITY, new Float64Array([1, 2])] } },
  { magnitudes: { x: 1e-300 }, noise: 0, scheme: 'forward' },
  { noise: 'estimate', scheme: 'richardson' },
])('what is right is taken: %j', (options) => {
  expect(define('DeriveJacobianFromApply', options).name).toBe('Squares');
});

test('lists of bounds have as many elements as the input, or the request is refused with both counts', async () => {
  const handle = openComponent(
    define('DeriveJacobianFromApply', {
      bounds: {
        x: [
          [0, 0],
          [1, 1],
        ],
      },
    }),
  );
  await expect(handle.jacobian({ inputs: { x: [0.5, 0.5, 0.5] } })).rejects.toMatchObject({
    code: 'E_OPTION',
    message: expect.stringMatching(/bounds\["x"\].*2.*3 elements|3 of them/s),
  });
  const { y } = await handle.jacobian({ inputs: { x: [0.5, 0.25] }, wrt: ['x'] });
  expect((y!['x'] as NdArray).data[1]).toBeCloseTo(0.5, 9);
});

test.each(refused.filter(([name]) => !name.includes('what') && !name.includes('misspelt')))(
  'the function jacobianFromApply refuses %s too',
  (_, options, path) => {
    const request = { inputs: { x: { data: new Float64Array([1]) } as NdArray }, of: ['y'], wrt: ['x'] };
    expect(() => jacobianFromApply(apply, request, options)).toThrow(
      expect.objectContaining({ code: 'E_OPTION', fields: expect.objectContaining({ path }) }),
    );
  },
);

test('an option that a rule from products does not have is refused as well', () => {
  expect(() => {
    @Component({ inputs: Inputs, outputs: Outputs })
    @DeriveJacobianFromJvp({ sparsty: 'diagonal' } as never)
    class Misspelt extends DifferentiableComponent<Inputs, Outputs> {
      @Apply() apply(inputs: Inputs) {
        return apply(inputs);
      }
      @Jvp() jvp() {
        return { y: 0 };
      }
    }
    return Misspelt;
  }).toThrow(expect.objectContaining({ code: 'E_OPTION', fields: expect.objectContaining({ path: 'sparsty' }) }));
});
