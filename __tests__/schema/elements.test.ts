/** How many values lists and maps may hold, all together, and how many problems are told. */
import { expect, test } from '@jest/globals';
import { Field, Float64 } from 'cotangent';
import { check } from '../../src/schema/check.js';
import { schemaOf } from '../../src/schema/schema.js';

class Part {
  @Float64({ each: 'list' }) q: number[] = [];
}

class Model {
  @Float64({ each: 'list' }) l: number[] = [];
  @Field(() => Number, { each: 'map' }) m: Map<string, number> = new Map();
  @Field(() => Part, { each: 'list' }) p: Part[] = [];
}

const value = { l: [1, 2, 3], m: { a: 1, b: 2 }, p: [{ q: [1, 2] }, { q: [3] }] };

test.each([10, 11, Infinity])('3 + 2 + 2 + 2 + 1 values are %d at most', (elements) => {
  expect(check(schemaOf(Model), value, 'inputs', { elements }).problems).toEqual([]);
});

test.each([
  [9, 'inputs.p.[1].q'],
  [8, 'inputs.p.[0].q'],
  [6, 'inputs.p'],
  [4, 'inputs.m'],
  [2, 'inputs.l'],
])('and are too many for %d, at %s', (elements, path) => {
  expect(() => check(schemaOf(Model), value, 'inputs', { elements })).toThrow(
    expect.objectContaining({ code: 'E_LIMIT', path, status: 422 }),
  );
});

test('of very many problems the first fifty are told, whatever they are', () => {
  const wrong = Array.from({ length: 60 }, (_, i) => `no ${i}`);
  const unknown = Object.fromEntries(wrong.map((name) => [name, 1]));
  const many = [
    { l: wrong },
    { m: Object.fromEntries(wrong.map((one) => [one, one])) },
    unknown,
    { ...unknown, l: wrong },
  ];
  for (const given of many) expect(check(schemaOf(Model), given, 'inputs').problems).toHaveLength(50);
  expect(check(schemaOf(Model), { l: wrong.slice(0, 50) }, 'inputs').problems).toHaveLength(50);
  expect(check(schemaOf(Model), { l: wrong.slice(0, 49) }, 'inputs').problems).toHaveLength(49);
});
