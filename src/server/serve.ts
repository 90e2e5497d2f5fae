/** A server of its own for one component. */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { SpareMemory } from '../codec/spareMemory.js';
import { ComponentError, fail } from '../errors.js';
import { refuseBroken } from './brokenRequest.js';
import { Drain } from './drain.js';
import { freeMemory } from './freeMemory.js';
import { logLines } from './logLines.js';
import { openExecutor } from './open.js';
import { settingsOf, whole } from './options.js';
import { addComponent, type ComponentPluginOptions } from './plugin.js';
import { type Memory, sendError } from './routes.js';
import { type ServedComponent, servedComponent } from './servedComponent.js';

/** What a server is told. */
export interface ServeOptions extends ComponentPluginOptions {
  /** Where to listen; 127.0.0.1. */
  readonly host?: string | undefined;
  /** The port; 8000. With 0 the system chooses one. */
  readonly port?: number | undefined;
  /** The origins whose pages may call it, or `*`; without any, no other origin's may. */
  readonly cors?: readonly string[] | '*' | undefined;
  /** How much is logged, as lines of JSON on the standard error output; `info`. */
  readonly log?: 'silent' | 'error' | 'warn' | 'info' | 'debug' | undefined;
  /** How many milliseconds an idle connection is kept open; 65000. */
  readonly keepAliveTimeout?: number | undefined;
  /** How many milliseconds the headers of a request may take to arrive; 15000. */
  readonly headersTimeout?: number | undefined;
  /** How many milliseconds a whole request may take to arrive; 300000. */
  readonly requestTimeout?: number | undefined;
}

/** A server that listens. */
export interface RunningServer {
  /** `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Answer what has come, then end. */
  close(): Promise<void>;
}

// How long a connection that does nothing is kept while the server ends.
const IDLE_MS = 500;

/**
 * Serve a component until `close` is called. Raises what loading it does, `E_SERVE_OPTION`, and `E_SERVE_LISTEN`.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { app, served, sending } = await openApplication(options);
  try {
    const drain = new Drain(app.server);
    const url = await listen(app, options);
    return { url, close: once(() => end(app, () => drain.finish({ idle: IDLE_MS, sending }), served)) };
  } catch (error) {
    await served.executor.close();
    throw error;
  }
}

/** A server before it listens. */
export interface Application {
  readonly app: FastifyInstance;
  readonly served: ServedComponent;
  /** How many milliseconds the headers of a request may take. */
  readonly sending: number;
}

/** The component in a Fastify application of its own. Raises what `serve` does but for `E_SERVE_LISTEN`. */
export async function openApplication(options: ServeOptions): Promise<Application> {
  const settings = settingsOf(options);
  // Nobody else sees the bodies of this application.
  const spare = new SpareMemory(freeMemory);
  const memory: Memory = { take: spare.take, give: spare.give, drop: freeMemory };
  const executor = await openExecutor(options.component, settings, options, memory.take);
  try {
    const served = servedComponent(executor, settings);
    const sending = whole(options, 'headersTimeout', 15_000, 1);
    return { app: await application(served, options, memory, sending), served, sending };
  } catch (error) {
    await executor.close();
    throw error;
  }
}

async function end(app: FastifyInstance, drain: () => Promise<void>, { executor }: ServedComponent): Promise<void> {
  app.log.info('closing');
  await drain();
  await app.close();
  await executor.close();
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}

async function application(
  served: ServedComponent,
  options: Omit<ServeOptions, 'component'>,
  memory: Memory,
  headersTimeout: number,
): Promise<FastifyInstance> {
  const requestTimeout = whole(options, 'requestTimeout', 300_000, 1);
  const keepAliveTimeout = whole(options, 'keepAliveTimeout', 65_000, 1);
  const app: FastifyInstance = fastify({
    logger: { level: options.log ?? 'info', stream: logLines },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    return503OnClosing: false,
    clientErrorHandler: refuseBroken,
    frameworkErrors: (error, request, reply) =>
      void sendError(served, error, request as FastifyRequest, reply as FastifyReply),
    routerOptions: { ignoreTrailingSlash: true },
    bodyLimit: Math.max(1, served.settings.bodyLimit),
    keepAliveTimeout,
    requestTimeout,
    // Fastify sets these too late for Node to heed them.
    http: { keepAliveTimeout, requestTimeout, headersTimeout, connectionsCheckingInterval: 1000 },
  });
  if (/^(info|debug)$/.test(options.log ?? 'info')) app.addHook('onResponse', logRequest);
  if (options.cors !== undefined) await allowOrigins(app, options.cors);
  app.setNotFoundHandler((request, reply) => {
    const known = ['/docs', '/health', '/openapi.json', ...Object.keys(served.document['paths'] as object)];
    const path = request.url.split('?')[0]?.slice(0, 80) ?? '';
    return sendError(
      served,
      new ComponentError('E_ROUTE', { path, known: [...new Set(known)].sort().join(', ') }),
      request,
      reply,
    );
  });
  await app.register(async (scope) => addComponent(scope, served, options.metrics ?? true, memory));
  return app;
}

function logRequest(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const { method, url } = request;
  const ms = Math.round(reply.elapsedTime * 10) / 10;
  request.log.info({ method, path: url.split('?')[0], status: reply.statusCode, ms }, 'request');
  done();
}

async function allowOrigins(app: FastifyInstance, origins: readonly string[] | '*'): Promise<void> {
  const { default: cors } = await import('@fastify/cors');
  const origin = origins === '*' ? '*' : [...origins];
  await app.register(cors, { origin, methods: ['GET', 'HEAD', 'POST'], exposedHeaders: ['x-request-id'], maxAge: 600 });
}

async function listen(app: FastifyInstance, { host = '127.0.0.1', port = 8000 }: ServeOptions): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const reason = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : String(cause);
    await app.close();
    return fail('E_SERVE_LISTEN', { address: `${host}:${port}`, reason }, { cause });
  }
}

let count = 0;
const start = Date.now().toString(36);

// A client's own id is kept where it is harmless in a log.
function requestId(given: string | readonly string[] | undefined): string {
  if (typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given)) return given;
  count += 1;
  return `${start}-${count.toString(36)}`;
}
