/**
 * Array files on disk, for Node only: reading from one folder and nowhere else, and writing new files into another.
 *
 * A request is not trusted. A name is refused by its form first; then the file is opened, and what was opened, not its
 * name, must lie in the folder, so that exchanging a link in between gains nothing. No message says where a folder is.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, isAbsolute, join, sep } from 'node:path';
import { blankBytes } from '../../array/memory.js';
import { ComponentError, fail } from '../../errors.js';
import type { ArrayFiles, FileRefusal } from '../files.js';
import { makeFolder } from './folder.js';

/** Where array files are. */
export interface ArrayFolders {
  /** The folder that requests may refer to. Without it every reference is refused. */
  readonly input?: string | undefined;
  /** The folder that files are written to, and that references are relative to. Without it none is written. */
  readonly output?: string | undefined;
  /** A folder in `output` for these files, a part of every reference: `run_1`. */
  readonly run?: string | undefined;
  /** When a file has more bytes than this, the next array goes into a new one; 100 MiB. */
  readonly fileBytes?: number | undefined;
}

const FILE_BYTES = 100 * 1024 * 1024;
// Node reads no more at once.
const READ_BYTES = 2 ** 30;

/**
 * The array files of one request or response: everything it appends goes into one file with a name of its own, until that is full.
 */
export function arrayFiles(folders: ArrayFolders): ArrayFiles {
  return { read: (name, offset, length) => readIn(folders.input, name, offset, length), append: appender(folders) };
}

const refusal = (received: string, expected: string): FileRefusal => ({ received, expected });
const relative = 'the name of a file relative to the input folder';

function readIn(folder: string | undefined, name: string, offset: number, length: number): Uint8Array | FileRefusal {
  if (folder === undefined)
    return refusal('a file', 'data that is sent along as base64 or json (there is no input folder)');
  const wrong = refuseName(name);
  if (wrong !== undefined) return wrong;
  const missing = refusal(`the file ${JSON.stringify(name)}`, 'a readable file of the input folder');
  let descriptor: number;
  try {
    const root = realpathSync.native(folder);
    const path = join(root, name);
    if (!isInside(root, realpathSync.native(path))) return outside(name);
    // A pipe would block until somebody writes to it.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!isInside(root, pathOfOpen(descriptor, path))) return outside(name);
      return readOpen(descriptor, name, offset, length);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (codeOf(error) !== undefined) return missing;
    throw error;
  }
}

function outside(name: string): FileRefusal {
  return refusal(`the file ${JSON.stringify(name)}, which leads out of the input folder`, 'a file of the input folder');
}

/** Names that are refused whatever is on the disk. */
function refuseName(name: string): FileRefusal | undefined {
  const shown = JSON.stringify(name);
  if (name.includes('\0')) return refusal('a name with a zero byte', relative);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) return refusal(`the address ${shown}`, relative);
  if (isAbsolute(name) || /^([a-z]:|[\\~])/i.test(name)) return refusal(`the absolute path ${shown}`, relative);
  if (name.split(/[/\\]/).includes('..')) return refusal(`the path ${shown}, which goes up`, relative);
  return undefined;
}

function isInside(root: string, path: string): boolean {
  return path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** The real path of an open file: as the system says where it does, else that of the name while it is the same file. */
function pathOfOpen(descriptor: number, path: string): string {
  const link = `/proc/self/fd/${descriptor}`;
  if (existsSync(link)) return readlinkSync(link);
  const real = realpathSync.native(path);
  return sameFile(statSync(real), fstatSync(descriptor)) ? real : '';
}

function sameFile(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino;
}

function readOpen(descriptor: number, name: string, offset: number, length: number): Uint8Array | FileRefusal {
  const stats = fstatSync(descriptor);
  const shown = JSON.stringify(name);
  if (!stats.isFile()) return refusal(`${shown}, which is no regular file`, 'a regular file of the input folder');
  if (offset + length > stats.size) {
    return refusal(`${length} bytes from ${offset} on of ${shown}, which has ${stats.size}`, 'a longer file');
  }
  const bytes = blankBytes(length);
  let done = 0;
  while (done < length) {
    const count = readSync(descriptor, bytes, done, Math.min(length - done, READ_BYTES), offset + done);
    if (count === 0) return refusal(`${shown}, which became shorter`, 'a file that nobody writes to');
    done += count;
  }
  return bytes;
}

function appender({ output, run = '', fileBytes = FILE_BYTES }: ArrayFolders): (bytes: Uint8Array) => string {
  let name = '';
  let size = Infinity;
  return (bytes) => {
    if (output === undefined) {
      return fail('E_ARRAY_FILE_WRITE', { received: 'there is no folder for it', expected: 'an output folder' });
    }
    const flag = size > fileBytes ? 'ax' : 'a';
    if (flag === 'ax') {
      name = run === '' ? `${freshName()}.bin` : `${run}/${freshName()}.bin`;
      size = 0;
    }
    write(output, run, name, bytes, flag);
    const offset = size;
    size += bytes.length;
    return `${name}:${offset}`;
  };
}

function write(output: string, run: string, name: string, bytes: Uint8Array, flag: 'a' | 'ax'): void {
  const expected = 'an output folder that can be written to, without links in it';
  try {
    const descriptor = openInside(output, run, name, flag);
    if (descriptor === undefined) fail('E_ARRAY_FILE_WRITE', { received: 'a link that leads out of it', expected });
    try {
      writeFileSync(descriptor, bytes);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    if (cause instanceof ComponentError) throw cause;
    fail('E_ARRAY_FILE_WRITE', { received: codeOf(cause) ?? 'it failed', expected }, { cause });
  }
}

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW = 0, O_RDONLY, O_WRONLY } = constants;
const modes = { ax: O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, a: O_WRONLY | O_APPEND | O_NOFOLLOW } as const;

/**
 * Open a file of a run to write to it; undefined where the folder of the run is a link. The folder is opened first, and the
 * file in what was opened, so that exchanging a link in between gains nothing; where the system has no names for what is
 * open, the folder is looked at before and after.
 */
function openInside(output: string, run: string, name: string, flag: 'a' | 'ax'): number | undefined {
  makeFolder(join(output, run));
  const folder = join(realpathSync.native(output), run);
  const isReal = () => realpathSync.native(folder) === folder;
  if (!isReal()) return undefined;
  const file = basename(name);
  if (existsSync('/proc/self/fd')) return openIn(folder, file, modes[flag]);
  const descriptor = openSync(join(folder, file), modes[flag], 0o666);
  if (isReal()) return descriptor;
  closeSync(descriptor);
  return undefined;
}

function openIn(folder: string, file: string, mode: number): number | undefined {
  const opened = openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    const here = `/proc/self/fd/${opened}`;
    return readlinkSync(here) === folder ? openSync(`${here}/${file}`, mode, 0o666) : undefined;
  } finally {
    closeSync(opened);
  }
}

// Enough that no two are equal, which `ax` makes sure of, and no secret: `node:crypto` would take a tenth of a short command.
function freshName(): string {
  const word = () =>
    Math.floor(Math.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return `${word()}-${word()}-${word()}-${word()}`;
}

/** The code of an error of the system: `ENOENT`. */
function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
}
