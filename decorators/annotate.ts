/**
 * The one file that knows there are two decorator dialects: legacy (`experimentalDecorators`) and standard.
 *
 * Each function here makes a decorator for both. In the standard dialect the second argument is a context object, in
 * the legacy one the key of the member, or nothing for a class. All that a decorator does is to leave a record.
 */
import 'reflect-metadata';
import type { ComponentOptions, DerivationNote, EndpointNote } from '../src/component/annotations.js';
import { note } from '../src/component/annotations.js';
import { classDefined, decoratorApplied, requireClass } from '../src/component/define.js';
import { declareField, type FieldSpec } from '../src/schema/field.js';
import { type AnyClass, type Metadata, metadataOf } from '../src/schema/metadata.js';
import { abandon, awaitDecorator } from '../src/schema/pending.js';

/** A decorator of a property whose type is `V`. */
export interface FieldDecorator<V> {
  <This, T extends V | undefined>(value: undefined, context: ClassFieldDecoratorContext<This, T>): void;
  <This, T extends V | undefined>(
    value: ClassAccessorDecoratorTarget<This, T>,
    context: ClassAccessorDecoratorContext<This, T>,
  ): void;
  <This, T extends V | undefined>(value: (this: This) => T, context: ClassGetterDecoratorContext<This, T>): void;
  <This, T extends V | undefined>(
    value: (this: This, to: T) => void,
    context: ClassSetterDecoratorContext<This, T>,
  ): void;
  <K extends PropertyKey, T extends { readonly [P in K]?: V | undefined }>(target: T, key: K): void;
}

/** A decorator of a method whose signature fits `M`. */
export interface MethodDecoratorFor<M extends (argument: never) => unknown> {
  <F extends M>(value: F, context: ClassMethodDecoratorContext): void;
  <F extends M>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<F>): void;
}

type Context = ClassMemberDecoratorContext | ClassDecoratorContext;

/** What a member is, where both dialects can tell. */
type Kind = 'property' | 'accessor' | 'method' | 'class';

interface Member {
  readonly metadata: Metadata;
  readonly name: string;
  readonly kind: Kind;
  readonly isStatic: boolean;
  readonly isPrivate: boolean;
  /** What the compiler noted of the property's type; only the legacy dialect does. */
  readonly designType: unknown;
}

function memberOf(target: unknown, second: unknown): Member {
  return isContext(second) ? standardMember(second) : legacyMember(target as object, second as PropertyKey | undefined);
}

const standardKinds: Readonly<Record<Context['kind'], Kind>> = {
  class: 'class',
  method: 'method',
  field: 'property',
  accessor: 'accessor',
  getter: 'accessor',
  setter: 'accessor',
};

function standardMember(context: Context): Member {
  const inClass = context.kind === 'class' ? { isStatic: false, isPrivate: false } : undefined;
  return {
    metadata: context.metadata as Metadata,
    name: String(context.name),
    kind: standardKinds[context.kind],
    ...(inClass ?? {
      isStatic: (context as ClassMethodDecoratorContext).static,
      isPrivate: (context as ClassMethodDecoratorContext).private,
    }),
    designType: undefined,
  };
}

function legacyMember(target: object, key: PropertyKey | undefined): Member {
  const designType: unknown = key === undefined ? undefined : Reflect.getMetadata('design:type', target, key as string);
  // A static member's target is the class itself.
  const isStatic = typeof target === 'function';
  const owner = isStatic ? target : target.constructor;
  return {
    metadata: metadataOf(owner as AnyClass),
    name: String(key ?? (owner as AnyClass).name),
    kind: key === undefined ? 'class' : legacyKind(Object.getOwnPropertyDescriptor(target, key) ?? {}),
    isStatic,
    isPrivate: false,
    designType,
  };
}

function legacyKind({ get, set, value }: PropertyDescriptor): Kind {
  if (get || set) return 'accessor';
  return typeof value === 'function' ? 'method' : 'property';
}

function isContext(second: unknown): second is Context {
  return typeof second === 'object' && second !== null;
}

/** What a member is, in words, unless it is a member of instances of one of the kinds. */
function misplaced({ kind, isStatic }: Member, ...kinds: readonly Kind[]): string | undefined {
  if (kind !== 'class' && isStatic) return `a static ${kind}`;
  return kinds.includes(kind) ? undefined : `a ${kind}`;
}

/** A field decorator that records the spec made for the noted type of the property. */
export function fieldDecorator<V>(specOf: (designType: unknown) => FieldSpec): FieldDecorator<V> {
  return (target: unknown, second: unknown): void => {
    const member = memberOf(target, second);
    const { metadata, name, designType } = member;
    declareField(metadata, { name, spec: specOf(designType), misplaced: misplaced(member, 'property', 'accessor') });
  };
}

// The legacy dialect cannot tell a property from a method that is inherited.
function methodKinds(second: unknown): readonly Kind[] {
  return isContext(second) ? ['method'] : ['method', 'property'];
}

/** A method decorator that records which endpoints the method implements. */
export function endpointDecorator<M extends (argument: never) => unknown>(
  ...entries: readonly Omit<EndpointNote, 'method' | 'isMethod'>[]
): MethodDecoratorFor<M> {
  return (target: unknown, second: unknown): void => {
    const member = memberOf(target, second);
    const isMethod = misplaced(member, ...methodKinds(second)) === undefined && !member.isPrivate;
    for (const entry of entries) note(member.metadata, 'endpoint', { ...entry, method: member.name, isMethod });
    // The legacy dialect decorates members first, so no decorator of this class waits yet.
    if (!isContext(second)) abandon();
  };
}

/** What a class decorator records. */
export type ClassRecord = {
  /** How the decorator was written, for messages. */
  readonly decorator: string;
} & (
  | { readonly kind: 'component'; readonly entry: ComponentOptions }
  | { readonly kind: 'derivation'; readonly entries: readonly DerivationNote[] }
);

/** A class decorator that records `record`; when the last has been applied, the class is checked. */
export function classDecorator(record: ClassRecord): (target: AnyClass, context?: ClassDecoratorContext) => void {
  const ticket = awaitDecorator();
  return (target, context) => {
    requireClass(record.decorator, target, isContext(context) ? memberName(context) : context);
    const metadata = adopt(target, context);
    if (record.kind === 'component') note(metadata, 'component', record.entry);
    else for (const entry of record.entries) note(metadata, 'derivation', entry);
    // The standard dialect tells by itself when a class is whole.
    if (context?.addInitializer) context.addInitializer(() => classDefined(target));
    else decoratorApplied(ticket, target);
  };
}

function memberName({ kind, name }: Context): string | undefined {
  return kind === 'class' ? undefined : String(name);
}

// The standard dialect hands the metadata to the class only after its last decorator, and another may look before that.
function adopt(target: AnyClass, context: ClassDecoratorContext | undefined): Metadata {
  if (!context) return metadataOf(target);
  Object.defineProperty(target, Symbol.metadata, { value: context.metadata, configurable: true, writable: true });
  return context.metadata as Metadata;
}
