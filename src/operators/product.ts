/** How the two product operators, jvp and vjp, are made: they differ in which side carries the seed. */
import { readPoint, readSeeded, writeSeeded } from './derivatives.js';
import type { Arrays, SeededPoint, Variable } from './endpoints.js';
import type { Operator, WireNames } from './operator.js';
import { acceptArrays, presentArrays, raiseResult, type Source } from './result.js';

/** What tells jvp and vjp apart. */
export interface ProductRow<N extends 'jvp' | 'vjp'> {
  readonly name: N;
  readonly route: string;
  readonly decorator: string;
  readonly summary: string;
  readonly wire: WireNames & { readonly seed: string };
  readonly seed: 'tangent' | 'cotangent';
  /** Which side the result is on. */
  readonly side: 'input' | 'output';
}

/** A product operator: J·t, or Jᵀ·c. */
export function product<N extends 'jvp' | 'vjp'>(row: ProductRow<N>): Operator<N> {
  const { wire, seed, side, name } = row;
  const results = (point: SeededPoint): readonly Variable[] => batched(side === 'input' ? point.wrt : point.of, point);
  const operator = {
    ...row,
    read: (signature, raw, inputs, problems, options) => {
      const point = readPoint(signature, wire, raw, inputs, problems, options);
      return readSeeded(point, seed, wire.seed, raw[seed], problems);
    },
    write: (request) => writeSeeded(request, seed),
    accept: (_signature, method, request, raw) => {
      const source: Source = { method, problems: [] };
      const arrays = acceptArrays(source, raw, results(request), side);
      raiseResult(source, name);
      return arrays;
    },
    present: (method, request, arrays) => {
      const source: Source = { method, problems: [] };
      const value = presentArrays(source, arrays as Arrays, results(request));
      raiseResult(source, name);
      return value;
    },
  } satisfies Operator<'jvp'> | Omit<Operator<'jvp'>, 'name'>;
  return operator as unknown as Operator<N>;
}

/** The variables with a leading axis, where a request has several seeds. */
function batched(variables: readonly Variable[], { batch }: SeededPoint): readonly Variable[] {
  if (batch === undefined) return variables;
  return variables.map((one) => ({
    ...one,
    shape: one.shape && [batch, ...one.shape],
    pattern: one.pattern === 'any' ? 'any' : [batch, ...one.pattern],
  }));
}
