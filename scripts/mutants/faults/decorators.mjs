/** Faults of the decorators: what each leaves behind, in both dialects. */

export const tests = ['__tests__/decorators'];

export const faults = [
  {
    name: 'of several endpoints of one method only the first is noted',
    file: 'decorators/annotate.ts',
    find: "for (const entry of entries) note(member.metadata, 'endpoint', { ...entry, method: member.name, isMethod });",
    replace: "note(member.metadata, 'endpoint', { ...entries[0]!, method: member.name, isMethod });",
    tests: ['__tests__/decorators', '__tests__/derive/linearize'],
  },
  {
    name: 'of several rules only the first is noted',
    file: 'decorators/annotate.ts',
    find: "else for (const entry of record.entries) note(metadata, 'derivation', entry);",
    replace: "else note(metadata, 'derivation', record.entries[0]!);",
  },
  {
    name: 'the metadata of a class is not handed to it, in standard decorators',
    file: 'decorators/annotate.ts',
    find: 'Object.defineProperty(target, Symbol.metadata, { value: context.metadata, configurable: true, writable: true });',
    replace: '',
    project: 'standard',
  },
  {
    name: 'a static member belongs to the class of its class',
    file: 'decorators/annotate.ts',
    find: 'const owner = isStatic ? target : target.constructor;',
    replace: 'const owner = target.constructor;',
  },
  {
    name: 'a Linearize that names its closures has the usual ones',
    file: 'decorators/endpoint.ts',
    find: "closures.length > 0 ? closures : ['jvp', 'vjp']",
    replace: "closures.length > 1 ? closures : ['jvp', 'vjp']",
    tests: ['__tests__/decorators', '__tests__/derive/linearize'],
  },
  {
    name: 'the options of an endpoint are left out',
    file: 'decorators/endpoint.ts',
    find: 'options: args[0] ?? {} });',
    replace: 'options: {} });',
    tests: ['__tests__/decorators', '__tests__/derive/planner'],
  },
  {
    name: 'the options of a rule by differences are left out',
    file: 'decorators/derive.ts',
    find: "return classDecorator({ decorator, kind: 'derivation', entries: [{ rule, decorator, options: args[0] }] });",
    replace: "return classDecorator({ decorator, kind: 'derivation', entries: [{ rule, decorator }] });",
    tests: ['__tests__/decorators', '__tests__/derive/difference', '__tests__/derive/fromApply'],
  },
  {
    name: 'a decorator without its parentheses is taken',
    file: 'decorators/component.ts',
    find: "refuseBare('Component', [options]);",
    replace: '',
  },
];
