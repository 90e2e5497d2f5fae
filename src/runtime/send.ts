/** How a handle sends a request: to an instance in this process, or over the network. */
import type { CallOptions, EndpointName } from '../operators/endpoints.js';
import type { RawRequest } from '../operators/operator.js';

/** Sends a request to an endpoint, and gives what its caller is given. */
export type Send = (endpoint: EndpointName, raw: RawRequest, options?: CallOptions) => Promise<unknown>;
