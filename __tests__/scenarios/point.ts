/** The point of a scenario as its methods meet it. */
import { openComponent } from 'cotangent';
import { build } from './build.js';
import type { Scenario } from './scenario.js';

/** The coerced point of a scenario, learned from a handle whose apply remembers it. */
export async function pointOf(scenario: Scenario): Promise<object> {
  let seen: object | undefined;
  const apply = (x: object) => {
    seen = x;
    return scenario.apply(x);
  };
  await openComponent(build({ ...scenario, apply }, { own: ['apply'] }).type).apply(scenario.at);
  return seen!;
}
