/**
 * How fast are the contractions? Ratios to ml-matrix's own `mmul`, on one Jacobian block of rows × columns.
 *
 * Run `npm run build`, then `node benchmarks/contraction.bench.mjs [rows] [columns]`. Runs alternate, and the smallest
 * time of each counts: on a shared machine the ratios hold, the times do not.
 */
import { Matrix } from 'ml-matrix';

const dist = new URL('../dist/', import.meta.url);
const { contractLeading, contractTrailing } = await import(new URL('src/array/contraction.js', dist));
const { BlockMatrix } = await import(new URL('src/array/matrix.js', dist));
const { NdArray, zeros } = await import(new URL('src/array/ndarray.js', dist));

const [rows = 4000, columns = rows] = process.argv.slice(2).map(Number);
const random = (...shape) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return new NdArray(
    'float64',
    shape,
    Float64Array.from({ length: size }, () => Math.random() - 0.5),
  );
};

const [block, cotangent, tangent, probes] = [random(rows, columns), random(rows), random(columns), random(16, rows)];
const [row, column] = [zeros([columns]), zeros([rows])];
const reference = new Matrix(rows, columns);
for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) reference.set(i, j, block.data[i * columns + j]);
const view = block.toMatrix();
const [mlRow, mlColumn, mlProbes] = [
  Matrix.rowVector(cotangent.data),
  Matrix.columnVector(tangent.data),
  new Matrix(16, rows),
];
const several = new BlockMatrix(16, rows, probes.data);

/** Best time in milliseconds of each of two functions, run in turns for `rounds` rounds and 0.3 s at least. */
function compare(ours, theirs, rounds) {
  const best = [Infinity, Infinity];
  const until = performance.now() + 300;
  for (let round = 0; round < rounds || performance.now() < until; round++) {
    for (const [at, run] of [ours, theirs].entries()) {
      const start = performance.now();
      run();
      best[at] = Math.min(best[at], performance.now() - start);
    }
  }
  return best;
}

const cases = {
  c·J: [() => contractLeading(cotangent, block, row), () => mlRow.mmul(reference), 8],
  J·t: [() => contractTrailing(block, tangent, column), () => reference.mmul(mlColumn), 8],
  '16 c·J': [() => several.mmul(view), () => mlProbes.mmul(reference), 3],
};

console.log(`${rows} × ${columns}`);
for (const [name, [ours, theirs, rounds]] of Object.entries(cases)) {
  const [a, b] = compare(ours, theirs, rounds);
  console.log(
    `${name.padEnd(8)} ${a.toFixed(3)} ms, ml-matrix ${b.toFixed(3)} ms: ${(b / a).toFixed(1)} times as fast`,
  );
}
