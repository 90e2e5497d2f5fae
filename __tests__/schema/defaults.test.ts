/** Defaults: each request has its own, whatever a method writes into the last one's. */

import { describe, expect, test } from '@jest/globals';
import { Min } from 'class-validator';
import {
  Apply,
  array,
  Component,
  Derive,
  DeriveAbstractEvalFromApply,
  DifferentiableComponent,
  Field,
  Float64,
  type NdArray,
  openComponent,
} from 'cotangent';
import { compile } from '../../src/component/compile.js';
import { openApiDocument } from '../../src/server/openapi/document.js';

const shared = {
  load: array([1, 2]),
  typed: Float64Array.of(3, 4),
  list: [array([5, 6])],
  map: new Map([['k', array([7, 8])]]),
  matrix: array([[9, 10]]).toMatrix(),
  json: { a: [11, 12] },
};
class Part {
  @Float64({ shape: [2] }) weights = shared.load;
}
const part = new Part();

class In {
  @Float64({ differentiable: true }) @Min(-100) s = 1;
  @Float64({ shape: [null], differentiable: true }) load = shared.load;
  @Float64({ shape: [null] }) typed: NdArray = shared.typed as never;
  @Float64({ shape: [null], each: 'list' }) list: readonly NdArray[] = shared.list;
  @Float64({ shape: [null], each: 'map' }) map: ReadonlyMap<string, NdArray> = shared.map;
  @Float64({ shape: [1, 2] }) matrix: NdArray = shared.matrix as never;
  @Field(() => Part) part = part;
  @Field(() => Part, { each: 'list' }) parts = [part];
  @Field(() => Object) json: { a: number[] } = shared.json;
}
class Out {
  @Float64({ differentiable: true }) y!: number;
  // Its length is only known from a call, so that abstractEval makes one.
  @Float64({ shape: [null] }) free!: NdArray;
}

const arraysOf = ({ load, typed, list, map, matrix, part: one, parts }: In): readonly NdArray[] => [
  load,
  typed,
  ...list,
  ...map.values(),
  matrix,
  one.weights,
  parts[0]!.weights,
];
const total = 3 + 7 + 11 + 15 + 19 + 3 + 3 + 23;

@Component({ inputs: In, outputs: Out })
@DeriveAbstractEvalFromApply()
@Derive('jacobianFromApply', 'vjpFromJacobian')
class Sums extends DifferentiableComponent<In, Out> {
  @Apply() async evaluate(inputs: In) {
    const arrays = arraysOf(inputs);
    const sum = () => arrays.reduce((all, { data }) => all + data.reduce((a, b) => a + b, 0), 0);
    const before = sum() + inputs.json.a.reduce((a, b) => a + b, 0);
    await Promise.resolve();
    for (const { data } of arrays) data.fill(1000);
    inputs.json.a.push(1000);
    inputs.parts.push(inputs.part);
    (inputs.map as Map<string, NdArray>).clear();
    await Promise.resolve();
    return { y: before * inputs.s, free: array([1]) };
  }
}

describe('a default that is a constant of the module', () => {
  const handle = openComponent(Sums);

  test('is what it was for each request, whatever the one before wrote, and for those that overlap', async () => {
    const { y } = await handle.apply({});
    expect(y).toBe(total);
    const answers = await Promise.all(Array.from({ length: 5 }, (_, k) => handle.apply({ s: k })));
    expect(answers.map((one) => one.y)).toEqual([0, 1, 2, 3, 4].map((k) => k * total));
    expect((await handle.apply({ part: {}, parts: [{}] })).y).toBe(total);
  });

  test('is what it was after abstractEval, derivatives and the document', async () => {
    await handle.abstractEval({});
    await handle.jacobian({ inputs: {}, wrt: ['s'] });
    await handle.vjp({ inputs: {}, wrt: ['s'], cotangent: { y: 1 } });
    const options = { name: 's', version: '1', description: '', formats: ['json'] as const };
    const document = openApiDocument(compile(Sums, DifferentiableComponent), options);
    expect(JSON.stringify(document)).toContain('"default":[1,2]');
    expect((await handle.apply({})).y).toBe(total);
    const held = [...arraysOf(new In()).slice(0, 1), shared.list[0]!, shared.map.get('k')!, part.weights];
    expect(held.map(({ data }) => [...data])).toEqual([
      [1, 2],
      [5, 6],
      [7, 8],
      [1, 2],
    ]);
    expect([[...shared.typed], shared.matrix.to2DArray(), shared.json]).toEqual([[3, 4], [[9, 10]], { a: [11, 12] }]);
  });
});
