/** Faults of loading: which file an import means, how it is compiled, which export is the component. */

export const tests = ['__tests__/loading/load'];

export const faults = [
  {
    name: 'a file that ends in .mts is of the format that its package.json says',
    file: 'src/loading/dialect.ts',
    find: "'.mts': 'module',",
    replace: '',
  },
  {
    name: 'a file without a package.json is an ES module',
    file: 'src/loading/dialect.ts',
    find: "=== 'module' ? 'module' : 'commonjs');",
    replace: "=== 'commonjs' ? 'commonjs' : 'module');",
  },
  {
    name: 'a project without a tsconfig.json has standard decorators',
    file: 'src/loading/dialect.ts',
    find: 'given ?? { experimentalDecorators: true, emitDecoratorMetadata: true }',
    replace: 'given ?? { experimentalDecorators: false, emitDecoratorMetadata: true }',
  },
  {
    name: 'fields are defined for targets before ES2022',
    file: 'src/loading/dialect.ts',
    find: 'wanted.useDefineForClassFields ?? !withoutDefine',
    replace: 'wanted.useDefineForClassFields ?? withoutDefine',
  },
  {
    name: 'an import of a file that ends in .cjs means .ts',
    file: 'src/loading/paths.ts',
    find: "'.cjs': ['.cts'],",
    replace: "'.cjs': ['.ts'],",
  },
  {
    name: 'a file that is there gives way to one of the same name without its ending',
    file: 'src/loading/paths.ts',
    find: 'return isFile(path) ? replaced : [...replaced, ',
    replace: 'return [...replaced, ',
  },
  {
    name: 'of several components the first is taken',
    file: 'src/loading/pick.ts',
    find: '.size > 1) fail(',
    replace: '.size > 9) fail(',
    tests: ['__tests__/loading/odd', '__tests__/loading/load'],
  },
  {
    name: 'a class that is only a parent is taken for the component',
    file: 'src/loading/pick.ts',
    find: 'levels.at(-1)?.entries.at(-1)?.abstract !== true',
    replace: 'levels.length > 0',
    tests: ['__tests__/loading/odd', '__tests__/loading/load'],
  },
  {
    name: 'the place of an error is one in this package',
    file: 'src/loading/failure.ts',
    find: "return place.includes('node_modules') || place",
    replace: "return place.includes('node_modules') && place",
  },
  {
    name: 'a definition error is told as a file that does not load',
    file: 'src/loading/failure.ts',
    find: 'if (cause instanceof ComponentError) return cause;',
    replace: '',
  },
  {
    name: 'an instance of a file that a constructor fails to make is what the file threw',
    file: 'src/loading/load.ts',
    find: "return fail('E_OPEN_CONSTRUCTOR', { component: type.name, reason: String(cause) }, { cause });",
    replace: 'throw cause;',
  },
  {
    name: 'the default of module.exports stands above its other names',
    file: 'src/loading/importFile.ts',
    find: "{ ...named, ...whole, default: whole['default'] }",
    replace: '{ ...whole, ...named }',
  },
];
