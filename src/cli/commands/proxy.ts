/** The command `proxy`. */
import { type Command, exitCodes } from '../command.js';

/** Serves a component that is served elsewhere, with endpoints added. */
export const proxy: Command = {
  description:
    "Serves a running component, Python's included, with endpoints added that are derived here from those it has. " +
    'Everything else is passed on as it is.',
  args: [{ name: 'url', summary: 'The address of the running component.' }],
  options: ['derive', 'host', 'port', 'timeout', 'body-limit', 'result-limit', 'jacobian-limit', 'log'],
  examples: [
    {
      command: 'cotangent proxy http://127.0.0.1:8000 --derive vjpFromJacobian --port 9000',
      says: 'Give a component that has only a Jacobian a vjp, so that its callers can take gradients.',
    },
  ],
  serves: true,
  run: async (invocation) => {
    const { proxyComponent } = await import('../proxying.js');
    await proxyComponent(invocation);
    return exitCodes.ok;
  },
};
