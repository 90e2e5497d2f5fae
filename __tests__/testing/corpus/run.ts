/** The corpus put to a checker: every row at every point, in each form and dtype, right and with each fault. */
import { componentOf, type Endpoint, inputsAt, type Kind, sizeOf } from './component.js';
import { isKnowable } from './differences.js';
import { type FaultName, faults, type Matrix, plant, random } from './matrix.js';
import type { Row, Vector } from './row.js';

/** What is read of a report. */
export interface Answer {
  readonly ok: boolean;
  readonly certain: boolean;
  readonly verdict: string;
  /** The relative size of a fault that the report promises to have seen; nothing where it promises none. */
  readonly resolution?: number;
}
/** A checker: `checkGradients`, or a stub in its place. */
export type Checker = (component: object, inputs: object) => Promise<Answer>;

/** The forms in which a derivative is given. */
export const forms: Readonly<Record<string, readonly Endpoint[]>> = {
  jacobian: ['jacobian'],
  jvp: ['jvp'],
  vjp: ['vjp'],
  all: ['jacobian', 'jvp', 'vjp'],
};
const kinds: readonly Kind[] = ['float64', 'float32'];
const LARGEST_BLOCK = 1_000_000;

/** One point of a row in one form and dtype. */
export interface Case {
  readonly row: Row;
  readonly point: Vector;
  readonly form: string;
  readonly dtype: Kind;
}
/** A derivative that was put to the checker, and what came of it. */
export interface Outcome extends Case {
  readonly fault: FaultName | 'right';
  /** The relative size of the fault. */
  readonly size: number;
  /** Whether differences of `apply` can know the derivative at all; a row counts as smooth where it says so and they can. */
  readonly smooth: boolean;
  readonly answer: Answer;
}

const isRange = (value: number) =>
  Number.isFinite(value) && (value === 0 || (Math.abs(value) < 3e38 && Math.abs(value) > 1.2e-38));

/** The row with its values rounded to float32 on the way in, or nothing where float32 does not reach so far. */
function inKind(row: Row, point: Vector, kind: Kind): Vector | undefined {
  if (kind === 'float64') return point;
  const rounded = point.map(Math.fround);
  if (!point.every((v, k) => isRange(v) && isRange(rounded[k]))) return undefined;
  const fits = row.apply(rounded).every(isRange) && row.derivative(rounded).values.every(isRange);
  return fits ? rounded : undefined;
}

/** Every case of `rows`. */
export function casesOf(rows: readonly Row[]): readonly Case[] {
  return rows.flatMap((row) => {
    const isLarge = sizeOf(row.gives) * sizeOf(row.takes) > LARGEST_BLOCK;
    const own = isLarge ? ['jvp', 'vjp'] : Object.keys(forms);
    return row.points.flatMap((point) =>
      kinds.flatMap((dtype) => {
        const at = inKind(row, point, dtype);
        return at === undefined ? [] : own.map((form) => ({ row, point: at, form, dtype }));
      }),
    );
  });
}

/** The items of each value of `by`, in the order in which they come. */
export function grouped<T>(items: readonly T[], by: (item: T) => string): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(by(item));
    if (group) group.push(item);
    else groups.set(by(item), [item]);
  }
  return [...groups];
}

/** A sample of `count` cases that follows from `seed`, each kind in it. */
export function sample(cases: readonly Case[], count: number, seed: number): readonly Case[] {
  const next = random(seed);
  const shuffled = cases.map((one) => [next(), one] as const).sort(([a], [b]) => a - b);
  const groups = grouped(shuffled, ([, { row }]) => row.kind);
  const turns = groups.flatMap(([, group]) => group.map(([, one], turn) => [turn, one] as const));
  return turns
    .sort(([a], [b]) => a - b)
    .slice(0, count)
    .map(([, one]) => one);
}

const hash = (text: string) => [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);

/** The candidates of a case: the right derivative and each fault that can be planted in it. */
function candidates({ row, point }: Case): readonly (readonly [FaultName | 'right', Matrix, number])[] {
  const right = row.derivative(point);
  const wrong = (Object.keys(faults) as FaultName[]).flatMap((name) => {
    const fault = plant(name, right, hash(`${row.name} ${name} ${point.slice(0, 9)}`));
    return fault ? [[name, fault.matrix, fault.size] as const] : [];
  });
  return [['right', right, 0], ...wrong];
}

/** Put `cases` to `check`, one after the other. */
export async function run(
  cases: readonly Case[],
  check: Checker,
  onOutcome: (outcome: Outcome) => void = () => undefined,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const known = new Map<string, boolean>();
  for (const one of cases) {
    const { row, point, form, dtype } = one;
    const Made = componentOf(row, dtype, forms[form]);
    const key = `${row.name} ${dtype} ${row.points.findIndex((p) => Math.fround(p[0]) === Math.fround(point[0]))} ${point.slice(0, 9)}`;
    if (!known.has(key)) known.set(key, isKnowable(row, point, dtype));
    const smooth = row.smooth && known.get(key) === true;
    for (const [fault, matrix, size] of candidates(one)) {
      const answer = await check(new Made(matrix), inputsAt(row, dtype, point));
      const outcome = { ...one, fault, size, smooth, answer };
      outcomes.push(outcome);
      onOutcome(outcome);
    }
  }
  return outcomes;
}
