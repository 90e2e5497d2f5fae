/**
 * Node's own modules, where there is Node.
 *
 * They are asked for, not imported: a page loads the same files, and its bundler must not look for `node:zlib`.
 */
import type zlib from 'node:zlib';

interface Builtin {
  readonly 'node:zlib': typeof zlib;
}

/** Whether there is Node. Nothing is loaded to find out. */
export function hasBuiltins(): boolean {
  return typeof process !== 'undefined' && typeof process.getBuiltinModule === 'function';
}

/** A module of Node, or undefined in a browser. */
export function builtin<N extends keyof Builtin>(name: N): Builtin[N] | undefined {
  return hasBuiltins() ? (process.getBuiltinModule(name) as Builtin[N] | undefined) : undefined;
}
