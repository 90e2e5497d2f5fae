/** Warnings: what a caller can live with, and an author wants to know. */

/** Told what is so, and what to do. */
export type Warn = (message: string) => void;

interface Warner {
  readonly emitWarning?: (message: string, type: string) => void;
}

/** A process warning of type `CotangentWarning`; where there is no process, a warning on the console. */
export const warn: Warn = (message) => {
  const { process } = globalThis as { readonly process?: Warner };
  if (typeof process?.emitWarning === 'function') process.emitWarning(message, 'CotangentWarning');
  else console.warn(`CotangentWarning: ${message}`);
};
