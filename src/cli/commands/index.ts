/**
 * The command table.
 *
 * To add a command, add its file here, and its row; help, completion, docs/cli.md and the tests follow. A command's file
 * is loaded when the command is named, and imports what it needs when it runs.
 */
import type { CommandRow } from '../command.js';

/** Every command. */
export const commands = {
  apply: { summary: 'Evaluate the component.', load: async () => (await import('./apply.js')).apply },
  jacobian: {
    summary: 'The Jacobian: the block of each pair of paths.',
    load: async () => (await import('./jacobian.js')).jacobian,
  },
  'jacobian-vector-product': {
    summary: 'The Jacobian-vector product: the pushforward of a tangent.',
    load: async () => (await import('./jacobianVectorProduct.js')).jacobianVectorProduct,
  },
  'vector-jacobian-product': {
    summary: 'The vector-Jacobian product: the pullback of a cotangent.',
    load: async () => (await import('./vectorJacobianProduct.js')).vectorJacobianProduct,
  },
  'abstract-eval': {
    summary: 'The shapes and dtypes of the outputs, from those of the inputs.',
    load: async () => (await import('./abstractEval.js')).abstractEval,
  },
  check: { summary: 'Check that the component is well defined.', load: async () => (await import('./check.js')).check },
  'check-gradients': {
    summary: 'Check the derivatives against each other and against apply.',
    load: async () => (await import('./checkGradients.js')).checkGradients,
  },
  inspect: {
    summary: 'Show what the component offers, where it comes from, and what it costs.',
    load: async () => (await import('./inspect.js')).inspect,
  },
  test: { summary: 'Run the regression tests of the component.', load: async () => (await import('./test.js')).test },
  health: {
    summary: 'Say whether the component can be loaded.',
    load: async () => (await import('./health.js')).health,
  },
  'openapi-schema': {
    summary: 'Print the OpenAPI document of the component.',
    load: async () => (await import('./openapiSchema.js')).openapiSchema,
  },
  serve: { summary: 'Serve the component over HTTP.', load: async () => (await import('./serve.js')).serve },
  proxy: {
    summary: 'Serve a running component with derived endpoints added.',
    load: async () => (await import('./proxy.js')).proxy,
  },
  init: { summary: 'Start a new project with a component in it.', load: async () => (await import('./init.js')).init },
  completion: {
    summary: 'Print the script that completes commands and options in a shell.',
    load: async () => (await import('./completion.js')).completion,
  },
} as const satisfies Record<string, CommandRow>;

/** The name of a command. */
export type CommandName = keyof typeof commands;

/** The names of all commands. */
export const commandNames: readonly CommandName[] = Object.keys(commands) as CommandName[];

/** Whether `name` is a command. */
export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
