/** Errors in definitions: what a class, an option or a file says of a component. */
import { definition } from './row.js';

// From outside a class, a rule is opted in to by an option, `--derive vjpFromJacobian`, or by `withDerived`.
const optIn = (written: string) => (/^(-|withDerived)/.test(written) ? written : `@${written}`);

/** The rows. */
export const definitionErrors = {
  // Sparsity: what was declared of a Jacobian.
  E_SPARSITY: definition<'path' | 'received' | 'expected'>()(
    (f) => `${f.path} is ${f.received}, and ${f.expected} is needed. Declare the sparsity for the flattened sizes.`,
  ),
  E_OPTION: definition<'path' | 'received' | 'expected'>()(
    (f) => `The option ${f.path} is ${f.received}, and ${f.expected} is needed.`,
  ),
  E_PLAN: definition<'received' | 'expected'>()(
    (f) => `The saved plan is ${f.received}, and ${f.expected} is needed. Save it again.`,
  ),

  // Definitions: what a class says of itself.
  E_DEFINE_PARENTHESES: definition<'decorator'>()(
    (f) => `@${f.decorator} was written without parentheses. Write @${f.decorator}().`,
  ),
  E_DEFINE_NOT_COMPONENT: definition<'component'>()(
    (f) => `${f.component} has no @Component({ inputs, outputs }). Add it to the class or to a parent.`,
  ),
  E_DEFINE_BASE: definition<'component'>()(
    (f) =>
      `${f.component} does not extend DifferentiableComponent. Write class ${f.component} extends ` +
      'DifferentiableComponent<Inputs, Outputs>.',
  ),
  E_DEFINE_NOT_CLASS: definition<'decorator' | 'received'>()(
    (f) => `@${f.decorator} was applied to ${f.received}, and a class is needed. Write it above the class.`,
  ),
  E_DEFINE_MODEL: definition<'component' | 'side' | 'received'>()(
    (f) =>
      `${f.component} declares ${f.received} as its ${f.side}, and a class is needed. In a circle of imports a class may not ` +
      'be there yet: move the models to a file of their own.',
  ),
  E_DEFINE_NO_FIELDS: definition<'model'>()(
    (f) => `${f.model} declares no fields. Decorate its properties: @Float64() x = 0;`,
  ),
  E_DEFINE_FIELD_TYPE: definition<'field' | 'type'>()(
    (f) =>
      `The type of ${f.field} is not known (${f.type}). Write it as a thunk: @Field(() => String), @Field(() => Mesh), ` +
      '@Field(() => Object) for any JSON.',
  ),
  E_DEFINE_FIELD_PLACE: definition<'field' | 'received'>()(
    (f) =>
      `${f.field} is ${f.received}, and cannot be a field. Decorate a property of the instances, or a getter and setter pair.`,
  ),
  E_DEFINE_FIELD_TWICE: definition<'field'>()((f) => `${f.field} carries two field decorators. Keep one.`),
  E_DEFINE_FIELD_NAME: definition<'field'>()(
    (f) => `${f.field} is no name that a path can hold. Use letters, digits and underscores.`,
  ),
  E_DEFINE_DIFFERENTIABLE: definition<'field' | 'dtype'>()(
    (f) => `${f.field} is ${f.dtype} and cannot be differentiable: only float and complex fields can.`,
  ),
  E_DEFINE_RECURSIVE: definition<'model'>()((f) => `${f.model} contains itself. A schema must be finite.`),
  E_DEFINE_INITIALISER: definition<'model' | 'reason'>()(
    (f) =>
      `new ${f.model}() failed (${f.reason}). A model is made without arguments; its initialisers are the defaults.`,
  ),
  E_DEFINE_NO_APPLY: definition<'component'>()(
    (f) => `${f.component} has no apply. Decorate a method: @Apply() apply(inputs) { … }`,
  ),
  E_DEFINE_TWO_METHODS: definition<'component' | 'endpoint' | 'first' | 'second'>()(
    (f) => `${f.component} decorates both ${f.first}() and ${f.second}() as its ${f.endpoint}. Keep one.`,
  ),
  E_DEFINE_NO_METHOD: definition<'component' | 'endpoint' | 'method'>()(
    (f) =>
      `${f.component} decorates ${f.method} as its ${f.endpoint}, but its instances have no such method. Decorate a public ` +
      'method that is not static; a getter, or a property that holds a function, is none.',
  ),
  E_DEFINE_UNDECORATED: definition<'component' | 'endpoint' | 'decorator'>()(
    (f) =>
      `${f.component}.${f.endpoint}() carries no @${f.decorator}(), so no request would reach it. Decorate or rename it.`,
  ),
  E_DEFINE_SHADOWED: definition<'component' | 'endpoint' | 'method' | 'shadow'>()(
    (f) =>
      `${f.component}.${f.method}() is the ${f.endpoint} of ${f.component}, but ${f.shadow}.${f.endpoint}() would answer a direct ` +
      `call. Name the method ${f.endpoint}.`,
  ),
  E_DEFINE_NOT_DIFFERENTIABLE: definition<'component' | 'endpoint' | 'side'>()(
    (f) => `${f.component} offers ${f.endpoint}, but no ${f.side} field is marked { differentiable: true }.`,
  ),
  E_DEFINE_STALE_DERIVATIVE: definition<'component' | 'endpoint' | 'parent'>()(
    (f) =>
      `${f.component} overrides apply but inherits ${f.parent}.${f.endpoint}(), written for another apply. Override ` +
      `${f.endpoint} too, derive it, or say @Apply({ keepsDerivatives: true }) if it still holds.`,
  ),
  E_DERIVE_UNKNOWN: definition<'component' | 'rule' | 'known'>()(
    (f) => `${f.component} opts in to "${f.rule}", which is no rule. The rules are ${f.known}.`,
  ),
  E_DERIVE_BASE_MISSING: definition<'component' | 'decorator' | 'base'>()(
    (f) =>
      `${optIn(f.decorator)} on ${f.component} needs ${f.base}, and ${f.component} has none. Write ${f.component}.${f.base}(), or opt ` +
      'in to a rule that derives it.',
  ),
  E_DERIVE_OWN_EXISTS: definition<'component' | 'decorator' | 'method'>()(
    (f) =>
      `${optIn(f.decorator)} on ${f.component} would replace ${f.component}.${f.method}(), which is hand-written. Remove the ` +
      'decorator to keep the method, or the method to derive it.',
  ),
  E_DERIVE_TWICE: definition<'component' | 'endpoint' | 'first' | 'second'>()(
    (f) => `${optIn(f.first)} and ${optIn(f.second)} on ${f.component} both derive ${f.endpoint}. Keep one.`,
  ),
  E_DERIVE_CYCLE: definition<'component' | 'cycle'>()(
    (f) => `The derivations on ${f.component} need each other: ${f.cycle}. Write one of these endpoints by hand.`,
  ),
  E_DERIVE_ESTIMATE: definition<'component' | 'decorator' | 'estimate'>()(
    (f) =>
      `${optIn(f.decorator)} on ${f.component} would build on ${optIn(f.estimate)}, which is a random estimate. Derive it from ` +
      'apply instead: vjpFromApply.',
  ),
  E_DERIVE_OPTION: definition<'component' | 'decorator' | 'rule' | 'option'>()(
    (f) =>
      `${optIn(f.decorator)} on ${f.component} needs the option ${f.option}. Write @${f.rule}({ ${f.option}: … }).`,
  ),
  E_OPEN_CONSTRUCTOR: definition<'component' | 'reason'>()(
    (f) => `new ${f.component}() failed (${f.reason}). Pass an instance to openComponent instead of the class.`,
  ),

  // Loading: the file that a component is in.
  E_LOAD_MISSING: definition<'file'>()(
    (f) => `There is no file ${f.file}. Name the file of the component: cotangent check path/to/component.ts`,
  ),
  E_LOAD_NO_COMPONENT: definition<'file' | 'found'>()(
    (f) =>
      `${f.file} exports no component. Export a class that has @Component({ inputs, outputs }); it exports ${f.found}.`,
  ),
  E_LOAD_SEVERAL: definition<'file' | 'found'>()(
    (f) => `${f.file} exports several components: ${f.found}. Choose one with --export, or export it as the default.`,
  ),
  E_LOAD_EXPORT: definition<'file' | 'export' | 'found'>()(
    (f) => `${f.file} exports no component called ${f.export}. Its components: ${f.found}.`,
  ),
  E_LOAD_SYNTAX: definition<'place' | 'reason'>()((f) => `${f.place} is not valid: ${f.reason}`),
  E_LOAD_FAILED: definition<'file' | 'reason'>()((f) => `${f.file} cannot be loaded. ${f.reason}`),
};
