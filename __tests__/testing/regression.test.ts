import { describe, expect, test } from '@jest/globals';
import {
  AnyArray,
  Apply,
  Component,
  DeriveVjpFromJacobian,
  DifferentiableComponent,
  Field,
  Float64,
  Int64,
  Jacobian,
  type NdArray,
} from 'cotangent';
import { compile } from '../../src/component/compile.js';
import { readRegressionCase, runRegression } from '../../src/testing/regression.js';

class In {
  @Float64({ shape: [null], differentiable: true }) v!: NdArray<'float64'>;
  @Int64() n = 0n;
  @Field(() => String) mode = 'plain';
}
class Out {
  @Float64({ shape: [null], differentiable: true }) doubled!: NdArray<'float64'>;
  @Int64() n!: bigint;
  @Field(() => String) mode!: string;
  @AnyArray() any!: NdArray;
}

class Overload extends Error {}

@Component({ inputs: In, outputs: Out })
@DeriveVjpFromJacobian()
class Twice extends DifferentiableComponent<In, Out> {
  @Apply()
  apply({ v, n, mode }: In) {
    if (mode === 'overload') throw new Overload('too many');
    if (mode === 'range') throw new RangeError('x must be positive');
    const doubled = Float64Array.from(v.data, (one) => 2 * one);
    return { doubled: mode === 'scalar' ? (1 as never) : (doubled as never), n, mode, any: 1 as never };
  }

  @Jacobian()
  jacobian({ inputs: { v } }: { inputs: In }) {
    const size = v.data.length;
    const rows = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (i === j ? 2 : 0)));
    return { doubled: { v: rows } };
  }
}

const target = { compiled: compile(Twice, DifferentiableComponent), instance: new Twice() };
const run = (spec: object) => runRegression(target, readRegressionCase(JSON.stringify({ endpoint: 'apply', ...spec })));
const payload = { inputs: { v: [1, 2] } };
const outputs = { doubled: [2, 4], n: 0, mode: 'plain', any: 1 };
const array = (dtype: string, shape: number[], buffer: unknown) => ({
  shape,
  dtype,
  data: { buffer, encoding: 'json' },
});
const passed = { status: 'passed', message: '', endpoint: 'apply' };

describe('expected outputs', () => {
  test('agree where the values do, written bare or encoded', async () => {
    expect(await run({ payload, expected_outputs: outputs })).toEqual(passed);
    const encoded = { ...outputs, doubled: array('float64', [2], [2, 4]) };
    expect(await run({ payload, expected_outputs: encoded })).toEqual(passed);
  });

  test.each([
    ['just inside atol + rtol·|expected|', 2 + 9e-8, { atol: 5e-8, rtol: 2e-8 }, 'passed'],
    ['just outside', 2 + 1e-7, { atol: 5e-8, rtol: 2e-8 }, 'failed'],
    ['within the default rtol of 1e-5', 2 * (1 + 0.9e-5), {}, 'passed'],
    ['beyond it', 2 * (1 + 1.2e-5), {}, 'failed'],
  ])('a difference %s', async (_, first, tolerance, status) => {
    const expected_outputs = { ...outputs, doubled: [first, 4] };
    expect(await run({ payload, expected_outputs, ...tolerance })).toMatchObject({ status });
  });

  test.each([
    ['another dtype', array('float32', [2], [2, 4]), 'float32'],
    ['another shape', array('float64', [1, 2], [[2, 4]]), '[1, 2]'],
    ['another length', [2, 4, 6], '[3]'],
  ])('%s is a structure mismatch, whatever the tolerance', async (_, doubled, named) => {
    const { status, message } = await run({ payload, expected_outputs: { ...outputs, doubled }, rtol: 1e9 });
    expect(status).toBe('failed');
    expect(message).toMatch(/^Structure mismatch\./);
    expect(message).toContain('outputs.doubled');
    expect(message).toContain(named);
  });

  test('all structural differences are told at once', async () => {
    const { message } = await run({ payload, expected_outputs: { doubled: [2, 4], n: 0, mode: 3, more: 1 } });
    for (const path of ['outputs.mode', 'outputs.more', 'outputs.any']) expect(message).toContain(path);
  });

  test('a difference is told with its place, count and size', async () => {
    const { status, message } = await run({
      payload: { inputs: { v: [1, 2, 3, 4] } },
      expected_outputs: { ...outputs, doubled: [2, 4, 6.5, 8] },
    });
    expect(status).toBe('failed');
    expect(message).toMatch(/^Values are not sufficiently close\./);
    expect(message).toContain('1 of 4 differ (25 %), by at most 0.500, relative 0.0769');
    expect(message).toContain('[2] is 6, expected 6.5');
  });

  test('NaN equals NaN and no number, infinities equal themselves', async () => {
    const base64 = (values: number[]) => ({
      shape: [values.length],
      dtype: 'float64',
      data: { buffer: Buffer.from(Float64Array.from(values).buffer).toString('base64'), encoding: 'base64' },
    });
    const given = { inputs: { v: base64([Number.NaN, Infinity, 1]) } };
    const expecting = (values: number[]) =>
      run({ payload: given, expected_outputs: { ...outputs, doubled: base64(values) } });
    expect(await expecting([Number.NaN, Infinity, 2])).toEqual(passed);
    expect(await expecting([0, Infinity, 2])).toMatchObject({ status: 'failed' });
    expect(await expecting([Number.NaN, -Infinity, 2])).toMatchObject({ status: 'failed' });
    expect(await expecting([Number.NaN, 1e308, 2])).toMatchObject({ status: 'failed' });
  });

  test('64-bit integers are compared exactly, beyond 2^53 and whatever the tolerance', async () => {
    const text = (n: string, m: string) =>
      `{"endpoint":"apply","rtol":1,"payload":{"inputs":{"v":[1],"n":${n}}},"expected_outputs":{"doubled":[2],"mode":"plain","any":1,"n":${m}}}`;
    const one = await runRegression(target, readRegressionCase(text('9007199254740993', '9007199254740993')));
    expect(one).toEqual(passed);
    const other = await runRegression(target, readRegressionCase(text('9007199254740993', '9007199254740992')));
    expect(other).toMatchObject({ status: 'failed' });
  });

  test('a derived endpoint is tested like any other, by its name on the wire or on the command line', async () => {
    for (const endpoint of ['vector_jacobian_product', 'vector-jacobian-product']) {
      const request = {
        ...payload,
        vjp_inputs: ['v'],
        vjp_outputs: ['doubled'],
        cotangent_vector: { doubled: [1, 10] },
      };
      expect(await run({ endpoint, payload: request, expected_outputs: { v: [2, 20] } })).toMatchObject({
        status: 'passed',
        endpoint: 'vector_jacobian_product',
      });
    }
  });
});

describe('expected exceptions', () => {
  const invalid = { inputs: { v: 'no array' } };
  const mode = (name: string) => ({ inputs: { v: [1], mode: name } });

  test.each([
    ['pydantic.ValidationError', invalid],
    ['pydantic_core._pydantic_core.ValidationError', invalid],
    ['ValueError', invalid],
    ['ValueError', mode('range')],
    ['AssertionError', mode('range')],
    ['Exception', mode('overload')],
    ['mypackage.errors.Overload', mode('overload')],
    ['RangeError', mode('range')],
    ['E_ARRAY_NUMERIC', invalid],
  ])('%s is what came of %j', async (expected_exception, given) => {
    expect(await run({ payload: given, expected_exception })).toEqual(passed);
  });

  test.each([
    ['pydantic.ValidationError', mode('range')],
    ['AssertionError', invalid],
    ['mypackage.errors.Underload', mode('overload')],
    ['ValueError', payload],
  ])('%s is not what came of %j', async (expected_exception, given) => {
    expect(await run({ payload: given, expected_exception })).toMatchObject({ status: 'failed' });
  });

  test.each([
    ['must be positive', 'passed'],
    ['^RangeError: x', 'passed'],
    ['(?i)MUST BE', 'passed'],
    ['(?P<what>positive)$', 'passed'],
    ['negative', 'failed'],
  ])('the message is searched for %s', async (expected_exception_regex, status) => {
    expect(
      await run({ payload: mode('range'), expected_exception: 'ValueError', expected_exception_regex }),
    ).toMatchObject({ status });
  });

  test('an exception that nobody expected is an error, and no failure', async () => {
    const { status, message } = await run({ payload: mode('range'), expected_outputs: outputs });
    expect({ status, message }).toEqual({ status: 'error', message: 'RangeError: x must be positive' });
  });
});

describe('a test that cannot be read is refused', () => {
  test.each([
    ['no object', '[]', 'E_TYPE', 'The test'],
    ['an unknown key', '{"endpoint":"apply","payload":{},"expected_output":{}}', 'E_INVALID', ''],
    ['an unknown endpoint', '{"endpoint":"aply","payload":{},"expected_outputs":{}}', 'E_TYPE', 'endpoint'],
    ['neither outputs nor exception', '{"endpoint":"apply","payload":{}}', 'E_MISSING', 'expected_outputs'],
    [
      'both outputs and exception',
      '{"endpoint":"apply","payload":{},"expected_outputs":{},"expected_exception":"ValueError"}',
      'E_MISSING',
      'expected_outputs',
    ],
    [
      'a tolerance that is no number',
      '{"endpoint":"apply","payload":{},"expected_outputs":{},"rtol":"1"}',
      'E_TYPE',
      'rtol',
    ],
    ['no JSON', '{', 'E_JSON', ''],
  ])('%s', (_, text, code, path) => {
    expect(() => readRegressionCase(text)).toThrow(expect.objectContaining({ code, ...(path === '' ? {} : { path }) }));
  });
});
