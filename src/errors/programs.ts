/** Errors of programs: other servers, and the command line. */
import { row, value } from './row.js';

/** The rows. */
export const programErrors = {
  // Remote components: what a server said, or did not say.
  E_REMOTE_ADDRESS: row<'url' | 'reason'>(
    422,
    'value_error',
  )((f) => `${f.url} is no address of a server (${f.reason}). Write http://127.0.0.1:8000.`),
  E_REMOTE_OPTION: row<'option' | 'received' | 'expected'>(
    422,
    'value_error',
  )((f) => `connect: ${f.option} is ${f.received}. It has to be ${f.expected}.`),
  E_REMOTE_UNREACHABLE: row<'url' | 'reason'>(
    502,
    'remote_error',
  )((f) => `No answer from ${f.url}: ${f.reason}. Is the server running, and is this its address?`),
  E_REMOTE_TIMEOUT: row<'url' | 'timeout'>(
    504,
    'remote_error',
  )((f) => `No answer from ${f.url} within ${f.timeout} ms. Raise the timeout, or leave it out.`),
  E_REMOTE_LIMIT: row<'url' | 'received' | 'expected'>(
    502,
    'remote_error',
  )(
    (f) =>
      `The answer of ${f.url} has ${f.received}, and at most ${f.expected} bytes are taken. Raise answerLimit, or ask for less at once.`,
  ),
  E_REMOTE_CLOSED: row<'url'>(503, 'remote_error')((f) => `The connection to ${f.url} was closed. Connect again.`),
  E_REMOTE_NO_COMPONENT: row<'url' | 'reason'>(
    502,
    'remote_error',
  )((f) => `${f.url} serves no component: ${f.reason}. Give the address that "serve" printed.`),
  E_REMOTE_FAILED: row<'component' | 'url' | 'status' | 'reason'>(
    502,
    'remote_error',
  )((f) => `${f.component} at ${f.url} answered with status ${f.status}: ${f.reason}`),
  E_REMOTE_ANSWER: row<'component' | 'url' | 'reason'>(
    502,
    'remote_error',
  )((f) => `${f.component} at ${f.url} gave an answer that cannot be read. ${f.reason}`),
  E_REMOTE_VALUE: value<'path' | 'reason' | 'type'>('value_error')(
    (f) => `${f.path} was refused by the component: ${f.reason} (${f.type}).`,
  ),
  E_HANDLE: row<'received'>(
    422,
    'value_error',
  )((f) => `A handle of openComponent or connect is needed, and ${f.received} was given.`),

  // The command line: how it was written.
  E_CLI_UNKNOWN: row<'kind' | 'received' | 'advice'>(
    422,
    'usage_error',
  )((f) => `${f.received} is no ${f.kind}. ${f.advice}`),
  E_CLI_VALUE: value('usage_error')((f) => `${f.path} is ${f.received}, and ${f.expected} is needed.`),
  E_CLI_ARGUMENTS: row<'command' | 'received' | 'usage'>(
    422,
    'usage_error',
  )((f) => `${f.command} was given ${f.received} arguments. Usage: ${f.usage}`),
};
