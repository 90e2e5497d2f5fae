/** Every example passes the check of its derivatives, here and over HTTP, and does not once a sign is wrong. */

import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { openComponent, type Provenance } from 'cotangent';
import { checkGradients, formatReport } from 'cotangent/testing';
import { Heat } from '../../examples/heat/component.js';
import { ObservedHeat } from '../../examples/heat/observed.js';
import { MeshStats } from '../../examples/meshstats/component.js';
import { Rosenbrock } from '../../examples/rosenbrock/component.js';
import { VectorAdd } from '../../examples/vectoradd/component.js';
import { connect } from '../../src/client/index.js';
import { serve } from '../../src/server/index.js';

const rod = { logConductivity: [0.1, -0.2, 0.3, 0.5], initial: [1, 0.2, -0.3, 0.4, 2], duration: 0.3, steps: 3 };
const mesh = {
  points: [
    [0.2, 0.4, 1],
    [1, 0.3, 0.1],
    [0.7, 1, 2],
    [0.5, -0.6, 1],
  ],
  cells: [
    [0, 1, 2],
    [1, 2, 3],
  ],
  cellData: { pressure: [1.5, 2], 'wall shear': [3, -4] },
};

const examples = [
  ['rosenbrock', Rosenbrock, { x: -1.2, y: 1.5 }],
  ['vectoradd', VectorAdd, { a: [1, 2, 3], b: [4, -5, 6], s: 2 }],
  ['vectoradd, normalised', VectorAdd, { a: [1, 2, 3], b: [4, -5, 6], s: 2, normalize: true }],
  ['meshstats', MeshStats, { mesh }],
  ['heat', Heat, rod],
  ['heat, observed', ObservedHeat, { ...rod, sensors: [0.1, 0.55, 0.9] }],
] as const;

type AnyClass = abstract new () => object;

/** A subclass in which the method that the author wrote turns the sign of the first block of its result. */
function withWrongSign(type: AnyClass, origins: readonly (Provenance | undefined)[]): AnyClass {
  const written = origins.find((one) => one?.kind === 'own');
  const method = written?.kind === 'own' ? written.method : '';
  const right = type.prototype as Record<string, (request: unknown) => Record<string, unknown>>;
  class Wrong extends (type as new () => object) {}
  Object.defineProperty(Wrong.prototype, method, {
    value(this: unknown, request: unknown) {
      const result = right[method]!.call(this, request);
      const [path] = Object.keys(result);
      return { ...result, [path!]: negated(result[path!]) };
    },
  });
  return Wrong;
}

function negated(value: unknown): unknown {
  if (typeof value === 'number') return -value;
  if (Array.isArray(value)) return value.map(negated);
  if (ArrayBuffer.isView(value)) return (value as Float64Array).map((one) => -one);
  const record = value as Record<string, unknown>;
  if ('data' in record && 'shape' in record) {
    const { data } = record as { data: Float64Array };
    return Array.from(data, (one) => -one);
  }
  const [first, ...others] = Object.entries(record);
  return Object.fromEntries([[first![0], negated(first![1])], ...others]);
}

describe.each(examples)('the example %s', (_name, type, inputs) => {
  test('has the derivatives of its apply', async () => {
    for (const seed of [0, 1, 2]) {
      const report = await checkGradients(type as never, inputs, { seed });
      expect(report.ok && report.certain ? '' : formatReport(report)).toBe('');
    }
  });

  test('does not pass with a wrong sign in what its author wrote', async () => {
    const { jacobian, jvp, vjp } = openComponent(type as never).provenance;
    const report = await checkGradients(withWrongSign(type as AnyClass, [jacobian, jvp, vjp]) as never, inputs);
    expect(report.ok).toBe(false);
    expect(report.faults).toHaveLength(1);
    expect(report.faults[0]!.among).toBe(1);
  });

  test('passes over HTTP as it does here', async () => {
    const server = await serve({ component: type as never, port: 0, log: 'silent' });
    try {
      const remote = await connect(server.url);
      const report = await checkGradients(remote, inputs);
      expect(report.ok && report.certain ? '' : formatReport(report)).toBe('');
      const local = await checkGradients(type as never, inputs);
      expect(report.calls.check).toEqual(local.calls.check);
      expect(report.checks.map(({ name, verdict }) => [name, verdict])).toEqual(
        local.checks.map(({ name, verdict }) => [name, verdict]),
      );
      remote.close();
    } finally {
      await server.close();
    }
  });
});

test('every directory of examples/ is among these', () => {
  const present = readdirSync('examples', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(present.map(({ name }) => name).sort()).toEqual(
    [...new Set(examples.map(([name]) => name.split(',')[0]))].sort(),
  );
});
