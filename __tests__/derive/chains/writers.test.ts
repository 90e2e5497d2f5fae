/**
 * Nobody's later write changes an answer: callers write to all that they gave as soon as a call returns, while it runs, and
 * to all that they are given, and ask again.
 */
import { describe, expect, test } from '@jest/globals';
import { isNdArray, openComponent } from 'cotangent';
import { type Derivative, randomCase, totalOf } from './component.js';
import { drawFrom } from './random.js';
import { type Call, check, numbersFor, requestFor } from './requests.js';

/** Write nonsense to all that can be reached. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null || 're' in value) return;
  if (isNdArray(value)) (value.data as Float64Array).fill(77);
  else if (value instanceof Map)
    for (const [key, one] of value) typeof one === 'number' ? value.set(key, 77) : spoil(one);
  else
    for (const [key, one] of Object.entries(value)) typeof one === 'number' ? Reflect.set(value, key, 77) : spoil(one);
}

const stories = Number(process.env['COTANGENT_CASES'] ?? 480) / 8;
const first = Number(process.env['COTANGENT_FIRST'] ?? 0);

async function story(seed: number, faults: string[]): Promise<number> {
  const draw = drawFrom(seed + 777_000);
  const one = randomCase(draw);
  const isHeld = draw.chance(0.4);
  const handle = openComponent((isHeld ? new one.type() : one.type) as never) as unknown as Record<Derivative, Call>;
  const points = [0, 1].map(() => numbersFor(draw, totalOf(one.inputs.leaves), one.complex, false));
  let asked = 0;
  for (let k = 0; k < 4; k++) {
    const label = `case ${seed}, round ${k} ${one.told}`;
    try {
      // Several at once: what is asynchronous runs on while the others start, and their callers write.
      const requests = [0, 1, 2]
        .map(() => requestFor(draw, one, points))
        .filter(({ to }) => !one.chain.own.includes(to));
      const pending = requests.map((request) => {
        const { inputs, ...rest } = request.request;
        const given = { ...rest, inputs };
        const answer = handle[request.to](given, request.options);
        spoil(given);
        return answer;
      });
      for (const [which, answer] of pending.entries()) {
        const value = await answer;
        asked++;
        check(one, requests[which]!, value, `${label} (${which})`);
        spoil(value);
      }
    } catch (error) {
      faults.push(
        error instanceof Error && error.message.startsWith('case') ? error.message : `${label}: ${String(error)}`,
      );
    }
  }
  return asked;
}

describe('callers that write to everything', () => {
  test('get what they asked for, each time', async () => {
    const faults: string[] = [];
    let asked = 0;
    for (let seed = first; seed < first + stories; seed++) asked += await story(seed, faults);
    if (process.env['COTANGENT_CASES']) console.log(JSON.stringify({ asked, faults: faults.length }));
    expect(faults.slice(0, 4)).toEqual([]);
    expect(asked).toBeGreaterThan(stories * 5);
  }, 3_600_000);
});
