/** Shapes: the extents of an array, outermost axis first. `[]` is a scalar. */

/** The extents of an array. */
export type Shape = readonly number[];

/** A declared shape: `null` is a free extent, `'any'` any rank. */
export type ShapePattern = readonly (number | null)[] | 'any';

/** The number of elements of an array of this shape. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** A shape or a declared shape as text: `[3, any]`, or `any rank`. */
export function formatShape(shape: ShapePattern): string {
  return shape === 'any' ? 'any rank' : `[${shape.map((extent) => extent ?? 'any').join(', ')}]`;
}

/** Whether every extent is fixed. */
export function isFixed(shape: ShapePattern): shape is Shape {
  return shape !== 'any' && shape.every((extent) => extent !== null);
}
