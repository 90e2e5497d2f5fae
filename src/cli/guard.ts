/**
 * The end of a command that answers once: a component that ends the program, never answers, or fails where nobody waits
 * for it is not taken for one that worked.
 */
import { exitCodes } from './command.js';

/** What a guard does when it is no longer needed. */
export interface Guard {
  /** The command has ended: an exit from here on is the program's own. */
  readonly release: () => void;
}

/** From now on an exit is a failure, and what is thrown where nobody waits is told by `failed` before it ends the program. */
export function guardEnd(say: (line: string) => void, failed: (error: unknown) => void): Guard {
  const exited = () => {
    say('error: The component ended the program, or waits for what never comes: there is no answer.');
    process.exitCode = exitCodes.failed;
  };
  const thrown = (error: unknown) => {
    release();
    failed(error);
    process.exit(exitCodes.failed);
  };
  const release = () => void process.off('exit', exited).off('uncaughtException', thrown);
  process.on('exit', exited).on('uncaughtException', thrown);
  return { release };
}
