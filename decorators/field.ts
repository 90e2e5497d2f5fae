/**
 * Field decorators: one for each dtype, `AnyArray`, and `Field` for everything that is not an array.
 *
 * To add one, add its row in `src/schema/field.ts` or `src/array/dtype.ts`, and its export here.
 */
import type { DType } from '../src/array/dtype.js';
import type { Complex, NdArray } from '../src/array/ndarray.js';
import type { ShapePattern } from '../src/array/shape.js';
import type { FieldOptions } from '../src/schema/field.js';
import { refuseBare } from '../src/schema/parentheses.js';
import { type FieldDecorator, fieldDecorator } from './annotate.js';

/** What an array field may say. */
export interface ArrayOptions extends FieldOptions {
  /** The extents: `null` for a free one, `'any'` for any rank, `[]` (the default) for a scalar. */
  readonly shape?: ShapePattern;
  /** Whether derivatives by or of this field may be asked for. Float and complex fields only. */
  readonly differentiable?: boolean;
}

type One<O, D extends DType, S> = O extends { readonly shape: infer P } ? (P extends readonly [] ? S : NdArray<D>) : S;

/** The type that a field's options ask of its property. */
export type FieldValue<O, V> = O extends { readonly each: 'list' }
  ? readonly V[]
  : O extends { readonly each: 'map' }
    ? ReadonlyMap<string, V>
    : V;

/** The decorator factory of one dtype, whose scalars are of type `S`. */
export type ArrayFieldFactory<D extends DType, S> = <const O extends ArrayOptions = { readonly shape: readonly [] }>(
  options?: O,
) => FieldDecorator<FieldValue<O, One<O, D, S>>>;

function arrayField<D extends DType, S>(name: string, dtype: D | 'any'): ArrayFieldFactory<D, S> {
  const factory = (...args: readonly [ArrayOptions?]) => {
    refuseBare(name, args);
    const { shape = dtype === 'any' ? 'any' : [], differentiable = false, ...options } = args[0] ?? {};
    return fieldDecorator(() => ({ ...options, kind: 'array', dtype, shape, differentiable }));
  };
  return factory as unknown as ArrayFieldFactory<D, S>;
}

/** A float16 field: a `number`, or an `NdArray<'float16'>` (held widened, rounded to float16). */
export const Float16: ArrayFieldFactory<'float16', number> = arrayField('Float16', 'float16');
/** A float32 field: a `number`, or an `NdArray<'float32'>`. */
export const Float32: ArrayFieldFactory<'float32', number> = arrayField('Float32', 'float32');
/** A float64 field: a `number`, or an `NdArray`. */
export const Float64: ArrayFieldFactory<'float64', number> = arrayField('Float64', 'float64');
/** An int8 field: a `number`, or an `NdArray<'int8'>`. */
export const Int8: ArrayFieldFactory<'int8', number> = arrayField('Int8', 'int8');
/** An int16 field: a `number`, or an `NdArray<'int16'>`. */
export const Int16: ArrayFieldFactory<'int16', number> = arrayField('Int16', 'int16');
/** An int32 field: a `number`, or an `NdArray<'int32'>`. */
export const Int32: ArrayFieldFactory<'int32', number> = arrayField('Int32', 'int32');
/** An int64 field: a `bigint`, or an `NdArray<'int64'>`. */
export const Int64: ArrayFieldFactory<'int64', bigint> = arrayField('Int64', 'int64');
/** A uint8 field: a `number`, or an `NdArray<'uint8'>`. */
export const UInt8: ArrayFieldFactory<'uint8', number> = arrayField('UInt8', 'uint8');
/** A uint16 field: a `number`, or an `NdArray<'uint16'>`. */
export const UInt16: ArrayFieldFactory<'uint16', number> = arrayField('UInt16', 'uint16');
/** A uint32 field: a `number`, or an `NdArray<'uint32'>`. */
export const UInt32: ArrayFieldFactory<'uint32', number> = arrayField('UInt32', 'uint32');
/** A uint64 field: a `bigint`, or an `NdArray<'uint64'>`. */
export const UInt64: ArrayFieldFactory<'uint64', bigint> = arrayField('UInt64', 'uint64');
/** A bool field: a `boolean`, or an `NdArray<'bool'>` of 0 and 1. */
export const Bool: ArrayFieldFactory<'bool', boolean> = arrayField('Bool', 'bool');
/** A complex64 field: a `Complex`, or an `NdArray<'complex64'>`, interleaved. */
export const Complex64: ArrayFieldFactory<'complex64', Complex> = arrayField('Complex64', 'complex64');
/** A complex128 field: a `Complex`, or an `NdArray<'complex128'>`, interleaved. */
export const Complex128: ArrayFieldFactory<'complex128', Complex> = arrayField('Complex128', 'complex128');

/** What `AnyArray` may say: any dtype, any rank unless a shape is given. */
export type AnyArrayFactory = <const O extends ArrayOptions = { readonly shape: 'any' }>(
  options?: O,
) => FieldDecorator<FieldValue<O, NdArray<DType>>>;

/** An array field of any dtype: an `NdArray`. */
export const AnyArray: AnyArrayFactory = arrayField<DType, NdArray<DType>>('AnyArray', 'any') as AnyArrayFactory;

/** What a plain field's type may be: a class, `String`, `Number`, `Boolean`, `Object` (any JSON), or a list of choices. */
export type FieldType = () => unknown;

/**
 * A field that is not an array: a nested model, a string, a number, a boolean, one of several choices.
 *
 * The type is a thunk (`@Field(() => Mesh)`, `@Field(() => ['central', 'forward'])`); where the compiler emits decorator
 * metadata, it may be left out for classes, strings, numbers and booleans. Raises `E_DEFINE_FIELD_TYPE` at definition
 * where the type is not known: the compiler notes no more than `Object` of a union, an interface, `unknown` or a type that
 * is only imported.
 */
export function Field<const O extends FieldOptions = FieldOptions>(options?: O): FieldDecorator<unknown>;
export function Field<const O extends FieldOptions = FieldOptions>(
  type: FieldType,
  options?: O,
): FieldDecorator<unknown>;
export function Field(...args: readonly unknown[]): FieldDecorator<unknown> {
  refuseBare('Field', args);
  const type = typeof args[0] === 'function' ? (args[0] as FieldType) : undefined;
  const options = (type ? args[1] : args[0]) as FieldOptions | undefined;
  return fieldDecorator((noted) => ({ ...options, kind: 'deferred', type: type ?? (() => noted), noted: !type }));
}
