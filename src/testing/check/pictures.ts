/** What a page draws of each block: the Taylor remainder, the error of differences against their step, the entries. */
import type { DerivativeName } from '../../operators/endpoints.js';
import type { Evidence } from './evidence.js';
import { unit } from './faults.js';
import { type Bench, contraction } from './judge.js';
import type { Layout, Slot } from './layout.js';
import type { Sample } from './reference.js';
import type { BlockPicture, Pictures, StepCurve, TaylorSeries } from './report.js';
import { masked } from './seeds.js';
import { remainders, slopeOf } from './taylor.js';
import { norm } from './vectors.js';

const steps = 20;
const shownEntries = 48;

/** Sample the pictures: 40 evaluations and a product for each input path, and up to 48 products for the entries. */
export async function drawPictures(bench: Bench, evidence: Evidence): Promise<Pictures> {
  const { session } = bench;
  const taylor: TaylorSeries[] = [];
  const curves: StepCurve[] = [];
  for (const input of session.subject.wrt.slots) {
    const direction = masked(evidence.tangents[0], input.start, input.end);
    if (norm(direction) === 0) continue;
    const pushed = await push(bench, evidence, direction);
    if (!pushed) continue;
    const samples = await sample(bench, direction);
    for (const output of session.of.slots) {
      const names = { wrt: input.path, of: output.path, source: pushed.source };
      const points = remainders(bench, samples, pushed.values, output);
      taylor.push({
        ...names,
        slope: slopeOf(points),
        points: points.map(({ t, remainder, change }) => ({ t, remainder, change })),
      });
      curves.push({ ...names, points: errorsOf(samples, pushed.values, output) });
    }
  }
  return { taylor, steps: curves, blocks: await entries(bench, evidence) };
}

interface Pushed {
  readonly source: DerivativeName;
  readonly values: Float64Array;
}

async function push(
  { session }: Bench,
  { jvp, vjp, jacobian }: Evidence,
  direction: Float64Array,
): Promise<Pushed | undefined> {
  if (jacobian) return { source: 'jacobian', values: contraction(session, jacobian, 'jvp', direction) };
  if (!jvp) return vjp && pushByRows(session, direction);
  const values = await session.jvp(direction);
  return values && { source: 'jvp', values };
}

// A few outputs can be had from pullbacks, row by row.
async function pushByRows(session: Bench['session'], direction: Float64Array): Promise<Pushed | undefined> {
  const { of } = session;
  if (of.parts === 2 || of.length > shownEntries) return undefined;
  const values = new Float64Array(of.length);
  for (const i of values.keys()) {
    const row = await session.vjp(unit(of, i));
    if (!row) return undefined;
    values[i] = row.reduce((sum, entry, j) => sum + entry * direction[j]!, 0);
  }
  return { source: 'vjp', values };
}

// Powers of two from 1/2 downwards to where rounding reigns, on both sides.
async function sample({ session }: Bench, direction: Float64Array): Promise<readonly Sample[]> {
  const { x } = session.subject;
  const samples: Sample[] = [];
  for (let k = 0; k < steps; k++) {
    for (const t of [2 ** (-1 - 2 * k), -(2 ** (-1 - 2 * k))]) {
      const at = x.map((value, j) => value + t * direction[j]!);
      const values = await session.apply(at).catch(() => undefined);
      if (values) samples.push({ t, values });
    }
  }
  return samples;
}

function errorsOf(samples: readonly Sample[], pushed: Float64Array, { start, end }: Slot): StepCurve['points'] {
  const size = norm(pushed, start, end) || 1;
  return samples.flatMap(({ t, values }) => {
    const mirror = t > 0 ? samples.find((other) => other.t === -t) : undefined;
    if (!mirror) return [];
    const off = values.map((value, i) => (value - mirror.values[i]!) / (2 * t) - pushed[i]!);
    const error = norm(off, start, end) / size;
    return Number.isFinite(error) ? [{ h: t, error }] : [];
  });
}

async function entries(bench: Bench, evidence: Evidence): Promise<readonly BlockPicture[]> {
  const { of, subject } = bench.session;
  const pictures: BlockPicture[] = [];
  if (!evidence.jacobian && !evidence.jvp) return rowsOnly(bench, evidence);
  for (const input of subject.wrt.slots) {
    const columns = spread(subject.wrt, input);
    const found = await Promise.all(sequence(columns, (j) => columnAt(bench, evidence, input.start / of.parts + j)));
    for (const output of of.slots) pictures.push(pictureOf(bench, evidence, output, input, columns, found));
  }
  return pictures;
}

function sequence<T>(items: readonly number[], run: (item: number) => Promise<T>): Promise<T>[] {
  let last: Promise<unknown> = Promise.resolve();
  return items.map((item) => {
    const next = last.then(() => run(item));
    last = next;
    return next;
  });
}

async function columnAt({ session }: Bench, { jacobian }: Evidence, j: number): Promise<Float64Array | undefined> {
  const seed = unit(session.subject.wrt, j);
  return jacobian ? contraction(session, jacobian, 'jvp', seed) : session.jvp(seed);
}

function pictureOf(
  { session }: Bench,
  { jacobian }: Evidence,
  output: Slot,
  input: Slot,
  columns: readonly number[],
  found: readonly (Float64Array | undefined)[],
): BlockPicture {
  const { parts } = session.of;
  const rows = spread(session.of, output);
  const values = rows.map((i) => found.map((column) => column?.[output.start + i * parts] ?? Number.NaN));
  return { wrt: input.path, of: output.path, source: jacobian ? 'jacobian' : 'jvp', rows, columns, values };
}

async function rowsOnly({ session }: Bench, { vjp }: Evidence): Promise<readonly BlockPicture[]> {
  if (!vjp) return [];
  const { of, subject } = session;
  const pictures: BlockPicture[] = [];
  for (const output of of.slots) {
    const rows = spread(of, output);
    const found = await Promise.all(sequence(rows, (i) => session.vjp(unit(of, output.start / of.parts + i))));
    for (const input of subject.wrt.slots) {
      const columns = spread(subject.wrt, input);
      const values = found.map((row) => columns.map((j) => row?.[input.start + j * of.parts] ?? Number.NaN));
      pictures.push({ wrt: input.path, of: output.path, source: 'vjp', rows, columns, values });
    }
  }
  return pictures;
}

// All elements of a small array, evenly spaced ones of a large one.
function spread({ parts }: Layout, { start, end }: Slot): readonly number[] {
  const count = (end - start) / parts;
  if (count <= shownEntries) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: shownEntries }, (_, k) => Math.floor((k * count) / shownEntries));
}
