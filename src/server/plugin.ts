/** A component in an existing Fastify application: `app.register(componentPlugin, { component, prefix: '/wing' })`. */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { startMetrics } from './metrics.js';
import { type ComponentSource, openExecutor, type WorkerOptions } from './open.js';
import { type AnswerOptions, settingsOf } from './options.js';
import { addRoutes, type Memory } from './routes.js';
import { type ServedComponent, servedComponent } from './servedComponent.js';

/** What the plugin is told. */
export interface ComponentPluginOptions extends AnswerOptions, WorkerOptions {
  readonly component: ComponentSource;
  /** Whether there is a `/metrics`; there is. */
  readonly metrics?: boolean | undefined;
}

/**
 * Serves one component under the prefix it is registered with. It is encapsulated: it changes nothing of the application
 * around it. Loading a component may take longer than Fastify's `pluginTimeout` allows.
 */
export const componentPlugin: FastifyPluginAsync<ComponentPluginOptions> = async (app, options) => {
  const settings = settingsOf(options);
  const executor = await openExecutor(options.component, settings, options);
  app.addHook('onClose', () => executor.close());
  await addComponent(app, servedComponent(executor, settings), options.metrics ?? true);
};

/** Add a component to an application or a scope of one. */
export async function addComponent(
  app: FastifyInstance,
  served: ServedComponent,
  withMetrics: boolean,
  memory?: Memory,
): Promise<void> {
  const { log } = app;
  served.executor.listen?.({
    info: (line) => log.info(line),
    warn: (line) => log.warn(line),
    error: (err, line) => log.error({ err }, line),
  });
  const metrics = withMetrics ? await startMetrics(served.executor) : undefined;
  if (metrics) {
    app.addHook('onResponse', (request, reply, done) => {
      metrics.observe(request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
      done();
    });
  }
  addRoutes(app, served, metrics, memory);
}
