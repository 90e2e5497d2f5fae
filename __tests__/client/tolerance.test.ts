/** Answers that say more, or less, than their schema. */
import { expect, test } from '@jest/globals';
import { Field } from 'cotangent';
import { tolerant } from '../../src/client/tolerance.js';
import { schemaOf } from '../../src/schema/schema.js';

class Part {
  @Field(() => Number) n!: number;
}

class Model {
  @Field(() => Number) n!: number;
  @Field(() => Number, { optional: true }) o?: number;
  @Field(() => Number, { each: 'list' }) l!: number[];
  @Field(() => Number, { each: 'map' }) m!: Map<string, number>;
  @Field(() => String, { optional: true }) t?: string;
  @Field(() => Part) p!: Part;
}

const read = (value: unknown) => tolerant(schemaOf(Model), value);

test('null is NaN where a number is due, in lists, maps and models too, and stays null where it may be left out', () => {
  expect(read({ n: null, o: null, l: [1, null], m: { a: null, b: 2 }, t: null, p: { n: null } })).toEqual({
    n: Number.NaN,
    o: null,
    l: [1, Number.NaN],
    m: new Map([
      ['a', Number.NaN],
      ['b', 2],
    ]),
    t: null,
    p: { n: Number.NaN },
  });
});

test('what the schema does not know is left out, in models within too', () => {
  expect(read({ n: 1, later: 2, p: { n: 3, computed: 4 } })).toEqual({ n: 1, p: { n: 3 } });
});

test('what is no object is given back as it is', () => {
  for (const value of [1, null, 'x', [1]]) expect(read(value)).toEqual(value);
});
