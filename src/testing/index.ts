/** What tests of components use: `import { checkGradients } from 'cotangent/testing'`. */

export { checkGradients } from './check/checkGradients.js';
export { formatReport } from './check/format.js';
export type { CheckOptions } from './check/options.js';
export {
  type BlockPicture,
  type BlockResult,
  type CallCounts,
  type CheckName,
  type CheckResult,
  type EndpointResult,
  type Fault,
  type GradientReport,
  isWrong,
  type Pictures,
  type StepCurve,
  type TaylorSeries,
  totalCalls,
  type Verdict,
  verdicts,
} from './check/report.js';
export type { Checkable } from './check/subject.js';
export { type ConformanceOptions, describeComponent, type Runner } from './conformance.js';
export {
  type GradientMatchers,
  gradientMatchers,
  type MatcherResult,
  type Nearness,
  type WrittenJacobian,
} from './matchers.js';
export { gradientPage, type PageOptions } from './page/page.js';
