/** Standard output and standard error: results on the one, everything else on the other, colors only on a terminal. */
import { styleText } from 'node:util';

/** Makes a text stand out, or leaves it. */
export type Style = (text: string) => string;

type Format = Parameters<typeof styleText>[0];

/** A style for one stream: it does something only on a terminal, and not where NO_COLOR is set. */
export function styleFor(stream: NodeJS.WriteStream, format: Format): Style {
  const colors = stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
  return colors ? (text) => styleText(format, text) : (text) => text;
}

/**
 * Takes standard output for results: what else is printed from now on goes to standard error, and nobody else ends it.
 * `closed` is called when it can be written to no longer: with no reason where its reader has seen enough.
 */
export function takeStandardOutput(closed: (reason?: string) => void): (bytes: Uint8Array | string) => Promise<void> {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  const broken = ({ code, message }: NodeJS.ErrnoException) => closed(code === 'EPIPE' ? undefined : message);
  stdout.on('error', broken);
  // A component may print where nobody reads.
  stderr.on('error', () => {});
  const end = (...given: readonly unknown[]) => {
    const [text] = given;
    if (typeof text === 'string' || text instanceof Uint8Array) stderr.write(text);
    for (const one of given) if (typeof one === 'function') one();
    return stdout;
  };
  Object.assign(stdout, { write: stderr.write.bind(stderr), end, destroy: () => stdout });
  return (bytes) => new Promise((done) => write(bytes, (error) => (error ? broken(error) : done())));
}
