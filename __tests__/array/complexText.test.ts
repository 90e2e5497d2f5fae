import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatComplex, parseComplex } from '../../src/array/complexText.js';

test.each([
  ['1+2j', 1, 2],
  ['(1-2j)', 1, -2],
  ['3', 3, 0],
  ['-2.5', -2.5, 0],
  ['j', 0, 1],
  ['-J', 0, -1],
  ['1+j', 1, 1],
  ['1e3-2.5e-1j', 1000, -0.25],
  ['1e+2j', 0, 100],
  ['.5+5.j', 0.5, 5],
  ['nan+infj', NaN, Infinity],
  ['-inf-nanj', -Infinity, NaN],
  [' 1+0j ', 1, 0],
  ['-0-0j', -0, -0],
  ['Infinity', Infinity, 0],
  ['1e-3', 0.001, 0],
  ['+1+1j', 1, 1],
  ['1E+5j', 0, 1e5],
  ['1E-3-2E+3J', 0.001, -2000],
])('%j is %d + %d·i, as in Python', (text, re, im) => {
  expect(parseComplex(text)).toEqual({ re, im });
});

test.each(['', 'x', '1+2', '1+2i', '1 + 2j', '12j3', '1++2j', '(1+2j', 'e5', '.', '1+2jj', '0x10', '1,5', '()'])(
  '%j is no complex number',
  (text) => expect(parseComplex(text)).toBeUndefined(),
);

test.each([
  [1, 2, '1+2j'],
  [-1.5, -2, '-1.5-2j'],
  [0, -0, '0-0j'],
  [-0, 0, '-0+0j'],
  [NaN, Infinity, 'nan+infj'],
  [-Infinity, NaN, '-inf+nanj'],
])('%d + %d·i is written as Python reads it, the signs of zeros too: %s', (re, im, text) => {
  expect(formatComplex(re, im)).toBe(text);
  expect(parseComplex(text)).toEqual({ re, im });
});

test('every pair of finite numbers is read back from its text', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(finite, finite, (re, im) => {
      const sign = im < 0 || Object.is(im, -0) ? '-' : '+';
      const head = Object.is(re, -0) ? '-0' : String(re);
      expect(parseComplex(`${head}${sign}${Math.abs(im)}j`)).toEqual({ re, im });
    }),
    { seed: 8 },
  );
});
