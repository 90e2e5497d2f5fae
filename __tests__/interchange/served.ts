/** Components behind our server, on a free port. */
import Fastify from 'fastify';
import type { ComponentValue } from '../../src/server/options.js';
import { type ComponentPluginOptions, componentPlugin } from '../../src/server/plugin.js';

/** A running server. */
export interface Served {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Serve a component in this thread. */
export async function served(
  component: ComponentValue,
  options: Omit<ComponentPluginOptions, 'component'> = {},
): Promise<Served> {
  const app = Fastify({ forceCloseConnections: true });
  await app.register(componentPlugin, { component, metrics: false, ...options });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { url, close: () => app.close() };
}
