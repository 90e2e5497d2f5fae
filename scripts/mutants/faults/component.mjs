/** Faults of component classes: resolving, compiling, dispatching, remembering. */

export const tests = ['__tests__/component', '__tests__/decorators', '__tests__/runtime/handle'];

const resolving = ['__tests__/decorators/definition', '__tests__/decorators/subclassing', '__tests__/runtime/handle'];

export const faults = [
  {
    name: 'what is made of differences is kept as if it were exact',
    file: 'src/component/recall.ts',
    find: 'return exact && from.every(',
    replace: 'return from.every(',
    tests: ['__tests__/derive/cache', '__tests__/derive/memo', '__tests__/component', '__tests__/derive/chains'],
  },
  {
    name: 'a sweep sees its caller’s arrays change',
    file: 'src/component/recall.ts',
    find: 'const inputs = snapshot(point.inputs);',
    replace: 'const inputs = point.inputs;',
    tests: ['__tests__/derive/cache', '__tests__/derive/memo', '__tests__/component', '__tests__/derive/chains'],
  },
  {
    name: 'an instance that the application holds remembers',
    file: 'src/component/recall.ts',
    find: 'isInstance ? !sole.has(owner) : forgetful.has(owner)',
    replace: 'isInstance ? false : forgetful.has(owner)',
    tests: ['__tests__/derive/cache', '__tests__/derive/memo', '__tests__/component'],
  },
  {
    name: 'a class that wants no memory has one',
    file: 'src/component/recall.ts',
    find: 'if (cache === false || (',
    replace: 'if ((',
    tests: ['__tests__/derive/cache', '__tests__/derive/memo', '__tests__/component'],
  },
  {
    name: 'what an author’s promise is rejected with counts as the caller’s mistake',
    file: 'src/component/dispatch.ts',
    find: '(error) => Promise.reject(blameAuthor(error)),\n    );',
    replace: '(error) => Promise.reject(error),\n    );',
    tests: ['__tests__/component'],
  },
  {
    name: 'two methods for one endpoint are taken, and the last one counts',
    file: 'src/component/resolve.ts',
    find: "if (first !== undefined) fail('E_DEFINE_TWO_METHODS'",
    replace: "if (first === method) fail('E_DEFINE_TWO_METHODS'",
    tests: resolving,
  },
  {
    name: 'a derivation of what is written is taken',
    file: 'src/component/resolve.ts',
    find: "if (method !== undefined) fail('E_DERIVE_OWN_EXISTS'",
    replace: "if (method === '') fail('E_DERIVE_OWN_EXISTS'",
    tests: resolving,
  },
  {
    name: 'a derivative that a parent wrote holds for another apply',
    file: 'src/component/resolve.ts',
    find: 'isAbove(owner, current) && hasApply(owner)',
    replace: 'isAbove(current, owner) && hasApply(owner)',
    tests: resolving,
  },
  {
    name: 'nothing says that a rule is built on a random estimate',
    file: 'src/component/resolve.ts',
    find: "if (base?.kind !== 'derived' || !ruleOf(base.rule).estimate) return;",
    replace: 'return;',
    tests: ['__tests__/derive/difference', '__tests__/derive/fromApply', ...resolving],
  },
  {
    name: 'rules that need each other go round for ever',
    file: 'src/component/resolve.ts',
    find: "if (trail.includes(endpoint)) fail('E_DERIVE_CYCLE'",
    replace: "if (trail.length > 99) fail('E_DERIVE_CYCLE'",
    tests: resolving,
  },
  {
    name: 'random estimates are proposed',
    file: 'src/component/resolve.ts',
    find: 'return to === endpoint && !estimate && from',
    replace: 'return to === endpoint && from',
    tests: ['__tests__/component', ...resolving],
  },
  {
    name: 'the memory of a class may have a negative size',
    file: 'src/component/compile.ts',
    find: 'Number.isInteger(cache?.bytes) && cache.bytes >= 0',
    replace: 'Number.isInteger(cache?.bytes)',
    tests: ['__tests__/derive/cache', '__tests__/decorators', '__tests__/derive/memo', '__tests__/component'],
  },
  {
    name: 'a derivative of outputs that are not differentiable is taken',
    file: 'src/component/compile.ts',
    find: "for (const side of ['inputs', 'outputs'] as const) {",
    replace: "for (const side of ['inputs'] as const) {",
    tests: resolving,
  },
  {
    name: 'a direct call reaches the method of the parent where the subclass derives it',
    file: 'src/component/compile.ts',
    find: 'revealDerived(type, base, compiled.plan);',
    replace: '',
    tests: resolving,
  },
  {
    name: 'a linearization is kept under the outputs alone',
    file: 'src/component/linearize.ts',
    find: 'JSON.stringify([of.map(({ path }) => path), wrt.map(({ path }) => path)])',
    replace: 'JSON.stringify([of.map(({ path }) => path)])',
    tests: ['__tests__/derive/linearize', '__tests__/derive/cache'],
  },
  {
    name: 'a linearization that is kept sees the caller’s arrays change',
    file: 'src/component/linearize.ts',
    find: 'const inputs = place ? snapshot(point.inputs) : point.inputs;',
    replace: 'const inputs = point.inputs;',
    tests: ['__tests__/derive/linearize', '__tests__/derive/cache'],
  },
];
