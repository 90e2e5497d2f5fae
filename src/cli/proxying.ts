/** A proxy on the command line: from options to a server, until the process is told to end. */
import type { RuleName } from '../derive/rules.js';
import { type ProxyLine, type RunningProxy, startProxy } from '../proxy/proxy.js';
import type { Invocation } from './command.js';
import { untilAsked } from './serving.js';

/** Serves until SIGTERM or SIGINT comes, and resolves when what was running has been answered. */
export async function proxyComponent({ options, args, say, signal }: Invocation): Promise<void> {
  const { timeout, log = 'info' } = options;
  const quiet = log === 'silent' || log === 'error' || log === 'warn';
  const proxy = await startProxy({
    url: args[0] ?? '',
    // What is no rule is refused by name.
    derive: options.derive as readonly RuleName[],
    host: options.host,
    port: options.port,
    timeout: timeout === undefined ? undefined : Math.ceil(1000 * timeout),
    bodyLimit: options['body-limit'],
    resultLimit: options['result-limit'],
    jacobianLimit: options['jacobian-limit'],
    onRequest: quiet ? undefined : (line: ProxyLine) => say(JSON.stringify(line)),
  });
  const asked = untilAsked(signal);
  say(welcome(proxy, args[0] ?? ''));
  say(`${await asked}: what is running is finished first; the same again does not wait.`);
  await proxy.close();
}

function welcome({ url, name, provenance }: RunningProxy, upstream: string): string {
  const lines = Object.entries(provenance).map(([endpoint, one]) =>
    one.kind === 'own' ? `  ${endpoint}: passed on` : `  ${endpoint}: derived by ${one.rule}, ${one.cost}`,
  );
  return [`${name} at ${upstream} is served at ${url}`, ...lines].join('\n');
}
