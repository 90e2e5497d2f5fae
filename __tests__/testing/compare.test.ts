/** What counts as close, and which exceptions Python's names stand for. */
import { describe, expect, test } from '@jest/globals';
import { array } from 'cotangent';
import fc from 'fast-check';
import { ComponentError } from '../../src/errors.js';
import { compareTrees } from '../../src/testing/compare.js';
import { isException } from '../../src/testing/exceptions.js';
import { readRegressionCase } from '../../src/testing/regression.js';

const exact = { atol: 0, rtol: 0 };
const loose = { atol: 1e-8, rtol: 1e-5 };
const float64 = (values: readonly number[]) => array(values as number[], { dtype: 'float64' });

describe('two trees agree', () => {
  test.each<[string, unknown, unknown]>([
    ['empty objects', {}, {}],
    ['in any order of their keys', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['nested', { a: [{ b: null }] }, { a: [{ b: null }] }],
    ['zeros of either sign', { a: -0 }, { a: 0 }],
    ['NaN', { a: Number.NaN }, { a: Number.NaN }],
    ['infinities', { a: -Infinity }, { a: -Infinity }],
    ['empty arrays', float64([]), float64([])],
    ['arrays with NaN and infinities', float64([Number.NaN, Infinity]), float64([Number.NaN, Infinity])],
    ['keys of every object', JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}')],
  ])('%s', (_, actual, expected) => {
    expect(compareTrees(actual, expected, exact)).toBeUndefined();
  });
});

describe('two trees differ', () => {
  test.each<[string, unknown, unknown, string]>([
    ['a key too few', {}, { a: 1 }, 'outputs.a is missing.'],
    ['a key too many', { a: 1 }, {}, 'outputs.a is not expected.'],
    ['a key that every object inherits', {}, { toString: 1 }, 'outputs.toString is missing.'],
    ['lists of other lengths', [1], [1, 2], 'outputs has 1 elements, expected 2.'],
    ['a list and an object', [], {}, 'outputs is a list, expected an object.'],
    ['null and nothing', { a: null }, { a: 0 }, 'outputs.a is null, expected a number.'],
    ['a number and its text', { a: 1 }, { a: '1' }, 'outputs.a is a number, expected a string.'],
    ['a number and true', { a: 1 }, { a: true }, 'outputs.a is a number, expected a boolean.'],
    ['texts', { a: 'x' }, { a: 'y' }, 'outputs.a is "x", expected "y".'],
    ['infinities of other signs', { a: Infinity }, { a: -Infinity }, 'Values'],
    ['a number and an infinity', { a: 1e308 }, { a: Infinity }, 'Values'],
    ['a number and NaN', { a: 0 }, { a: Number.NaN }, 'Values'],
    ['an infinity and a number, in arrays', float64([Infinity]), float64([1]), '1 of 1 differ'],
    ['NaN and a number, in arrays', float64([Number.NaN]), float64([1]), '1 of 1 differ'],
    ['an array and an object', float64([1]), { a: 1 }, 'expected an object'],
    ['an array and nothing', float64([1]), undefined, 'outputs is an array of float64'],
  ])('%s', (_, actual, expected, said) => {
    expect(compareTrees(actual, expected, loose)).toContain(said);
  });

  test('in integers by one, however loose the tolerance', () => {
    for (const dtype of ['int8', 'uint64', 'int64'] as const) {
      const one = (value: bigint | number) => array([value] as never, { dtype });
      const [a, b] = dtype === 'int8' ? [1, 2] : [2n ** 53n, 2n ** 53n + 1n];
      expect(compareTrees(one(a), one(b), { atol: 1e9, rtol: 1e9 })).toContain('1 of 1 differ');
    }
  });

  test.each([1, -1, 1e-9, -1e6])('relative to what was expected, not to what was found: %d', (expected) => {
    const tolerance = { atol: 0, rtol: 0.1 };
    const [near, above, below] = [expected * 1.0999, expected * 1.105, expected * 0.895];
    for (const form of [(one: number): unknown => one, (one: number) => float64([one])]) {
      expect(compareTrees(form(near), form(expected), tolerance)).toBeUndefined();
      expect(compareTrees(form(above), form(expected), tolerance)).toContain('Values');
      expect(compareTrees(form(below), form(expected), tolerance)).toContain('Values');
    }
  });

  test('exactly where |actual − expected| > atol + rtol·|expected|, in arrays as in numbers', () => {
    const size = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const tolerance = fc.double({ min: 0, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(size, size, tolerance, tolerance, (a, b, atol, rtol) => {
        const apart = Math.abs(a - b) > atol + rtol * Math.abs(b);
        expect(compareTrees({ v: a }, { v: b }, { atol, rtol }) !== undefined).toBe(apart);
        expect(compareTrees(float64([a]), float64([b]), { atol, rtol }) !== undefined).toBe(apart);
      }),
      { seed: 23, numRuns: 500 },
    );
  });

  test('no more than five elements are listed, and the rest counted', () => {
    const message = compareTrees(float64([1, 2, 3, 4, 5, 6, 7]), float64([0, 0, 0, 0, 0, 0, 0]), loose) ?? '';
    expect(message.match(/expected 0/g)).toHaveLength(5);
    expect(message).toContain('and 2 more');
  });
});

describe("Python's names of exceptions", () => {
  class Overload extends RangeError {}
  const refused = new ComponentError('E_MISSING', { path: 'inputs.x', expected: 'a value' });
  const thrown = new RangeError('far');
  test.each<[string, unknown, string, boolean]>([
    ['a refused request', refused, 'pydantic.ValidationError', true],
    ['a refused request', refused, 'ValueError', true],
    ['a refused request', refused, 'TypeError', true],
    ['a refused request', refused, 'RuntimeError', false],
    ['a refused request', refused, 'E_MISSING', true],
    ['a refused request', refused, 'E_TYPE', false],
    ['a refused request', refused, 'Exception', true],
    ['what a method threw', thrown, 'ValueError', true],
    ['what a method threw', thrown, 'ValidationError', false],
    ['what a method threw', thrown, 'builtins.ZeroDivisionError', true],
    ['what a method threw', thrown, 'RangeError', true],
    ['what a method threw', thrown, 'NoSuchError', false],
    ['a class of its own', new Overload('much'), 'my.package.Overload', true],
    ['a class of its own', new Overload('much'), 'RangeError', true],
    ['a text', 'plain', 'ValueError', true],
    ['nothing', undefined, 'BaseException', true],
    ['a name that every object has', thrown, 'toString', false],
    ['a name that every object has', thrown, '__proto__', false],
    ['no name', thrown, '', false],
    ['only a dot', thrown, '.', false],
  ])('%s, %p, as %s: %s', (_, error, name, expected) => {
    expect(isException(error, name)).toBe(expected);
  });
});

describe('a regression test that is none is refused where it is read', () => {
  const good = { endpoint: 'apply', payload: {}, expected_exception: 'ValueError' };
  test.each<[string, object, string, string]>([
    ['a list as the payload', { ...good, payload: [] }, 'E_TYPE', 'payload'],
    ['a list of outputs', { endpoint: 'apply', payload: {}, expected_outputs: [] }, 'E_TYPE', 'expected_outputs'],
    ['a negative tolerance', { ...good, rtol: -1 }, 'E_TYPE', 'rtol'],
    ['a tolerance in quotes', { ...good, atol: '0' }, 'E_TYPE', 'atol'],
    [
      'an expression that does not end',
      { ...good, expected_exception_regex: '(a' },
      'E_TYPE',
      'expected_exception_regex',
    ],
    ['an endpoint that every object has', { ...good, endpoint: 'toString' }, 'E_TYPE', 'endpoint'],
    ['a key that is misspelled', { ...good, expected_output: {} }, 'E_EXTRA', 'expected_output'],
    ['no payload', { ...good, payload: null }, 'E_MISSING', 'payload'],
  ])('%s', (_, spec, code, path) => {
    expect(() => readRegressionCase(JSON.stringify(spec))).toThrow(expect.objectContaining({ code, path }));
  });

  test.each(['', '\ufeff', '{', '[]', 'null', '1'])('%j is no test', (text) => {
    expect(() => readRegressionCase(text)).toThrow(expect.objectContaining({ name: 'ComponentError' }));
  });

  test("Python's groups and flags are read", () => {
    const read = (text: string) => readRegressionCase(JSON.stringify({ ...good, expected_exception_regex: text }));
    for (const text of ['(?i)\\Afar', '(?P<place>far)\\Z', '(?s).']) expect(read(text).pattern).toBe(text);
  });
});
