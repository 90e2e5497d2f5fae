/**
 * How noisy a derivative is by itself: what it makes of seeds that hardly differ, and of points that hardly differ.
 * A solver inside passes on rounding times its condition, and where that lands changes with the last digits of what it
 * is given; a derivative that is wrong or not linear changes as little as they do.
 */
import { precisions } from '../../derive/difference/precision.js';
import { precisionOf } from '../../derive/evaluation.js';
import type { DerivativeName } from '../../operators/endpoints.js';
import { type Bench, contraction } from './bench.js';
import type { Evidence } from './evidence.js';
import { rounded } from './layout.js';
import { pointAt } from './refine.js';
import { duringStage } from './session.js';
import { identical, norm } from './vectors.js';

/** Noise above this is a result of its own. */
const worstNoise = 1e-4;

/** Measure the noise of an endpoint, relative to its result, path by path: three calls to the endpoint, once. */
export async function ownNoise(bench: Bench, evidence: Evidence, endpoint: DerivativeName): Promise<number> {
  const known = bench.measured.get(endpoint);
  if (known !== undefined) return known;
  const found = await duringStage(bench.session, 'steps', () =>
    endpoint === 'jacobian' ? ofPoints(bench, evidence) : ofSeeds(bench, evidence, endpoint),
  );
  const noise = found <= worstNoise ? found : 0;
  bench.measured.set(endpoint, noise);
  return noise;
}

// The step is a few gaps between neighboring numbers, so that what is smooth moves by no more.
function nearby({ session }: Bench, direction: Float64Array): readonly Float64Array[] {
  const gap = Math.max(...session.subject.wrt.slots.map(({ dtype }) => precisions[precisionOf(dtype)].epsilon));
  return [8, -12].flatMap((count) => {
    const step = count * gap;
    return [pointAt(session, direction, step) ?? pointAt(session, direction, -step)].filter((one) => one !== undefined);
  });
}

async function ofSeeds(bench: Bench, evidence: Evidence, endpoint: 'jvp' | 'vjp'): Promise<number> {
  const { session } = bench;
  const product = evidence[endpoint];
  const [seed] = product?.seeds ?? [];
  const [value] = product?.values ?? [];
  if (!seed || !value) return 0;
  const from = endpoint === 'jvp' ? session.subject.wrt : session.of;
  const to = endpoint === 'jvp' ? session.of : session.subject.wrt;
  if (!isSame(value, await session[endpoint](seed))) return 0;
  const factor = 1 + 1.1e-6;
  const stretched = rounded(
    from,
    seed.map((entry) => factor * entry),
  );
  const again = await session[endpoint](stretched);
  const [point] = nearby(bench, evidence.tangents[0]);
  const moved = point && (await session[endpoint](seed, undefined, point));
  return Math.max(
    again
      ? apart(
          value,
          again.map((entry) => entry / factor),
          to.slots,
        )
      : 0,
    moved ? apart(value, moved, to.slots) : 0,
  );
}

async function ofPoints(bench: Bench, { jacobian, tangents }: Evidence): Promise<number> {
  const { session } = bench;
  if (!jacobian) return 0;
  if (!isSame(jacobian, await session.jacobian())) return 0;
  let noise = 0;
  const along = (blocks: Float64Array) => contraction(session, blocks, 'jvp', tangents[0]);
  for (const point of nearby(bench, tangents[0])) {
    const moved = await session.jacobian(point);
    if (moved) noise = Math.max(noise, apart(along(jacobian), along(moved), session.of.slots));
  }
  return noise;
}

// What wavers, or follows what was called before, has no noise of its own.
function isSame(value: Float64Array, again: Float64Array | undefined): boolean {
  return again !== undefined && identical(value, again);
}

function apart(
  a: Float64Array,
  b: Float64Array,
  slots: readonly { readonly start: number; readonly end: number }[],
): number {
  let worst = 0;
  for (const { start, end } of slots) {
    const size = norm(a, start, end);
    const off = norm(
      a.map((value, i) => value - b[i]!),
      start,
      end,
    );
    if (off > 0 && size > 0) worst = Math.max(worst, off / size);
  }
  return Number.isFinite(worst) ? worst : 0;
}
