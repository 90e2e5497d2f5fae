/** Sweeps of asynchronous products in flight: whatever order answers come in, what fails, and who goes away. */
import { describe, expect, test } from '@jest/globals';
import {
  ComponentError,
  DeriveJacobianFromJvp,
  DeriveJacobianFromProducts,
  DeriveJacobianFromVjp,
  type PlanOptions,
} from 'cotangent';
import {
  blocksIn,
  type FieldSizes,
  type FieldTraits,
  field,
  inputsOf,
  outputsOf,
  pointOf,
  totalOf,
  wantedBlocks,
} from './field.js';

const sizes: FieldSizes = { a: 5, w: [2, 1], l: 1, m: [2], u: 6, v: [2, 2] };
const [rows, columns] = [totalOf(outputsOf(sizes)), totalOf(inputsOf(sizes))];
const law = (x: readonly number[], i: number, j: number) => 1 + i * columns + j + x[0]!;
const x = Array.from({ length: columns }, (_, k) => k % 4);
const inputs = pointOf(sizes, x);
const paths = { of: outputsOf(sizes).map(({ path }) => path), wrt: inputsOf(sizes).map(({ path }) => path) };
const wanted = wantedBlocks(sizes, (i, j) => law(x, i, j), paths.of, paths.wrt);

const rules = {
  jacobianFromJvp: { products: ['jvp'], decorate: DeriveJacobianFromJvp, lines: columns },
  jacobianFromVjp: { products: ['vjp'], decorate: DeriveJacobianFromVjp, lines: rows },
} as const;
type RuleName = keyof typeof rules;
const names = Object.keys(rules) as RuleName[];

const made = (rule: RuleName, options: PlanOptions, traits: FieldTraits) =>
  field(sizes, law, rules[rule].products, [rules[rule].decorate(options)], { cache: false, ...traits });

const ticks = async (count: number) => {
  for (let k = 0; k < count; k++) await new Promise((go) => setImmediate(go));
};

/** A turnstile: counts who is inside, and lets them out in an order. */
function turnstile(order: (call: number) => number) {
  const seen = { inside: 0, most: 0, calls: 0 };
  const wait = async (call: number) => {
    seen.calls++;
    seen.most = Math.max(seen.most, ++seen.inside);
    await ticks(order(call));
    seen.inside--;
  };
  return { seen, wait };
}

const orders = {
  'in order': () => 1,
  'the last first': (call: number) => 12 - (call % 12),
  'in a jumble': (call: number) => (call * 7) % 5,
} as const;

describe.each(names)('%s', (rule) => {
  const grid = Object.keys(orders).flatMap((order) =>
    [1, 2, 5, 100].flatMap((concurrency) => [undefined, 3].map((batch) => [order, concurrency, batch] as const)),
  );

  test.each(grid)(
    'with answers %s, %d at once and batches of %s: the same numbers, progress in order',
    async (order, concurrency, batch) => {
      const { seen, wait } = turnstile(orders[order as keyof typeof orders]);
      const { handle } = made(rule, {}, { wait, concurrency, ...(batch && { batch }) });
      const told: (readonly [number, number])[] = [];
      const onProgress = (done: number, total: number) => told.push([done, total]);
      expect(blocksIn(await handle.jacobian({ inputs }, { onProgress }))).toEqual(wanted);
      expect(told).toEqual(Array.from({ length: seen.calls }, (_, k) => [k + 1, seen.calls]));
      expect(seen.most).toBe(Math.min(concurrency, seen.calls));
      expect(seen.inside).toBe(0);
    },
  );

  test.each([0, 1, 4, 8])(
    'a rejection of call %d in flight is told once, by the first probe that failed',
    async (bad) => {
      const { handle, calls } = made(
        rule,
        {},
        {
          concurrency: 4,
          wait: async (call) => {
            // Those after the bad one fail at once, before it does.
            await ticks(call > bad ? 0 : 3);
            if (call >= bad) throw new Error(`call ${call}`);
          },
        },
      );
      await expect(handle.jacobian({ inputs })).rejects.toMatchObject({
        code: 'E_PROBE',
        fields: { rule, probe: String(bad + 1), count: String(rules[rule].lines) },
      });
      await ticks(6);
      expect(calls.jvp + calls.vjp).toBeLessThanOrEqual(bad + 4);
    },
  );

  test('an error of the contract in flight is passed on as it is', async () => {
    const { handle } = made(
      rule,
      {},
      {
        concurrency: 3,
        wait: async (call) => {
          await ticks(1);
          if (call === 2) throw new ComponentError('E_JSON_VALUE', { path: 'x', received: 'a', expected: 'b' });
        },
      },
    );
    await expect(handle.jacobian({ inputs })).rejects.toMatchObject({ code: 'E_JSON_VALUE' });
  });

  test.each([1, 4])(
    'a caller who leaves with %d calls in flight is told the reason, and no call starts after',
    async (concurrency) => {
      const leaving = new AbortController();
      const reason = new Error('gone');
      const signals = new Set<AbortSignal | undefined>();
      const { handle, calls } = made(
        rule,
        {},
        {
          concurrency,
          wait: async (call, signal) => {
            signals.add(signal);
            await ticks(2);
            if (call === 5) leaving.abort(reason);
          },
        },
      );
      await expect(handle.jacobian({ inputs }, { signal: leaving.signal })).rejects.toBe(reason);
      const made_ = calls.jvp + calls.vjp;
      expect(made_).toBeLessThanOrEqual(5 + 2 * concurrency);
      await ticks(6);
      expect(calls.jvp + calls.vjp).toBe(made_);
      expect([...signals]).toEqual([leaving.signal]);
    },
  );

  test('a method that heeds the signal and rejects by it gives the reason too', async () => {
    const leaving = new AbortController();
    const reason = new Error('gone');
    const { handle } = made(
      rule,
      {},
      {
        concurrency: 4,
        wait: (call, signal) =>
          new Promise((resolve, reject) => {
            if (call < 3) return void setImmediate(resolve);
            signal!.addEventListener('abort', () => reject(signal!.reason as Error));
            if (call === 6) leaving.abort(reason);
          }),
      },
    );
    await expect(handle.jacobian({ inputs }, { signal: leaving.signal })).rejects.toBe(reason);
  });

  test('a request after one that failed, and one beside one that fails, are answered', async () => {
    let bad = true;
    const { handle } = made(
      rule,
      { sparsity: 'dense', verify: 1 },
      {
        concurrency: 3,
        wait: async (call) => {
          await ticks(call % 3);
          if (bad && call === 4) throw new Error('once');
        },
      },
    );
    await expect(handle.jacobian({ inputs })).rejects.toMatchObject({ code: 'E_PROBE' });
    bad = false;
    const both = await Promise.all([handle.jacobian({ inputs }), handle.jacobian({ inputs })]);
    expect(both.map(blocksIn)).toEqual([wanted, wanted]);
  });

  test('what a caller throws when it is told of progress ends the sweep', async () => {
    const { handle, calls } = made(rule, {}, { concurrency: 2, wait: () => ticks(1) });
    const fault = new TypeError('mine');
    const onProgress = (done: number) => {
      if (done === 3) throw fault;
    };
    await expect(handle.jacobian({ inputs }, { onProgress })).rejects.toBe(fault);
    await ticks(3);
    expect(calls.jvp + calls.vjp).toBeLessThanOrEqual(5);
  });
});

describe('both directions', () => {
  const arrow = (_: readonly number[], i: number, j: number) =>
    i === j || i === rows - 1 || j === columns - 1 ? 1 + i * columns + j : 0;
  const perRow = Array.from({ length: rows }, (_, i) =>
    [...Array(columns).keys()].filter((j) => arrow([], i, j) !== 0),
  );

  test.each([1, 2, 9])(
    'with %d at once: progress runs through both, and the check comes after',
    async (concurrency) => {
      const { seen, wait } = turnstile(orders['in a jumble']);
      const decorate = DeriveJacobianFromProducts({ sparsity: { perRow }, costs: { jvp: 1, vjp: 1 } });
      const { handle, calls } = field(sizes, arrow, ['jvp', 'vjp'], [decorate], { cache: false, wait, concurrency });
      const told: string[] = [];
      const value = await handle.jacobian(
        { inputs },
        { onProgress: (done, total) => told.push(`${done} of ${total}`) },
      );
      expect(blocksIn(value)).toEqual(wantedBlocks(sizes, (i, j) => arrow([], i, j), paths.of, paths.wrt));
      expect(calls.jvp).toBeGreaterThan(0);
      expect(calls.vjp).toBeGreaterThan(0);
      // Two of the calls check: some of the inputs are in single precision.
      const probes = seen.calls - 2;
      expect(told).toEqual(Array.from({ length: probes }, (_, k) => `${k + 1} of ${probes}`));
    },
  );
});

describe('two requests at one point', () => {
  test.each(names)('%s: at once, each is right, and the next is answered from what they found', async (rule) => {
    const { handle, calls } = made(rule, {}, { wait: () => ticks(1), concurrency: 2, cache: { bytes: 2 ** 20 } });
    const answers = await Promise.all([
      handle.jacobian({ inputs }),
      handle.jacobian({ inputs }),
      handle.jacobian({ inputs }),
    ]);
    expect(answers.map(blocksIn)).toEqual([wanted, wanted, wanted]);
    const before = { ...calls };
    expect(blocksIn(await handle.jacobian({ inputs }))).toEqual(wanted);
    expect({ ...calls, apply: 0 }).toEqual({ ...before, apply: 0 });
  });

  test.each(names)(
    '%s: inputs that change while calls are in flight are not remembered under what they were',
    async (rule) => {
      const mine = pointOf(sizes, x);
      const { handle } = made(rule, {}, { wait: () => ticks(1), cache: { bytes: 2 ** 20 } });
      const running = handle.jacobian({ inputs: mine });
      await ticks(3);
      mine.a.data[0] = 1000;
      await running;
      expect(blocksIn(await handle.jacobian({ inputs }))).toEqual(wanted);
      const later = [1000, ...x.slice(1)];
      expect(blocksIn(await handle.jacobian({ inputs: mine }))).toEqual(
        wantedBlocks(sizes, (i, j) => law(later, i, j), paths.of, paths.wrt),
      );
    },
  );
});
