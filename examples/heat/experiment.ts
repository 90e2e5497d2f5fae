/** A rod whose conductivity is known, and what its sensors would have seen: synthetic measurements with noise. */
import { array, NdArray, openComponent, zeros } from 'cotangent';
import type { Measurement } from './calibrate.js';
import { ObservedHeat } from './observed.js';

/** The number of unknown conductivities. */
export const elements = 200;

/** The conductivity that is to be found: smooth, with a layer around 0.6 that insulates. */
export function trueConductivity(x: number): number {
  return 1 + 0.3 * Math.sin(2 * Math.PI * x) - 0.6 * Math.exp(-(((x - 0.6) / 0.1) ** 2));
}

/** The middle of each element. */
export const centers: readonly number[] = Array.from({ length: elements }, (_, e) => (e + 0.5) / elements);

/** The rod, cold at first, is heated at its left end; nine sensors are read twenty times. */
export async function measure(noise: number, seed: number): Promise<Measurement> {
  const initial = zeros([elements + 1]);
  initial.data[0] = 1;
  const sensors = array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
  const rod = { initial, sensors, duration: 0.6, steps: 20 };
  const logConductivity = centers.map((x) => Math.log(trueConductivity(x)));
  const { observed } = await openComponent(ObservedHeat).apply({ ...rod, logConductivity });
  const random = normals(seed);
  const noisy = observed.data.map((value) => value + noise * random());
  return { rod, observed: new NdArray('float64', observed.shape, noisy), noise, roughness: 0.05 };
}

/** Normally distributed numbers (Box and Muller) from a linear congruential generator (Numerical Recipes). */
function normals(seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
