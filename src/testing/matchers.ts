/**
 * Matchers for `expect`, in Jest and in vitest: `expect.extend(gradientMatchers)`, then
 * `await expect(Wing).toHaveCorrectGradients(inputs)`.
 *
 * To add one, add it here and to `GradientMatchers`.
 */

import { realValues } from '../array/cast.js';
import { readArray } from '../array/literal.js';
import { formatShape, sameShape } from '../array/shape.js';
import type { ArrayLiteral } from '../operators/endpoints.js';
import { type AnyComponent, type ComponentHandle, openComponent } from '../runtime/handle.js';
import { checkGradients } from './check/checkGradients.js';
import { formatReport } from './check/format.js';
import type { CheckOptions } from './check/options.js';
import { type CheckResult, type GradientReport, isWrong } from './check/report.js';
import type { Checkable } from './check/subject.js';

/** What a matcher gives to `expect`. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** A Jacobian as people write it: `{ [of]: { [wrt]: block } }`. */
export type WrittenJacobian = { readonly [of: string]: { readonly [wrt: string]: ArrayLiteral } };

/** How near the blocks of a Jacobian have to be: |actual − expected| ≤ absolute + relative·|expected|. */
export interface Nearness {
  readonly relative?: number;
  readonly absolute?: number;
}

/** The matchers, as `expect(component)` offers them. */
export interface GradientMatchers<R = unknown> {
  /** Every derivative that the component offers is that of its apply, at these inputs. */
  toHaveCorrectGradients(inputs: object, options?: CheckOptions): Promise<R>;
  /** ⟨w, jvp(u)⟩ = ⟨vjp(w), u⟩, at these inputs. */
  toBeAdjointConsistent(inputs: object, options?: CheckOptions): Promise<R>;
  /** The jacobian has these blocks at these inputs; blocks that are left out are not compared. */
  toMatchJacobian(inputs: object, expected: WrittenJacobian, nearness?: Nearness): Promise<R>;
}

/** The matchers, for `expect.extend`. */
export const gradientMatchers: {
  toHaveCorrectGradients(component: unknown, inputs: object, options?: CheckOptions): Promise<MatcherResult>;
  toBeAdjointConsistent(component: unknown, inputs: object, options?: CheckOptions): Promise<MatcherResult>;
  toMatchJacobian(
    component: unknown,
    inputs: object,
    expected: WrittenJacobian,
    nearness?: Nearness,
  ): Promise<MatcherResult>;
} = {
  async toHaveCorrectGradients(component, inputs, options) {
    const report = await checkGradients(component as Checkable, inputs, options);
    const checked = report.endpoints.some((one) => one.checked) && report.blocks.length > 0;
    return { pass: report.ok && checked, message: () => (checked ? formatReport(report) : unoffered(report)) };
  },

  async toBeAdjointConsistent(component, inputs, options) {
    const report = await checkGradients(component as Checkable, inputs, { ...options, endpoints: ['jvp', 'vjp'] });
    const adjoint = report.checks.find(({ name }) => name === 'adjoint');
    const telling = report.checks.filter(speaksOfProducts);
    const pass = adjoint?.verdict === 'ok' && telling.every(({ verdict }) => !isWrong(verdict));
    return {
      pass,
      message: () =>
        adjoint ? formatReport(report) : `${report.component} lacks a sound jvp or vjp.\n${formatReport(report)}`,
    };
  },

  async toMatchJacobian(component, inputs, expected, nearness = {}) {
    const subject = component as Checkable;
    const handle =
      typeof subject === 'object' && 'provenance' in subject
        ? (subject as ComponentHandle)
        : openComponent(subject as AnyComponent);
    const of = Object.keys(expected);
    const wrt = [...new Set(Object.values(expected).flatMap((row) => Object.keys(row)))];
    const actual = await handle.jacobian({ inputs: inputs as never, of, wrt });
    const off = of.flatMap((output) =>
      Object.entries(expected[output]!).flatMap(([input, block]) =>
        differences(`d(${output})/d(${input})`, actual[output]?.[input], block, nearness),
      ),
    );
    const message = () =>
      off.length > 0 ? `The Jacobian differs:\n${off.slice(0, 10).join('\n')}` : 'The Jacobian is as expected.';
    return { pass: off.length === 0, message };
  },
};

function speaksOfProducts({ name }: CheckResult): boolean {
  return name === 'contract' || name === 'linearity' || name === 'zero seed';
}

function unoffered({ component }: GradientReport): string {
  return `${component} offers no derivative that could be checked.`;
}

function differences(
  name: string,
  actual: unknown,
  expected: ArrayLiteral,
  { relative = 1e-9, absolute = 0 }: Nearness,
): readonly string[] {
  const [found, wanted] = [actual, expected].map((value) => readArray(value, { dtype: 'any', shape: 'any' }));
  if (!found || !wanted || 'code' in found || 'code' in wanted) return [`  ${name} is no array on one side.`];
  const [a, b] = [realValues(found), realValues(wanted)];
  if (a.length !== b.length) return [`  ${name} has ${a.length} entries, and ${b.length} are expected.`];
  if (!sameShape(found.shape, wanted.shape)) {
    return [`  ${name} has shape ${formatShape(found.shape)}, and ${formatShape(wanted.shape)} is expected.`];
  }
  const lines: string[] = [];
  for (let i = 0; i < a.length; i++) {
    const near = Math.abs(a[i]! - b[i]!) <= absolute + relative * Math.abs(b[i]!);
    if (Object.is(a[i], b[i]) || (near && Number.isFinite(b[i]!))) continue;
    lines.push(`  ${name}, entry ${i}: ${a[i]}, and ${b[i]} is expected.`);
  }
  return lines;
}
