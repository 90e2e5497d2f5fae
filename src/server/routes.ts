/** The routes of a component in Fastify. To add one, add it to `componentRoutes`; what else its path is asked is refused. */
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { blankBytes, type Take } from '../array/memory.js';
import type { Release } from '../codec/spareMemory.js';
import { isPromise } from '../derive/drive.js';
import { ComponentError } from '../errors.js';
import { type EndpointName, endpointNames } from '../operators/endpoints.js';
import { operators } from '../operators/index.js';
import { goOn, isWaiting } from './continuing.js';
import { waitingFor } from './deadline.js';
import { docsFiles } from './docs/files.js';
import { errorAnswer } from './errorAnswer.js';
import type { Metrics } from './metrics.js';
import { readable } from './packedError.js';
import { type Body, type Budget, readBody } from './readBody.js';
import { guardWriting, holdAnswer } from './sending.js';
import type { ComponentAnswer, ServedComponent } from './servedComponent.js';

/** What a route does. */
interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Runs before the body is read. */
  readonly check?: () => void;
  readonly handle: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

/** Where the memory of bodies comes from, and where it goes. */
export interface Memory {
  readonly take: Take;
  /** Called with requests and answers, all of their buffers, once they are needed no more. */
  readonly give: Release;
  /** Called with the chunks of requests, once they have been copied. */
  readonly drop?: Release;
}

// Hooks of an application that the routes are in may keep what they see.
const freshMemory: Memory = { take: blankBytes, give: () => undefined };

/** Add the routes of a component to a Fastify instance or scope; body, errors and headers are handled in there only. */
export function addRoutes(
  app: FastifyInstance,
  served: ServedComponent,
  metrics: Metrics | undefined,
  memory: Memory = freshMemory,
): void {
  app.setErrorHandler((error, request, reply) => sendError(served, error, request, reply));
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' });
    guardWriting(reply.raw, served.settings.writeTimeout);
    done();
  });
  readBodies(app, served, memory);
  for (const route of componentRoutes(served, metrics, memory)) addRoute(app, route);
}

function componentRoutes(served: ServedComponent, metrics: Metrics | undefined, memory: Memory): readonly Route[] {
  const answers: Budget = { held: 0, most: served.settings.answerBudget };
  const document = Buffer.from(JSON.stringify(served.document));
  const send = (path: string, type: string, body: Buffer | string): Route => ({
    method: 'GET',
    path,
    handle: (_request, reply) => reply.type(type).send(body),
  });
  return [
    ...endpointNames.map((name) => endpointRoute(served, name, memory, answers)),
    { method: 'GET', path: '/health', handle: (_request, reply) => sendHealth(served, reply) },
    send('/openapi.json', 'application/json', document),
    ...docsFiles().map(
      ({ path, type, body, headers }): Route => ({
        method: 'GET',
        path,
        handle: (request, reply) =>
          // Behind the slash the page's own links would lead elsewhere.
          request.url.split('?')[0]?.endsWith('/')
            ? reply.redirect('../docs', 308)
            : reply.headers(headers).type(type).send(body),
      }),
    ),
    ...(metrics
      ? [
          {
            method: 'GET',
            path: '/metrics',
            handle: async (_request, reply) => reply.type(metrics.contentType).send(await metrics.render()),
          } satisfies Route,
        ]
      : []),
  ];
}

// Whoever has no token may ask for it: what keeps the component from loading is not said.
function sendHealth({ executor }: ServedComponent, reply: FastifyReply): FastifyReply {
  const { trouble } = executor;
  reply.type('application/json');
  if (!trouble) return reply.send('{"status":"ok"}');
  const body = { status: 'unavailable', detail: 'No worker can load the component. The log says why.' };
  return reply.code(503).header('retry-after', retryAfter(trouble)).send(JSON.stringify(body));
}

function endpointRoute(served: ServedComponent, endpoint: EndpointName, memory: Memory, answers: Budget): Route {
  return {
    method: 'POST',
    path: `/${operators[endpoint].route}`,
    check: () => served.check(endpoint),
    handle: (request, reply) => {
      const { bytes, release } = bodyOf(request);
      const { accept, 'content-type': contentType } = request.headers;
      const { run_id: runId } = request.query as { readonly run_id?: unknown };
      const waiting = waitingFor(reply.raw);
      const over = () => {
        release();
        memory.give(bytes);
      };
      const send = (answer: ComponentAnswer) => {
        over();
        // What was asked in one turn of the event loop is answered at its end, together: whoever asked is woken once.
        setImmediate(() => {
          try {
            holdAnswer(answers, reply.raw, answer.body.length);
          } catch (error) {
            sendError(served, error, request, reply);
            return;
          }
          sendAnswer(reply, answer, memory);
        });
      };
      const refuse = (error: unknown) => {
        over();
        sendError(served, error, request, reply);
      };
      let answer: ReturnType<ServedComponent['answer']>;
      try {
        answer = served.answer({ endpoint, body: bytes, accept, contentType, runId, waiting });
      } catch (error) {
        refuse(error);
        return;
      }
      if (isPromise(answer)) answer.then(send, refuse);
      else send(answer);
    },
  };
}

function sendAnswer(reply: FastifyReply, { contentType, body }: ComponentAnswer, { give }: Memory): void {
  // What has not been sent to its end may be read still.
  reply.raw.once('finish', () => give(body));
  const { buffer, byteOffset, byteLength } = body;
  // What hooks have said that it varies with stays said.
  const others = reply.getHeader('vary');
  const vary = others === undefined ? 'accept' : `${others}, accept`;
  reply.headers({ 'content-type': contentType, vary }).send(Buffer.from(buffer, byteOffset, byteLength));
}

const nothing: Body = { bytes: new Uint8Array(), release: () => undefined };

function bodyOf({ body }: FastifyRequest): Body {
  return typeof body === 'object' && body !== null && 'bytes' in body ? (body as Body) : nothing;
}

// Whatever its type says it is: the component's side says what is wrong with that.
function readBodies(app: FastifyInstance, { settings }: ServedComponent, { take, drop: done }: Memory): void {
  const limit = settings.bodyLimit;
  const budget: Budget = { held: 0, most: settings.bodyBudget };
  app.removeAllContentTypeParsers();
  // The first by its name, since Fastify looks for the others anew each time.
  app.addContentTypeParser(['application/json', '*'], (request: FastifyRequest, stream: Readable): Promise<Body> => {
    const { 'content-length': length, 'content-encoding': encoding = 'identity' } = request.headers;
    if (encoding !== 'identity')
      return Promise.reject(new ComponentError('E_ENCODING', { received: encoding.slice(0, 80) }));
    const announced = length === undefined ? undefined : Number(length);
    if (announced === undefined || announced <= limit) goOn(request.raw);
    return readBody(stream, { announced, limit, budget, take, done });
  });
}

function addRoute(app: FastifyInstance, { method, path, check, handle }: Route): void {
  const refused = app.supportedMethods.filter((other) => other !== method && !(method === 'GET' && other === 'HEAD'));
  const allowed = method === 'GET' ? 'GET, HEAD' : method;
  for (const url of spellings(app, path)) {
    const onRequest = check ? { onRequest: checking(check) } : {};
    app.route({ method, url, ...onRequest, handler: handle });
    app.route({
      method: refused,
      url,
      onRequest: async (request, reply) => {
        reply.header('allow', allowed);
        throw new ComponentError('E_METHOD', { path, received: request.method, expected: allowed });
      },
      handler: () => undefined,
    });
  }
}

function checking(check: () => void): onRequestHookHandler {
  return (_request, _reply, done) => {
    check();
    done();
  };
}

/** A path, and with a slash at its end, unless the whole application takes that already. */
function spellings(app: FastifyInstance, path: string): readonly string[] {
  const { ignoreTrailingSlash, routerOptions } = app.initialConfig;
  return ignoreTrailingSlash || routerOptions?.ignoreTrailingSlash ? [path] : [path, `${path}/`];
}

/** Send what an error says. What is not said to the client is logged. */
export function sendError(
  served: ServedComponent,
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const error = isHttpError(thrown) ? thrown : readable(thrown);
  const { status, body } = httpError(error) ?? errorAnswer(error, { debug: served.settings.debug, id: request.id });
  if (status >= 500) request.log.error({ err: error }, 'request failed');
  if (status === 401) reply.header('www-authenticate', 'Bearer realm="cotangent"');
  // Whoever waits for the word to send its body may send it still, or not: the next request could not be told apart.
  if (isWaiting(request.raw)) reply.header('connection', 'close');
  if (status === 503) reply.header('retry-after', retryAfter(error));
  return reply.code(status).type('application/json').send(JSON.stringify(body));
}

function retryAfter(error: unknown): string {
  return (error instanceof ComponentError && error.fields['seconds']) || '1';
}

/** What Fastify itself refuses: a wrong content type, a malformed address. */
interface HttpError extends Error {
  readonly statusCode: number;
  readonly code: string;
}

function httpError(
  error: unknown,
): { readonly status: number; readonly body: { readonly detail: string } } | undefined {
  return isHttpError(error) ? { status: error.statusCode, body: { detail: error.message } } : undefined;
}

function isHttpError(error: unknown): error is HttpError {
  try {
    if (!(error instanceof Error) || error instanceof ComponentError) return false;
    const { statusCode, code } = error as Partial<HttpError>;
    return typeof statusCode === 'number' && statusCode < 500 && /^FST_/.test(String(code));
  } catch {
    return false;
  }
}
