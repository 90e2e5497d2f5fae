/**
 * Python's names of exceptions, and what they are here: the files of regression tests name exceptions as Python does.
 *
 * To add a name, add a row to `names`.
 */
import { ComponentError } from '../errors.js';

type Kind = (error: unknown) => boolean;

const isRefused: Kind = (error) => error instanceof ComponentError && error.status === 422;
/** What an author's method threw. */
const isThrown: Kind = (error) => !(error instanceof ComponentError);
const isMissing: Kind = (error) => error instanceof ComponentError && error.status === 404;
const isAny: Kind = () => true;
const isBadResult: Kind = (error) => error instanceof ComponentError && error.status >= 500;

// In Python a ValidationError is a ValueError, and a wrong result is found by the same validation.
const isInvalid: Kind = (error) => isRefused(error) || isBadResult(error);

const names: Readonly<Record<string, Kind>> = {
  ValidationError: isInvalid,
  ValueError: (error) => isInvalid(error) || isThrown(error),
  NotImplementedError: (error) => isMissing(error) || isThrown(error),
  Exception: isAny,
  BaseException: isAny,
  RuntimeError: isThrown,
  AssertionError: isThrown,
  ArithmeticError: isThrown,
  ZeroDivisionError: isThrown,
  OverflowError: isThrown,
  FloatingPointError: isThrown,
  LookupError: isThrown,
  KeyError: isThrown,
  IndexError: isThrown,
  TypeError: (error) => isRefused(error) || isThrown(error),
  FileNotFoundError: isThrown,
  OSError: isThrown,
};

/**
 * Whether `error` is what `name` says: a name of Python's by its row, a dotted name by its last part, an error's own
 * name or class, or the code of a `ComponentError`.
 */
export function isException(error: unknown, name: string): boolean {
  const last = name.split('.').at(-1) ?? name;
  if (error instanceof ComponentError && error.code === name) return true;
  if (error instanceof Error && (error.name === last || isOf(error, last))) return true;
  return Object.hasOwn(names, last) && names[last]?.(error) === true;
}

function isOf(error: Error, name: string): boolean {
  for (let proto: object | null = error; proto; proto = Object.getPrototypeOf(proto)) {
    if (proto.constructor?.name === name) return true;
  }
  return false;
}
