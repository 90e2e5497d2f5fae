/**
 * How a Jacobian is recovered from products: in which direction, in which groups, and at what cost. A plan is made from
 * the sizes, the pattern, the products there are and what they cost; nothing is called for it.
 *
 * To add a method, add a name to `Method`, and to `candidates` how many calls it takes.
 */
import type { EndpointName, Variable } from '../../operators/endpoints.js';
import type { Bicoloring } from '../sparsity/bicoloring.js';
import { colorBoth } from '../sparsity/bicoloring.js';
import { type Coloring, colorColumns, colorRows } from '../sparsity/coloring.js';
import { isDense, nnz, type Pattern } from '../sparsity/pattern.js';
import type { ProductName, Weights } from './costs.js';
import type { Space } from './flat.js';

/** How a Jacobian is recovered. */
export type Method = 'columns' | 'rows' | 'colored columns' | 'colored rows' | 'bidirectional';

/** Where a pattern comes from; `extended` is one that a check had to add entries to. */
export type PatternSource = 'dense' | 'declared' | 'detected' | 'saved' | 'extended';

/** How often each endpoint is called. */
export type Calls = { readonly [N in EndpointName]?: number };

/** A variable's path and shape: what a plan was made for. */
export interface Extent {
  readonly path: string;
  readonly shape: readonly number[];
}

/** How the Jacobian of the outputs `of` (rows) by the inputs `wrt` (columns) is recovered. */
export interface Plan {
  readonly method: Method;
  readonly of: readonly Extent[];
  readonly wrt: readonly Extent[];
  readonly pattern: Pattern;
  readonly patternSource: PatternSource;
  /** The groups of columns, each the seed of a jvp; where there are any. */
  readonly columns?: Coloring;
  /** The groups of rows, each the seed of a vjp; where there are any. */
  readonly rows?: Coloring;
  /** Which of the two gives an entry; where both do. */
  readonly both?: Bicoloring;
  /** Seeds of each product, verification included. */
  readonly seeds: Calls;
  /** Calls of each product, verification included: fewer than seeds where a call takes several. */
  readonly calls: Calls;
  /** Of these calls, those that only check. */
  readonly verification: number;
  /** No direct recovery of this pattern takes fewer seeds in this direction. */
  readonly lowerBound: number;
  /** The most bytes that the recovery holds at once, besides what it gives. */
  readonly bytes: number;
}

/** What a plan is made from. */
export interface Terms {
  readonly of: Space;
  readonly wrt: Space;
  readonly pattern: Pattern;
  readonly patternSource: PatternSource;
  readonly products: readonly ProductName[];
  /** How many seeds a call takes. */
  readonly batch: { readonly [N in ProductName]: number };
  readonly concurrency: number;
  readonly weights: Weights;
  readonly verify: number;
}

/** How many seeds a call takes, at most `allowed` and within `bytes`: each takes one number per input and per output. */
export function batchWithin(
  allowed: number,
  bytes: number,
  { of, wrt }: { readonly of: Space; readonly wrt: Space },
): number {
  return Math.max(1, Math.min(allowed, Math.floor(bytes / (8 * Math.max(1, of.size + wrt.size)))));
}

/** Seeds `first` … `first + count − 1` go into one call. */
export interface Chunk {
  readonly first: number;
  readonly count: number;
}

/** Cut `seeds` into calls of equal size, at most `batch` each. */
export function chunksOf(seeds: number, batch: number, first = 0): Chunk[] {
  const calls = Math.ceil(seeds / batch);
  const size = Math.ceil(seeds / Math.max(1, calls));
  return Array.from({ length: calls }, (_, k) => ({
    first: first + k * size,
    count: Math.min(size, seeds - k * size),
  })).filter(({ count }) => count > 0);
}

/**
 * The calls of one direction. Of a dense Jacobian each call is about one variable, so that its base is asked for that
 * one only.
 */
export function chunksFor(coloring: Coloring, pattern: Pattern, space: Space, batch: number): Chunk[] {
  if (!isDense(pattern)) return chunksOf(coloring.groups, batch);
  return space.variables.flatMap((_, k) =>
    coloring.groups === 0 ? [] : chunksOf(space.starts[k + 1] - space.starts[k], batch, space.starts[k]),
  );
}

interface Candidate {
  readonly method: Method;
  readonly columns?: Coloring;
  readonly rows?: Coloring;
  readonly both?: Bicoloring;
  readonly calls: { readonly [N in ProductName]: number };
  readonly lowerBound: number;
}

/** The colorings of a pattern, each made when it is first asked for. */
export class Colorings {
  readonly pattern: Pattern;
  #columns: Coloring | undefined;
  #rows: Coloring | undefined;
  readonly #both = new Map<number, Bicoloring>();

  readonly #saved: Bicoloring | undefined;

  /** `known` are those that were made before. */
  constructor(pattern: Pattern, known: Pick<Plan, 'columns' | 'rows' | 'both'> = {}) {
    this.pattern = pattern;
    this.#columns = known.columns;
    this.#rows = known.rows;
    this.#saved = known.both;
  }

  columns(): Coloring {
    this.#columns ??= colorColumns(this.pattern);
    return this.#columns;
  }

  rows(): Coloring {
    this.#rows ??= colorRows(this.pattern);
    return this.#rows;
  }

  /** In both directions, for a vjp that costs so many jvps, to a factor of √2. */
  both(ratio: number): Bicoloring {
    const octave = Math.round(2 * Math.log2(ratio));
    const known = this.#saved ?? this.#both.get(octave);
    if (known) return known;
    const options = { rowWeight: 2 ** (octave / 2), columns: this.columns(), rows: this.rows() };
    const both = colorBoth(this.pattern, options);
    this.#both.set(octave, both);
    return both;
  }
}

function oneWay({ pattern, of, wrt, batch, products }: Terms, colorings: Colorings): Candidate[] {
  const full = isDense(pattern);
  const found: Candidate[] = [];
  if (products.includes('jvp')) {
    const columns = colorings.columns();
    const jvp = chunksFor(columns, pattern, wrt, batch.jvp).length;
    const { lowerBound } = columns;
    found.push({ method: full ? 'columns' : 'colored columns', columns, calls: { jvp, vjp: 0 }, lowerBound });
  }
  if (products.includes('vjp')) {
    const rows = colorings.rows();
    const vjp = chunksFor(rows, pattern, of, batch.vjp).length;
    const { lowerBound } = rows;
    found.push({ method: full ? 'rows' : 'colored rows', rows, calls: { jvp: 0, vjp }, lowerBound });
  }
  return found;
}

function twoWay(terms: Terms, colorings: Colorings): Candidate {
  const both = colorings.both(terms.weights.vjp / terms.weights.jvp);
  const calls = {
    jvp: chunksOf(both.columnGroups, terms.batch.jvp).length,
    vjp: chunksOf(both.rowGroups, terms.batch.vjp).length,
  };
  return { method: 'bidirectional', both, calls, lowerBound: Math.ceil(both.lowerBound) };
}

function candidates(terms: Terms, colorings: Colorings): Candidate[] {
  const found = oneWay(terms, colorings);
  const { weights, pattern, products } = terms;
  // One seed of each is the least that both directions together can take.
  const hopeless = found.some(({ calls }) => priceOf(calls, weights) <= weights.jvp + weights.vjp);
  if (products.length === 2 && !isDense(pattern) && !hopeless) found.push(twoWay(terms, colorings));
  return found;
}

/** What calls of the products cost. */
export function priceOf({ jvp = 0, vjp = 0 }: Calls, weights: Weights): number {
  return jvp * weights.jvp + vjp * weights.vjp;
}

/** What a space is made of. */
export function extentsOf({ variables }: Space): Extent[] {
  return variables.map(({ path, shape }) => ({ path, shape: shape ?? [] }));
}

/** The cheapest plan. Of two that cost the same it takes the one with fewer calls, then the one by columns. */
export function makePlan(terms: Terms, colorings: Colorings = new Colorings(terms.pattern)): Plan {
  const rank = ({ calls }: Candidate): readonly [number, number] => [
    priceOf(calls, terms.weights),
    calls.jvp + calls.vjp,
  ];
  const [best] = candidates(terms, colorings).sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]);
  const { calls, both, ...rest } = best;
  const groups = {
    jvp: both?.columnGroups ?? (calls.jvp > 0 ? rest.columns!.groups : 0),
    vjp: both?.rowGroups ?? (calls.vjp > 0 ? rest.rows!.groups : 0),
  };
  const check = checkedBy(best.method);
  const { pattern, patternSource, verify } = terms;
  return {
    ...rest,
    ...(both && { both }),
    of: extentsOf(terms.of),
    wrt: extentsOf(terms.wrt),
    pattern,
    patternSource,
    seeds: present({ ...groups, [check]: groups[check] + verify }),
    calls: present({ ...calls, [check]: calls[check] + verify }),
    verification: verify,
    bytes: bytesFor(terms, groups),
  };
}

/** The product that checks what a method recovers. */
export function checkedBy(method: Method): ProductName {
  return method === 'rows' || method === 'colored rows' ? 'vjp' : 'jvp';
}

function present(calls: Candidate['calls']): Calls {
  return Object.fromEntries(Object.entries(calls).filter(([, count]) => count > 0));
}

// Seeds and answers of the calls that run at once, the values, and the indices that say where they belong.
function bytesFor({ of, wrt, pattern, batch, concurrency }: Terms, groups: Candidate['calls']): number {
  const most = Math.max(Math.min(batch.jvp, Math.max(1, groups.jvp)), Math.min(batch.vjp, Math.max(1, groups.vjp)));
  const flying = 8 * concurrency * most * (of.size + wrt.size);
  const indices = isDense(pattern) ? 0 : 4 * (of.size + 3 * nnz(pattern));
  return flying + 8 * nnz(pattern) + indices;
}

/** The variables of a plan, as a key: the same key, the same pattern. */
export function keyOf(of: readonly Variable[], wrt: readonly Variable[]): string {
  const side = (variables: readonly Variable[]) => variables.map(({ path, shape, dtype }) => [path, shape, dtype]);
  return JSON.stringify([side(of), side(wrt)]);
}
