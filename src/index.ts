/** The public names. */

export type { FieldDecorator, MethodDecoratorFor } from '../decorators/annotate.js';
export * from '../decorators/index.js';
export { type DataOf, type DType, dtypeNames, type TypedArray } from './array/dtype.js';
export { array } from './array/literal.js';
export { type Complex, isNdArray, NdArray, type Nested, type Scalar, zeros } from './array/ndarray.js';
export type { Shape, ShapePattern } from './array/shape.js';
export { type Connection, type ConnectOptions, connect } from './client/connect.js';
export { type DerivedOptions, withDerived } from './client/derived.js';
export type { ComponentOptions, EndpointOptions } from './component/annotations.js';
export type { Provenance } from './component/compile.js';
export { DifferentiableComponent } from './component/component.js';
export type { Explanation, Way } from './component/explain.js';
export { sync } from './component/sync.js';
export type { DifferenceOptions, EstimateOptions } from './derive/differenceOptions.js';
export * from './derive/fromApply.js';
export * from './derive/functions.js';
export type {
  BlocksSparsity,
  PlanOptions,
  ProductsOptions,
  Sparsity,
} from './derive/planner/options.js';
export type { Calls, Method, PatternSource, Plan } from './derive/planner/plan.js';
export { loadPlan, type StoredPlan, savePlan } from './derive/planner/stored.js';
export { type RuleName, ruleNames } from './derive/rules.js';
export type { PatternSpec } from './derive/sparsity/declared.js';
export type { Pattern } from './derive/sparsity/pattern.js';
export type { SparseMatrix } from './derive/sparsity/sparseMatrix.js';
export { ComponentError, type ErrorCode, type Fields } from './errors.js';
export type {
  ArrayLiteral,
  ArrayValue,
  ByPath,
  CallOptions,
  DifferenceWarning,
  EndpointName,
  JacobianRequest,
  JacobianResult,
  JacobianValue,
  JvpRequest,
  MaybePromise,
  ProductResult,
  ProductValue,
  VjpRequest,
} from './operators/endpoints.js';
export type { ClosureOptions, Closures, Linearization, Linearized } from './operators/linearization.js';
export type { SecondOrderOptions } from './runtime/gradient.js';
export {
  type AbstractLiteral,
  type ComponentHandle,
  type DerivativeLiteral,
  type ExplainLiteral,
  type Literal,
  openComponent,
  type Seed,
} from './runtime/handle.js';
export { Hessian, type HessianOptions, hessian } from './runtime/hessian.js';
export { hessianVectorProduct, type SecondOrderLiteral } from './runtime/hessianVectorProduct.js';
export type { JacobianOperator, OperatorSide, OperatorVector, SparseOptions } from './runtime/jacobianOperator.js';
export type { Abstract, ShapeDType } from './schema/abstract.js';
export type { FieldOptions } from './schema/field.js';
