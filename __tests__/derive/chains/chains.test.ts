/**
 * Random chains of rules on random components, and random requests to them: every value is that of the closed form, or
 * within the accuracy of differences; the same request has the same bits whatever was asked before; and the calls are those
 * that explain told. `COTANGENT_CASES` says how many requests, of one component in ten over HTTP too.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type ComponentHandle, openComponent } from 'cotangent';
import { connect } from '../../../src/client/connect.js';
import { served } from '../../interchange/served.js';
import { type Case, type Derivative, randomCase, totalOf } from './component.js';
import { drawFrom } from './random.js';
import { bits, type Call, check, flattened, numbersFor, type Request, requestFor } from './requests.js';

const wanted = Number(process.env['COTANGENT_CASES'] ?? 720);
const first = Number(process.env['COTANGENT_FIRST'] ?? 0);
const perComponent = 8;

const counted = (after: Case['calls'], before: Case['calls']) =>
  Object.fromEntries(
    Object.entries(after).flatMap(([name, count]) => {
      const more = count - ((before as Record<string, number>)[name] ?? 0);
      return more > 0 ? [[name, more]] : [];
    }),
  );

/** How often the process was warned that a check found a pattern, or the accuracy of differences, wanting. */
let warned = 0;
const { emitWarning } = process;
beforeAll(() => {
  process.emitWarning = ((message: string) => {
    if (message.includes('a check of the Jacobian')) warned++;
  }) as typeof emitWarning;
});
afterAll(() => {
  process.emitWarning = emitWarning;
});

interface Found {
  mended: number;
  values: number;
  explained: number;
  bounds: number;
  remote: number;
  readonly faults: string[];
}

async function story(seed: number, found: Found): Promise<void> {
  const draw = drawFrom(seed);
  const one = randomCase(draw);
  const isHeld = draw.chance(0.4);
  const handle = openComponent((isHeld ? new one.type() : one.type) as never) as unknown as ComponentHandle &
    Record<Derivative, Call>;
  const n = totalOf(one.inputs.leaves);
  const points = [0, 1].map(() => numbersFor(draw, n, one.complex, false));
  const server = seed % 10 === 0 ? await served(one.type as never) : undefined;
  try {
    const remote = server && ((await connect(server.url)) as unknown as Record<Derivative, Call>);
    for (let k = 0; k < perComponent; k++) {
      const request = requestFor(draw, one, points);
      const label = `case ${seed}, request ${k} ${JSON.stringify([request.to, request.of, request.wrt, request.options])} ${isHeld ? 'held' : ''} ${one.told}`;
      try {
        const explained = draw.chance(0.6) ? await explain(handle, one, request, label, found) : undefined;
        const [before, warnedBefore] = [{ ...one.calls }, warned];
        const value = await handle[request.to](request.request, request.options);
        const made = counted(one.calls, before);
        found.values++;
        check(one, request, value, label);
        // What is mended, which is told, takes more; only differences give cause for it here.
        if (warned > warnedBefore && !one.exact) found.mended++;
        else if (explained) compareCalls(explained, made, label, found);
        const fresh = openComponent(one.type as never) as unknown as Record<Derivative, Call>;
        const again = await fresh[request.to](request.request, request.options);
        const [now, alone] = [bits(flattened(request.to, value)), bits(flattened(request.to, again))];
        if (now.join() !== alone.join()) throw new Error(`${label}: bits ${now} are ${alone} on a fresh handle`);
        if (!remote) continue;
        const far = await remote[request.to](request.request, request.options);
        found.remote++;
        if (bits(flattened(request.to, far)).join() !== now.join())
          throw new Error(`${label}: over HTTP ${bits(flattened(request.to, far))} for ${now}`);
      } catch (error) {
        found.faults.push(
          error instanceof Error && error.message.startsWith('case') ? error.message : `${label}: ${String(error)}`,
        );
      }
    }
  } finally {
    await server?.close();
  }
}

type Explained = Awaited<ReturnType<ComponentHandle['explain']>>;

async function explain(
  handle: ComponentHandle,
  one: Case,
  { to, request, options }: Request,
  label: string,
  found: Found,
): Promise<Explained> {
  const before = { ...one.calls };
  const explained = await handle.explain(to, request as never, options);
  const spent = counted(one.calls, before);
  found.explained++;
  if (JSON.stringify(sorted(spent)) !== JSON.stringify(sorted(explained.spent)))
    throw new Error(`${label}: spent ${JSON.stringify(explained.spent)} was ${JSON.stringify(spent)}`);
  return explained;
}

const sorted = (calls: object) => Object.entries(calls).sort();

function compareCalls(
  { calls, atMost, besides }: Explained,
  made: Record<string, number>,
  label: string,
  found: Found,
): void {
  if (atMost) found.bounds++;
  const names = [...new Set([...Object.keys(calls), ...Object.keys(made)])];
  const isOff = (name: string) => {
    const [said, did] = [(calls as Record<string, number>)[name] ?? 0, made[name] ?? 0];
    // Differences may look again, at most 18 times for what they promise two calls for.
    if (name === 'apply' && besides !== undefined) return did > 10 * said + 20 || (did < said && !atMost);
    return atMost ? did > said : did !== said;
  };
  if (names.some(isOff))
    throw new Error(
      `${label}: explain said ${atMost ? 'at most ' : ''}${JSON.stringify(calls)}, made were ${JSON.stringify(made)}`,
    );
}

test('values, bits and calls of random chains are right, whatever was asked before, here and over HTTP', async () => {
  const found: Found = { values: 0, explained: 0, bounds: 0, mended: 0, remote: 0, faults: [] };
  for (let seed = first; seed < first + wanted / perComponent; seed++) await story(seed, found);
  if (process.env['COTANGENT_CASES']) console.log(JSON.stringify({ ...found, faults: found.faults.length }));
  expect(found.faults.slice(0, 5)).toEqual([]);
  expect(found.values).toBeGreaterThanOrEqual(wanted - perComponent);
  expect(found.remote).toBeGreaterThan(wanted / 20);
}, 3_600_000);
