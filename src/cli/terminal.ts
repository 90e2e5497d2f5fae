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

/** Takes standard output for results: what else is printed from now on goes to standard error. */
export function takeStandardOutput(): (bytes: Uint8Array | string) => Promise<void> {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  // A reader that has seen enough closes the pipe: that is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write;
  return (bytes) => new Promise((done, failed) => write(bytes, (error) => (error ? failed(error) : done())));
}
