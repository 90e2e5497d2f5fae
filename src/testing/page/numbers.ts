/** Numbers as people read them. */

const raised: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/** 10 to a whole power: `10⁻³`. */
export function power(exponent: number): string {
  if (exponent === 0) return '1';
  if (exponent === 1) return '10';
  return `10${[...String(exponent)].map((character) => raised[character] ?? '').join('')}`;
}

/** A number with a few digits: `0.25`, `1.4·10⁻⁹`. */
export function short(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-3 && size < 1e5)) return minus(String(Number(value.toPrecision(digits))));
  const [mantissa = '', exponent = ''] = value.toExponential(digits - 1).split('e');
  return minus(`${Number(mantissa)}·${power(Number(exponent))}`);
}

/** A number with all digits that tell it from others. */
export function full(value: number | undefined): string {
  if (value === undefined) return '–';
  return Number.isFinite(value) ? minus(String(value)) : short(value);
}

/** How many of something: `1 call`, `3 calls`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function minus(written: string): string {
  return written.replace('-', '−');
}

/** Whole powers of ten around positive numbers: the exponents from … to, at least one decade. */
export function decades(values: readonly number[]): readonly [from: number, to: number] {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  if (logs.length === 0) return [-1, 0];
  const from = Math.floor(Math.min(...logs));
  return [from, Math.max(from + 1, Math.ceil(Math.max(...logs)))];
}
