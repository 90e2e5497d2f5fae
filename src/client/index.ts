/** The public names of `cotangent/client`: calling served components, from Node and from browsers. */
export { array } from '../array/literal.js';
export { isNdArray, NdArray } from '../array/ndarray.js';
export { ComponentError, type ErrorCode } from '../errors.js';
export type { ComponentHandle } from '../runtime/handle.js';
export { type CallFiles, type Connection, type ConnectOptions, connect } from './connect.js';
export { type DerivedOptions, withDerived } from './derived.js';
export type { TransportOptions } from './transportOptions.js';
