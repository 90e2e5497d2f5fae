/** What is asked of complex arrays: they are probed one by one, and verification of them is refused. */
import { expect, test } from '@jest/globals';
import { drive } from '../../../src/derive/drive.js';
import { planningJacobian } from '../../../src/derive/planner/planned.js';
import type { Variable } from '../../../src/operators/endpoints.js';

const variable = (path: string): Variable => ({
  path,
  steps: [{ kind: 'field', name: path }],
  dtype: 'complex128',
  pattern: [2],
  shape: [2],
});

// biome-ignore lint/correctness/useYield: a rule is a generator, and this one has nothing to wait for.
function* plainly() {
  return { y: {} };
}

const planning = planningJacobian<'jvp'>({
  rule: 'test',
  products: ['jvp'],
  plain: plainly,
});

const point = { inputs: {}, of: [variable('y')], wrt: [variable('z')], options: {} };

function contextFor(verify?: number) {
  const behind = { component: 'M', traits: {}, known: new Map(), warn: () => undefined };
  const options = { sparsity: 'detect', ...(verify !== undefined && { verify }) } as const;
  return { options, behind, shapes: () => point.of } as never;
}

test('verify asked for a complex Jacobian is refused by the request and by its plan', () => {
  for (const run of [planning.derive, planning.plan])
    expect(() => drive<unknown>(run({ jvp: () => ({}) }, point, contextFor(2)))).toThrow(/verify is 2.*complex128/);
});

test('a complex Jacobian that nobody asks to verify is probed one by one', () => {
  for (const verify of [undefined, 0]) {
    expect(drive(planning.derive({ jvp: () => ({}) }, point, contextFor(verify)))).toEqual({ y: {} });
    expect(drive(planning.plan({ jvp: () => ({}) }, point, contextFor(verify)))).toBeUndefined();
  }
});
