/** `inspect --cost`: what derivatives would cost, told before they are asked for. */
import { describe, expect, jest, test } from '@jest/globals';
import { cotangent, rosenbrockFolder } from './cotangent.js';

jest.setTimeout(60_000);

const cwd = rosenbrockFolder();
const inspect = async (...words: string[]) => (await cotangent(['inspect', ...words], { cwd })).stdout;

describe('inspect --cost', () => {
  test('tells of every derivative how it would be answered, and in how many calls', async () => {
    const text = await inspect('--cost', '{"inputs":{"x":1,"y":2}}');
    expect(text).toMatch(/jacobian +own +1 jacobian +exact/);
    expect(text).toMatch(/vector_jacobian_product +contraction +1 jacobian +exact +16 bytes/);
  });

  test('takes the paths of a request to any endpoint', async () => {
    const request = '{"inputs":{"x":1,"y":2},"vjp_inputs":["x"],"vjp_outputs":["result"]}';
    const { costs } = JSON.parse(await inspect('--json', '--cost', request));
    expect(costs.map(({ endpoint }: { endpoint: string }) => endpoint)).toEqual(['jacobian', 'jvp', 'vjp']);
    expect(costs[2]).toMatchObject({ rule: 'vjpFromJacobian', calls: { jacobian: 1 }, bytes: 8, spent: {} });
  });

  test('refuses what the endpoint would refuse', async () => {
    const { code, stderr } = await cotangent(['inspect', '--cost', '{"inputs":{"x":"one"}}'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('E_ARRAY_NUMERIC');
  });
});
