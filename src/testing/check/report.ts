/**
 * What a check of derivatives finds: data, for tests, terminals and pages. `format.ts` makes text of it.
 *
 * To add a verdict, add a row to `verdicts`: what it means, and whether it says that something is wrong.
 */
import type { DerivativeName, EndpointName } from '../../operators/endpoints.js';

interface VerdictRow {
  /** Whether the component has to be mended. */
  readonly wrong: boolean;
  /** One sentence for people. */
  readonly text: string;
}

/** Every verdict. */
export const verdicts = {
  ok: { wrong: false, text: 'It holds.' },
  skipped: { wrong: false, text: 'It was not examined.' },
  'finite differences cannot tell': { wrong: false, text: 'Apply is too noisy or not smooth here.' },
  'wrong derivative': { wrong: true, text: 'It is not the derivative of apply.' },
  'wrong sign': { wrong: true, text: 'It is the derivative of apply with the other sign.' },
  'wrong factor': { wrong: true, text: 'It is a multiple of the derivative of apply.' },
  'ignores an input': { wrong: true, text: 'It is zero where apply depends on the input.' },
  transposed: { wrong: true, text: 'Rows and columns are exchanged.' },
  'not adjoint': { wrong: true, text: 'jvp and vjp belong to different Jacobians.' },
  inconsistent: { wrong: true, text: 'The jacobian differs from the product.' },
  'not linear': { wrong: true, text: 'The product is not linear in its seed.' },
  'nonzero at zero': { wrong: true, text: 'The product of a zero seed is not zero.' },
  mutates: { wrong: true, text: 'The method writes to what it was given.' },
  'not deterministic': { wrong: true, text: 'The same call gives different results.' },
  'wrong shape': { wrong: true, text: 'An array of the result has another shape.' },
  'wrong dtype': { wrong: true, text: 'An array of the result has another dtype.' },
  'wrong keys': { wrong: true, text: 'The result lacks a path, or has one that was not asked for.' },
  'not finite': { wrong: true, text: 'The product is not finite where the derivative of apply is.' },
  fails: { wrong: true, text: 'The method throws.' },
} as const satisfies Record<string, VerdictRow>;

/** What is said of a check, a block or an endpoint. */
export type Verdict = keyof typeof verdicts;

/** The checks, in the order of the report. */
export type CheckName =
  | 'evaluation'
  | 'contract'
  | 'zero seed'
  | 'linearity'
  | 'adjoint'
  | 'consistency'
  | 'differences'
  | 'taylor';

/** One check. */
export interface CheckResult {
  readonly name: CheckName;
  /** The endpoints concerned. */
  readonly endpoints: readonly EndpointName[];
  readonly verdict: Verdict;
  /** The largest deviation found, relative to what it is a deviation of. */
  readonly deviation?: number;
  /** What was allowed of it. */
  readonly allowed?: number;
  /** The relative error of J·u that would not have been seen, in the output where it is largest. */
  readonly resolution?: number;
  /** What is so, for people. */
  readonly message: string;
}

/** What is said of the derivative of one output by one input. */
export interface BlockResult {
  readonly of: string;
  readonly wrt: string;
  /** The shapes of the output and of the input. */
  readonly shape: { readonly of: readonly number[]; readonly wrt: readonly number[] };
  readonly verdict: Verdict;
  /**
   * The largest deviation from differences relative to the largest entry, where a page's pictures were sampled; of a
   * component whose derivatives are made of differences, how accurate they are.
   */
  readonly deviation?: number;
  /** The relative error of the output's part of J·u that would not have been seen. */
  readonly resolution?: number;
}

/** One element whose derivative is wrong. */
export interface Fault {
  readonly code: 'E_GRADIENT_MISMATCH';
  readonly verdict: Verdict;
  /** The endpoints that were held against each other, or against differences. */
  readonly endpoints: readonly DerivativeName[];
  readonly of: string;
  readonly wrt: string;
  /** Where in the output and in the input: one element, or several if the calls did not suffice to tell. */
  readonly ofIndex: readonly number[];
  readonly wrtIndex: readonly number[];
  /** How many elements the place may be one of: 1 if it is known. */
  readonly among: number;
  /** ∂of[ofIndex]/∂wrt[wrtIndex] according to each endpoint, and by differences of apply. */
  readonly values: { readonly [source in DerivativeName | 'differences']?: number };
  /** The estimated error of the value by differences. */
  readonly error?: number;
  readonly message: string;
}

/** An endpoint, and whether it was checked. */
export interface EndpointResult {
  readonly endpoint: DerivativeName;
  /** The author's own method, or the rule that derives it. */
  readonly source: string;
  readonly checked: boolean;
  /** Why it was not. */
  readonly reason?: string;
}

/** How the remainder of the Taylor series shrinks: like t² if the derivative is right, like t if it is wrong. */
export interface TaylorSeries {
  readonly wrt: string;
  readonly of: string;
  readonly source: DerivativeName;
  /**
   * Along the direction u of this input alone: ‖f(x+tu) − f(x) − t·J·u‖ of this output, ‖f(x+tu) − f(x)‖, and what
   * rounding makes of nothing; all relative to ‖J·u‖. Of pullbacks, f is the output's product with a cotangent.
   */
  readonly points: readonly {
    readonly t: number;
    readonly remainder: number;
    readonly change: number;
    readonly floor: number;
  }[];
  /** The exponent of t; NaN where all remainders are rounding. */
  readonly slope: number;
}

/** How far central differences are from J·u, against their step. */
export interface StepCurve {
  readonly wrt: string;
  readonly of: string;
  readonly source: DerivativeName;
  readonly points: readonly { readonly h: number; readonly error: number }[];
}

/** Entries of a block of the Jacobian: all of a small one, else those of some rows and columns. */
export interface BlockPicture {
  readonly wrt: string;
  readonly of: string;
  readonly source: DerivativeName;
  /** The flat indices of the rows (elements of `of`) and columns (elements of `wrt`) shown. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  /** Row by row; of complex entries the real part. */
  readonly values: readonly (readonly number[])[];
  /** The same by differences of apply. */
  readonly differences: readonly (readonly number[])[];
  /** How far the two may be apart: infinite where differences make no sense. */
  readonly allowed: readonly (readonly number[])[];
}

/** What a page draws, where it was asked for. */
export interface Pictures {
  readonly taylor: readonly TaylorSeries[];
  readonly steps: readonly StepCurve[];
  readonly blocks: readonly BlockPicture[];
}

/** Numbers of calls by endpoint. */
export type CallCounts = { readonly [N in EndpointName]?: number };

/** What a check found. */
export interface GradientReport {
  readonly component: string;
  /** Whether nothing is wrong. */
  readonly ok: boolean;
  /** Whether every verdict could be reached: something was checked, and finite differences could tell everywhere. */
  readonly certain: boolean;
  /** The relative error of J·u that would not have been seen, in the output where it is largest. */
  readonly resolution?: number;
  /** Where all derivatives are made of differences: the block in which they are least accurate, and how accurate, if that is known. */
  readonly reached?: { readonly of: string; readonly wrt: string; readonly accuracy?: number };
  /** The first verdict that says something is wrong, else the first that says it cannot tell, else ok; skipped where nothing was checked. */
  readonly verdict: Verdict;
  readonly seed: number;
  readonly endpoints: readonly EndpointResult[];
  readonly checks: readonly CheckResult[];
  readonly blocks: readonly BlockResult[];
  readonly faults: readonly Fault[];
  /** Calls of the check itself, of more steps where the usual ones do not settle it, of finding the faults, and of the pictures. */
  readonly calls: {
    readonly check: CallCounts;
    readonly steps?: CallCounts;
    readonly search: CallCounts;
    readonly pictures: CallCounts;
  };
  /** The exponent of the Taylor remainder along all inputs together; 2 if the derivative is right. Left out where all is rounding. */
  readonly slope?: number;
  readonly pictures?: Pictures;
}

/** Whether a verdict says that something is wrong. */
export function isWrong(verdict: Verdict): boolean {
  return verdicts[verdict].wrong;
}

/** The number of calls of all endpoints. */
export function totalCalls(counts: CallCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
