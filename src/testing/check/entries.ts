/** The entries of each block of the Jacobian, as an endpoint and as differences of apply have them. */
import type { DerivativeName } from '../../operators/endpoints.js';
import type { Bench } from './bench.js';
import type { Evidence } from './evidence.js';
import { unit } from './faults.js';
import type { Layout, Slot } from './layout.js';
import { confidence, largestTolerance } from './precision.js';
import { type Reference, referenceAlong } from './reference.js';
import type { BlockPicture } from './report.js';

type Vector = Float64Array | undefined;

/** What is known of some rows or columns: which elements they belong to, and their entries. */
interface Strips<T> {
  readonly elements: readonly number[];
  readonly entries: readonly T[];
}

/** Sample every block: of each array at most `samples` elements, evenly spaced. */
export async function sampleEntries(
  bench: Bench,
  evidence: Evidence,
  source: DerivativeName,
): Promise<readonly BlockPicture[]> {
  const { of, subject } = bench.session;
  const rows = source === 'vjp' ? await pulledRows(bench) : undefined;
  const pictures: BlockPicture[] = [];
  for (const input of subject.wrt.slots) {
    const elements = spread(subject.wrt, input, bench);
    const differences = await inTurn(elements, (j) => differencesAt(bench, input, j));
    const pushed = rows ? [] : await inTurn(elements, (j) => columnAt(bench, evidence, source, input, j));
    for (const output of of.slots) {
      const place: Place = { bench, source, output, input, columns: elements };
      const strips = rows?.get(output.path);
      const values = strips ? byRows(place, strips) : byColumns(place, pushed);
      pictures.push(pictureOf(place, values, differences));
    }
  }
  return pictures;
}

interface Place {
  readonly bench: Bench;
  readonly source: DerivativeName;
  readonly output: Slot;
  readonly input: Slot;
  readonly columns: readonly number[];
}

async function inTurn<T>(items: readonly number[], run: (item: number) => Promise<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for (const item of items) found.push(await run(item));
  return found;
}

async function columnAt(
  { session }: Bench,
  { jacobian }: Evidence,
  source: DerivativeName,
  { start }: Slot,
  element: number,
): Promise<Vector> {
  const { of, subject } = session;
  const [count, column] = [subject.wrt.length / of.parts, start / of.parts + element];
  if (source !== 'jacobian') return session.jvp(unit(subject.wrt, column));
  return (
    jacobian &&
    Float64Array.from({ length: of.length }, (_, k) => {
      const [row, part] = [Math.floor(k / of.parts), k % of.parts];
      return jacobian[(row * count + column) * of.parts + part]!;
    })
  );
}

async function differencesAt({ session, options }: Bench, { start }: Slot, element: number): Promise<Reference> {
  const { x, wrt } = session.subject;
  const column = start / wrt.parts + element;
  const scale = Math.abs(x[column * wrt.parts]!) || 1;
  return referenceAlong(session, unit(wrt, column, scale), { noise: options.noise, thorough: false }).then(
    ({ values, errors, ...rest }) => ({
      ...rest,
      values: values.map((value) => value / scale),
      errors: errors.map((error) => error / scale),
    }),
  );
}

async function pulledRows(bench: Bench): Promise<ReadonlyMap<string, Strips<Vector>>> {
  const { session } = bench;
  const { of } = session;
  const found = new Map<string, Strips<Vector>>();
  for (const output of of.slots) {
    const elements = spread(of, output, bench);
    const entries = await inTurn(elements, (i) => session.vjp(unit(of, output.start / of.parts + i)));
    found.set(output.path, { elements, entries });
  }
  return found;
}

interface Values {
  readonly rows: readonly number[];
  readonly values: readonly (readonly number[])[];
}

function byRows({ bench, input, columns }: Place, { elements, entries }: Strips<Vector>): Values {
  const { parts } = bench.session.of;
  const values = entries.map((row) => columns.map((j) => row?.[input.start + j * parts] ?? Number.NaN));
  return { rows: elements, values };
}

function byColumns({ bench, output }: Place, pushed: readonly Vector[]): Values {
  const { of } = bench.session;
  const rows = spread(of, output, bench);
  const values = rows.map((i) => pushed.map((column) => column?.[output.start + i * of.parts] ?? Number.NaN));
  return { rows, values };
}

function pictureOf(place: Place, { rows, values }: Values, references: readonly Reference[]): BlockPicture {
  const { bench, source, output, input, columns } = place;
  const at = (i: number) => output.start + i * bench.session.of.parts;
  const differences = rows.map((i) => references.map((one) => one.values[at(i)]!));
  const errors = rows.map((i) => references.map((one) => one.errors[at(i)]!));
  const allowed = allowedIn(place, values, differences, errors);
  return { wrt: input.path, of: output.path, source, rows, columns, values, differences, allowed };
}

type Grid = readonly (readonly number[])[];

function allowedIn({ bench, output, input }: Place, values: Grid, differences: Grid, errors: Grid): Grid {
  const { allowance, options } = bench;
  const relative = Math.max(allowance.differences, largestTolerance(options, [output, input]));
  const largest = Math.max(0, ...values.flat().map((value) => (Number.isFinite(value) ? Math.abs(value) : 0)));
  return errors.map((row, r) =>
    row.map((error, c) => {
      const size = Math.max(Math.abs(values[r]![c]!), Math.abs(differences[r]![c]!));
      return relative * size + allowance.cancellation * largest + confidence * error;
    }),
  );
}

/** All elements of a small array, evenly spaced ones of a large one. */
function spread({ parts }: Layout, { start, end }: Slot, { options }: Bench): readonly number[] {
  const count = (end - start) / parts;
  const shown = Math.min(count, options.samples ?? 48);
  return Array.from({ length: shown }, (_, k) => Math.floor((k * count) / shown));
}
