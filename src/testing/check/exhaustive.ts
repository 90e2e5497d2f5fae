/** Every element against differences: for problems small enough that each column may be evaluated. */
import type { Evidence } from './evidence.js';
import { blamed, elementOf, entriesAt, faultOf, probe, probedAt, type Said, unit } from './faults.js';
import type { Bench } from './judge.js';
import { slotAt } from './layout.js';
import { largestTolerance } from './precision.js';
import { referenceAlong } from './reference.js';
import type { Fault } from './report.js';

/** The elements at which an endpoint is wrong, in schema order: at most as many as `options.faults` says. */
export async function exhaust(bench: Bench, evidence: Evidence): Promise<readonly Fault[]> {
  const { session, options } = bench;
  const { of, subject } = session;
  session.stage = 'search';
  const rows = evidence.vjp ? await pulledRows(bench) : [];
  const faults: Fault[] = [];
  const limit = options.faults ?? 10;
  const { parts } = of;
  const width = subject.wrt.length / parts;
  for (let column = 0; column < width && faults.length < limit; column++) {
    const scale = subject.scales[column * parts]!;
    const reference = await referenceAlong(session, unit(subject.wrt, column, scale), options.noise);
    const pushed = evidence.jvp ? await session.jvp(probe(subject.wrt, column)) : undefined;
    for (let row = 0; row < of.length / parts && faults.length < limit; row++) {
      const said: { -readonly [source in keyof Said]: Said[source] } = {
        differences: entriesAt(reference.values, row, parts, scale),
      };
      const pulled = rows[row];
      if (evidence.jacobian) said.jacobian = entriesAt(evidence.jacobian, row * width + column, parts);
      if (pushed) said.jvp = probedAt(pushed, row, parts);
      if (pulled) said.vjp = probedAt(pulled, column, parts);
      const element = elementOf(said, entriesAt(reference.errors, row, parts, scale));
      const slots = [slotAt(of, row * parts), slotAt(subject.wrt, column * parts)];
      const guilty = blamed(bench, element, largestTolerance(options, slots));
      if (guilty.length === 0) continue;
      const place = { rows: { from: row, to: row + 1 }, columns: { from: column, to: column + 1 } };
      faults.push(faultOf(session, place, 'wrong derivative', guilty, element));
    }
  }
  return faults;
}

async function pulledRows({ session }: Bench): Promise<readonly (Float64Array | undefined)[]> {
  const rows: (Float64Array | undefined)[] = [];
  for (let row = 0; row < session.of.length / session.of.parts; row++)
    rows.push(await session.vjp(probe(session.of, row)));
  return rows;
}
