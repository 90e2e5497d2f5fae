/** Find the 200 conductivities of a rod from nine thermometers, and draw what was found. */
import { argv } from 'node:process';
import { pathToFileURL } from 'node:url';
import { openComponent, zeros } from 'cotangent';
import { Picture } from '../braille.js';
import { calibrate, type Iterate } from './calibrate.js';
import { centers, elements, measure, trueConductivity } from './experiment.js';
import { ObservedHeat } from './observed.js';

/** Calibrate against noisy measurements; prints each step and the result. */
export async function main(print: (line: string) => void): Promise<void> {
  const rod = openComponent(ObservedHeat);
  const measurement = await measure(1e-3, 7);
  const { size } = measurement.observed;
  print(`A rod of ${elements} elements of unknown conductivity, heated at one end; ${size} noisy measurements.`);
  const { jacobian } = rod.provenance;
  if (jacobian?.kind === 'derived')
    print(`The Jacobian is derived from the adjoint: ${jacobian.rule}, ${jacobian.cost}.`);
  print('');
  print('  step   misfit / measurements   change of log k');
  let found = zeros([elements]);
  let count = 0;
  for await (const iterate of calibrate(rod, measurement, found)) {
    found = iterate.logConductivity;
    print(row(count++, iterate, size));
  }
  print('');
  for (const line of draw(found.data, measurement.rod.sensors.data)) print(`  ${line}`);
  print('');
  const off = (100 * error(found.data)).toFixed(1);
  print(`  ⠶⠶ true conductivity   ● found: off by ${off} % (root mean square)   ▲ sensor`);
}

function row(count: number, { misfit, step }: Iterate, size: number): string {
  const bar = '█'.repeat(Math.max(1, Math.round(6 * Math.log10(1 + misfit / size))));
  const change = count === 0 ? '' : step.toExponential(1);
  return `  ${String(count).padStart(4)}   ${(misfit / size).toFixed(3).padStart(21)}   ${change.padStart(15)}   ${bar}`;
}

/** The true conductivity as a line, the found one as symbols, from 0 to 1.35; the sensors on the axis. */
function draw(logs: Float64Array, sensors: Float64Array): string[] {
  const picture = new Picture(64, 13);
  const { width, height } = picture;
  const level = (k: number) => Math.round((k / 1.35) * (height - 1));
  for (let x = 0; x < width; x++) {
    const top = level(trueConductivity((x + 0.5) / width));
    for (const y of [0, top - 1, top]) picture.dot(x, y);
  }
  for (let x = 2; x < width; x += 6) {
    const e = Math.floor(((x + 0.5) / width) * elements);
    picture.symbol(x, level(Math.exp(logs[e]!)), '●');
  }
  for (const position of sensors) picture.symbol(Math.round(position * (width - 1)), 0, '▲');
  return picture.lines();
}

/** The root mean square of (found - true) / true. */
function error(logs: Float64Array): number {
  const relative = centers.map((x, e) => Math.exp(logs[e]!) / trueConductivity(x) - 1);
  return Math.hypot(...relative) / Math.sqrt(elements);
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) await main(console.log);
