/** Saved plans as a stranger may have changed them, hash and all: no group of them is believed that does not recover its pattern. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  DeriveJacobianFromJvp,
  DeriveJacobianFromProducts,
  DeriveJacobianFromVjp,
  loadPlan,
  type PlanOptions,
  savePlan,
} from 'cotangent';
import { blocksIn, type FieldSizes, field, inputsOf, outputsOf, pointOf, totalOf, wantedBlocks } from './field.js';

let warned: jest.SpiedFunction<typeof process.emitWarning>;
beforeEach(() => {
  warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
});
afterEach(() => {
  warned.mockRestore();
});

const sizes: FieldSizes = { a: 5, w: [1, 2], l: 0, m: [], u: 5, v: [1, 2] };
const [rows, columns] = [totalOf(outputsOf(sizes)), totalOf(inputsOf(sizes))];

// An arrow: dense in its last row and its last column, and on the diagonal. All entries differ.
const arrow = (_x: readonly number[], i: number, j: number) =>
  i === j || i === rows - 1 || j === columns - 1 ? 1 + i * columns + j : 0;
const full = (_x: readonly number[], i: number, j: number) => 1 + i * columns + j;
const band = (_x: readonly number[], i: number, j: number) => (Math.abs(i - j) <= 1 ? 1 + i * columns + j : 0);

const inputs = pointOf(
  sizes,
  Array.from({ length: columns }, (_, k) => k % 3),
);
const paths = { of: outputsOf(sizes).map(({ path }) => path), wrt: inputsOf(sizes).map(({ path }) => path) };

const perRow = (law: typeof arrow) =>
  Array.from({ length: rows }, (_, i) => [...Array(columns).keys()].filter((j) => law([], i, j) !== 0));

const makers = {
  columns: { law: band, products: ['jvp'], decorate: DeriveJacobianFromJvp, sparsity: { perRow: perRow(band) } },
  rows: { law: band, products: ['vjp'], decorate: DeriveJacobianFromVjp, sparsity: { perRow: perRow(band) } },
  both: {
    law: arrow,
    products: ['jvp', 'vjp'],
    decorate: DeriveJacobianFromProducts,
    sparsity: { perRow: perRow(arrow) },
  },
  'dense columns': { law: full, products: ['jvp'], decorate: DeriveJacobianFromJvp, sparsity: 'dense' },
  'dense rows': { law: full, products: ['vjp'], decorate: DeriveJacobianFromVjp, sparsity: 'dense' },
} as const;

type Kind = keyof typeof makers;

function made(kind: Kind, options: PlanOptions) {
  const { law, products, decorate } = makers[kind];
  return field(sizes, law, products, [decorate(options)], { cache: false });
}

async function planText(kind: Kind): Promise<string> {
  // A dense Jacobian is planned only where it is checked.
  const { handle } = made(kind, { sparsity: makers[kind].sparsity as 'dense', verify: 1 });
  return savePlan((await handle.explain('jacobian', { inputs })).plan!);
}

/** The hash of a text as the format says: two lanes of FNV-1a. */
function hashOf(text: string): string {
  let [low, high] = [0x811c9dc5, 0x9dc5811c];
  for (const character of text) {
    const code = character.charCodeAt(0);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + 0x7f4a7c15), 0x85ebca6b);
    high ^= high >>> 15;
  }
  return [high, low].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}

type Json = Record<string, unknown>;

/** The same plan, changed by `change`, under a hash that fits. */
function forged(text: string, change: (plan: Json) => void): string {
  const outer = JSON.parse(text) as { format: string; plan: Json };
  change(outer.plan);
  return JSON.stringify({ format: outer.format, hash: hashOf(JSON.stringify(outer.plan)), plan: outer.plan });
}

const part = (name: string, change: (one: Json) => void) => (plan: Json) => {
  const one = plan[name] as Json;
  if (one === undefined) throw new Error(`no ${name} in ${Object.keys(plan).join()}`);
  change(one);
};

/** What a stranger may write, for the kinds of plans that it may be written into. */
const changes: readonly (readonly [string, readonly Kind[], (plan: Json) => void])[] = [
  [
    'all columns in one group',
    ['columns'],
    part('byColumn', (one) => Object.assign(one, { colors: Array(columns).fill(0), groups: 1 })),
  ],
  [
    'all rows in one group',
    ['rows'],
    part('byRow', (one) => Object.assign(one, { colors: Array(rows).fill(0), groups: 1 })),
  ],
  [
    'all columns in one group of very many',
    ['columns'],
    part('byColumn', (one) => Object.assign(one, { colors: Array(columns).fill(columns + 40), groups: 1000 })),
  ],
  [
    'all rows in one group of very many',
    ['rows'],
    part('byRow', (one) => Object.assign(one, { colors: Array(rows).fill(rows + 40), groups: 1000 })),
  ],
  ['no number of groups', ['columns'], part('byColumn', (one) => delete one['groups'])],
  ['a number of groups that is a text', ['columns'], part('byColumn', (one) => Object.assign(one, { groups: '3' }))],
  ['half a group', ['columns'], part('byColumn', (one) => Object.assign(one, { groups: 3.5 }))],
  ['more groups than columns', ['columns'], part('byColumn', (one) => Object.assign(one, { groups: 1e9 }))],
  ['no groups', ['rows'], part('byRow', (one) => Object.assign(one, { groups: -1 }))],
  [
    'a column that is in no group',
    ['columns'],
    part('byColumn', (one) => ((one['colors'] as number[])[2] = 0xffffffff)),
  ],
  ['one color too few', ['columns'], part('byColumn', (one) => (one['colors'] as number[]).pop())],
  ['colors that are no list', ['columns'], part('byColumn', (one) => Object.assign(one, { colors: { length: 8 } }))],
  ['groups that are a list', ['columns'], (plan) => Object.assign(plan, { byColumn: [] })],
  [
    'a row that starts before the one above',
    ['columns'],
    part('pattern', (one) => ((one['rowStart'] as number[])[2] = 1)),
  ],
  ['a column that there is not', ['columns'], part('pattern', (one) => ((one['columnIndex'] as number[])[1] = 99))],
  ['a size below nothing', ['columns'], (plan) => Object.assign(plan, { rows: -1 })],
  ['half a row', ['columns'], (plan) => Object.assign(plan, { rows: 7.5 })],
  ['a pattern that is a number', ['columns'], (plan) => Object.assign(plan, { pattern: 3 })],
  [
    'an entry that neither way gives',
    ['both'],
    part('both', (one) => Object.assign(one, { byRow: (one['byRow'] as number[]).map((k) => 1 - k) })),
  ],
  ['too few flags', ['both'], part('both', (one) => (one['byRow'] as number[]).pop())],
  [
    'both ways with all columns in one group',
    ['both'],
    part('both', (one) => Object.assign(one, { columnColors: Array(columns).fill(0), columnGroups: 1 })),
  ],
  [
    'both ways with groups beyond their number',
    ['both'],
    part('both', (one) => Object.assign(one, { columnGroups: 0 })),
  ],
  [
    'both ways with very many groups',
    ['both'],
    part('both', (one) => Object.assign(one, { columnGroups: 1e9, rowGroups: 1e9 })),
  ],
  ['both ways with half a group', ['both'], part('both', (one) => Object.assign(one, { rowGroups: 1.5 }))],
];

const forgeries = changes.flatMap(([name, kinds, change]) => kinds.map((kind) => [kind, name, change] as const));

test.each(Object.keys(makers) as Kind[])('a plan by %s that nobody changed is read as it was written', async (kind) => {
  const text = await planText(kind);
  expect(savePlan(loadPlan(text))).toBe(text);
  expect(forged(text, () => undefined)).toBe(text);
});

test.each(forgeries)('a plan by %s with %s is E_PLAN, and no number comes of it', async (kind, _name, change) => {
  const text = forged(await planText(kind), change);
  expect(() => loadPlan(text)).toThrow(expect.objectContaining({ code: 'E_PLAN' }));
  const { sparsity } = makers[kind];
  const { handle } = made(kind, { sparsity: sparsity as 'dense', plan: text, verify: 0 });
  expect(blocksIn(await handle.jacobian({ inputs }))).toEqual(
    wantedBlocks(sizes, (i, j) => makers[kind].law([], i, j), paths.of, paths.wrt),
  );
  expect(warned).toHaveBeenCalledTimes(1);
});

describe('groups of a dense plan in another order', () => {
  test.each([
    ['dense columns', 'byColumn', columns],
    ['dense rows', 'byRow', rows],
  ] as const)('of %s recover the same numbers, unchecked', async (kind, name, count) => {
    const colors = [...Array(count).keys()].reverse();
    const text = forged(
      await planText(kind),
      part(name, (one) => Object.assign(one, { colors })),
    );
    const { handle } = made(kind, { plan: text });
    expect(blocksIn(await handle.jacobian({ inputs }))).toEqual(
      wantedBlocks(sizes, (i, j) => makers[kind].law([], i, j), paths.of, paths.wrt),
    );
  });
});

test('a dense plan of a matrix that no memory holds is about other shapes, and is made anew', async () => {
  const huge = forged(await planText('dense columns'), (plan) => {
    Object.assign(plan, { rows: 4e9, columns: 4e9 });
    delete plan['byColumn'];
  });
  const { handle } = made('dense columns', { plan: huge });
  expect(blocksIn(await handle.jacobian({ inputs }))).toEqual(
    wantedBlocks(sizes, (i, j) => full([], i, j), paths.of, paths.wrt),
  );
  expect(warned).toHaveBeenCalledTimes(1);
  const twice = forged(huge, (plan) => Object.assign(plan, { both: { columnColors: [], rowColors: [], byRow: [] } }));
  expect(() => loadPlan(twice)).toThrow(expect.objectContaining({ code: 'E_PLAN' }));
});

test('a plan of a pattern that lacks entries is mended at its first use', async () => {
  const text = forged(await planText('columns'), (plan) => {
    const diagonal = [...Array(rows).keys()];
    Object.assign(plan, { pattern: { rowStart: [...diagonal, rows], columnIndex: diagonal } });
    delete plan['byColumn'];
  });
  const { handle } = made('columns', { plan: text });
  expect(blocksIn(await handle.jacobian({ inputs }))).toEqual(
    wantedBlocks(sizes, (i, j) => band([], i, j), paths.of, paths.wrt),
  );
  expect(warned).toHaveBeenCalledTimes(1);
});
