/** tesseract-torch, unmodified, through our components. */
import { afterAll } from '@jest/globals';
import { served } from '../interchange/served.js';
import { Centroid, DerivedOnly, WithJacobian, WithoutJacobian } from './components.js';
import { checksOf } from './python.js';

const servers = {
  'with a Jacobian': await served(WithJacobian),
  'without a Jacobian': await served(WithoutJacobian),
  'with derived products only': await served(DerivedOnly),
  centroid: await served(Centroid),
};
const urls = Object.fromEntries(Object.entries(servers).map(([name, { url }]) => [name, url]));
afterAll(() => Promise.all(Object.values(servers).map(({ close }) => close())));

await checksOf('torch', 'through_torch', { urls }, 16, 'torch');
