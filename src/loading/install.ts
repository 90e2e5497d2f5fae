/** Installing the hooks of `hooks.ts` in the way that this version of Node has. */
import * as nodeModule from 'node:module';
import { builtFile } from './builtFile.js';
import type { load, resolve } from './hooks.js';

/** The hooks. */
export interface Hooks {
  readonly load: typeof load;
  readonly resolve: typeof resolve;
}

/** Node 22.15 and later: hooks in the thread that imports. */
interface Newer {
  readonly registerHooks?: (hooks: Hooks) => void;
}

const { registerHooks }: Newer = nodeModule as Newer;
let installed = false;

/** Whether the hooks run in the thread that imports. */
export const inThread: boolean = registerHooks !== undefined;

/** From now on, `import` takes TypeScript files. Where the hooks run in this thread, they are to be given. */
export function installHooks(hooks?: Hooks): void {
  if (installed) return;
  installed = true;
  if (registerHooks && hooks) registerHooks({ load: hooks.load, resolve: hooks.resolve });
  else nodeModule.register(builtFile('loading/hooks'));
}
