/** Folders that this process and a server both see, through which arrays go as files. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { arrayFiles } from '../../codec/node/files.js';
import type { CallFiles } from '../connect.js';

/** The two folders, as this process sees them. */
export interface SharedFolders {
  /** The server's input folder: the arrays of requests are written here, and removed after the call. */
  readonly requests: string;
  /** The server's output folder: the arrays of answers are read here, and nowhere else. */
  readonly answers: string;
}

/**
 * The `files` of `connect` for `encoding: 'binref'`: `files: sharedFolders({ requests: '/data/in', answers: '/data/out' })`.
 *
 * A server is not trusted: what an answer refers to is opened only if it lies in `answers`, links included. Files of
 * answers stay where they are; they are the server's.
 */
export function sharedFolders({ requests, answers }: SharedFolders): () => CallFiles {
  return () => {
    const files = arrayFiles({ input: answers, output: requests });
    const written = new Set<string>();
    return {
      read: files.read,
      append: (bytes) => {
        const place = files.append(bytes);
        written.add(place.slice(0, place.lastIndexOf(':')));
        return place;
      },
      done: () => {
        for (const name of written) rmSync(join(requests, name), { force: true });
      },
    };
  };
}
