/**
 * The one file that knows there are two decorator dialects: legacy (`experimentalDecorators`) and standard.
 *
 * Each function here makes a decorator for both. In the standard dialect the second argument is a context object, in
 * the legacy one the key of the member, or nothing for a class. All that a decorator does is to leave a record.
 */
import 'reflect-metadata';
import type { ComponentOptions, DerivationNote, EndpointNote } from '../src/component/annotations.js';
import { note } from '../src/component/annotations.js';
import { decoratorApplied } from '../src/component/define.js';
import { declareField, type FieldSpec } from '../src/schema/field.js';
import { type AnyClass, type Metadata, metadataOf } from '../src/schema/metadata.js';
import { awaitDecorator } from '../src/schema/pending.js';

/** A decorator of a property whose type is `V`. */
export interface FieldDecorator<V> {
  <This, T extends V | undefined>(value: undefined, context: ClassFieldDecoratorContext<This, T>): void;
  <K extends PropertyKey, T extends { readonly [P in K]?: V | undefined }>(target: T, key: K): void;
}

/** A decorator of a method whose signature fits `M`. */
export interface MethodDecoratorFor<M extends (argument: never) => unknown> {
  <F extends M>(value: F, context: ClassMethodDecoratorContext): void;
  <F extends M>(target: object, key: string | symbol, descriptor: TypedPropertyDescriptor<F>): void;
}

type Context = ClassFieldDecoratorContext | ClassMethodDecoratorContext | ClassDecoratorContext;

interface Member {
  readonly metadata: Metadata;
  readonly name: string;
  /** What the compiler noted of the property's type; only the legacy dialect does. */
  readonly designType: unknown;
}

function memberOf(target: unknown, second: unknown): Member {
  if (isContext(second))
    return { metadata: second.metadata as Metadata, name: String(second.name), designType: undefined };
  const key = second as string | symbol;
  const designType: unknown = Reflect.getMetadata('design:type', target as object, key);
  // A static member's target is the class itself.
  const owner = typeof target === 'function' ? target : (target as object).constructor;
  return { metadata: metadataOf(owner as AnyClass), name: String(key), designType };
}

function isContext(second: unknown): second is Context {
  return typeof second === 'object' && second !== null;
}

/** A field decorator that records the spec made for the noted type of the property. */
export function fieldDecorator<V>(specOf: (designType: unknown) => FieldSpec): FieldDecorator<V> {
  return (target: unknown, second: unknown): void => {
    const { metadata, name, designType } = memberOf(target, second);
    declareField(metadata, name, specOf(designType));
  };
}

/** A method decorator that records which endpoints the method implements. */
export function endpointDecorator<M extends (argument: never) => unknown>(
  ...entries: readonly Omit<EndpointNote, 'method'>[]
): MethodDecoratorFor<M> {
  return (target: unknown, second: unknown): void => {
    const { metadata, name } = memberOf(target, second);
    for (const entry of entries) note(metadata, 'endpoint', { ...entry, method: name });
  };
}

/** What a class decorator records. */
export type ClassRecord =
  | { readonly kind: 'component'; readonly entry: ComponentOptions }
  | { readonly kind: 'derivation'; readonly entries: readonly DerivationNote[] };

/** A class decorator that records `record`; the last one applied to a class has it checked. */
export function classDecorator(record: ClassRecord): (target: AnyClass, context?: ClassDecoratorContext) => void {
  const ticket = awaitDecorator();
  return (target, context) => {
    const metadata = adopt(target, context);
    if (record.kind === 'component') note(metadata, 'component', record.entry);
    else for (const entry of record.entries) note(metadata, 'derivation', entry);
    decoratorApplied(ticket, target);
  };
}

// The standard dialect hands the metadata to the class only after its last decorator, and the check comes before that.
function adopt(target: AnyClass, context: ClassDecoratorContext | undefined): Metadata {
  if (!context) return metadataOf(target);
  Object.defineProperty(target, Symbol.metadata, { value: context.metadata, configurable: true, writable: true });
  return context.metadata as Metadata;
}
