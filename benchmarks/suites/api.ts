/** `api/apply`: a component in this process, called through its handle. */
import { openComponent } from 'cotangent';
import { timedAsync } from '../measure.js';
import { Noop } from '../noop.js';
import { noopPython } from '../places.js';
import { grouped, type Setting, type Suite, values } from './suite.js';

/** The cases of `api`. */
export function api({ sizes, original }: Setting): Suite {
  const handle = openComponent(Noop);
  const entries = sizes.map((size) => ({
    id: `api/apply_${grouped(size)}`,
    open: async () => {
      const inputs = { data: values(size) };
      return {
        ours: timedAsync(() => handle.apply(inputs)),
        theirs: await original?.run('api', { component: noopPython, size }),
      };
    },
  }));
  return { entries };
}
