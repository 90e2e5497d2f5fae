/**
 * The operator table: what may be asked of a component.
 *
 * To add an operator, add its signature in `endpoints.ts`, its file here, and its row; route, client method, command
 * and OpenAPI follow.
 */
import { abstractEval } from './abstractEval.js';
import { apply } from './apply.js';
import type { EndpointName } from './endpoints.js';
import { jacobian } from './jacobian.js';
import { jvp } from './jvp.js';
import type { Operator } from './operator.js';
import { vjp } from './vjp.js';

/** Every operator. */
export const operators: { readonly [N in EndpointName]: Operator<N> } = { apply, abstractEval, jacobian, jvp, vjp };
