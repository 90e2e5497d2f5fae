/** The parser of tesseract-streamlit reads our OpenAPI documents, fields included that it cannot read of Python's. */
import { afterAll } from '@jest/globals';
import { Heat } from '../../examples/heat/component.js';
import { MeshStats } from '../../examples/meshstats/component.js';
import { Rosenbrock } from '../../examples/rosenbrock/component.js';
import { VectorAdd } from '../../examples/vectoradd/component.js';
import { served } from '../interchange/served.js';
import { Twin } from '../interchange/twin.js';
import { Kinds } from './components.js';
import { checksOf } from './python.js';

const servers = {
  rosenbrock: await served(Rosenbrock),
  vectoradd: await served(VectorAdd),
  meshstats: await served(MeshStats),
  heat: await served(Heat),
  kinds: await served(Kinds),
  twin: await served(Twin),
};
const urls = Object.fromEntries(Object.entries(servers).map(([name, { url }]) => [name, url]));
afterAll(() => Promise.all(Object.values(servers).map(({ close }) => close())));

await checksOf('jax', 'through_streamlit', { urls }, 8, 'streamlit');
