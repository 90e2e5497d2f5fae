/** Faults of the operators: reading requests, checking what methods return. */

const requests = [
  '__tests__/runtime/handle',
  '__tests__/runtime/oddRequests',
  '__tests__/derive/rules',
  '__tests__/derive/defects',
];

export const tests = ['__tests__/operators', ...requests];

export const faults = [
  {
    name: 'paths are answered in the order in which they were asked for',
    file: 'src/operators/request.ts',
    find: 'if (found.length > 1) found.sort(',
    replace: 'if (found.length > 99) found.sort(',
    tests: ['__tests__/operators'],
  },
  {
    name: 'a path that is named twice is answered twice',
    file: 'src/operators/request.ts',
    find: '[...new Set<string>(paths)]',
    replace: 'paths',
    tests: ['__tests__/operators'],
  },
  {
    name: 'a seed is broadcast',
    file: 'src/operators/request.ts',
    find: 'target, { broadcast: false })',
    replace: 'target)',
  },
  {
    name: 'a seed may hold more than was asked for',
    file: 'src/operators/request.ts',
    find: 'given?.length === variables.length && ',
    replace: '',
  },
  {
    name: 'an input of any dtype that holds integers is differentiable',
    file: 'src/operators/request.ts',
    find: "if (kind !== 'float' && kind !== 'complex') {\n    const facts = { path: side.name",
    replace: "if (kind === 'bool') {\n    const facts = { path: side.name",
  },
  {
    name: 'blocks of an output may differ in its free extents',
    file: 'src/operators/result.ts',
    find: 'rows = block.shape.slice(0, block.shape.length - input.shape!.length);',
    replace: '',
    tests: ['__tests__/operators', '__tests__/derive/rules'],
  },
  {
    name: 'a block is float64 whatever its variables are',
    file: 'src/operators/result.ts',
    find: "return output === 'any' || input === 'any' ? 'any' : promote(output, input);",
    replace: "return output === 'any' || input === 'any' ? 'any' : 'float64';",
  },
  {
    name: 'a matrix whose size is a multiple of the fixed extents fits whatever is left',
    file: 'src/operators/result.ts',
    find: '(fixed === 0 || size % fixed !== 0)',
    replace: 'fixed === 0',
    tests: ['__tests__/operators', '__tests__/derive/rules'],
  },
  {
    name: 'a method may return a dtype that does not cast',
    file: 'src/operators/result.ts',
    find: "if (wanted.dtype !== 'any' && !castable(array.dtype, wanted.dtype)) {",
    replace: "if (wanted.dtype === 'bool') {",
    tests: ['__tests__/operators', '__tests__/derive/rules'],
  },
  {
    name: 'a copy of a model on the way to a leaf is no instance of its class',
    file: 'src/schema/record.ts',
    find: ': Object.create(prototype);',
    replace: ': ({} as T);',
    tests: ['__tests__/derive/difference', '__tests__/derive/fromApply'],
  },
  {
    name: 'a list on the way to a leaf is the caller’s own',
    file: 'src/operators/leaves.ts',
    find: 'if (Array.isArray(value)) return value.slice();',
    replace: 'if (Array.isArray(value)) return value;',
    tests: ['__tests__/derive/difference', '__tests__/derive/fromApply', '__tests__/runtime/oddRequests'],
  },
  {
    name: 'elements of a list and keys of a map of the same name share a leaf',
    file: 'src/operators/leaves.ts',
    find: "if (step.kind === 'index') return step.index ?? -1;",
    replace: "if (step.kind === 'index') return 0;",
    tests: ['__tests__/derive/difference', '__tests__/derive/fromApply', '__tests__/runtime/oddRequests'],
  },
  {
    name: 'samples for abstractEval have a limit each, and none together',
    file: 'src/operators/abstractEval.ts',
    find: 'left -= bytes;',
    replace: 'left = limit - bytes;',
    tests: ['__tests__/operators/samples'],
  },
  {
    name: 'problems of a request are raised one by one',
    file: 'src/operators/operator.ts',
    find: 'if (problems.length === 1) throw problems[0];',
    replace: 'if (problems.length >= 1) throw problems[0];',
    tests: ['__tests__/operators'],
  },
  {
    name: 'the leading axis of a batch is left out of its results',
    file: 'src/operators/product.ts',
    find: 'shape: one.shape && [batch, ...one.shape]',
    replace: 'shape: one.shape',
    tests: ['__tests__/derive/planner'],
  },
  {
    name: 'bounds of two constraints are those of the last',
    file: 'src/operators/bounds.ts',
    find: 'return [tighter(Math.max, lower, least), tighter(Math.min, upper, most)];',
    replace: 'return [least, most];',
    tests: ['__tests__/derive/difference', '__tests__/derive/fromApply'],
  },
  {
    name: 'apply may be evaluated at 0 where a number has to be positive',
    file: 'src/operators/bounds.ts',
    find: 'isPositive: () => [Number.MIN_VALUE,',
    replace: 'isPositive: () => [0,',
    tests: ['__tests__/derive/guardedDifferences', '__tests__/derive/fromApply'],
  },
];
