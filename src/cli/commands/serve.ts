/** The command `serve`. */
import { type Command, componentArgument, componentOptions, exitCodes } from '../command.js';

/** Serves a component until it is told to stop. */
export const serve: Command = {
  description:
    'Serves the component over HTTP, with its documentation at /docs. SIGTERM and SIGINT let running requests finish; a ' +
    'second one does not wait.',
  args: [componentArgument],
  options: [
    ...componentOptions,
    'host',
    'port',
    'allowed-hosts',
    'token-file',
    'auth',
    'no-auth',
    'workers',
    'output-format',
    'compression',
    'input-path',
    'output-path',
    'body-limit',
    'result-limit',
    'array-limit',
    'jacobian-limit',
    'body-budget',
    'answer-budget',
    'queue-limit',
    'timeout',
    'abandon-timeout',
    'write-timeout',
    'drain-timeout',
    'cors',
    'log',
    'name',
    'description',
    'component-version',
  ],
  examples: [
    { command: 'cotangent serve', says: 'Serve ./component.ts at http://127.0.0.1:8000.' },
    { command: 'cotangent serve component.ts --port 9000 --workers 2', says: 'On another port, with two threads.' },
  ],
  serves: true,
  run: async (invocation) => {
    const { serveComponent } = await import('../serving.js');
    await serveComponent(invocation);
    return exitCodes.ok;
  },
};
