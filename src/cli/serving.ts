/** Serving on the command line: from options to a server, until the process is told to end. */
import type { RuleName } from '../derive/rules.js';
import { type ServeOptions, serve } from '../server/serve.js';
import type { Invocation } from './command.js';
import { componentFile } from './component.js';
import type { OptionValues } from './options.js';

/** Serves until SIGTERM or SIGINT comes, and resolves when what was running has been answered. */
export async function serveComponent({ options, args, say, signal }: Invocation): Promise<void> {
  const server = await serve(serveOptions(options, args[0]));
  const asked = untilAsked(signal);
  say(await welcome(server.url));
  say(`${await asked}: what is running is finished first; the same again does not wait.`);
  await server.close();
}

function serveOptions(options: OptionValues, argument: string | undefined): ServeOptions {
  const { timeout, cors } = options;
  return {
    component: { file: componentFile(options, argument), export: options.export },
    // What is no rule is refused by name when the component is loaded.
    derive: options.derive as readonly RuleName[],
    host: options.host,
    port: options.port,
    workers: options.workers,
    format: options['output-format'],
    compression: options.compression,
    inputPath: options['input-path'],
    outputPath: options['output-path'],
    bodyLimit: options['body-limit'],
    resultLimit: options['result-limit'],
    arrayLimit: options['array-limit'],
    jacobianLimit: options['jacobian-limit'],
    queueLimit: options['queue-limit'],
    timeout: timeout === undefined ? undefined : Math.ceil(1000 * timeout),
    cors: cors.length === 0 ? undefined : cors.includes('*') ? '*' : cors,
    log: options.log,
    name: options.name,
    description: options.description,
    version: options['component-version'],
    debug: options.debug,
  };
}

/** Which signal asks the process to end, once one does. */
export function untilAsked(signal: AbortSignal): Promise<string> {
  return new Promise((done) => {
    signal.addEventListener('abort', () => done('SIGINT'), { once: true });
    process.once('SIGTERM', () => done('SIGTERM'));
  });
}

/** What is said of a server that listens. Its own document tells what is derived, as it tells every client. */
async function welcome(url: string): Promise<string> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as Document;
  const { title, version } = document.info;
  const derived = Object.entries(document.paths).flatMap(([path, { post }]) => {
    const rule = post?.['x-derived-from']?.rule;
    return rule === undefined ? [] : [`${path} (${rule})`];
  });
  return [
    `${title} ${version} is served at ${url}`,
    ...(derived.length === 0 ? [] : [`derived: ${derived.join(', ')}`]),
    `documentation: ${url}/docs`,
  ].join('\n');
}

interface Document {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<
    Record<string, { readonly post?: { readonly 'x-derived-from'?: { readonly rule: string } } }>
  >;
}
