/**
 * What a handle costs: `apply` of 100 float64 elements by a component that does nothing. `npm run bench:overhead`.
 *
 * All the time measured is our own: checking and coercing the inputs, dispatch, checking the outputs, one promise.
 * Each figure is the median (and the best) of many rounds, in microseconds per call.
 */
import { availableParallelism } from 'node:os';
import { IsDefined } from 'class-validator';
import { Apply, array, Component, DifferentiableComponent, Float64, type NdArray, openComponent } from 'cotangent';

class Vector {
  @Float64({ shape: [null] }) x!: NdArray;
}

@Component({ inputs: Vector, outputs: Vector })
class Identity extends DifferentiableComponent<Vector, Vector> {
  @Apply()
  apply({ x }: Vector): Vector {
    return { x };
  }
}

class Constrained {
  @Float64({ shape: [null] }) @IsDefined() x!: NdArray;
}

@Component({ inputs: Constrained, outputs: Vector })
class ConstrainedIdentity extends Identity {}

const size = 100;
const callsPerRound = 2000;
const rounds = 60;
const plain = openComponent(Identity);
const constrained = openComponent(ConstrainedIdentity);
const list = Array.from({ length: size }, (_, i) => i / size);
const cases = {
  NdArray: [plain, { x: array(list) }],
  Float64Array: [plain, { x: Float64Array.from(list) }],
  'number[]': [plain, { x: list }],
  'NdArray, and a class-validator constraint': [constrained, { x: array(list) }],
} as const;

/** Microseconds per call in each of the rounds, after rounds that are not counted. */
async function measure([handle, inputs]: (typeof cases)[keyof typeof cases]): Promise<number[]> {
  const times: number[] = [];
  for (let round = -10; round < rounds; round++) {
    const start = performance.now();
    for (let call = 0; call < callsPerRound; call++) await handle.apply(inputs);
    if (round >= 0) times.push(((performance.now() - start) * 1000) / callsPerRound);
  }
  return times.sort((a, b) => a - b);
}

console.log(`No-op apply of ${size} float64 elements through a handle, µs per call`);
console.log(
  `Node ${process.version}, ${process.arch}, ${availableParallelism()} cores; ${rounds} rounds of ${callsPerRound}\n`,
);
console.log(`${'inputs'.padEnd(42)}    median      best`);
for (const [name, one] of Object.entries(cases)) {
  const times = await measure(one);
  const [median, best] = [times[rounds >> 1]!, times[0]!];
  console.log(`${name.padEnd(42)} ${median.toFixed(2).padStart(9)} ${best.toFixed(2).padStart(9)}`);
}
