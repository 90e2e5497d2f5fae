/**
 * Random chains of rules on random components, and random requests to them: every value is that of the closed form, or
 * within the accuracy of differences; the same request has the same bits whatever was asked before; and the calls are those
 * that explain told. `COTANGENT_CASES` says how many requests, of one component in ten over HTTP too.
 */
import { expect, test } from '@jest/globals';
import { type ComponentHandle, openComponent } from 'cotangent';
import { connect } from '../../../src/client/connect.js';
import { served } from '../../interchange/served.js';
import { arrayFrom, type Case, type Derivative, randomCase, rangesOf, times, totalOf } from './component.js';
import { type Leaf, type Num, numbersIn, sizeOf } from './fields.js';
import { type Draw, drawFrom } from './random.js';

const wanted = Number(process.env['COTANGENT_CASES'] ?? 1200);
const first = Number(process.env['COTANGENT_FIRST'] ?? 0);
const perComponent = 8;

type Call = (request: object, options?: object) => Promise<Record<string, unknown>>;

interface Request {
  readonly to: Derivative;
  readonly request: Record<string, unknown>;
  readonly options: { readonly concurrency?: number } | undefined;
  readonly x: readonly Num[];
  readonly factor: number;
  readonly of: readonly string[];
  readonly wrt: readonly string[];
  readonly seed: readonly Num[];
}

function numbersFor(draw: Draw, count: number, complex: boolean, still: boolean): Num[] {
  const one = () => (draw.below(9) - 4) / 4;
  return Array.from({ length: count }, () => {
    const zero = draw.chance(still ? 1 : 0.2);
    return zero ? { re: 0, im: 0 } : { re: one(), im: complex ? one() : 0 };
  });
}

function requestFor(draw: Draw, { inputs, outputs, complex, offered }: Case, points: readonly Num[][]): Request {
  const to = draw.one(offered);
  const paths = (leaves: readonly Leaf[]) => {
    const all = leaves.map(({ path }) => path);
    return draw.chance(0.5) ? all : draw.some(all);
  };
  const [of, wrt] = [paths(outputs.leaves), paths(inputs.leaves)];
  const x = draw.one(points);
  const value = inputs.value(x);
  const side = to === 'jvp' ? inputs.leaves : outputs.leaves;
  const named = to === 'jvp' ? wrt : of;
  const seed: Num[] = [];
  const arrays = new Map<string, unknown>();
  for (const { path, shape } of side) {
    const numbers = numbersFor(draw, sizeOf(shape), complex, draw.chance(0.2) || !named.includes(path));
    seed.push(...numbers);
    if (named.includes(path)) arrays.set(path, arrayFrom(numbers, shape, complex));
  }
  const seeds = to === 'jacobian' ? {} : { [to === 'jvp' ? 'tangent' : 'cotangent']: arrays };
  const options = draw.chance(0.2) ? { concurrency: 1 + draw.below(4) } : undefined;
  return { to, request: { inputs: value, of, wrt, ...seeds }, options, x, factor: inputs.factor(value), of, wrt, seed };
}

/** What the closed form gives, by path, as flat numbers. */
function right({ inputs, outputs, entry }: Case, { to, x, factor, of, wrt, seed }: Request): ReadonlyMap<string, Num[]> {
  const [rows, columns] = [rangesOf(outputs.leaves), rangesOf(inputs.leaves)];
  const [m, n] = [totalOf(outputs.leaves), totalOf(inputs.leaves)];
  const span = (side: typeof rows, path: string) => {
    const { leaf, from } = side.get(path)!;
    return Array.from({ length: sizeOf(leaf.shape) }, (_, k) => from + k);
  };
  const sum = (count: number, term: (k: number) => Num) => {
    let [re, im] = [0, 0];
    for (let k = 0; k < count; k++) {
      const value = term(k);
      re += value.re;
      im += value.im;
    }
    return { re, im };
  };
  const entries: [string, Num[]][] = [];
  if (to === 'jacobian')
    for (const row of of)
      for (const column of wrt)
        entries.push([
          `${row} ${column}`,
          span(rows, row).flatMap((i) => span(columns, column).map((j) => entry(x, factor, i, j))),
        ]);
  if (to === 'jvp')
    for (const row of of)
      entries.push([row, span(rows, row).map((i) => sum(n, (j) => times(entry(x, factor, i, j), seed[j]!)))]);
  if (to === 'vjp')
    for (const column of wrt)
      entries.push([column, span(columns, column).map((j) => sum(m, (i) => times(entry(x, factor, i, j), seed[i]!)))]);
  return new Map(entries);
}

function flattened(to: Derivative, value: Record<string, unknown>): Map<string, Num[]> {
  const flat = (one: unknown, prefix: string) =>
    Object.entries(one as object).map(([path, array]) => [`${prefix}${path}`, numbersIn(array)] as const);
  if (to !== 'jacobian') return new Map(flat(value, ''));
  return new Map(Object.entries(value).flatMap(([row, one]) => flat(one, `${row} `)));
}

const bits = (value: ReadonlyMap<string, Num[]>) =>
  [...value].map(([path, numbers]) => `${path}:${numbers.map(({ re, im }) => `${Object.is(re, -0) ? '-0' : re},${Object.is(im, -0) ? '-0' : im}`)}`).sort();

function check(one: Case, request: Request, value: Record<string, unknown>, label: string): void {
  const got = flattened(request.to, value);
  const expected = right(one, request);
  if (bits(got).length !== expected.size) throw new Error(`${label}: ${[...got.keys()]} for ${[...expected.keys()]}`);
  for (const [path, numbers] of expected) {
    const found = got.get(path) ?? [];
    const scale = Math.max(1, ...[...expected.values()].flat().map(({ re, im }) => Math.hypot(re, im)));
    const allowed = one.exact ? 0 : (one.single ? 3e-2 : 1e-6) * 10 * scale;
    const isOff = ({ re, im }: Num, k: number) => !(Math.abs(re - found[k]!.re) <= allowed && Math.abs(im - found[k]!.im) <= allowed);
    if (found.length !== numbers.length || numbers.some(isOff))
      throw new Error(`${label}: ${request.to} at ${path} is ${JSON.stringify(found)} for ${JSON.stringify(numbers)}`);
  }
}

const counted = (after: Case['calls'], before: Case['calls']) =>
  Object.fromEntries(
    Object.entries(after).flatMap(([name, count]) => {
      const more = count - ((before as Record<string, number>)[name] ?? 0);
      return more > 0 ? [[name, more]] : [];
    }),
  );

interface Found {
  values: number;
  explained: number;
  bounds: number;
  remote: number;
  readonly faults: string[];
}

async function story(seed: number, found: Found): Promise<void> {
  const draw = drawFrom(seed);
  const one = randomCase(draw);
  const isHeld = draw.chance(0.4);
  const handle = openComponent((isHeld ? new one.type() : one.type) as never) as unknown as ComponentHandle & Record<Derivative, Call>;
  const n = totalOf(one.inputs.leaves);
  const points = [0, 1].map(() => numbersFor(draw, n, one.complex, false));
  const server = seed % 10 === 0 ? await served(one.type as never) : undefined;
  try {
    const remote = server && ((await connect(server.url)) as unknown as Record<Derivative, Call>);
    for (let k = 0; k < perComponent; k++) {
      const request = requestFor(draw, one, points);
      const label = `case ${seed}, request ${k} ${JSON.stringify([request.to, request.of, request.wrt, request.options])} ${isHeld ? 'held' : ''} ${one.told}`;
      try {
        const explained = draw.chance(0.6) ? await explain(handle, one, request, label, found) : undefined;
        const before = { ...one.calls };
        const value = await handle[request.to](request.request, request.options);
        found.values++;
        check(one, request, value, label);
        const made = counted(one.calls, before);
        if (explained) compareCalls(explained, made, label, found);
        const fresh = openComponent(one.type as never) as unknown as Record<Derivative, Call>;
        const again = await fresh[request.to](request.request, request.options);
        const [now, alone] = [bits(flattened(request.to, value)), bits(flattened(request.to, again))];
        if (now.join() !== alone.join()) throw new Error(`${label}: bits ${now} are ${alone} on a fresh handle`);
        if (!remote) continue;
        const far = await remote[request.to](request.request, request.options);
        found.remote++;
        if (bits(flattened(request.to, far)).join() !== now.join()) throw new Error(`${label}: over HTTP ${bits(flattened(request.to, far))} for ${now}`);
      } catch (error) {
        found.faults.push(error instanceof Error && error.message.startsWith('case') ? error.message : `${label}: ${(error as Error).stack}`);
      }
    }
  } finally {
    await server?.close();
  }
}

type Explained = Awaited<ReturnType<ComponentHandle['explain']>>;

async function explain(handle: ComponentHandle, one: Case, { to, request, options }: Request, label: string, found: Found): Promise<Explained> {
  const before = { ...one.calls };
  const explained = await handle.explain(to, request as never, options);
  const spent = counted(one.calls, before);
  found.explained++;
  if (JSON.stringify(sorted(spent)) !== JSON.stringify(sorted(explained.spent))) throw new Error(`${label}: spent ${JSON.stringify(explained.spent)} was ${JSON.stringify(spent)}`);
  return explained;
}

const sorted = (calls: object) => Object.entries(calls).sort();

function compareCalls({ calls, atMost }: Explained, made: Record<string, number>, label: string, found: Found): void {
  if (atMost) found.bounds++;
  const names = [...new Set([...Object.keys(calls), ...Object.keys(made)])];
  const isOff = (name: string) => {
    const [said, did] = [(calls as Record<string, number>)[name] ?? 0, made[name] ?? 0];
    return atMost ? did > said : did !== said;
  };
  if (names.some(isOff)) throw new Error(`${label}: explain said ${atMost ? 'at most ' : ''}${JSON.stringify(calls)}, made were ${JSON.stringify(made)}`);
}

test('values, bits and calls of random chains are right, whatever was asked before, here and over HTTP', async () => {
  const found: Found = { values: 0, explained: 0, bounds: 0, remote: 0, faults: [] };
  for (let seed = first; seed < first + wanted / perComponent; seed++) await story(seed, found);
  if (process.env['COTANGENT_CASES']) console.log(JSON.stringify({ ...found, faults: found.faults.length }));
  expect(found.faults.slice(0, 5)).toEqual([]);
  expect(found.values).toBeGreaterThanOrEqual(wanted - perComponent);
  expect(found.remote).toBeGreaterThan(wanted / 20);
}, 3_600_000);
