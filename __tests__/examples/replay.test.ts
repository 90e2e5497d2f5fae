/** Every request that an example shows gets the answer that stands beside it. The answers come from NumPy. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ComponentError, type EndpointName } from 'cotangent';
import { operators } from '../../src/operators/index.js';
import { type Case, casesOf, examples, folder, mismatches, open, send } from './replay.js';

const shown = examples.map((example) => [example, casesOf(example)] as const);

describe.each(shown)('the requests of the example %s', (example, cases) => {
  test.each(cases)('%s gets the answer that it expects', async (_file, one) => {
    const answer = send(await open(example), one);
    if (one.expected_exception !== undefined) {
      expect(one.expected_exception).toBe('pydantic.ValidationError');
      const refusal: unknown = await answer.catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(ComponentError);
      expect(refusal).toMatchObject({ status: 422 });
      expect((refusal as ComponentError).message).toMatch(new RegExp(one.expected_exception_regex!));
    } else {
      expect(mismatches(await answer, one.expected_outputs, one)).toEqual([]);
    }
  });

  test('cover every endpoint that it offers, and a refusal', async () => {
    const { provenance } = await open(example);
    const routes = (Object.keys(provenance) as EndpointName[]).map((name) => operators[name].route);
    const answered = cases.filter(([, one]) => one.expected_outputs).map(([, one]) => one.endpoint);
    expect([...new Set(answered)].sort()).toEqual(routes.sort());
    expect(cases.some(([, one]) => one.expected_exception)).toBe(true);
  });

  test('stand beside a page that says how to run it', () => {
    expect(readFileSync(new URL(`${example}/README.md`, folder), 'utf8')).toMatch(/^# /);
  });
});

describe('a replay', () => {
  const scalar = (buffer: unknown, dtype = 'float32') => ({ shape: [], dtype, data: { buffer, encoding: 'json' } });
  const one: Case = { endpoint: 'apply', payload: {}, atol: 0, rtol: 1e-6 };

  test.each([
    ['a value beyond the tolerances', { y: 1.00001 }, { y: scalar(1) }],
    ['a missing entry', {}, { y: scalar(1) }],
    ['an entry too many', { y: 1, z: 1 }, { y: scalar(1) }],
    ['another shape', { y: 1 }, { y: { ...scalar([1]), shape: [1] } }],
    ['another plain value', { y: 'up' }, { y: 'down' }],
    ['a NaN', { y: Number.NaN }, { y: scalar(1) }],
  ])('finds %s', (_what, actual, expected) => {
    expect(mismatches(actual, expected, one)).toHaveLength(1);
  });

  test('passes a value within the tolerances', () => {
    expect(mismatches({ y: 1.0000005 }, { y: scalar(1) }, one)).toEqual([]);
  });
});
