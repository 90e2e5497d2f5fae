/** What of the options of differences can be checked before there is a point. */
import { type Bound, boundAt } from '../operators/bounds.js';
import { schemes } from './difference/scheme.js';
import type { DifferenceOptions } from './differenceOptions.js';
import { type Check, type Checks, checkByPath, checkOptionValues, type KnownPaths } from './optionChecks.js';

const checks: Checks = {
  scheme: {
    holds: (value) => typeof value === 'string' && Object.hasOwn(schemes, value),
    expected: `one of ${Object.keys(schemes).join(', ')}`,
  },
  noise: {
    holds: (value) => value === 'estimate' || (typeof value === 'number' && value >= 0 && value < 1),
    expected: "'estimate', or a relative error from 0 to less than 1",
  },
  complexStep: { holds: (value) => typeof value === 'boolean', expected: 'true' },
  seed: { holds: Number.isFinite, expected: 'a finite number' },
};
const elsewhere = ['magnitudes', 'bounds', 'errors', 'samples'];

const magnitude: Check = {
  holds: (value) => typeof value === 'number' && value > 0 && value < Infinity,
  expected: 'a positive number',
};
const bounds: Check = {
  holds: (value) => Array.isArray(value) && value.length === 2 && areInOrder(value[0], value[1]),
  expected: '[lower, upper], each a number or one for each element, no lower one above its upper one',
};

/** Raise `E_OPTION` for what is wrong with the options whatever the point is; `known` are the paths they may be about. */
export function checkDifferenceOptions(options: DifferenceOptions, known?: KnownPaths): void {
  checkOptionValues(options, checks, elsewhere);
  checkByPath('magnitudes', options.magnitudes, known?.wrt, magnitude);
  checkByPath('bounds', options.bounds, known?.wrt, bounds);
}

function areInOrder(lower: unknown, upper: unknown): boolean {
  if (!isBound(lower) || !isBound(upper)) return false;
  const count = Math.max(lengthOf(lower), lengthOf(upper));
  // Written so that NaN, or a list that is too short, is out of order.
  return Array.from({ length: count }).every((_, k) => boundAt(lower, k) <= boundAt(upper, k));
}

const lengthOf = (bound: Bound): number => (typeof bound === 'number' ? 1 : bound.length);

function isBound(value: unknown): value is Bound {
  return typeof value === 'number' || Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
}
