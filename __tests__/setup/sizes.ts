/** Sizes of generated cases: counted where a property has to meet large ones, and chosen where the usual ones take too long. */
import fc from 'fast-check';

/** Cases whose lengths are counted as a property takes them. */
export interface Counted<T> {
  readonly cases: fc.Arbitrary<T>;
  /** The median and the largest of the lengths so far. */
  readonly lengths: () => { readonly median: number; readonly most: number };
}

/** The same cases, counted. */
export function counted<T extends { readonly length: number }>(cases: fc.Arbitrary<T>): Counted<T> {
  const seen: number[] = [];
  return {
    cases: cases.map((one) => {
      seen.push(one.length);
      return one;
    }),
    lengths: () => {
      const sorted = seen.toSorted((a, b) => a - b);
      return { median: sorted[sorted.length >> 1] ?? 0, most: sorted.at(-1) ?? 0 };
    },
  };
}

/** What `make` makes of cases that are smaller than usual: for trees, whose size is multiplied at each level. */
export function atSize<T>(size: fc.Size, make: () => T): T {
  const usual = fc.readConfigureGlobal();
  fc.configureGlobal({ ...usual, baseSize: size });
  try {
    return make();
  } finally {
    fc.configureGlobal(usual);
  }
}
