/** Every element against differences: for problems small enough that each column may be evaluated. */

import type { Bench } from './bench.js';
import { isOpen } from './decisive.js';
import type { Evidence } from './evidence.js';
import { blamed, type Element, elementOf, entriesAt, faultOf, probe, probedAt, type Said, unit } from './faults.js';
import { slotAt } from './layout.js';
import { largestTolerance } from './precision.js';
import { type Reference, referenceAlong } from './reference.js';
import { confirmed, refined } from './refine.js';
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
    const direction = unit(subject.wrt, column, scale);
    let reference = await referenceAlong(session, direction, { noise: options.noise });
    let isSharp = false;
    const pushed = evidence.jvp ? await session.jvp(probe(subject.wrt, column)) : undefined;
    const elementAt = (row: number): Element => {
      const said: { -readonly [source in keyof Said]: Said[source] } = {
        differences: entriesAt(reference.values, row, parts, scale),
      };
      const pulled = rows[row];
      if (evidence.jacobian) said.jacobian = entriesAt(evidence.jacobian, row * width + column, parts);
      if (pushed) said.jvp = probedAt(pushed, row, parts);
      if (pulled) said.vjp = probedAt(pulled, column, parts);
      return elementOf(said, entriesAt(reference.errors, row, parts, scale));
    };
    for (let row = 0; row < of.length / parts && faults.length < limit; row++) {
      const slots = [slotAt(of, row * parts), slotAt(subject.wrt, column * parts)];
      const guiltyAt = (element: Element) => blamed(bench, element, largestTolerance(options, slots));
      // Nobody is blamed for what one step says.
      if (!isSharp && guiltyAt(elementAt(row)).length > 0) {
        const settled = (one: Reference) => !session.y.some((_, i) => isOpen(one, i));
        reference = confirmed(reference, await refined(session, reference, options.noise, settled));
        isSharp = true;
      }
      const element = elementAt(row);
      const guilty = guiltyAt(element);
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
