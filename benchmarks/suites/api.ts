/** `api/apply`: a component in this process, called through its handle. */
import { openComponent } from 'cotangent';
import { timedAsync } from '../measure.js';
import { Noop } from '../noop.js';
import { noopPython } from '../places.js';
import { grouped, here, type Setting, type Suite, values } from './suite.js';

// What a call itself costs is seen best where the vector is short.
const SHORT = 100;

/** The cases of `api`. */
export function api({ sizes, original }: Setting): Suite {
  const handle = openComponent(Noop);
  const entries = [...new Set([SHORT, ...sizes])].map((size) => ({
    id: `api/apply_${grouped(size)}`,
    open: async () => {
      const inputs = { data: values(size) };
      return {
        ours: here(timedAsync(() => handle.apply(inputs))),
        theirs: await original?.run('api', { component: noopPython, size }),
      };
    },
  }));
  return { entries };
}
