/** Every exact derivation rule on every scenario: its value, and its number of base calls. */

import { describe, expect, test } from '@jest/globals';
import { type EndpointName, type JacobianRequest, openComponent, type RuleName, ruleNames } from 'cotangent';
import { callsOf } from '../../src/derive/rule.js';
import { ruleOf } from '../../src/derive/rules.js';
import { seedOf, total } from '../scenarios/algebra.js';
import { build, type Calls } from '../scenarios/build.js';
import { expectBlocks, expectedJvp, expectedVjp, expectProduct, requestOf } from '../scenarios/expectations.js';
import { scenarios } from '../scenarios/index.js';
import { pointOf } from '../scenarios/point.js';
import type { ByPath, Elements, Scenario } from '../scenarios/scenario.js';
import { empty, tall, wide } from '../scenarios/vectors.js';

type Derivative = 'jacobian' | 'jvp' | 'vjp';

const derivativeRules = ruleNames.filter((name) => ruleOf(name).exact && ruleOf(name).to !== 'abstractEval');
const pairs = scenarios.flatMap((scenario) => derivativeRules.map((rule) => [rule, scenario.name, scenario] as const));

async function expectDerivative(to: Derivative, actual: object, scenario: Scenario): Promise<void> {
  const point = await pointOf(scenario);
  if (to === 'jvp') expectProduct(actual, expectedJvp(scenario, point), scenario);
  else if (to === 'vjp') expectProduct(actual, expectedVjp(scenario, point), scenario);
  else expectBlocks(actual, scenario.jacobian(point), scenario);
}

/** Whether a rule has to learn the shapes of the outputs, and how often from what. */
function shapeCalls(rule: RuleName, scenario: Scenario, source: 'apply' | 'abstractEval'): Calls {
  const blind = rule === 'jacobianFromJvp' && total(scenario.wrt) === 0;
  return (ruleOf(rule).needsShapes || blind) && !scenario.fixed ? { [source]: 1 } : {};
}

const counted = (calls: Calls): Calls => Object.fromEntries(Object.entries(calls).filter(([, count]) => count > 0));

async function run(rule: RuleName, scenario: Scenario, own: readonly EndpointName[]) {
  const { to, from } = ruleOf(rule);
  const { type, calls } = build(scenario, { own: [...own, ...from], rules: [rule] });
  const value = await openComponent(type)[to as Derivative](requestOf(scenario));
  return { to: to as Derivative, value, calls };
}

describe.each([['apply'], ['abstractEval']] as const)('with %s to tell the shapes', (source) => {
  const own: EndpointName[] = source === 'apply' ? ['apply'] : ['apply', 'abstractEval'];

  test.each(pairs)('%s on %s: the closed form, out of the promised base calls', async (rule, _name, scenario) => {
    const { to, value, calls } = await run(rule, scenario, own);
    await expectDerivative(to, value, scenario);
    const promised = callsOf(ruleOf(rule), total(scenario.wrt), total(scenario.of));
    expect(calls).toEqual(counted({ ...promised, ...shapeCalls(rule, scenario, source) }));
  });
});

describe('a derived product', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    'has the declared dtype and the actual shape: %s',
    async (_name, scenario) => {
      const { dtypes = {} } = scenario;
      const { type } = build(scenario, { own: ['apply', 'jacobian'], rules: ['jvpFromJacobian', 'vjpFromJacobian'] });
      const handle = openComponent(type);
      const request = requestOf(scenario);
      const forms = (value: ByPath<unknown>) =>
        Object.fromEntries(
          Object.entries(value).flatMap(([path, one]) =>
            typeof one === 'object' && one !== null && 'dtype' in one && 'shape' in one
              ? [[path, { dtype: one.dtype, shape: one.shape }]]
              : [],
          ),
        );
      const wanted = (shapes: Scenario['of']) =>
        Object.fromEntries(
          Object.entries(shapes)
            .filter(([, shape]) => shape.length > 0)
            .map(([path, shape]) => [path, { dtype: dtypes[path] ?? 'float64', shape }]),
        );
      expect(forms(await handle.jvp(request))).toEqual(wanted(scenario.of));
      expect(forms(await handle.vjp(request))).toEqual(wanted(scenario.wrt));
    },
  );
});

describe('a part of what is differentiable', () => {
  const { type } = build(empty, { own: ['apply', 'jvp'], rules: ['jacobianFromJvp'] });

  test('an input without elements has blocks without columns, whose rows an apply tells', async () => {
    const jacobian = await openComponent(type).jacobian({ inputs: empty.at, wrt: ['v'] });
    expect(jacobian).toMatchObject({ w: { v: { shape: [0, 0] } }, q: { v: { shape: [0] } } });
  });

  test('an output without elements costs a sweep over the rows no call', async () => {
    const { type, calls } = build(empty, { own: ['apply', 'vjp'], rules: ['jacobianFromVjp'] });
    const jacobian = await openComponent(type).jacobian({ inputs: empty.at, of: ['w'] });
    expect(jacobian).toMatchObject({ w: { v: { shape: [0, 0] }, s: { shape: [0] } } });
    expect(calls).toEqual({ apply: 1 });
  });

  test('paths come back in schema order and once, however they were asked for', async () => {
    const { type } = build(tall, { own: ['apply', 'jacobian'] });
    const row = await openComponent(type).jacobian({ inputs: tall.at, wrt: ['x', 'x'], of: ['y', 'y'] });
    expect(Object.keys(row)).toEqual(['y']);
    const several = scenarios.find(({ name }) => name === 'several inputs and outputs')!;
    const made = build(several, { own: ['apply', 'jacobian'], rules: ['vjpFromJacobian'] });
    const value = await openComponent(made.type).vjp({ ...requestOf(several), wrt: ['v', 'a', 'v'] });
    expect(Object.keys(value)).toEqual(['a', 'v']);
  });
});

describe('a seed of zeros', () => {
  const zeroed = (seed: ByPath): ByPath<Elements> =>
    Object.fromEntries(Object.entries(seed).map(([path, elements]) => [path, elements.map(() => 0)]));
  const products = derivativeRules.filter((name) => ruleOf(name).to !== 'jacobian');

  test.each(scenarios.flatMap((scenario) => products.map((rule) => [rule, scenario.name, scenario] as const)))(
    'costs %s no base call: %s',
    async (rule, _name, scenario) => {
      const { to, from } = ruleOf(rule);
      const { type, calls } = build(scenario, { own: ['apply', ...from], rules: [rule] });
      const zero = { ...scenario, tangent: zeroed(scenario.tangent), cotangent: zeroed(scenario.cotangent) };
      const value = await openComponent(type)[to as 'jvp' | 'vjp'](requestOf(zero));
      await expectDerivative(to as Derivative, value, zero);
      expect(calls).toEqual(to === 'jvp' && !scenario.fixed ? { apply: 1 } : {});
    },
  );

  test('of one output leaves that output out of what the base is asked for', async () => {
    const scenario = scenarios.find(({ name }) => name === 'several inputs and outputs')!;
    const asked: string[][] = [];
    const jacobian: Scenario['jacobian'] = (x) => scenario.jacobian(x);
    const { type } = build({ ...scenario, jacobian }, { own: ['apply', 'jacobian'], rules: ['vjpFromJacobian'] });
    const written = type.prototype.jacobian;
    type.prototype.jacobian = function (request: JacobianRequest<object>) {
      asked.push([...request.of]);
      return written.call(this, request);
    };
    const cotangent = { ...seedOf(scenario.cotangent, scenario.of), p: [0, 0, 0] } as never;
    await openComponent(type).vjp({ inputs: scenario.at, cotangent });
    expect(asked).toEqual([['q']]);
  });
});

describe('a chain of rules', () => {
  const chains = [
    { own: 'vjp', rules: ['jacobianFromVjp', 'jvpFromJacobian'], to: 'jvp' },
    { own: 'jvp', rules: ['jacobianFromJvp', 'vjpFromJacobian'], to: 'vjp' },
  ] as const;
  const cases = scenarios.flatMap((scenario) =>
    chains.flatMap((chain) =>
      (['apply', 'abstractEval'] as const).map(
        (source) => [chain.own, chain.to, source, scenario.name, chain, scenario] as const,
      ),
    ),
  );

  test.each(cases)('%s → jacobian → %s with %s for the shapes: %s', async (_a, _b, source, _c, chain, scenario) => {
    const shapes: EndpointName[] = source === 'apply' ? ['apply'] : ['apply', 'abstractEval'];
    const { type, calls } = build(scenario, { own: [...shapes, chain.own], rules: chain.rules });
    const value = await openComponent(type)[chain.to](requestOf(scenario));
    await expectDerivative(chain.to, value, scenario);
    const sweep = callsOf(ruleOf(chain.rules[0]), total(scenario.wrt), total(scenario.of));
    expect(calls).toMatchObject(counted(sweep));
    expect((calls.apply ?? 0) + (calls.abstractEval ?? 0)).toBeLessThanOrEqual(1);
  });
});

describe('sync and async methods', () => {
  const isThenable = (value: unknown): boolean => typeof value === 'object' && value !== null && 'then' in value;

  test.each(pairs)('sync bases give %s its value at once: %s', async (rule, _name, scenario) => {
    const { to, from } = ruleOf(rule);
    const { type } = build(scenario, { own: ['apply', ...from], rules: [rule] });
    const point = await pointOf(scenario);
    const value = new type()[to as Derivative]({ ...requestOf(scenario), inputs: point } as never);
    expect(isThenable(value)).toBe(false);
    await expectDerivative(to as Derivative, value, scenario);
  });

  test.each(pairs)('async bases give %s a promise of the same value: %s', async (rule, _name, scenario) => {
    const { to, from } = ruleOf(rule);
    const { type } = build(scenario, { own: ['apply', ...from], rules: [rule], async: ['apply', ...from] });
    const value = new type()[to as Derivative]({ ...requestOf(scenario), inputs: await pointOf(scenario) } as never);
    expect(isThenable(value)).toBe(total(scenario.wrt) > 0);
    await expectDerivative(to as Derivative, await value, scenario);
  });

  test.each([
    ['apply', 'vjp'],
    ['vjp', 'apply'],
  ] as const)('an async %s beside a sync %s', async (slow, _quick) => {
    const scenario = scenarios.find(({ name }) => name === 'a vector of a matrix')!;
    const { type } = build(scenario, {
      own: ['apply', 'vjp'],
      rules: ['jacobianFromVjp', 'jvpFromJacobian'],
      async: [slow],
    });
    await expectDerivative('jvp', await openComponent(type).jvp(requestOf(scenario)), scenario);
  });
});

describe('abstractEvalFromApply', () => {
  const outputs = scenarios.filter(({ name }) => name !== 'paths through lists, maps and models');

  test.each(outputs.map((scenario) => [scenario.name, scenario] as const))(
    'gives the shapes and dtypes of the outputs: %s',
    async (_name, scenario) => {
      const derived = build(scenario, { own: ['apply'], rules: ['abstractEvalFromApply'] });
      const written = build(scenario, { own: ['apply', 'abstractEval'] });
      const value = await openComponent(derived.type).abstractEval(scenario.at);
      expect(value).toEqual(await openComponent(written.type).abstractEval(scenario.at));
      expect(derived.calls).toEqual(scenario.fixed ? {} : { apply: 1 });
    },
  );

  test('asks an apply for the keys of maps and the lengths of lists', async () => {
    const tree = scenarios.find(({ name }) => name === 'paths through lists, maps and models')!;
    const { type, calls } = build(tree, { own: ['apply'], rules: ['abstractEvalFromApply'] });
    const scalar = { shape: [], dtype: 'float64' };
    expect(await openComponent(type).abstractEval(tree.at)).toEqual({
      totals: new Map([
        ['a', scalar],
        ['b c.d', scalar],
      ]),
      products: [scalar, scalar],
    });
    expect(calls).toEqual({ apply: 1 });
  });
});

describe('the two maps of the acceptance list', () => {
  test('f: J·t and Jᵀ·c by hand', async () => {
    const { type } = build(wide, { own: ['apply', 'jacobian'], rules: ['jvpFromJacobian', 'vjpFromJacobian'] });
    const handle = openComponent(type);
    const e = Math.E;
    expect(await handle.jacobian(requestOf(wide))).toMatchObject({
      y: { x: { data: Float64Array.of(2, 1, 6, 0, e, -3, -2, 0, 8, 1, 0, 1) } },
    });
    expectProduct(await handle.jvp(requestOf(wide)), { y: [2 - 1 + 3, e + 3 - 1, 8 - 1 + 2] }, wide);
    expectProduct(await handle.vjp(requestOf(wide)), { x: [2 - e + 4, 1 + 3 + 0.5, 6 + 2, 0.5] }, wide);
  });

  test('g: J·t and Jᵀ·c by hand', async () => {
    const { type } = build(tall, { own: ['apply', 'vjp'], rules: ['jacobianFromVjp', 'jvpFromJacobian'] });
    const handle = openComponent(type);
    const [s, c, e] = [Math.sin(0.5), Math.cos(0.5), Math.exp(0.6)];
    const jvp = [1.2 * c - 0.5 * s, 1 + 0.5 * Math.sin(1.2), 1.2 * e - 0.25 * e, 1 + 1.2];
    expectProduct(await handle.jvp(requestOf(tall)), { y: jvp }, tall);
    const vjp = [1.2 * c - 1 + 0.6 * e + 0.3, s + Math.sin(1.2) + 0.25 * e - 0.72];
    expectProduct(await handle.vjp(requestOf(tall)), { x: vjp }, tall);
  });
});
