/** tesseract-jax, unmodified, through our components: with a Jacobian, without one, and with nothing but what is derived. */
import { afterAll } from '@jest/globals';
import { Rosenbrock } from '../../examples/rosenbrock/component.js';
import { served } from '../interchange/served.js';
import { DerivedOnly, WithJacobian, WithoutJacobian } from './components.js';
import { checksOf } from './python.js';

const servers = {
  'with a Jacobian': await served(WithJacobian),
  'without a Jacobian': await served(WithoutJacobian),
  'with derived products only': await served(DerivedOnly),
  rosenbrock: await served(Rosenbrock),
};
const urls = Object.fromEntries(Object.entries(servers).map(([name, { url }]) => [name, url]));
afterAll(() => Promise.all(Object.values(servers).map(({ close }) => close())));

await checksOf('jax', 'through_jax', { urls }, 30, 'jax');
