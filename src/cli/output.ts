/** Files that commands write. */
import { writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makeFolder } from '../codec/node/folder.js';
import { fail } from '../errors.js';
import { codeOf } from './systemError.js';

/** Write a file into `folder`, or where its whole path says. Raises `E_CLI_VALUE` where that cannot be. */
export function writeOutput(folder: string, name: string, bytes: Uint8Array | string): void {
  const path = resolve(folder, name);
  try {
    makeFolder(dirname(path));
    writeFileSync(path, bytes);
  } catch (cause) {
    const expected = 'a file that can be written';
    fail(
      'E_CLI_VALUE',
      { path: 'The output file', received: `${path} (${codeOf(cause, 'not writable')})`, expected },
      { cause },
    );
  }
}
