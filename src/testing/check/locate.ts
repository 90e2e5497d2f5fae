/**
 * Finding the element in which two linear maps differ. One is seen through its products: forward, A·u, or backward,
 * wᵀ·A. Masked seeds halve the place with each call; where a product is expensive, seeds that carry the digits of each
 * column's number do it in fewer.
 */
import type { DerivativeName } from '../../operators/endpoints.js';
import type { Layout } from './layout.js';
import { masked } from './seeds.js';
import { pair } from './vectors.js';

/** Which map a source of products is. */
export type SourceName = DerivativeName | 'differences';

/** A map as far as its products go, and how many calls one takes. */
export interface LinearMap {
  readonly name: SourceName;
  readonly cost: number;
  readonly forward?: (u: Float64Array) => Promise<Float64Array | undefined>;
  readonly backward?: (w: Float64Array) => Promise<Float64Array | undefined>;
}

/** Two maps that differ, and the directions along which that was seen. */
export interface Difference {
  readonly a: LinearMap;
  readonly b: LinearMap;
  readonly u: Float64Array;
  readonly w: Float64Array;
  /** What the maps made of the directions: outputs of a forward one, inputs of a backward one. */
  readonly seen: { readonly a: Float64Array; readonly b: Float64Array };
  /** The entry of the outputs that differs most beyond what is allowed, where both go forward. */
  readonly entry?: number;
  /** Whether to go by halves only: digits tell where one element is wrong, not where several are. */
  readonly halving?: boolean;
}

/** A place in the Jacobian: an element, or a range of columns or rows if the calls did not suffice. */
export interface Place {
  readonly rows: Range;
  readonly columns: Range;
  /** Whether digits told the column: it is one that nobody looked at alone. */
  readonly decoded?: boolean;
}

/** Elements `from` … `to` − 1. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** How many calls are left. */
export interface Purse {
  left: number;
}

interface Search extends Difference {
  readonly wrt: Layout;
  readonly of: Layout;
  readonly purse: Purse;
}

/** Find where `difference` comes from. Undefined where a product failed on the way. */
export async function locate(
  difference: Difference,
  of: Layout,
  wrt: Layout,
  purse: Purse,
): Promise<Place | undefined> {
  const search: Search = { ...difference, of, wrt, purse };
  const { a, b } = difference;
  if (a.forward && b.forward) return alongRow(search, difference.entry ?? 0);
  if (a.backward && b.backward) return bothBackward(search);
  if (!a.forward || !b.backward) return undefined;
  return a.cost <= b.cost ? columnsFirst(search) : rowsFirst(search);
}

const one = (from: number): Range => ({ from, to: from + 1 });
const whole = ({ length, parts }: Layout): Range => ({ from: 0, to: length / parts });

// Both forward: the row is known, and a column is one whose share of the row's difference is there.
async function alongRow(search: Search, entry: number): Promise<Place | undefined> {
  const { a, b, u, seen, purse, wrt, of } = search;
  const share = async (seed: Float64Array): Promise<number | undefined> => {
    purse.left -= a.cost + b.cost;
    const [left, right] = [await a.forward!(seed), await b.forward!(seed)];
    return left && right && left[entry]! - right[entry]!;
  };
  const total = seen.a[entry]! - seen.b[entry]!;
  const cost = a.cost + b.cost;
  const found = await findColumn({ share, total, cost, u, layout: wrt, purse, halving: search.halving ?? false });
  return found && { rows: one(Math.floor(entry / of.parts)), ...found };
}

// So few columns are halved in hardly more calls, which does not fail where several of them are wrong.
const few = 16;

interface ColumnSearch {
  /** The difference that a seed makes. */
  readonly share: (seed: Float64Array) => Promise<number | undefined>;
  readonly total: number;
  readonly cost: number;
  readonly u: Float64Array;
  readonly layout: Layout;
  readonly purse: Purse;
  readonly halving: boolean;
}

async function findColumn(search: ColumnSearch): Promise<Omit<Place, 'rows'> | undefined> {
  const { layout, cost, halving } = search;
  const quick = !halving && Number.isFinite(search.total) && cost > 1 && layout.length / layout.parts > few;
  const coded = quick ? await decode(search) : undefined;
  if (coded) return { columns: coded, decoded: true };
  const columns = await bisect(whole(layout), search.total, search.purse, cost, async ({ from, to }) =>
    search.share(masked(search.u, from * layout.parts, to * layout.parts)),
  );
  return columns && { columns };
}

// If one column makes the difference, a seed that is (1 + d/B) times as large in column j raises it by as much: the
// digits d of j to the base B follow from one probe each. Anything else shows as a fraction between digits.
async function decode({ share, total, cost, u, layout, purse }: ColumnSearch): Promise<Range | undefined> {
  const { parts } = layout;
  const count = layout.length / parts;
  const base = Math.min(128, Math.max(2, Math.ceil(Math.sqrt(count))));
  let column = 0;
  for (let weight = 1; weight < count; weight *= base) {
    if (purse.left < cost) return undefined;
    const digit = (j: number) => Math.floor(j / weight) % base;
    const value = await share(u.map((entry, k) => entry * (1 + digit(Math.floor(k / parts)) / base)));
    if (value === undefined) return undefined;
    const found = base * (value / total - 1);
    if (!(Math.abs(found - Math.round(found)) < 0.2) || found < -0.5 || found > base - 0.5) return undefined;
    column += Math.round(found) * weight;
  }
  return column < count ? one(column) : undefined;
}

// Halve the range, and go on where the larger part of the difference is. One that is not finite has no parts: it is in
// one half or the other.
async function bisect(
  range: Range,
  total: number,
  purse: Purse,
  cost: number,
  share: (half: Range) => Promise<number | undefined>,
): Promise<Range | undefined> {
  let { from, to } = range;
  const finite = Number.isFinite(total);
  let rest = finite ? total : 1;
  while (to - from > 1 && purse.left >= cost) {
    const middle = (from + to) >> 1;
    const found = await share({ from, to: middle });
    if (found === undefined) return undefined;
    const left = finite ? found : Number(!Number.isFinite(found));
    const right = rest - left;
    if (Math.abs(left) >= Math.abs(right)) [to, rest] = [middle, left];
    else [from, rest] = [middle, right];
  }
  return { from, to };
}

// Forward A, backward B, both at one call: columns by masked tangents, then rows by masked cotangents.
async function columnsFirst({ a, b, u, w, seen, wrt, of, purse }: Search): Promise<Place | undefined> {
  const { parts } = of;
  const dot = (p: Float64Array, q: Float64Array) => pair(p, q, parts).re;
  const columns = await bisect(whole(wrt), dot(w, seen.a) - dot(seen.b, u), purse, a.cost, async ({ from, to }) => {
    purse.left -= a.cost;
    const seed = masked(u, from * parts, to * parts);
    const pushed = await a.forward!(seed);
    return pushed && dot(w, pushed) - dot(seed, seen.b);
  });
  if (!columns || columns.to - columns.from > 1 || purse.left < a.cost) return columns && { rows: whole(of), columns };
  const j = columns.from * parts;
  purse.left -= a.cost;
  const column = await a.forward!(masked(u, j, j + parts));
  if (!column) return undefined;
  const rows = await rowOf({ a, b, u, w, seen, wrt, of, purse }, columns.from, column);
  return rows && { rows, columns };
}

// Column j of A, times u_j, is known: masked cotangents find the row.
async function rowOf(
  { b, u, w, seen, of, wrt, purse }: Search,
  j: number,
  column: Float64Array,
): Promise<Range | undefined> {
  const { parts } = of;
  const own = (pulled: Float64Array) => pair(masked(u, j * parts, (j + 1) * parts), pulled, wrt.parts).re;
  return bisect(whole(of), pair(w, column, parts).re - own(seen.b), purse, b.cost, async ({ from, to }) => {
    purse.left -= b.cost;
    const seed = masked(w, from * parts, to * parts);
    const pulled = await b.backward!(seed);
    return pulled && pair(seed, column, parts).re - own(pulled);
  });
}

// Forward A is expensive, backward B is not: rows by masked cotangents against the one A·u, then the column in that row.
async function rowsFirst(search: Search): Promise<Place | undefined> {
  const { a, b, u, w, seen, wrt, of, purse } = search;
  const { parts } = of;
  const dot = (p: Float64Array, q: Float64Array) => pair(p, q, parts).re;
  const pull = async (seed: Float64Array) => {
    purse.left -= b.cost;
    return b.backward!(seed);
  };
  const clean = seen.a.map((value) => (Number.isFinite(value) ? value : 0));
  const rows = await bisect(whole(of), dot(w, clean) - dot(seen.b, u), purse, b.cost, async ({ from, to }) => {
    const seed = masked(w, from * parts, to * parts);
    const pulled = await pull(seed);
    return pulled && dot(seed, clean) - dot(pulled, u);
  });
  if (!rows || rows.to - rows.from > 1 || purse.left < b.cost) return rows && { rows, columns: whole(wrt) };
  // A method may mistake either part of a complex cotangent, so that it has both.
  const k = rows.from * parts;
  const seed = masked(w, k, k + parts);
  const weighed = (pushed: Float64Array) => pair(seed, pushed, parts).re;
  const row = await pull(seed);
  if (!row) return undefined;
  const share = async (tangent: Float64Array): Promise<number | undefined> => {
    purse.left -= a.cost;
    const pushed = await a.forward!(tangent);
    return pushed && weighed(pushed) - dot(tangent, row);
  };
  const total = weighed(seen.a) - dot(u, row);
  const halving = search.halving ?? false;
  const found = await findColumn({ share, total, cost: a.cost, u, layout: wrt, purse, halving });
  return found && { rows, ...found };
}

// Both backward: the column that differs most is seen at once, and rows are found by masked cotangents.
async function bothBackward({ a, b, w, seen, wrt, of, purse }: Search): Promise<Place | undefined> {
  const { parts } = wrt;
  let [entry, most] = [0, -1];
  for (let k = 0; k < wrt.length; k++) {
    const difference = Math.abs(seen.a[k]! - seen.b[k]!);
    const off = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
    if (off > most) [entry, most] = [k, off];
  }
  const cost = a.cost + b.cost;
  const rows = await bisect(whole(of), seen.a[entry]! - seen.b[entry]!, purse, cost, async ({ from, to }) => {
    purse.left -= cost;
    const seed = masked(w, from * parts, to * parts);
    const [left, right] = [await a.backward!(seed), await b.backward!(seed)];
    return left && right && left[entry]! - right[entry]!;
  });
  return rows && { rows, columns: one(Math.floor(entry / parts)) };
}
