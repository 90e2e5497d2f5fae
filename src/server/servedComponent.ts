/** A component as it is served, whatever carries its requests: Fastify's routes and NestJS's controllers are thin around it. */
import { randomUUID } from 'node:crypto';
import { describe as describeText } from '../codec/describe.js';
import { type Format, formats } from '../codec/index.js';
import { following, type MaybePromise } from '../derive/drive.js';
import { fail } from '../errors.js';
import type { EndpointName } from '../operators/endpoints.js';
import type { JsonSchema } from '../schema/arraySchema.js';
import type { Waiting } from './deadline.js';
import type { Executor } from './executor.js';
import { negotiator } from './negotiate.js';
import { formatsOffered, type Settings } from './options.js';
import { unpackError } from './packedError.js';

/** A request as it came. */
export interface ComponentRequest {
  readonly endpoint: EndpointName;
  /** The body; its buffer is given away with it. */
  readonly body: Uint8Array;
  readonly accept: string | undefined;
  readonly contentType: string | undefined;
  /** The query's `run_id`, unchecked. */
  readonly runId: unknown;
  /** Whoever waits for the answer. */
  readonly waiting: Waiting;
}

/** An answer as it goes. */
export interface ComponentAnswer {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** A component as it is served. */
export interface ServedComponent {
  readonly name: string;
  /** The OpenAPI document. */
  readonly document: JsonSchema;
  readonly settings: Settings;
  readonly executor: Executor;
  /** Raises for an endpoint that is not offered. */
  readonly check: (endpoint: EndpointName) => void;
  /** Raises what `Executor.run` does, and `E_ACCEPT`, `E_CONTENT_TYPE`, `E_RUN_ID`, `E_MISSING` of a body. */
  readonly answer: (request: ComponentRequest) => MaybePromise<ComponentAnswer>;
}

/** What `executor` runs, as it is served. */
export function servedComponent(executor: Executor, settings: Settings): ServedComponent {
  const { format, outputPath } = settings;
  const { name, document, missing } = executor.description;
  const offered = [format, ...formatsOffered(outputPath).filter((other) => other !== format)];
  const negotiate = negotiator(offered);
  const check = (endpoint: EndpointName) => {
    const refusal = missing[endpoint];
    if (refusal) throw unpackError(refusal);
  };
  return {
    name,
    document,
    settings,
    executor,
    check,
    answer: ({ endpoint, body, accept, contentType, runId, waiting }) => {
      check(endpoint);
      const chosen: Format = endpoint === 'abstractEval' ? 'json' : negotiate(accept);
      if (body.length === 0) fail('E_MISSING', { path: 'body', expected: 'a JSON object' });
      checkContentType(contentType);
      const call = { endpoint, body, format: chosen, run: runOf(runId, chosen) };
      const answered = (bytes: Uint8Array) => ({ contentType: formats[chosen].mediaType, body: bytes });
      return following(executor.run(call, waiting), answered);
    },
  };
}

function checkContentType(contentType: string | undefined): void {
  if (contentType === 'application/json') return;
  const [type = ''] = (contentType ?? '').split(';');
  if (/^application\/(?:[\w.+-]+\+)?json$/i.test(type.trim())) return;
  const received = contentType === undefined ? 'missing' : describeText(contentType);
  fail('E_CONTENT_TYPE', { path: 'body', received, expected: 'application/json' });
}

// It becomes a part of the name of a folder.
function runOf(runId: unknown, format: Format): string {
  // Only what writes files needs a name that nobody else has.
  if (runId === undefined) return format === 'json+binref' ? randomUUID() : '';
  if (typeof runId === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(runId)) return runId;
  const expected = 'at most 64 letters, digits, hyphens and underscores';
  return fail('E_RUN_ID', { path: 'run_id', received: describeText(runId), expected });
}
