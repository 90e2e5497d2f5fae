/** What the examples print. */
import { describe, expect, test } from '@jest/globals';
import { array, openComponent } from 'cotangent';
import { Picture } from '../../examples/braille.js';
import { calibrate, type Iterate } from '../../examples/heat/calibrate.js';
import { centers, measure, trueConductivity } from '../../examples/heat/experiment.js';
import { main as heat } from '../../examples/heat/main.js';
import { ObservedHeat } from '../../examples/heat/observed.js';
import { solveTridiagonal, transpose } from '../../examples/heat/tridiagonal.js';
import { main as rosenbrock } from '../../examples/rosenbrock/main.js';

async function printed(main: (print: (line: string) => void) => Promise<void>): Promise<string> {
  const lines: string[] = [];
  await main((line) => void lines.push(line));
  return lines.join('\n');
}

describe('the first example', () => {
  test('prints the four answers with their provenance, and reaches the minimum by the derived gradient', async () => {
    const text = await printed(rosenbrock);
    // By hand at (2, 2): f = 1 + 100·4, f_x = -2·(1 - 2) - 400·2·(2 - 4), f_y = 200·(2 - 4).
    expect(text).toMatch(/apply .*result: 401 .*own: apply\(\)/);
    expect(text).toMatch(/jacobian .*result: {x: 1602, y: -400} .*own: jacobian\(\)/);
    expect(text).toMatch(/jvp .*result: 2002 .*derived: jvpFromJacobian, 1 jacobian call/);
    expect(text).toMatch(/vjp .*x: 1602, y: -400 .*derived: vjpFromJacobian, 1 jacobian call/);
    expect(text).toContain('✕ minimum: (1.000000, 1.000000)');
    expect(text).toMatch(/○/);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});

describe('the calibration of the rod', () => {
  test('prints every step, and a conductivity within 10 % of the true one', async () => {
    const text = await printed(heat);
    expect(text).toContain('180 noisy measurements');
    expect(Number(/off by ([\d.]+) %/.exec(text)![1])).toBeLessThan(10);
  });

  test('starting at the truth it stays near, and the misfit never grows', async () => {
    const measurement = await measure(1e-4, 3);
    const truth = array(centers.map((x) => Math.log(trueConductivity(x))));
    const iterates: Iterate[] = [];
    for await (const one of calibrate(openComponent(ObservedHeat), measurement, truth)) iterates.push(one);
    const misfits = iterates.map(({ misfit }) => misfit);
    expect(misfits).toEqual([...misfits].sort((a, b) => b - a));
    expect(iterates.at(-1)!.step).toBeLessThan(1e-3);
  });
});

describe('a tridiagonal system', () => {
  const matrix = {
    lower: Float64Array.of(9, 1, -1),
    diagonal: Float64Array.of(4, 5, 6),
    upper: Float64Array.of(2, 1, 9),
  };

  test('A·x = b is solved for [4 2 0; 1 5 1; 0 -1 6]', () => {
    // A·(1, 2, 3) = (8, 14, 16).
    expect([...solveTridiagonal(matrix, Float64Array.of(8, 14, 16))]).toEqual([
      expect.closeTo(1, 14),
      expect.closeTo(2, 14),
      expect.closeTo(3, 14),
    ]);
  });

  test('Aᵀ·x = b is solved by its transpose', () => {
    // Aᵀ·(1, 2, 3) = (6, 9, 20).
    expect([...solveTridiagonal(transpose(matrix), Float64Array.of(6, 9, 20))]).toEqual([
      expect.closeTo(1, 14),
      expect.closeTo(2, 14),
      expect.closeTo(3, 14),
    ]);
  });
});

describe('a picture of braille', () => {
  test('has the dots 7, 3 and 8 of its first character at (0, 0), (0, 1) and (1, 0)', () => {
    const picture = new Picture(1, 1);
    for (const [x, y] of [
      [0, 0],
      [0, 1],
      [1, 0],
    ] as const)
      picture.dot(x, y);
    expect(picture.lines()).toEqual([String.fromCodePoint(0x2800 + 0x40 + 0x04 + 0x80)]);
  });

  test('shows a symbol in place of the dots around it, and nothing that lies outside', () => {
    const picture = new Picture(3, 2);
    picture.dot(4, 7);
    picture.symbol(5, 4, '●');
    picture.dot(-1, 0);
    picture.dot(0, 8);
    expect(picture.lines()).toEqual(['  ●', '']);
  });
});
