/**
 * Decimal text of float64 numbers and back, in AssemblyScript: the shortest digits that give the number again, in the
 * form of JavaScript's own, and numbers rounded to the nearest. `npm run wasm` compiles it.
 *
 * Writing is Schubfach (Raffaello Giulietti, "The Schubfach way to render doubles", 2020), reading is the algorithm of
 * Eisel and Lemire ("Number parsing at a gigabyte per second", 2021); both take the powers of ten from one table, which
 * JavaScript fills in: 10^e for e from -348 to 347, 128 bits rounded down, the upper 64 bits first.
 */

/** Where things are in the memory. `src/codec/numbers/memory.ts` holds the same. */
const POWERS: usize = 0;
const LOWEST: i32 = -348;
const HIGHEST: i32 = 347;
// The extents of an array from the innermost axis on, and how far each is: up to 32 axes.
const EXTENTS: usize = 12288;
const COUNTERS: usize = 12416;
// The digits of a number, 24 characters, with room behind for what copies read too much.
const DIGITS: usize = 12544;
const INPUT: usize = 16384;
const OUTPUT: usize = 81920;

/** The upper 64 of the 128 bits of a · b. */
@inline
function upperHalf(a: u64, b: u64): u64 {
  const a0 = a & 0xffffffff;
  const a1 = a >> 32;
  const b0 = b & 0xffffffff;
  const b1 = b >> 32;
  const p01 = a0 * b1;
  const middle = ((a0 * b0) >> 32) + (p01 & 0xffffffff) + a1 * b0;
  return a1 * b1 + (p01 >> 32) + (middle >> 32);
}

@inline
function upper(exponent: i32): u64 {
  return load<u64>(POWERS + ((<usize>(exponent - LOWEST)) << 4));
}

@inline
function lower(exponent: i32): u64 {
  return load<u64>(POWERS + ((<usize>(exponent - LOWEST)) << 4), 8);
}

// The upper of three words of a sum; the last bit is set where bits were lost.

@inline
function above(p0: u64, p1: u64, p2: u64, gHigh: u64, gLow: u64, shift: u64): u64 {
  const s0 = p0 + (gLow << shift);
  const c0 = u64(s0 < p0);
  const add = (gHigh << shift) | (gLow >> (64 - shift));
  const s1 = p1 + add;
  const t1 = s1 + c0;
  const c1 = u64(s1 < p1) + u64(t1 < s1);
  return (p2 + (gHigh >> (64 - shift)) + c1) | u64(t1 > 1);
}

@inline
function below(p0: u64, p1: u64, p2: u64, gHigh: u64, gLow: u64, shift: u64): u64 {
  const c0 = u64(p0 < gLow << shift);
  const sub = (gHigh << shift) | (gLow >> (64 - shift));
  const s1 = p1 - sub;
  const t1 = s1 - c0;
  const c1 = u64(p1 < sub) + u64(s1 < c0);
  return (p2 - (gHigh >> (64 - shift)) - c1) | u64(t1 > 1);
}

let digits: u64 = 0;
let exponent: i32 = 0;

/** digits and exponent become the shortest decimal of a positive finite number. */
function shortest(bits: u64): void {
  const fraction = bits & 0xfffffffffffff;
  const biased = <i32>(bits >> 52);
  const c = biased !== 0 ? fraction | 0x10000000000000 : fraction;
  const q = biased !== 0 ? biased - 1075 : -1074;
  if (q <= 0 && q > -53 && (c & ((<u64>1 << -q) - 1)) === 0) {
    digits = c >> -q;
    exponent = 0;
    return;
  }
  const odd = c & 1;
  const closer = fraction === 0 && biased > 1;
  const k = (q * 1262611 - (closer ? 524031 : 0)) >> 22;
  const h = q + ((-k * 1741647) >> 19) + 1;
  let gHigh = upper(-k);
  let gLow = lower(-k);
  // Schubfach wants its powers rounded up; these are exact.
  if (-k < 0 || -k > 55) {
    gLow++;
    if (gLow === 0) gHigh++;
  }
  // The product of g and 4c in three words, and half a unit in the last place of it beside: 2g, or g below a power of 2.
  const four = (4 * c) << h;
  const p0 = gLow * four;
  const low = gHigh * four;
  const p1 = low + upperHalf(gLow, four);
  const p2 = upperHalf(gHigh, four) + u64(p1 < low);
  const value = p2 | u64(p1 > 1);
  const right = above(p0, p1, p2, gHigh, gLow, h + 1) - odd;
  const left = below(p0, p1, p2, gHigh, gLow, closer ? h : h + 1) + odd;
  const s = value >> 2;
  if (s >= 10) {
    const tenth = s / 10;
    const under = left <= 40 * tenth;
    const over = 40 * tenth + 40 <= right;
    if (under !== over) {
      digits = tenth + u64(over);
      exponent = k + 1;
      return;
    }
  }
  const under = left <= 4 * s;
  const over = 4 * s + 4 <= right;
  exponent = k;
  if (under !== over) digits = s + u64(over);
  else digits = s + u64(value > 4 * s + 2 || (value === 4 * s + 2 && (s & 1) !== 0));
}

@inline
function put(at: usize, character: i32): usize {
  store<u8>(at, character);
  return at + 1;
}

/** Eight digits as eight characters, the first in the lowest byte. */
@inline
function eight(value: u32): u64 {
  const fours = <u64>(value / 10000) | (<u64>(value % 10000) << 32);
  const hundreds = ((fours * 10486) >> 20) & 0x7f0000007f;
  const twos = hundreds | ((fours - hundreds * 100) << 16);
  const tens = ((twos * 103) >> 10) & 0x000f000f000f000f;
  return (tens | ((twos - tens * 10) << 8)) + 0x3030303030303030;
}

function countDigits(value: u32): i32 {
  if (value >= 100000) {
    if (value >= 10000000) return 8 + i32(value >= 100000000) + i32(value >= 1000000000);
    return 6 + i32(value >= 1000000);
  }
  if (value >= 1000) return 4 + i32(value >= 10000);
  return 1 + i32(value >= 10) + i32(value >= 100);
}

/** Write the digits of a number so that they end at DIGITS + 24; gives how many they are. */
@inline
function layOut(value: u64): i32 {
  const top = value / 100000000;
  const last = <u32>(value - top * 100000000);
  store<u64>(DIGITS, eight(last), 16);
  if (top === 0) return countDigits(last);
  const head = <u32>top / 100000000;
  store<u64>(DIGITS, eight(<u32>top - head * 100000000), 8);
  store<u8>(DIGITS, 48 + head, 7);
  return 8 + countDigits(<u32>top);
}

/** Copy the laid out digits from the one at `from` of `count` on; up to 24 characters behind `at` are overwritten. */
@inline
function copyDigits(at: usize, count: i32, from: i32): void {
  const source = DIGITS + 24 - count + from;
  store<u64>(at, load<u64>(source));
  store<u64>(at, load<u64>(source, 8), 8);
  store<u64>(at, load<u64>(source, 16), 16);
}

function putZeros(at: usize, count: i32): usize {
  for (let i = 0; i < count; i++) at = put(at, 48);
  return at;
}

function putWord(at: usize, word: u64, length: i32): usize {
  store<u64>(at, word);
  return at + length;
}

/** One number, in JavaScript's form; what JSON has no number for as the json encoding writes it. */
function putNumber(at: usize, value: f64): usize {
  if (value !== value) return putWord(at, 0x6c6c756e, 4); // null
  const bits = reinterpret<u64>(value);
  const negative = bits >> 63 !== 0;
  const magnitude = bits & 0x7fffffffffffffff;
  if (magnitude === 0x7ff0000000000000) {
    at = put(at, 34);
    if (negative) at = put(at, 45);
    return put(putWord(at, 0x7974696e69666e49, 8), 34); // "Infinity"
  }
  if (negative) at = put(at, 45);
  if (magnitude === 0) {
    at = put(at, 48);
    return negative ? put(put(at, 46), 48) : at;
  }
  shortest(magnitude);
  let d = digits;
  let k = exponent;
  // Most numbers have no zeros at their end.
  while ((d & 1) === 0) {
    const tenth = d / 10;
    if (d !== tenth * 10) break;
    d = tenth;
    k++;
  }
  const count = layOut(d);
  return putDecimal(at, count, count + k);
}

/** The `count` digits that are laid out, with the decimal point behind the first `point` of them. */
@inline
function putDecimal(at: usize, count: i32, point: i32): usize {
  if (point > 0 && point <= 21) {
    copyDigits(at, count, 0);
    if (count <= point) return putZeros(at + count, point - count);
    copyDigits(at + point + 1, count, point);
    store<u8>(at + point, 46);
    return at + count + 1;
  }
  if (point > -6 && point <= 0) {
    at = putZeros(put(put(at, 48), 46), -point);
    copyDigits(at, count, 0);
    return at + count;
  }
  copyDigits(at, count, 0);
  if (count > 1) {
    copyDigits(at + 2, count, 1);
    store<u8>(at + 1, 46);
    at += count + 1;
  } else at++;
  at = put(at, 101);
  const e = point - 1;
  at = put(at, e < 0 ? 45 : 43);
  const width = layOut(<u64>(e < 0 ? -e : e));
  copyDigits(at, width, 0);
  return at + width;
}

let rank: i32 = 0;

/** Start to write an array of `axes` axes, whose extents are at EXTENTS; gives the length of the text so far. */
export function startWriting(axes: i32): i32 {
  rank = axes;
  for (let axis = 0; axis < axes; axis++) {
    store<i32>(COUNTERS + (<usize>axis << 2), 0);
    store<u8>(OUTPUT + axis, 91);
  }
  return axes;
}

/** Write the next `count` numbers of INPUT, and all brackets and commas; gives the length of the text at OUTPUT. */
export function write(count: i32): i32 {
  let at = OUTPUT;
  for (let i = 0; i < count; i++) {
    at = putNumber(at, load<f64>(INPUT + (<usize>i << 3)));
    let axis = 0;
    for (; axis < rank; axis++) {
      const done = load<i32>(COUNTERS + (<usize>axis << 2)) + 1;
      if (done < load<i32>(EXTENTS + (<usize>axis << 2))) {
        store<i32>(COUNTERS + (<usize>axis << 2), done);
        break;
      }
      store<i32>(COUNTERS + (<usize>axis << 2), 0);
      at = put(at, 93);
    }
    if (axis === rank) break;
    at = put(at, 44);
    for (; axis > 0; axis--) at = put(at, 91);
  }
  return <i32>(at - OUTPUT);
}

const MORE: i32 = 0;
const DONE: i32 = 1;
const REFUSED: i32 = 2;
const TOKEN: i32 = 3;

let depth: i32 = 0;
let known: i32 = 0;
let behindValue: bool = false;
let lists: i32 = 0;
let state: i32 = MORE;
let written: i32 = 0;
let token: i32 = 0;

/** Start to read a list of numbers. */
export function startReading(): void {
  depth = 0;
  known = 0;
  lists = 0;
  behindValue = false;
  state = MORE;
}

/**
 * 0 while there is more to read, 1 at the end of the list, 2 where this reader cannot go on, and 3 where it has stopped
 * behind a number, of `tokenOf` characters, that somebody else must round.
 */
export function stateOf(): i32 {
  return state;
}

/** How many numbers the last call of `read` has put at OUTPUT. */
export function writtenOf(): i32 {
  return written;
}

/** The number of axes; their extents are at EXTENTS, from the outermost on. */
export function rankOf(): i32 {
  return known;
}

/** How long the number is that somebody else must round. */
export function tokenOf(): i32 {
  return token;
}

/** How many lists have been opened. */
export function listsOf(): i32 {
  return lists;
}

function refuse(at: usize): i32 {
  state = REFUSED;
  return <i32>(at - INPUT);
}

/** Read the text of `length` bytes at INPUT, as far as its tokens are complete; gives how many bytes that were. */
export function read(length: i32): i32 {
  const end = INPUT + length;
  let at: usize = INPUT;
  let out: usize = OUTPUT;
  written = 0;
  state = MORE;
  while (at < end) {
    const code = <i32>load<u8>(at);
    if (code === 32 || (code >= 9 && code <= 13 && code !== 11 && code !== 12)) at++;
    else if (behindValue) {
      if (code === 44) behindValue = false;
      else if (code !== 93 || !close()) return refuse(at);
      at++;
      if (state === DONE) break;
    } else if (code === 91) {
      if (depth === 32 || (known !== 0 && depth === known)) return refuse(at);
      store<i32>(COUNTERS + (<usize>depth << 2), 0);
      depth++;
      lists++;
      at++;
    } else {
      if (depth === 0 || (known !== 0 && depth !== known)) return refuse(at);
      const next = readNumber(at, end);
      if (next === 0) break;
      if (next === 1) return refuse(at);
      if (known === 0) {
        known = depth;
        for (let axis = 0; axis < depth; axis++) store<i32>(EXTENTS + (<usize>axis << 2), -1);
      }
      count();
      if (!rounded) {
        token = <i32>(next - at);
        state = TOKEN;
        at = next;
        break;
      }
      store<f64>(out, result);
      out += 8;
      at = next;
    }
  }
  written = <i32>((out - OUTPUT) >> 3);
  return <i32>(at - INPUT);
}

@inline
function count(): void {
  const counter = COUNTERS + (<usize>(depth - 1) << 2);
  store<i32>(counter, load<i32>(counter) + 1);
  behindValue = true;
}

/** Close a list: false where it is longer or shorter than the first of its axis. */
function close(): bool {
  const axis = <usize>(depth - 1) << 2;
  const extent = load<i32>(COUNTERS + axis);
  const expected = load<i32>(EXTENTS + axis);
  if (expected === -1) store<i32>(EXTENTS + axis, extent);
  else if (expected !== extent) return false;
  depth--;
  if (depth === 0) state = DONE;
  else count();
  return true;
}

let result: f64 = 0;
let rounded: bool = true;

@inline
function digitAt(at: usize): u32 {
  return <u32>load<u8>(at) - 48;
}

@inline
function isEight(word: u64): bool {
  return (
    ((word & 0xf0f0f0f0f0f0f0f0) | (((word + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) === 0x3333333333333333
  );
}

/** The value of eight characters that are digits. */
@inline
function valueOfEight(word: u64): u64 {
  word -= 0x3030303030303030;
  word = word * 10 + (word >> 8);
  return (((word & 0x000000ff000000ff) * 0x000f424000000064 + ((word >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >> 32);
}

/** Read a number into `result`; gives its end, 0 where it may not be complete, 1 where it is none that is read here. */
function readNumber(start: usize, end: usize): usize {
  let at = start;
  const negative = load<u8>(at) === 45;
  if (negative) at++;
  let mantissa: u64 = 0;
  let scale = 0;
  const first = at;
  let digit = digitAt(at);
  if (digit > 9) return at < end ? 1 : 0;
  while (digit <= 9) {
    mantissa = mantissa * 10 + digit;
    digit = digitAt(++at);
  }
  let significant = <i32>(at - first);
  // What lies behind the end is no part of the number.
  if (significant > 1 && digitAt(first) === 0) return at < end ? 1 : 0;
  let whole = true;
  if (load<u8>(at) === 46 && at < end) {
    whole = false;
    const from = ++at;
    for (let word = load<u64>(at); isEight(word); word = load<u64>(at)) {
      mantissa = mantissa * 100000000 + valueOfEight(word);
      at += 8;
    }
    digit = digitAt(at);
    while (digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digit = digitAt(++at);
    }
    scale = -<i32>(at - from);
    if (scale === 0) return at < end ? 1 : 0;
    significant -= scale;
    if (digitAt(first) === 0) significant = significantFrom(first, at);
  }
  if ((load<u8>(at) | 32) === 101 && at < end) {
    whole = false;
    at++;
    const sign = load<u8>(at);
    if (sign === 45 || sign === 43) at++;
    let e = 0;
    const from = at;
    digit = digitAt(at);
    while (digit <= 9) {
      if (e < 10000) e = e * 10 + digit;
      digit = digitAt(++at);
    }
    if (at === from) return at < end ? 1 : 0;
    scale += sign === 45 ? -e : e;
  }
  if (at >= end) return 0;
  // Whole numbers beyond 2^53 may mean integers.
  if (whole && (significant > 16 || mantissa > 9007199254740991)) return 1;
  rounded = significant <= 19 && scaled(mantissa, scale);
  if (negative) result = -result;
  return at;
}

/** The number of digits between, without the zeros in front. */
function significantFrom(from: usize, to: usize): i32 {
  let count = <i32>(to - from) - 1;
  let at = from;
  while (at < to) {
    const code = load<u8>(at);
    if (code !== 48 && code !== 46) break;
    if (code === 48) count--;
    at++;
  }
  return count;
}

const exact: StaticArray<f64> = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21, 1e22,
];

/** result becomes mantissa · 10^scale, rounded to the nearest; false where this cannot tell. */
function scaled(mantissa: u64, scale: i32): bool {
  if (mantissa <= 9007199254740992 && scale >= -22 && scale <= 22) {
    const whole = <f64>mantissa;
    result = scale < 0 ? whole / unchecked(exact[-scale]) : whole * unchecked(exact[scale]);
    return true;
  }
  if (mantissa === 0) {
    result = 0;
    return true;
  }
  if (scale < LOWEST || scale > HIGHEST) return false;
  const shift = clz(mantissa);
  const m = mantissa << shift;
  let e = <i64>((217706 * scale) >> 16) + 64 + 1023 - <i64>shift;
  const power = upper(scale);
  let hi = upperHalf(m, power);
  let lo = m * power;
  if ((hi & 0x1ff) === 0x1ff && lo + m < m) {
    const rest = lower(scale);
    const sum = lo + upperHalf(m, rest);
    if (sum < lo) hi++;
    if ((hi & 0x1ff) === 0x1ff && sum + 1 === 0 && m * rest + m < m) return false;
    lo = sum;
  }
  const top = hi >> 63;
  let bits = hi >> (top + 9);
  e -= <i64>(1 ^ top);
  if (lo === 0 && (hi & 0x1ff) === 0 && (bits & 3) === 1) return false;
  bits = (bits + (bits & 1)) >> 1;
  if (bits >> 53 !== 0) {
    bits >>= 1;
    e++;
  }
  // Subnormal numbers and those beyond float64.
  if (e < 1 || e > 0x7fe) return false;
  result = reinterpret<f64>((<u64>e << 52) | (bits & 0xfffffffffffff));
  return true;
}
