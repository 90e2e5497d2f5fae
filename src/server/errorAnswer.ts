/** Errors as answers: the caller's mistakes in detail, the author's and the machine's without a word about the server. */
import { isAuthors } from '../component/blame.js';
import { ComponentError, errors } from '../errors.js';
import { locate } from './location.js';

/** The body of an answer that is no result. `detail` is a list where the status is 422: clients go through it then. */
export interface ErrorBody {
  readonly status: number;
  readonly body: {
    readonly detail: string | readonly Detail[];
    /** Of an error that is no list: its code and facts, from which a client makes it again. */
    readonly ctx?: Detail['ctx'];
  };
}

/** One thing that is wrong with a request, as Tesseract Core's clients read it. */
export interface Detail {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  /** The facts of the message, and its code. The value itself is not sent back: it may be large. */
  readonly ctx: Readonly<Record<string, string>>;
}

/** How much an answer says. */
export interface ErrorStyle {
  /** Whether it says what the author's code threw, stack and all. */
  readonly debug: boolean;
  /** What the log calls the request. */
  readonly id: string;
}

/** The answer to a request that `error` ended. */
export function errorAnswer(error: unknown, { debug, id }: ErrorStyle): ErrorBody {
  if (isPublic(error)) {
    const { code, fields, status, message, problems } = error;
    if (status === 422) return { status, body: { detail: problems.map(detailOf) } };
    return { status, body: { detail: message, ctx: { code, ...fields } } };
  }
  if (debug) return { status: 500, body: { detail: traceOf(error) } };
  return { status: 500, body: { detail: `Internal Server Error. The server's log says more under ${id}.` } };
}

// What the framework says of a result (shapes, dtypes, names of methods) is as public as the schema. What an author's
// error says is not.
const publicFaults = /^E_(RESULT|BUSY|TIMEOUT|UNLOADED|PROBE_COMPLEX)/;

/** Whether everybody may read what `error` says. */
export function isPublic(error: unknown): error is ComponentError {
  if (!(error instanceof ComponentError) || isAuthors(error)) return false;
  return error.status < 500 || publicFaults.test(error.code);
}

function detailOf(one: ComponentError): Detail {
  const { code, fields, message } = one;
  return { type: errors[code].wire, loc: locate(one), msg: message, ctx: { code, ...fields } };
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const trace = error.stack ?? String(error);
  return error.cause instanceof Error ? `${trace}\nCaused by: ${traceOf(error.cause)}` : trace;
}
