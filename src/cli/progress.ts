/** A progress bar on a terminal. Elsewhere nothing is shown: logs and pipes stay clean. */

/** Shows how far something is. */
export interface Progress {
  /** Say that `made` of about `expected` calls were made, and what is called now. */
  readonly show: (made: number, what: string, expected: number) => void;
  /** Take the bar away. */
  readonly clear: () => void;
}

const width = 28;
const interval = 60;

/** A bar on `stream`, unless it is no terminal or `quiet` is set. */
export function progressBar(stream: NodeJS.WriteStream, quiet: boolean): Progress {
  if (quiet || stream.isTTY !== true || process.env['TERM'] === 'dumb') return { show: () => {}, clear: () => {} };
  let shown = 0;
  return {
    show: (made, what, expected) => {
      const now = Date.now();
      if (now - shown < interval) return;
      shown = now;
      const full = Math.round(width * Math.min(1, made / expected));
      stream.write(`\r\u001b[K${'█'.repeat(full)}${'░'.repeat(width - full)} ${made}/${expected} calls, ${what}`);
    },
    clear: () => {
      if (shown > 0) stream.write('\r\u001b[K');
    },
  };
}
