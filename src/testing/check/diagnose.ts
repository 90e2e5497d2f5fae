/** What kind of wrong a block is: zero, the other sign, a multiple, transposed; seen on random directions. */
import type { DerivativeName } from '../../operators/endpoints.js';
import { type Bench, contraction } from './bench.js';
import type { Evidence } from './evidence.js';
import type { Element } from './faults.js';
import type { Slot } from './layout.js';
import type { Purse } from './locate.js';
import { type Reference, referenceAlong } from './reference.js';
import type { Verdict } from './report.js';
import { masked } from './seeds.js';
import { norm, pair } from './vectors.js';

/** How near two things must be to be called the same here: differences reach it easily. */
const near = 1e-5;

interface Case {
  readonly bench: Bench;
  readonly evidence: Evidence;
  readonly output: Slot;
  readonly input: Slot;
  readonly element: Element;
  readonly purse: Purse;
}

/** What is wrong with an endpoint in the block of one output and one input. */
export async function diagnose(endpoint: DerivativeName, one: Case): Promise<Verdict> {
  const reference = await blockReference(one);
  if (!reference) return 'wrong derivative';
  return endpoint === 'vjp' ? diagnosePullback(one, reference) : diagnosePush(endpoint, one, reference);
}

async function blockReference({ bench, evidence, input, purse }: Case): Promise<Reference | undefined> {
  const { session, options } = bench;
  const [known] = evidence.references;
  if (session.subject.wrt.slots.length === 1) return known;
  if (purse.left < 6) return undefined;
  purse.left -= 4;
  return referenceAlong(session, masked(known!.direction, input.start, input.end), {
    noise: options.noise,
    thorough: false,
    pace: evidence.references[0]?.pace ?? 1,
  });
}

async function diagnosePush(endpoint: 'jvp' | 'jacobian', one: Case, reference: Reference): Promise<Verdict> {
  const { bench, evidence, output, element, purse } = one;
  const { session } = bench;
  const { direction } = reference;
  const push = async (seed: Float64Array) => {
    if (endpoint === 'jacobian') return evidence.jacobian && contraction(session, evidence.jacobian, 'jvp', seed);
    return purse.left-- > 0 ? session.jvp(seed) : undefined;
  };
  const known = session.subject.wrt.slots.length === 1 ? evidence.jvp?.values[0] : undefined;
  const pushed = (endpoint === 'jvp' ? known : undefined) ?? (await push(direction));
  if (!pushed) return 'wrong derivative';
  const part = (values: Float64Array) => values.subarray(output.start, output.end);
  const [found, wanted] = [part(pushed), part(reference.values)];
  if (norm(found) <= near * norm(wanted)) return 'ignores an input';
  const rows = output.end - output.start;
  const verdict = multiple(found, wanted, rows > 1 ? undefined : ratioAt(element, endpoint));
  if (verdict) return verdict;
  return (await pushIsTransposed(one, pushed, reference)) ? 'transposed' : 'wrong derivative';
}

function ratioAt({ values }: Element, endpoint: DerivativeName): number | undefined {
  const [value, differences] = [values[endpoint], values.differences];
  return value === undefined || !differences ? Number.NaN : value / differences;
}

// found = k·wanted; of a single number that says nothing, so the element has to say the same.
function multiple(found: Float64Array, wanted: Float64Array, second: number | undefined): Verdict | undefined {
  const size = pair(wanted, wanted, 1).re;
  const k = pair(found, wanted, 1).re / size;
  const residual = norm(found.map((value, i) => value - k * wanted[i]!));
  if (!(residual <= near * norm(found)) || Math.abs(k - 1) <= near) return undefined;
  if (second !== undefined && !(Math.abs(second - k) <= near * Math.abs(k))) return undefined;
  return Math.abs(k + 1) <= near ? 'wrong sign' : 'wrong factor';
}

// If C is Jᵀ, then ⟨v, C·u⟩ = ⟨J·v, u⟩ for any u and v.
async function pushIsTransposed(
  { bench, evidence, output, input, purse }: Case,
  pushed: Float64Array,
  reference: Reference,
): Promise<boolean> {
  const size = output.end - output.start;
  if (bench.session.of.parts === 2 || input.end - input.start !== size || size < 2) return false;
  const { session, options } = bench;
  const [, second] = evidence.tangents;
  const other = masked(second, input.start, input.end);
  let along = session.subject.wrt.slots.length === 1 ? evidence.references[1] : undefined;
  if (!along) {
    if (purse.left < 4) return false;
    purse.left -= 4;
    along = await referenceAlong(session, other, {
      noise: options.noise,
      thorough: false,
      pace: evidence.references[0]?.pace ?? 1,
    });
  }
  const u = reference.direction.subarray(input.start, input.end);
  const v = along.direction.subarray(input.start, input.end);
  const left = pair(v, pushed.subarray(output.start, output.end), 1);
  const right = pair(along.values.subarray(output.start, output.end), u, 1);
  return Math.abs(left.re - right.re) <= near * Math.max(left.size, right.size);
}

async function diagnosePullback(one: Case, reference: Reference): Promise<Verdict> {
  const { bench, evidence, output, input, purse, element } = one;
  const { session } = bench;
  const pull = async (seed: Float64Array) => (purse.left-- > 0 ? session.vjp(seed) : undefined);
  const ratios: number[] = [];
  for (const cotangent of evidence.cotangents) {
    const seed = masked(cotangent, output.start, output.end);
    const pulled = session.of.slots.length === 1 ? evidence.vjp?.values[ratios.length] : await pull(seed);
    if (!pulled) return 'wrong derivative';
    const part = masked(pulled, input.start, input.end);
    const [left, right] = [pair(seed, reference.values, 1), pair(part, reference.direction, 1)];
    if (norm(part) === 0 && left.size > 0) return 'ignores an input';
    ratios.push(right.re / left.re);
  }
  const [first, second] = ratios as [number, number];
  const single = ratioAt(element, 'vjp');
  const agree = [second, single ?? first].every((ratio) => Math.abs(ratio - first) <= near * Math.abs(first));
  if (agree && Math.abs(first - 1) > near) return Math.abs(first + 1) <= near ? 'wrong sign' : 'wrong factor';
  return (await pullIsTransposed(one, pull, reference)) ? 'transposed' : 'wrong derivative';
}

// If vjp computes with Jᵀ in place of J, then vjp(u) = J·u.
async function pullIsTransposed(
  { output, input, bench }: Case,
  pull: (seed: Float64Array) => Promise<Float64Array | undefined>,
  reference: Reference,
): Promise<boolean> {
  const size = output.end - output.start;
  if (bench.session.of.parts === 2 || input.end - input.start !== size || size < 2) return false;
  const seed = new Float64Array(bench.session.of.length);
  seed.set(reference.direction.subarray(input.start, input.end), output.start);
  const pulled = await pull(seed);
  if (!pulled) return false;
  const wanted = reference.values.subarray(output.start, output.end);
  const off = norm(pulled.subarray(input.start, input.end).map((value, i) => value - wanted[i]!));
  return off <= near * norm(wanted);
}
