/** What a derivation that probes a product may be told, and what of it can be checked before there are sizes. */
import { fail } from '../../errors.js';
import {
  type Check,
  checkOptionValues,
  checkValue,
  isNatural,
  isPositive,
  type KnownPaths,
  patternOf,
} from '../optionChecks.js';
import { isPatternSpec, type PatternSpec } from '../sparsity/declared.js';

/** Blocks by the path of their output and the path of their input, or the patterns of such paths: `loads.[]`. */
export type BlocksSparsity = { readonly [of: string]: { readonly [wrt: string]: PatternSpec } };

/**
 * Where a Jacobian has nonzeros: everywhere (`dense`); where a declaration says, for all differentiable outputs (rows) by
 * all differentiable inputs (columns) in schema order, or block by block (a block that is not named is dense); or where
 * `detect` finds them.
 */
export type Sparsity = 'detect' | PatternSpec | BlocksSparsity;

/** What a derivation by probes may be told. All of it is plain data. */
export interface PlanOptions {
  /** Where the Jacobian has nonzeros; `dense` unless said otherwise. */
  readonly sparsity?: Sparsity;
  /**
   * What `detect` asks: `apply` of an instance of its own with NaN, or the `products` with random seeds, for an apply that
   * NaN spoils or keeps busy. `apply` unless said otherwise.
   */
  readonly detection?: 'apply' | 'products';
  /** How many random products check a Jacobian; 0 where it is dense, else 1, or 2 in single precision. */
  readonly verify?: number;
  /** How far a row may be from its check, relative to |J|·|v|; about 64 roundoffs. */
  readonly tolerance?: number;
  /** How many seeds go into a call of a base that takes several; as many as it takes, unless said otherwise. */
  readonly batch?: number;
  /** How many probes may run at once; as many as the base allows, unless said otherwise. */
  readonly concurrency?: number;
  /** How many bytes the derivation may take for arrays of its own: a dense Jacobian, the seeds of a batch. */
  readonly memoryBytes?: number;
  /** A plan that `savePlan` wrote. It is used where it still fits, and made anew where it does not. */
  readonly plan?: string;
}

/** What a derivation from both products may be told. */
export interface ProductsOptions extends PlanOptions {
  /** What a call of each product costs, in any unit, where that is known; it is measured otherwise. */
  readonly costs?: { readonly jvp: number; readonly vjp: number };
}

const count: Check = { holds: isNatural, expected: 'a whole number from 1' };

const ways: readonly unknown[] = ['apply', 'products'];

const checks: { readonly [K in Exclude<keyof ProductsOptions, 'sparsity'>]: Check } = {
  verify: { holds: (value) => value === 0 || isNatural(value), expected: 'a whole number from 0' },
  detection: { holds: (value) => ways.includes(value), expected: "'apply' or 'products'" },
  tolerance: { holds: isPositive, expected: 'a positive number' },
  batch: count,
  concurrency: count,
  memoryBytes: { holds: isPositive, expected: 'a positive number' },
  plan: { holds: (value) => typeof value === 'string', expected: 'the text that savePlan gave' },
  costs: {
    holds: (value) =>
      typeof value === 'object' &&
      value !== null &&
      isPositive(Reflect.get(value, 'jvp')) &&
      isPositive(Reflect.get(value, 'vjp')),
    expected: '{ jvp, vjp }, two positive numbers',
  },
};

/** Raise `E_OPTION` for what is wrong with what an endpoint says of several seeds or several calls. */
export function checkTraits(options: Pick<PlanOptions, 'batch' | 'concurrency'>): void {
  checkValue('batch', options.batch, count);
  checkValue('concurrency', options.concurrency, count);
}

/** Raise `E_OPTION` or `E_SPARSITY` for what is wrong with the options whatever the sizes are. */
export function checkPlanOptions(options: ProductsOptions, known: KnownPaths): void {
  checkOptionValues(options, checks, ['sparsity']);
  const { sparsity } = options;
  if (sparsity !== undefined && sparsity !== 'detect' && !isPatternSpec(sparsity)) checkBlocks(sparsity, known);
}

function checkBlocks(sparsity: BlocksSparsity, known: KnownPaths): void {
  if (!isRecord(sparsity)) refuse('sparsity', sparsity, 'a pattern, `detect`, or what is so of each block');
  for (const [of, row] of Object.entries(sparsity)) {
    refuseUnknown('sparsity', of, known.of);
    if (!isRecord(row)) refuse(`sparsity["${of}"]`, row, 'what is so of each input');
    for (const [wrt, block] of Object.entries(row)) {
      refuseUnknown(`sparsity["${of}"]`, wrt, known.wrt);
      if (!isPatternSpec(block)) refuse(`sparsity["${of}"]["${wrt}"]`, block, 'a pattern');
    }
  }
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(path: string, value: unknown, expected: string): never {
  return fail('E_SPARSITY', { path, received: JSON.stringify(value) ?? 'undefined', expected });
}

// A path may name an element of what a pattern names: `loads.[3]`.
function refuseUnknown(path: string, name: string, known: readonly string[]): void {
  if (known.includes(patternOf(name))) return;
  fail('E_SPARSITY', {
    path,
    received: `about "${name}"`,
    expected: `a pattern, or a declaration about ${known.map((one) => `"${one}"`).join(', ')}`,
  });
}
