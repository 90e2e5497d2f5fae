/** Faults of the client: what is sent again, how refusals are read, what a server says of itself. */

export const tests = ['__tests__/client'];

export const faults = [
  {
    name: 'the facts of an error are those of another problem',
    file: 'src/client/refusal.ts',
    find: 'if (code) return new ComponentError(code, textFields(entry));',
    replace: '',
    tests: ['__tests__/client/refusal'],
  },
  {
    name: 'a step into a map is a field in the path of a refusal',
    file: 'src/client/refusal.ts',
    find: "field.spec.each === 'map' ? { kind: 'key', key: String(rest[i]) } : index(rest[i])",
    replace: 'index(rest[i])',
    tests: ['__tests__/client/refusal'],
  },
  {
    name: 'null among outputs stays null where a number is due',
    file: 'src/client/tolerance.ts',
    find: "return spec.type === 'number' && item === null ? Number.NaN : item;",
    replace: 'return item;',
    tests: ['__tests__/client'],
  },
  {
    name: 'fields that a newer server adds are refused',
    file: 'src/client/tolerance.ts',
    find: 'const known = schema.fields.filter(({ name }) => Object.hasOwn(value, name));\n  return Object.fromEntries(\n',
    replace:
      'const known = schema.fields.filter(({ name }) => Object.hasOwn(value, name));\n  return Object.assign({ ...value },\n',
    tests: ['__tests__/client'],
  },
  {
    name: 'a server that is derived from is one by itself',
    file: 'src/client/describe.ts',
    find: "return [[endpoint, derived ?? { kind: 'own', method: endpoint }]];",
    replace: "return [[endpoint, { kind: 'own', method: endpoint }]];",
    tests: ['__tests__/client/describe', '__tests__/client/derived'],
  },
  {
    name: 'a rule that is not exact is told as exact',
    file: 'src/client/describe.ts',
    find: "exact: note['exact'] !== false,",
    replace: 'exact: true,',
    tests: ['__tests__/client/describe', '__tests__/client/derived'],
  },
];
