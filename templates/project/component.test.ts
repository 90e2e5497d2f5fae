import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openComponent } from 'cotangent';
import { Spring } from './component.js';

const spring = openComponent(Spring);
const inputs = { stiffness: 3, extension: 2 };

test('the energy of a spring is k·x²/2', async () => {
  assert.equal((await spring.apply(inputs)).energy, 6);
});

test('the pullback of the energy is the force along the extension', async () => {
  const { extension } = await spring.vjp({ inputs, wrt: ['extension'], cotangent: { energy: 1 } });
  assert.equal(extension, 6);
});

test('the derivative agrees with a central difference', async () => {
  const step = 1e-6;
  const energy = async (extension: number) => (await spring.apply({ ...inputs, extension })).energy;
  const difference = ((await energy(2 + step)) - (await energy(2 - step))) / (2 * step);
  const { energy: blocks } = await spring.jacobian({ inputs, of: ['energy'], wrt: ['extension'] });
  assert.ok(Math.abs(Number(blocks?.['extension']) - difference) < 1e-8);
});
