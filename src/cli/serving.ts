/** Serving on the command line: from options to a server, until the process is told to end. */
import { readFileSync } from 'node:fs';
import type { RuleName } from '../derive/rules.js';
import { fail } from '../errors.js';
import { type ServeOptions, serve } from '../server/serve.js';
import type { Invocation } from './command.js';
import { componentFile } from './component.js';
import type { OptionValues } from './options.js';

/** Serves until SIGTERM or SIGINT comes, and resolves when what was running has been answered. */
export async function serveComponent({ options, args, say, signal }: Invocation): Promise<void> {
  const token = tokenOf(options['token-file'], process.env['COTANGENT_TOKEN']);
  const server = await serve({ ...serveOptions(options, args[0]), token });
  const asked = untilAsked(signal);
  say(await welcome(server.url, token));
  if (server.isOpen) say('access: anybody who reaches this address may call the component; no token is asked for');
  say(`${await asked}: what is running is finished first; the same again does not wait.`);
  await server.close();
  if (!server.isStuck) return;
  say('A worker waits for the system (for a program that it started?) and cannot be stopped: the process is killed.');
  process.kill(process.pid, 'SIGKILL');
}

/** The token in a file, or else in the environment. */
function tokenOf(file: string | undefined, given: string | undefined): string | undefined {
  if (file === undefined) return given;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    const received = `${file} (${String((cause as NodeJS.ErrnoException).code ?? cause)})`;
    return fail('E_CLI_VALUE', { path: '--token-file', received, expected: 'a file that can be read' }, { cause });
  }
}

function serveOptions(options: OptionValues, argument: string | undefined): ServeOptions {
  const { cors } = options;
  return {
    component: { file: componentFile(options, argument), export: options.export },
    // What is no rule is refused by name when the component is loaded.
    derive: options.derive as readonly RuleName[],
    host: options.host,
    allowedHosts: options['allowed-hosts'],
    auth: options['no-auth'] ? 'none' : (options.auth as 'token' | 'none' | undefined),
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
    bodyBudget: options['body-budget'],
    answerBudget: options['answer-budget'],
    queueLimit: options['queue-limit'],
    timeout: milliseconds(options.timeout),
    abandonTimeout: milliseconds(options['abandon-timeout']),
    writeTimeout: milliseconds(options['write-timeout']),
    drainTimeout: milliseconds(options['drain-timeout']),
    cors: cors.length === 0 ? undefined : cors.includes('*') ? '*' : cors,
    log: options.log,
    name: options.name,
    description: options.description,
    version: options['component-version'],
    debug: options.debug,
  };
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.ceil(1000 * seconds);
}

/** Which signal asks the process to end, once one does. */
export function untilAsked(signal: AbortSignal): Promise<string> {
  return new Promise((done) => {
    signal.addEventListener('abort', () => done('SIGINT'), { once: true });
    process.once('SIGTERM', () => done('SIGTERM'));
  });
}

/** What is said of a server that listens. Its own document tells what is derived, as it tells every client. */
async function welcome(url: string, token: string | undefined): Promise<string> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const document = (await (await fetch(`${url}/openapi.json`, { headers })).json()) as Document;
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
