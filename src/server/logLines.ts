/**
 * The log on the standard error output. Lines of one turn of the event loop are written together: a system call for each
 * would take a tenth of the time of a small request.
 */

let lines = '';

function flush(): void {
  if (lines !== '') process.stderr.write(lines);
  lines = '';
}

// What has not been written when the process ends is written then.
process.on('exit', flush);

/** What Fastify writes its log to. */
export const logLines: { readonly write: (line: string) => void } = {
  write(line) {
    if (lines === '') setImmediate(flush);
    lines += line;
  },
};
