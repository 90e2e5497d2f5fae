/**
 * Native addons of a component that runs in workers.
 *
 * The system unloads an addon with the last thread that has it, and most addons do not survive being loaded again: the
 * process ends with SIGSEGV. So the thread that serves, which lives as long as the process, opens every addon before the
 * worker does, and keeps it. A worker waits for that: an addon often takes the first thread that loads it for the main one.
 */
import { createRequire } from 'node:module';
import { inWords } from './inWords.js';

/** What a worker asks of the thread that serves: to open an addon, and to say when it has. */
export interface AddonWish {
  readonly kind: 'addon';
  readonly file: string;
  /** Not 0 once the addon is open, or cannot be opened. */
  readonly isOpen: Int32Array<SharedArrayBuffer>;
}

// A thread that serves and is busy for so long will open the addon later, most likely before this worker ends.
const LONGEST_MS = 10_000;

/** In a worker: from now on `ask` is called with each addon before it is opened here. */
export function askForAddons(ask: (wish: AddonWish) => void): void {
  const { dlopen } = process;
  process.dlopen = (module, file, ...flags) => {
    const isOpen = new Int32Array(new SharedArrayBuffer(4));
    ask({ kind: 'addon', file: String(file), isOpen });
    Atomics.wait(isOpen, 0, 0, LONGEST_MS);
    return dlopen.call(process, module, file, ...flags);
  };
}

/** In the thread that serves: open an addon for as long as the process lives. Says why where it cannot be opened. */
export function openAddon({ file, isOpen }: AddonWish): string | undefined {
  try {
    // What this thread has required already is not initialized a second time.
    if (file.endsWith('.node')) createRequire(import.meta.url)(file);
    else process.dlopen({ exports: {} }, file);
    return undefined;
  } catch (error) {
    return inWords(error);
  } finally {
    Atomics.store(isOpen, 0, 1);
    Atomics.notify(isOpen, 0);
  }
}
