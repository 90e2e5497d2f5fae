/** A request as NestJS has it, whichever server is below, as a component is asked. */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { EndpointName } from '../../operators/endpoints.js';
import { waitingFor } from '../deadline.js';
import type { ComponentRequest } from '../servedComponent.js';

/** What there is of a request, under Express and under Fastify. */
export interface NestRequest {
  readonly headers: IncomingHttpHeaders;
  readonly query: unknown;
  readonly body?: unknown;
  /** The body as it came, where the application was created with `{ rawBody: true }`. */
  readonly rawBody?: Uint8Array;
}

/** What there is of a response, under both. */
export interface NestResponse {
  header(name: string, value: string): unknown;
  /** Node's own, under Fastify. Under Express it is that itself. */
  readonly raw?: ServerResponse;
}

/** The request to an endpoint. */
export function componentRequest(
  endpoint: EndpointName,
  request: NestRequest,
  response: NestResponse,
): ComponentRequest {
  const { accept, 'content-type': contentType } = request.headers;
  const { run_id: runId } = (request.query ?? {}) as { readonly run_id?: unknown };
  const waiting = waitingFor(response.raw ?? (response as unknown as ServerResponse));
  return { endpoint, body: bodyOf(request), accept, contentType, runId, waiting };
}

// Without the body as it came, the parsed one is written again: 64-bit integers have been rounded then.
function bodyOf({ rawBody, body }: NestRequest): Uint8Array {
  if (rawBody) return rawBody;
  return body === undefined ? new Uint8Array() : Buffer.from(JSON.stringify(body));
}
