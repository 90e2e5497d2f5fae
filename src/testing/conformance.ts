/**
 * A conformance suite for a component, to be run by the author's own test runner: Jest, vitest, or any with `describe`
 * and `test`.
 */
import { fail } from '../errors.js';
import { type AnyComponent, type ComponentHandle, openComponent } from '../runtime/handle.js';
import { checkGradients } from './check/checkGradients.js';
import { formatReport } from './check/format.js';
import type { CheckOptions } from './check/options.js';
import type { CheckName, GradientReport } from './check/report.js';
import { isWrong } from './check/report.js';
import type { Checkable } from './check/subject.js';

/** What a suite is about: the inputs of one point, or of several by name. */
export interface ConformanceOptions extends CheckOptions {
  readonly inputs: object;
  /** Further points, by name. */
  readonly points?: { readonly [name: string]: object };
  /** The runner's functions, where they are not globals. */
  readonly runner?: Runner;
}

/** What a suite needs of a test runner. */
export interface Runner {
  readonly describe: (name: string, body: () => void) => unknown;
  readonly test: (name: string, body: () => Promise<void>) => unknown;
}

const promises: Readonly<Record<CheckName, string>> = {
  evaluation: 'apply gives the same result again, and leaves its inputs alone',
  contract: 'every derivative gives what is asked for, and leaves its request alone',
  'zero seed': 'the products of zero seeds are zero',
  linearity: 'the products are linear in their seeds',
  adjoint: '⟨w, jvp(u)⟩ = ⟨vjp(w), u⟩',
  consistency: 'the products are those of the jacobian',
  differences: 'every derivative agrees with differences of apply',
  taylor: 'the Taylor remainder shrinks like t²',
};

/**
 * Register a suite for `component`: one test for each promise of a differentiable component. Three lines make a test
 * file: import this, import the class, `describeComponent(Wing, { inputs: { … } })`.
 */
export function describeComponent(component: Checkable, options: ConformanceOptions): void {
  const { inputs, points = {}, runner = globalRunner(), ...checks } = options;
  const { name } = component as { readonly name?: string };
  runner.describe(name ?? (component as object).constructor.name, () => {
    for (const [point, at] of Object.entries({ 'its inputs': inputs, ...points })) {
      runner.describe(`at ${point}`, () => promise(component, at, checks, runner));
    }
  });
}

function promise(component: Checkable, inputs: object, options: CheckOptions, { test }: Runner): void {
  let pending: Promise<GradientReport> | undefined;
  const report = () => {
    pending ??= checkGradients(component, inputs, options);
    return pending;
  };
  test('is defined, and answers apply', async () => {
    const handle =
      typeof component === 'object' && 'provenance' in component
        ? (component as ComponentHandle)
        : openComponent(component as AnyComponent);
    await handle.apply(inputs);
  });
  for (const [name, text] of Object.entries(promises)) {
    test(text, async () => {
      const found = await report();
      const broken = found.checks.find((one) => one.name === name && isWrong(one.verdict));
      // What only an exhaustive check sees is in no single check.
      const unheard =
        name === 'differences' && !found.checks.some((one) => isWrong(one.verdict)) ? found.faults[0] : undefined;
      if (unheard) throw new Error(`${unheard.message}\n\n${formatReport(found)}`);
      if (broken) throw new Error(`${broken.message}\n\n${formatReport(found)}`);
    });
  }
}

function globalRunner(): Runner {
  const { describe, test } = globalThis as unknown as Partial<Runner>;
  if (describe && test) return { describe, test };
  return fail('E_CHECK_RUNNER', { received: 'no describe and test', expected: 'a test runner' });
}
