/** Faults of the runtime: handles, operators, second derivatives, the wire. */

export const tests = ['__tests__/runtime'];

export const faults = [
  {
    name: 'the member that moves in a roster does not know its place',
    file: 'src/runtime/roster.ts',
    find: 'last.place = entry.place;',
    replace: '',
    tests: ['__tests__/runtime/roster'],
  },
  {
    name: 'a member of a roster that has left leaves once more',
    file: 'src/runtime/roster.ts',
    find: 'entry.place = -1;',
    replace: '',
    tests: ['__tests__/runtime/roster'],
  },
  {
    name: 'arrays of a request may have as many bytes as their limit, each by itself',
    file: 'src/runtime/wire.ts',
    find: 'left -= array.data.byteLength;',
    replace: '',
    tests: ['__tests__/server/limits', '__tests__/server/requests', '__tests__/server/memory'],
  },
  {
    name: 'the answer may have one byte more than its limit',
    file: 'src/runtime/wire.ts',
    find: 'bytes.length <= (limits.resultBytes ?? Infinity)',
    replace: 'bytes.length <= (limits.resultBytes ?? Infinity) + 1',
    tests: ['__tests__/runtime/wire'],
  },
  {
    name: 'a vjp has the dtypes of the outputs on the wire',
    file: 'src/runtime/wire.ts',
    find: "if (endpoint === 'vjp') return mapEntries(result, (path, value) => asArray(value, wrt(path), path));",
    replace: "if (endpoint === 'vjp') return mapEntries(result, (path, value) => asArray(value, of(path), path));",
    tests: ['__tests__/interchange', '__tests__/server/requests', '__tests__/runtime'],
  },
  {
    name: 'an output that is left out is missing on the wire',
    file: 'src/runtime/wire.ts',
    find: 'if (item === undefined || item === null) return null;',
    replace: 'if (item === undefined || item === null) return undefined;',
    tests: ['__tests__/server/requests', '__tests__/interchange'],
  },
  {
    name: 'constraints are checked on shapes, as if these were values',
    file: 'src/runtime/invoke.ts',
    find: "const unread = endpoint === 'abstractEval' || checked.problems.length > 0;",
    replace: 'const unread = checked.problems.length > 0;',
    tests: ['__tests__/schema/constraints', '__tests__/runtime/handle', '__tests__/server/requests'],
  },
  {
    name: 'an operator sees the caller’s inputs change',
    file: 'src/runtime/operatorAt.ts',
    find: 'const inputs = problems.length === 0 ? snapshot(value) : undefined;',
    replace: 'const inputs = problems.length === 0 ? value : undefined;',
    tests: ['__tests__/runtime/jacobianOperator', '__tests__/runtime/secondOrder'],
  },
  {
    name: 'blocks of an operator that is written out start at the first column',
    file: 'src/runtime/jacobianOperator.ts',
    find: 'flat, top * this.columns + left, this.columns)',
    replace: 'flat, top * this.columns, this.columns)',
    tests: ['__tests__/runtime/jacobianOperator'],
  },
  {
    name: 'a direction of a Hessian keeps the element that was set before it',
    file: 'src/runtime/hessian.ts',
    find: 'unit[j] = 0;',
    replace: '',
    tests: ['__tests__/runtime/secondOrder'],
  },
  {
    name: 'weights are asked for only where there are several outputs',
    file: 'src/runtime/gradient.ts',
    find: 'if (!one || other || sizeOf(one.shape ?? []) !== 1) {',
    replace: 'if (!one || other) {',
    tests: ['__tests__/runtime/secondOrder'],
  },
  {
    name: 'second derivatives of complex inputs are taken',
    file: 'src/runtime/gradient.ts',
    find: 'refuseComplex([...point.of, ...point.wrt]);',
    replace: 'refuseComplex(point.of);',
    tests: ['__tests__/runtime/complexGradient'],
  },
];
