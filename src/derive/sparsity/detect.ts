/**
 * Finds the sparsity of a black box by group testing: pools of inputs are marked (set to NaN, say), and the outputs that
 * respond are noted. About ln(nm)·2.3·(s + ½) evaluations for at most s entries per row, instead of n.
 *
 * What the mark is, is the caller's: `nanResponse` sets the pool to NaN, and `unitedResponse` joins it with another way
 * of asking, such as a jvp with random numbers on the pool, which sees dependences that swallow a NaN (a branch, `x | 0`,
 * `x ** 0`). Source: Sharpe, "NaN-propagation", arXiv 2507.23186 (2025), with pools instead of one input at a time.
 */
import { drive, type MaybePromise, type Stepwise, settled } from '../drive.js';
import { seeded } from '../random.js';
import { dense, type Pattern, RowWriter } from './pattern.js';
import { nextRound, type Progress, record, started } from './pools.js';
import { range, shuffle } from './vectors.js';

/** Which outputs respond to a pool of inputs: nonzero for those that do. */
export type Responder = (pool: Uint32Array) => MaybePromise<ArrayLike<number>>;

/** What is to be found. */
export interface DetectOptions {
  /** The sizes, flattened. */
  readonly inputs: number;
  readonly outputs: number;
  readonly seed?: number;
  /** Pools that may be asked; rows that need more stay full. Default inputs/2, or 1024 if that is more. */
  readonly maxPools?: number;
  /** The expected number of entries too many, over all. Default 0.02. */
  readonly falsePositives?: number;
}

/** A pattern that has every entry that responded, and perhaps a few too many. */
export interface Detection {
  readonly pattern: Pattern;
  /** Pools asked, each one call of the response. */
  readonly pools: number;
  /** The expected number of entries too many, in the rows that were resolved. */
  readonly expectedFalsePositives: number;
  /** Rows with too many entries to be resolved: they hold every candidate that is left. */
  readonly unresolved: readonly number[];
}

/** One round: the pool of each input, and as bits the pools that each output responded to. */
interface Round {
  readonly pools: number;
  readonly poolOf: Uint16Array | Uint32Array;
  readonly words: number;
  readonly responded: Uint32Array;
}

/** Whether output i may depend on input j, as far as this round says. */
function allows({ poolOf, words, responded }: Round, i: number, j: number): boolean {
  const pool = poolOf[j];
  return ((responded[i * words + (pool >>> 5)] >>> (pool & 31)) & 1) === 1;
}

/** Deal the inputs, in random order, into pools of equal size, and ask for each. */
function* askRound(
  inputs: number,
  outputs: number,
  pools: number,
  order: Uint32Array,
  respond: Responder,
): Stepwise<Round> {
  const poolOf = pools > 65536 ? new Uint32Array(inputs) : new Uint16Array(inputs);
  const words = Math.ceil(pools / 32);
  const responded = new Uint32Array(outputs * words);
  for (let k = 0; k < pools; k++) {
    const members = order.slice(Math.floor((k * inputs) / pools), Math.floor(((k + 1) * inputs) / pools)).sort();
    for (const j of members) poolOf[j] = k;
    const flags = yield* settled(respond(members));
    for (let i = 0; i < outputs; i++) if (flags[i]) responded[i * words + (k >>> 5)] |= 1 << (k & 31);
  }
  return { pools, poolOf, words, responded };
}

function hitsOf({ words, responded }: Round, outputs: number): Uint32Array {
  const hits = new Uint32Array(outputs);
  for (let place = 0; place < responded.length; place++) {
    let bits = responded[place];
    for (; bits !== 0; bits &= bits - 1) hits[Math.floor(place / words)]++;
  }
  return hits;
}

/** Inputs sorted by their pools in the first rounds, so that a row visits only the inputs that those allow. */
class Index {
  readonly #rounds: readonly Round[];
  readonly #depth: number;
  readonly #start: Uint32Array;
  readonly #sorted: Uint32Array;

  constructor(rounds: readonly Round[], inputs: number) {
    this.#rounds = rounds;
    let cells = 1;
    let depth = 0;
    while (depth < rounds.length && cells * rounds[depth].pools <= Math.max(inputs, 2)) cells *= rounds[depth++].pools;
    this.#depth = depth;
    const cellOf = (j: number) => {
      let cell = 0;
      for (let r = 0; r < depth; r++) cell = cell * rounds[r].pools + rounds[r].poolOf[j];
      return cell;
    };
    this.#start = new Uint32Array(cells + 1);
    for (let j = 0; j < inputs; j++) this.#start[cellOf(j) + 1]++;
    for (let cell = 0; cell < cells; cell++) this.#start[cell + 1] += this.#start[cell];
    const next = this.#start.slice();
    this.#sorted = new Uint32Array(inputs);
    for (let j = 0; j < inputs; j++) this.#sorted[next[cellOf(j)]++] = j;
  }

  /** Write the candidates of row i. */
  collect(i: number, writer: RowWriter, depth = 0, cell = 0): void {
    if (depth === this.#depth) {
      this.#test(i, writer, cell);
      return;
    }
    const { pools, words, responded } = this.#rounds[depth];
    for (let k = 0; k < pools; k++) {
      if ((responded[i * words + (k >>> 5)] >>> (k & 31)) & 1) this.collect(i, writer, depth + 1, cell * pools + k);
    }
  }

  #test(i: number, writer: RowWriter, cell: number): void {
    for (let place = this.#start[cell]; place < this.#start[cell + 1]; place++) {
      const j = this.#sorted[place];
      let r = this.#depth;
      while (r < this.#rounds.length && allows(this.#rounds[r], i, j)) r++;
      if (r === this.#rounds.length) writer.add(j);
    }
  }
}

/** More entries than this are not written out: the pattern is given as dense. */
const mostEntries = 5e7;

/** The entries that no round rules out. */
function decode(rounds: readonly Round[], inputs: number, outputs: number): Pattern {
  const index = new Index(rounds, inputs);
  const writer = new RowWriter(outputs, inputs);
  for (let i = 0; i < outputs; i++) {
    index.collect(i, writer);
    writer.endRow();
    if (writer.count > mostEntries) return dense(outputs, inputs);
  }
  return writer.finish();
}

function leftOver(progress: Progress, unresolved: readonly number[]): number {
  const given = new Set(unresolved);
  return progress.expected.reduce((sum, expected, i) => sum + (given.has(i) ? 0 : expected), 0);
}

function* detection(options: DetectOptions, respond: Responder): Stepwise<Detection> {
  const { inputs, outputs, seed = 1, falsePositives = 0.02 } = options;
  const { maxPools = Math.max(Math.min(inputs, 1024), Math.ceil(inputs / 2)) } = options;
  const random = seeded(seed);
  const order = range(inputs);
  const progress = started(inputs, outputs);
  const rounds: Round[] = [];
  for (;;) {
    const next = nextRound(progress, inputs, falsePositives, maxPools);
    if (next.pools === 0) {
      const pattern = decode(rounds, inputs, outputs);
      const { unresolved } = next;
      return { pattern, pools: progress.asked, expectedFalsePositives: leftOver(progress, unresolved), unresolved };
    }
    const round = yield* askRound(inputs, outputs, next.pools, shuffle(order, random), respond);
    rounds.push(round);
    record(progress, next.pools, hitsOf(round, outputs));
    // One input per pool leaves no doubt.
    if (next.pools === inputs) progress.expected.fill(0);
  }
}

/**
 * Find which outputs respond to which inputs. No entry is missed that shows in `respond`; entries too many are
 * expected to be `falsePositives` or fewer, and cost groups but no correctness. A promise exactly if `respond` gives one.
 */
export function detectPattern(options: DetectOptions, respond: Responder): MaybePromise<Detection> {
  return drive(detection(options, respond));
}

/**
 * Ask by NaN: the inputs of the pool are NaN, the others as in `x`; an output that is NaN responds. One evaluation per
 * pool. An output that is NaN at `x` itself responds to every pool.
 */
export function nanResponse(
  evaluate: (x: Float64Array) => MaybePromise<ArrayLike<number>>,
  x: Float64Array,
): Responder {
  const ask = function* (pool: Uint32Array): Stepwise<Uint8Array> {
    const marked = x.slice();
    for (const j of pool) marked[j] = Number.NaN;
    const y = yield* settled(evaluate(marked));
    return Uint8Array.from(y, (number) => (Number.isNaN(number) ? 1 : 0));
  };
  return (pool) => drive(ask(pool));
}

/**
 * Ask by a product: a jvp at the point of interest, with random numbers on the pool and 0 elsewhere; an output whose
 * tangent is not 0 responds. One jvp per pool. It sees what matters at this point, and swallows no NaN.
 */
export function productResponse(
  jvp: (tangent: Float64Array) => MaybePromise<ArrayLike<number>>,
  inputs: number,
  seed = 1,
): Responder {
  const random = seeded(seed);
  const ask = function* (pool: Uint32Array): Stepwise<Uint8Array> {
    const tangent = new Float64Array(inputs);
    for (const j of pool) tangent[j] = random.normal();
    const product = yield* settled(jvp(tangent));
    return Uint8Array.from(product, (number) => (number === 0 ? 0 : 1));
  };
  return (pool) => drive(ask(pool));
}

/** An output responds where any of these says so. */
export function unitedResponse(...responses: readonly Responder[]): Responder {
  const ask = function* (pool: Uint32Array): Stepwise<Uint8Array> {
    let united: Uint8Array | undefined;
    for (const respond of responses) {
      const flags = yield* settled(respond(pool));
      united ??= new Uint8Array(flags.length);
      for (let i = 0; i < flags.length; i++) if (flags[i]) united[i] = 1;
    }
    return united ?? new Uint8Array(0);
  };
  return (pool) => drive(ask(pool));
}
