/** Faults of the checks: comparing trees, calls that are counted, layouts, regression cases. */

export const tests = ['__tests__/testing'];

export const faults = [
  {
    name: 'values are compared with a tolerance relative to what was found',
    file: 'src/testing/compare.ts',
    find: 'atol + rtol * Math.abs(expected);',
    replace: 'atol + rtol * Math.abs(actual);',
    tests: ['__tests__/testing/compare'],
  },
  {
    name: 'integers are compared with a tolerance',
    file: 'src/testing/compare.ts',
    find: "const exact = kind !== 'float' && kind !== 'complex';",
    replace: 'const exact = false;',
    tests: ['__tests__/testing/compare', '__tests__/testing/regression'],
  },
  {
    name: 'a key that is not expected is no difference',
    file: 'src/testing/compare.ts',
    find: 'new Set([...Object.keys(expected), ...Object.keys(actual)])',
    replace: 'new Set(Object.keys(expected))',
    tests: ['__tests__/testing/compare', '__tests__/testing/regression'],
  },
  {
    name: 'arrays of another dtype are equal',
    file: 'src/testing/compare.ts',
    find: '!wanted || wanted.dtype !== actual.dtype ||',
    replace: '!wanted ||',
    tests: ['__tests__/testing/compare', '__tests__/testing/regression', '__tests__/testing/matchers'],
  },
  {
    name: 'integers of 64 bits are compared as numbers',
    file: 'src/testing/compare.ts',
    find: 'Number(x - y) : Number(x) - Number(y)',
    replace: 'Number(x) - Number(y) : Number(x) - Number(y)',
    tests: ['__tests__/testing/compare'],
  },
  {
    name: 'a NaN is near everything',
    file: 'src/testing/compare.ts',
    find: 'Number.isNaN(difference) ? Infinity : difference',
    replace: 'Number.isNaN(difference) ? 0 : difference',
    tests: ['__tests__/testing/compare', '__tests__/testing/matchers'],
  },
];
