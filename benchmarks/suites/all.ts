/** All suites. To add one, add its file beside this one, and a row to `suites`. */
import { api } from './api.js';
import { cli } from './cli.js';
import { codec } from './codec.js';
import { derivations } from './derivations.js';
import { http } from './http.js';
import type { Setting, Suite } from './suite.js';

const suites = { api, codec, derivations, cli, http } as const satisfies Record<string, (setting: Setting) => Suite>;

/** The suites as set up, each with those of its cases whose ids `pattern` finds. */
export function openSuites(setting: Setting, pattern: RegExp = /^/): Suite[] {
  return Object.values(suites).map((suite) => {
    const { entries, close } = suite(setting);
    return { entries: entries.filter(({ id }) => pattern.test(id)), close };
  });
}
