/** What can be said without a derivative to check: of apply itself, and of derivatives that are made of differences. */
import type { DerivativeName } from '../../operators/endpoints.js';

import { type Bench, show } from './bench.js';
import { isOpen } from './decisive.js';
import { probe, probedAt, unit } from './faults.js';
import { type Reference, referenceAlong } from './reference.js';
import { refined } from './refine.js';
import type { CheckResult } from './report.js';
import type { Session } from './session.js';
import type { Reached } from './summary.js';
import { identical } from './vectors.js';

/** Whether apply gives the same again, is finite, and leaves alone what it is given. */
export function evaluation({ incidents, y }: Session, again: Float64Array | undefined): CheckResult {
  const base = { name: 'evaluation', endpoints: ['apply'] } as const;
  const incident = incidents.find(({ endpoint }) => endpoint === 'apply');
  if (incident) return { ...base, verdict: incident.verdict, message: incident.message };
  if (!y.every(Number.isFinite))
    return { ...base, verdict: 'finite differences cannot tell', message: 'apply is not finite here.' };
  if (!again || !identical(again, y)) {
    return { ...base, verdict: 'not deterministic', message: 'apply gives another result for the same inputs.' };
  }
  return { ...base, verdict: 'ok', message: 'apply gives the same result again, and leaves its inputs alone.' };
}

/** The same where nothing else is checked: one more call. */
export async function evaluationAlone({ session }: Bench): Promise<CheckResult> {
  const again = await session.apply().catch((error: unknown) => {
    if (session.stopped()) throw error;
    return undefined;
  });
  return evaluation(session, again);
}

/** Columns that are looked at of each input array, unless `samples` says otherwise. */
const usualSamples = 12;

/** What was said of each block, and the line for it. */
export interface ByDifferences {
  readonly check: CheckResult;
  readonly reached: readonly Reached[];
}

/**
 * How accurate derivatives by differences are: columns of each input against differences by another scheme, with as
 * many steps as it takes.
 */
export async function reachedByDifferences(bench: Bench, endpoints: readonly DerivativeName[]): Promise<ByDifferences> {
  const { session, options } = bench;
  const { of, subject } = session;
  const columnOf = await columnsBy(session, endpoints);
  const reached: Reached[] = [];
  for (const { path: wrt, start, end } of subject.wrt.slots) {
    const worst = new Map(of.slots.map(({ path }) => [path, 0]));
    const count = (end - start) / of.parts;
    const shown = Math.min(count, options.samples ?? usualSamples);
    for (let k = 0; k < shown; k++) {
      const column = start / of.parts + Math.floor((k * count) / shown);
      const scale = subject.scales[column * of.parts]!;
      const reference = await goodReference(bench, unit(subject.wrt, column, scale));
      const own = await columnOf(column);
      for (const { path, start: from, end: to } of of.slots) {
        for (let i = from; i < to; i++) {
          const found = inaccuracy(reference, i, own && own[i]! * scale);
          worst.set(path, Math.max(worst.get(path)!, found));
        }
      }
    }
    for (const [path, accuracy] of worst.entries()) reached.push({ of: path, wrt, accuracy });
  }
  return { check: lineOf(endpoints, reached), reached };
}

async function goodReference({ session, options }: Bench, direction: Float64Array): Promise<Reference> {
  const usual = await referenceAlong(session, direction, { noise: options.noise });
  const settled = (one: Reference) => !session.y.some((_, i) => isOpen(one, i));
  return refined(session, usual, options.noise, settled);
}

function inaccuracy({ values, errors, signals, constant }: Reference, i: number, own: number | undefined): number {
  if (own === undefined || !Number.isFinite(own) || !Number.isFinite(errors[i]!)) return Number.POSITIVE_INFINITY;
  const off = Math.abs(own - values[i]!);
  if (constant.has(i) && own === 0) return 0;
  const size = Math.max(Math.abs(values[i]!), Math.abs(own), signals[i]!);
  return size > 0 ? (off + errors[i]!) / size : Number.POSITIVE_INFINITY;
}

type ColumnOf = (column: number) => Promise<Float64Array | undefined>;

async function columnsBy(session: Session, endpoints: readonly DerivativeName[]): Promise<ColumnOf> {
  const { of, subject } = session;
  const { parts } = of;
  const width = subject.wrt.length / parts;
  if (endpoints.includes('jvp')) return async (column) => session.jvp(unit(subject.wrt, column));
  if (endpoints.includes('jacobian')) {
    const blocks = await session.jacobian();
    return async (column) =>
      blocks &&
      Float64Array.from({ length: of.length }, (_, k) => {
        const [row, part] = [Math.floor(k / parts), k % parts];
        return blocks[(row * width + column) * parts + part]!;
      });
  }
  const rows: (Float64Array | undefined)[] = [];
  for (let row = 0; row < of.length / parts; row++) rows.push(await session.vjp(probe(of, row)));
  return async (column) =>
    rows.every(Boolean) ? Float64Array.from(rows.flatMap((row) => [...probedAt(row!, column, parts)])) : undefined;
}

/** Derivatives by differences that are less accurate than this want another look. */
const poor = 1e-3;

function lineOf(endpoints: readonly DerivativeName[], reached: readonly Reached[]): CheckResult {
  const base = { name: 'differences', endpoints } as const;
  const bad = reached.filter(({ accuracy }) => !(accuracy <= poor));
  const said = (one: Reached) =>
    `d(${one.of})/d(${one.wrt}) is ${Number.isFinite(one.accuracy) ? `accurate to ${show(one.accuracy)}` : 'of an accuracy that is not known'}`;
  if (bad.length === 0) {
    const message = `${endpoints.join(', ')} made of differences: ${reached.map(said).join(', ')}.`;
    return { ...base, verdict: 'skipped', message };
  }
  const message =
    `${endpoints.join(', ')} made of differences: ${bad.map(said).join(', ')}. Apply is noisy, rounded inside or not ` +
    `smooth there: give the rule noise: 'estimate', or magnitudes: { path: size } for longer steps.`;
  return { ...base, verdict: 'finite differences cannot tell', message };
}
