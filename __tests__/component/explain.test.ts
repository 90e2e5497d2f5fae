/** What explain says of a request, held against what the request then does. */
import { describe, expect, test } from '@jest/globals';
import { type EndpointName, openComponent, type RuleName, ruleNames } from 'cotangent';
import { ruleOf } from '../../src/derive/rules.js';
import { build, type Calls } from '../scenarios/build.js';
import { requestOf } from '../scenarios/expectations.js';
import { scenarios } from '../scenarios/index.js';
import type { Scenario } from '../scenarios/scenario.js';

type Derivative = 'jacobian' | 'jvp' | 'vjp';

const without = (calls: Calls, before: Calls): Calls =>
  Object.fromEntries(
    Object.entries(calls).flatMap(([name, count]) => {
      const more = count - (before[name as EndpointName] ?? 0);
      return more > 0 ? [[name, more]] : [];
    }),
  );

async function held(scenario: Scenario, to: Derivative, own: readonly EndpointName[], rules: readonly RuleName[]) {
  const { type, calls } = build(scenario, { own, rules });
  const handle = openComponent(type);
  const request = requestOf(scenario);
  const explained = await handle.explain(to, request);
  const spent = { ...calls };
  await handle[to](request);
  expect(explained.spent).toEqual(spent);
  const made = without(calls, spent);
  // Differences may look again, as `besides` says; what they look at is not known before.
  const again = explained.besides === undefined ? 0 : Math.max(0, (made.apply ?? 0) - (explained.calls.apply ?? 0));
  expect(again).toBeLessThanOrEqual(9 * (explained.calls.apply ?? 0));
  expect(explained.calls).toEqual(again === 0 ? made : { ...made, apply: made.apply! - again });
  return explained;
}

const derivativeRules = ruleNames.filter((name) => ruleOf(name).to !== 'abstractEval' && !ruleOf(name).requires);
const pairs = scenarios.flatMap((scenario) => derivativeRules.map((rule) => [rule, scenario.name, scenario] as const));

describe('the calls that explain predicts are those that are made', () => {
  test.each(pairs)('%s on %s', async (rule, _name, scenario) => {
    const { to, from, exact } = ruleOf(rule);
    const explained = await held(
      scenario,
      to as Derivative,
      ['apply', ...from.filter((base) => base !== 'apply')],
      [rule],
    );
    expect(explained).toMatchObject({ endpoint: to, rule, exact, verification: 0 });
  });

  const chains = [
    { own: 'vjp', rules: ['jacobianFromVjp', 'jvpFromJacobian'], to: 'jvp' },
    { own: 'jvp', rules: ['jacobianFromJvp', 'vjpFromJacobian'], to: 'vjp' },
    { own: 'jvp', rules: ['vjpFromJvp', 'jacobianFromVjp'], to: 'jacobian' },
    { own: 'vjp', rules: ['jvpFromVjp', 'jacobianFromJvp'], to: 'jacobian' },
    { own: 'apply', rules: ['jvpFromApply', 'jacobianFromJvp', 'vjpFromJacobian'], to: 'vjp' },
    { own: 'jvp', rules: ['vjpFromJvp', 'jacobianFromProducts'], to: 'jacobian' },
  ] as const;
  const cases = scenarios.flatMap((scenario) =>
    (['apply', 'abstractEval'] as const).flatMap((source) =>
      chains.map((chain) => [chain.rules.join(' then '), source, scenario.name, chain, scenario, source] as const),
    ),
  );

  test.each(cases)('%s, shapes by %s, on %s', async (_rules, _source, _name, { own, rules, to }, scenario, source) => {
    const methods = new Set<EndpointName>(['apply', source, own]);
    await held(scenario, to, [...methods], rules);
  });

  test('of a method of the author, one', async () => {
    expect(await held(scenarios[0], 'jacobian', ['apply', 'jacobian'], [])).toMatchObject({
      method: 'own',
      direction: 'own',
    });
  });
});
