/** Faults of the errors. */

export const tests = [
  '__tests__/errors.test',
  '__tests__/runtime/handle',
  '__tests__/server/requests',
  '__tests__/schema/refusals',
];

export const faults = [
  {
    name: 'an error has no cause',
    file: 'src/errors.ts',
    find: 'extras.cause === undefined ? undefined : { cause: extras.cause }',
    replace: 'undefined',
    tests: [
      '__tests__/errors.test',
      '__tests__/derive/drive',
      '__tests__/derive/concurrency',
      '__tests__/runtime/handle',
      '__tests__/loading',
    ],
  },
  {
    name: 'an error that gathers several lists itself',
    file: 'src/errors.ts',
    find: 'extras.problems ?? [this]',
    replace: '[this]',
  },
  {
    name: 'what a method gave is the caller’s mistake',
    file: 'src/errors/row.ts',
    find: "row<Names>(500, 'result_error')",
    replace: "row<Names>(422, 'result_error')",
  },
  {
    name: 'a server that is busy says that it has failed',
    file: 'src/errors/requests.ts',
    find: "E_BUSY: row<'received'>(503, 'busy')",
    replace: "E_BUSY: row<'received'>(500, 'busy')",
    tests: ['__tests__/errors.test', '__tests__/server/limits', '__tests__/server/workers'],
  },
  {
    name: 'a tangent of another shape is told the shape it has',
    file: 'src/errors/requests.ts',
    find: '`${f.path} has shape ${f.received}, but input "${f.of}" has shape ${f.expected}. A',
    replace: '`${f.path} has shape ${f.received}, but input "${f.of}" has shape ${f.received}. A',
  },
];
