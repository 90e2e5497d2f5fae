/** Tesseract Core's Python client, unmodified, against our servers. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from '@jest/globals';
import { Heat } from '../../examples/heat/component.js';
import { MeshStats } from '../../examples/meshstats/component.js';
import { Rosenbrock } from '../../examples/rosenbrock/component.js';
import { VectorAdd } from '../../examples/vectoradd/component.js';
import { served } from '../interchange/served.js';
import { Failing, Kinds } from './components.js';
import { checksOf } from './python.js';

const shared = mkdtempSync(join(tmpdir(), 'cotangent-shared-'));
const servers = {
  rosenbrock: await served(Rosenbrock),
  vectoradd: await served(VectorAdd),
  meshstats: await served(MeshStats),
  heat: await served(Heat),
  kinds: await served(Kinds),
  failing: await served(Failing),
  lz4: await served(Kinds, { compression: 'lz4', format: 'json+base64' }),
  binref: await served(Kinds, { inputPath: shared, outputPath: shared }),
};
const urls = Object.fromEntries(Object.entries(servers).map(([name, { url }]) => [name, url]));
afterAll(() => Promise.all(Object.values(servers).map(({ close }) => close())));

await checksOf('jax', 'sdk', { urls, shared, examples: resolve(import.meta.dirname, '../../examples') }, 61);
