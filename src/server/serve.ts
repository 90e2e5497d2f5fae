/** A server of its own for one component. */
import { METHODS } from 'node:http';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { SpareMemory } from '../codec/spareMemory.js';
import { ComponentError, fail } from '../errors.js';
import { type Access, type AccessOptions, accessOf } from './access.js';
import { refuseBroken } from './brokenRequest.js';
import { letWait } from './continuing.js';
import { docsFiles } from './docs/files.js';
import { Drain } from './drain.js';
import { freeMemory } from './freeMemory.js';
import { logLines } from './logLines.js';
import { openExecutor } from './open.js';
import { duration, settingsOf } from './options.js';
import { addComponent, type ComponentPluginOptions } from './plugin.js';
import { type Memory, sendError } from './routes.js';
import { type ServedComponent, servedComponent } from './servedComponent.js';
import { LONGEST_MS } from './timer.js';

/** What a server is told. */
export interface ServeOptions extends ComponentPluginOptions, AccessOptions {
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
  /** How many milliseconds `close` may take to answer what has come; 30000. What is left then is cut off. */
  readonly drainTimeout?: number | undefined;
}

/** A server that listens. */
export interface RunningServer {
  /** `http://127.0.0.1:8000`. */
  readonly url: string;
  /** Whether anybody may call who reaches the port, from other machines too. */
  readonly isOpen: boolean;
  /** Answer what has come, for at most `drainTimeout`, then end. */
  close(): Promise<void>;
  /** After `close`: whether a worker waits for the system and cannot be stopped. The process does not end before it. */
  readonly isStuck: boolean;
}

// How long a connection that does nothing is kept while the server ends.
const IDLE_MS = 500;

/**
 * Serve a component until `close` is called. Raises what loading it does, `E_SERVE_OPTION`, and `E_SERVE_LISTEN`.
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const most = duration(options, 'drainTimeout', 30_000);
  const { app, served, access, sending } = await openApplication(options);
  try {
    const drain = new Drain(app.server);
    const url = await listen(app, options);
    const { isOpen } = access;
    if (isOpen) app.log.warn('Anybody who reaches this address may call the component: no token is asked for.');
    const close = once(() => end(app, () => drain.finish({ idle: IDLE_MS, sending, most }), served));
    return {
      url,
      isOpen,
      close,
      get isStuck() {
        return served.executor.isStuck ?? false;
      },
    };
  } catch (error) {
    await served.executor.close();
    throw error;
  }
}

/** A server before it listens. */
export interface Application {
  readonly app: FastifyInstance;
  readonly served: ServedComponent;
  readonly access: Access;
  /** How many milliseconds the headers of a request may take. */
  readonly sending: number;
}

/** The component in a Fastify application of its own. Raises what `serve` does but for `E_SERVE_LISTEN`. */
export async function openApplication(options: ServeOptions): Promise<Application> {
  const settings = settingsOf(options);
  const times = timesOf(options);
  const access = await accessOf(options);
  // Nobody else sees the bodies of this application.
  const spare = new SpareMemory(freeMemory);
  const memory: Memory = { take: spare.take, give: spare.give, drop: freeMemory };
  const executor = await openExecutor(options.component, settings, options, memory.take);
  try {
    const served = servedComponent(executor, settings);
    const app = await application(served, options, { memory, access, times });
    return { app, served, access, sending: times.headersTimeout };
  } catch (error) {
    await executor.close();
    throw error;
  }
}

/** How long what belongs to Node's server may take; it takes no longer times than its timers do. */
function timesOf(options: ServeOptions) {
  const most = (option: 'keepAliveTimeout' | 'headersTimeout' | 'requestTimeout', otherwise: number) =>
    Math.min(duration(options, option, otherwise), LONGEST_MS);
  const requestTimeout = most('requestTimeout', 300_000);
  const headersTimeout = Math.min(most('headersTimeout', 15_000), requestTimeout);
  return { keepAliveTimeout: most('keepAliveTimeout', 65_000), headersTimeout, requestTimeout };
}

async function end(app: FastifyInstance, drain: () => Promise<number>, { executor }: ServedComponent): Promise<void> {
  app.log.info('closing');
  const left = await drain();
  if (left > 0) app.log.warn(`${left} requests were cut off: they were not answered in time.`);
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

/** What an application is made with. */
interface Surroundings {
  readonly memory: Memory;
  readonly access: Access;
  readonly times: ReturnType<typeof timesOf>;
}

async function application(
  served: ServedComponent,
  options: Omit<ServeOptions, 'component'>,
  { memory, access, times }: Surroundings,
): Promise<FastifyInstance> {
  const { keepAliveTimeout, requestTimeout } = times;
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
    http: { ...times, connectionsCheckingInterval: 1000 },
  });
  if (/^(info|debug)$/.test(options.log ?? 'info')) app.addHook('onResponse', logRequest);
  letWait(app.server);
  // A path of the component takes one method; for the others it says so.
  for (const method of METHODS) if (!app.supportedMethods.includes(method)) app.addHttpMethod(method);
  refuseStrangers(app, served, access.refuseHost);
  if (options.cors !== undefined) await allowOrigins(app, options.cors);
  // A browser asks before it sends a token: that was answered above.
  refuseStrangers(app, served, access.refuseToken, withoutToken);
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

// The page of the documentation asks for the token itself: it holds nothing of the component.
const withoutToken: ReadonlySet<string> = new Set(['/health', ...docsFiles().map(({ path }) => path)]);

function refuseStrangers(
  app: FastifyInstance,
  served: ServedComponent,
  refuse: Access['refuseHost'],
  exempt: ReadonlySet<string> = new Set(),
): void {
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = exempt.has(request.routeOptions.url ?? '') ? undefined : refuse(request.headers);
    if (!refusal) done();
    else sendError(served, refusal, request, reply.header('x-request-id', request.id));
  });
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
