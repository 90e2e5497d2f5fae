/** Components with a memory: derivatives at the point of the last call, wrong now and then, slow, or failing later. */

import { describe, expect, test } from '@jest/globals';
import { Apply, Component, DifferentiableComponent, Float64, Jacobian, Jvp, type NdArray, Vjp } from 'cotangent';
import { checkGradients, totalCalls } from 'cotangent/testing';
import { connect } from '../../src/client/index.js';
import { serve } from '../../src/server/index.js';
import { dense, everyChoice, type Own } from './dense.js';

class Cubes {
  @Float64({ shape: [null], differentiable: true }) x!: NdArray;
}
class Sums {
  @Float64({ shape: [null], differentiable: true }) y!: NdArray;
}
type Given = { readonly inputs: Cubes; readonly tangent: { x: NdArray }; readonly cotangent: { y: NdArray } };

/** y = x³; derivatives as `slopes` says of where apply was last, where they are asked for, and how often. */
function cubes(own: Own, slopes: (last: number, here: number, calls: number) => number) {
  let last: Float64Array = new Float64Array(0);
  let calls = 0;
  const slope = ({ x }: Cubes) => {
    calls++;
    return Float64Array.from(x.data, (here, k) => slopes(last[k]!, here, calls));
  };
  class Remembering extends DifferentiableComponent<Cubes, Sums> {
    @Apply()
    evaluate({ x }: Cubes) {
      last = x.data.slice();
      return { y: x.data.map((v) => v ** 3) };
    }
    push({ inputs, tangent }: Given) {
      return { y: slope(inputs).map((d, k) => d * tangent.x.data[k]!) };
    }
    pull({ inputs, cotangent }: Given) {
      return { x: slope(inputs).map((d, k) => d * cotangent.y.data[k]!) };
    }
    blocks({ inputs }: Given) {
      return { y: { x: [...slope(inputs)].map((d, i, all) => all.map((_, j) => (i === j ? d : 0))) } };
    }
  }
  const decorate = (decorator: unknown, key: string) =>
    (decorator as (target: object, key: string) => void)(Remembering.prototype, key);
  if (own.includes('jvp')) decorate(Jvp(), 'push');
  if (own.includes('vjp')) decorate(Vjp(), 'pull');
  if (own.includes('jacobian')) decorate(Jacobian(), 'blocks');
  (Component({ inputs: Cubes, outputs: Sums }) as (target: unknown) => void)(Remembering);
  return Remembering;
}
const point = { x: [1, 2, 0.5] };
const names = everyChoice.map((own) => [own.join(', '), own] as const);
const products = names.filter(([, own]) => !own.includes('jacobian'));

describe('a derivative at the point where apply was last', () => {
  test.each(names)('does not pass with %s, whatever the seed', async (_names, own) => {
    for (let seed = 0; seed < 6; seed++) {
      const report = await checkGradients(
        cubes(own, (last) => 3 * last ** 2),
        point,
        { seed },
      );
      expect(report.ok).toBe(false);
    }
  });

  test.each(products.filter(([, own]) => own.includes('jvp')))(
    'is said to be not deterministic with %s',
    async (_names, own) => {
      const report = await checkGradients(
        cubes(own, (last) => 3 * last ** 2),
        point,
      );
      expect(report.verdict).toBe('not deterministic');
      expect(report.checks.find(({ verdict }) => verdict === 'not deterministic')!.endpoints).toContain('jvp');
    },
  );
});

describe('a derivative that is wrong once', () => {
  test.each(products.flatMap(([name, own]) => [1, 2, 3].map((call) => [name, call, own] as const)))(
    'with %s, in call %d of its endpoints, does not pass',
    async (_name, call, own) => {
      const type = cubes(own, (_, here, calls) => 3 * here ** 2 * (calls === call ? 1.5 : 1));
      expect((await checkGradients(type, point)).ok).toBe(false);
    },
  );

  test.each(names)('with %s, in its first call, does not pass', async (_name, own) => {
    const type = cubes(own, (_, here, calls) => 3 * here ** 2 * (calls === 1 ? 1.001 : 1));
    expect((await checkGradients(type, point)).ok).toBe(false);
  });
});

describe('a derivative that is always right', () => {
  test.each(names)('passes with %s though the component counts its calls', async (_name, own) => {
    const type = cubes(own, (_, here) => 3 * here ** 2);
    expect(await checkGradients(type, point)).toMatchObject({ ok: true, certain: true });
  });

  test.each(names)('passes with %s where every call takes a while', async (_name, own) => {
    const before = () => new Promise<void>((done) => setImmediate(done));
    const { type, inputs } = dense({ own, before });
    expect(await checkGradients(type, inputs)).toMatchObject({ ok: true, certain: true });
  });
});

describe('a method that throws', () => {
  const failing = (own: Own, endpoint: string, from: number) => {
    let calls = 0;
    return dense({
      own,
      before: (called) => {
        if (called === endpoint && ++calls >= from) throw new Error('worn out');
      },
    });
  };

  test.each(
    names.flatMap(([name, own]) => own.flatMap((bad) => [1, 2].map((from) => [name, bad, from, own] as const))),
  )('with %s, %s from call %d on, fails, and raises nothing', async (_name, bad, from, own) => {
    const { type, inputs } = failing(own, bad, from);
    const report = await checkGradients(type, inputs);
    if (bad === 'jacobian' && from === 2) return expect(report.ok).toBe(true);
    expect(report.ok).toBe(false);
    const broken = report.checks.filter(({ verdict }) => verdict === 'fails');
    expect(broken.map(({ endpoints }) => endpoints)).toEqual([[bad]]);
    expect(broken[0]!.message).toContain('worn out');
  });

  test.each([2, 3, 5])('from call %d of apply on leaves no verdict but that nothing can be told', async (from) => {
    const { type, inputs } = failing(['jvp'], 'apply', from);
    const report = await checkGradients(type, inputs);
    expect(report.certain && report.ok).toBe(false);
    expect(report.faults).toEqual([]);
  });
});

describe('over HTTP', () => {
  test.each([
    ['right', 1, true, 'ok'],
    ['twice too large', 2, false, 'wrong factor'],
    ['of the other sign', -1, false, 'wrong sign'],
    ['NaN', Number.NaN, false, 'not finite'],
  ] as const)('a derivative that is %s has the verdict it has here', async (_name, k, ok, verdict) => {
    const { type, inputs } = dense({
      own: ['jvp', 'vjp'],
      spoil: { vjp: ([re, im], { wrt }) => [wrt === 'b' ? re * k : re, im] },
    });
    const server = await serve({ component: type as never, port: 0, log: 'silent' });
    try {
      const remote = await connect(server.url);
      const [there, here] = [await checkGradients(remote, inputs), await checkGradients(type, inputs)];
      expect(there).toMatchObject({ ok, verdict });
      expect({ ...there, endpoints: [], component: '' }).toEqual({ ...here, endpoints: [], component: '' });
      expect(totalCalls(there.calls.check)).toBeLessThanOrEqual(20);
      remote.close();
    } finally {
      await server.close();
    }
  });
});
