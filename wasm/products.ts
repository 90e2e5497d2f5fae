/**
 * Products of a tile of a matrix in this memory with a row and a column, in AssemblyScript with SIMD. `npm run wasm`
 * compiles it. The rows of a tile begin `stride` bytes apart.
 *
 * Every sum is added up in the order of the loops in `src/array/kernels.ts`, so that both give the same bits.
 */

// Up to so many elements, a tile comes from a cache, and four rows at a time keep up with it; beyond, eight ask memory for more.
const CACHED: i32 = 1 << 20;

/** `out += v · a`, for `a` of `rows × columns`. */
export function gevm(v: usize, a: usize, rows: i32, columns: i32, stride: usize, out: usize): void {
  let blocked = 0;
  if (rows * columns > CACHED) {
    blocked = rows - (rows & 7);
    for (let i = 0; i < blocked; i += 8) addEight(v + (<usize>i << 3), a + <usize>i * stride, stride, columns, out);
  }
  for (; blocked + 4 <= rows; blocked += 4) {
    addFour(v + (<usize>blocked << 3), a + <usize>blocked * stride, stride, columns, out);
  }
  for (let i = blocked; i < rows; i++) addOne(load<f64>(v + (<usize>i << 3)), a + <usize>i * stride, columns, out);
}

@inline
function addEight(v: usize, a: usize, stride: usize, width: i32, out: usize): void {
  const v0 = load<f64>(v);
  const v1 = load<f64>(v, 8);
  const v2 = load<f64>(v, 16);
  const v3 = load<f64>(v, 24);
  const v4 = load<f64>(v, 32);
  const v5 = load<f64>(v, 40);
  const v6 = load<f64>(v, 48);
  const v7 = load<f64>(v, 56);
  const s0 = f64x2.splat(v0);
  const s1 = f64x2.splat(v1);
  const s2 = f64x2.splat(v2);
  const s3 = f64x2.splat(v3);
  const s4 = f64x2.splat(v4);
  const s5 = f64x2.splat(v5);
  const s6 = f64x2.splat(v6);
  const s7 = f64x2.splat(v7);
  let r0 = a;
  let r1 = r0 + stride;
  let r2 = r1 + stride;
  let r3 = r2 + stride;
  let r4 = r3 + stride;
  let r5 = r4 + stride;
  let r6 = r5 + stride;
  let r7 = r6 + stride;
  const end = out + (<usize>(width & ~3) << 3);
  while (out < end) {
    let x = v128.load(out);
    let y = v128.load(out, 16);
    x = f64x2.add(x, f64x2.mul(s0, v128.load(r0)));
    y = f64x2.add(y, f64x2.mul(s0, v128.load(r0, 16)));
    x = f64x2.add(x, f64x2.mul(s1, v128.load(r1)));
    y = f64x2.add(y, f64x2.mul(s1, v128.load(r1, 16)));
    x = f64x2.add(x, f64x2.mul(s2, v128.load(r2)));
    y = f64x2.add(y, f64x2.mul(s2, v128.load(r2, 16)));
    x = f64x2.add(x, f64x2.mul(s3, v128.load(r3)));
    y = f64x2.add(y, f64x2.mul(s3, v128.load(r3, 16)));
    x = f64x2.add(x, f64x2.mul(s4, v128.load(r4)));
    y = f64x2.add(y, f64x2.mul(s4, v128.load(r4, 16)));
    x = f64x2.add(x, f64x2.mul(s5, v128.load(r5)));
    y = f64x2.add(y, f64x2.mul(s5, v128.load(r5, 16)));
    x = f64x2.add(x, f64x2.mul(s6, v128.load(r6)));
    y = f64x2.add(y, f64x2.mul(s6, v128.load(r6, 16)));
    x = f64x2.add(x, f64x2.mul(s7, v128.load(r7)));
    y = f64x2.add(y, f64x2.mul(s7, v128.load(r7, 16)));
    v128.store(out, x);
    v128.store(out, y, 16);
    out += 32;
    r0 += 32;
    r1 += 32;
    r2 += 32;
    r3 += 32;
    r4 += 32;
    r5 += 32;
    r6 += 32;
    r7 += 32;
  }
  for (let j = width & ~3; j < width; j++) {
    let sum = load<f64>(out) + v0 * load<f64>(r0) + v1 * load<f64>(r1) + v2 * load<f64>(r2) + v3 * load<f64>(r3);
    sum = sum + v4 * load<f64>(r4) + v5 * load<f64>(r5) + v6 * load<f64>(r6) + v7 * load<f64>(r7);
    store<f64>(out, sum);
    out += 8;
    r0 += 8;
    r1 += 8;
    r2 += 8;
    r3 += 8;
    r4 += 8;
    r5 += 8;
    r6 += 8;
    r7 += 8;
  }
}

@inline
function addFour(v: usize, a: usize, stride: usize, width: i32, out: usize): void {
  const v0 = load<f64>(v);
  const v1 = load<f64>(v, 8);
  const v2 = load<f64>(v, 16);
  const v3 = load<f64>(v, 24);
  const s0 = f64x2.splat(v0);
  const s1 = f64x2.splat(v1);
  const s2 = f64x2.splat(v2);
  const s3 = f64x2.splat(v3);
  let r0 = a;
  let r1 = r0 + stride;
  let r2 = r1 + stride;
  let r3 = r2 + stride;
  const end = out + (<usize>(width & ~3) << 3);
  while (out < end) {
    let x = v128.load(out);
    let y = v128.load(out, 16);
    x = f64x2.add(x, f64x2.mul(s0, v128.load(r0)));
    y = f64x2.add(y, f64x2.mul(s0, v128.load(r0, 16)));
    x = f64x2.add(x, f64x2.mul(s1, v128.load(r1)));
    y = f64x2.add(y, f64x2.mul(s1, v128.load(r1, 16)));
    x = f64x2.add(x, f64x2.mul(s2, v128.load(r2)));
    y = f64x2.add(y, f64x2.mul(s2, v128.load(r2, 16)));
    x = f64x2.add(x, f64x2.mul(s3, v128.load(r3)));
    y = f64x2.add(y, f64x2.mul(s3, v128.load(r3, 16)));
    v128.store(out, x);
    v128.store(out, y, 16);
    out += 32;
    r0 += 32;
    r1 += 32;
    r2 += 32;
    r3 += 32;
  }
  for (let j = width & ~3; j < width; j++) {
    store<f64>(out, load<f64>(out) + v0 * load<f64>(r0) + v1 * load<f64>(r1) + v2 * load<f64>(r2) + v3 * load<f64>(r3));
    out += 8;
    r0 += 8;
    r1 += 8;
    r2 += 8;
    r3 += 8;
  }
}

function addOne(scale: f64, a: usize, width: i32, out: usize): void {
  const s = f64x2.splat(scale);
  let j = 0;
  for (; j < width - 1; j += 2) {
    v128.store(out, f64x2.add(v128.load(out), f64x2.mul(s, v128.load(a))));
    out += 16;
    a += 16;
  }
  if (j < width) store<f64>(out, load<f64>(out) + scale * load<f64>(a));
}

/**
 * `lanes += a · t`, for `a` of `rows × columns`: the two lanes of a row are its terms at even and at odd places, each
 * added up. Every tile of a row but the last must have an even number of columns.
 */
export function gemv(a: usize, t: usize, rows: i32, columns: i32, stride: usize, lanes: usize): void {
  const blocked = rows - (rows & 3);
  for (let i = 0; i < blocked; i += 4) {
    addFourDots(a, t, stride, columns, lanes);
    a += stride << 2;
    lanes += 64;
  }
  for (let i = blocked; i < rows; i++) {
    let s = v128.load(lanes);
    const end = <usize>(columns & ~1) << 3;
    for (let j: usize = 0; j < end; j += 16) s = f64x2.add(s, f64x2.mul(v128.load(a + j), v128.load(t + j)));
    keep(s, a, t, columns, lanes);
    a += stride;
    lanes += 16;
  }
}

@inline
function keep(s: v128, a: usize, t: usize, columns: i32, lanes: usize): void {
  v128.store(lanes, s);
  if ((columns & 1) !== 0) {
    const last = <usize>(columns - 1) << 3;
    store<f64>(lanes, load<f64>(lanes) + load<f64>(a + last) * load<f64>(t + last));
  }
}

@inline
function addFourDots(a: usize, t: usize, stride: usize, columns: i32, lanes: usize): void {
  const a1 = a + stride;
  const a2 = a1 + stride;
  const a3 = a2 + stride;
  let s0 = v128.load(lanes);
  let s1 = v128.load(lanes, 16);
  let s2 = v128.load(lanes, 32);
  let s3 = v128.load(lanes, 48);
  const end = <usize>(columns & ~1) << 3;
  for (let j: usize = 0; j < end; j += 16) {
    const x = v128.load(t + j);
    s0 = f64x2.add(s0, f64x2.mul(v128.load(a + j), x));
    s1 = f64x2.add(s1, f64x2.mul(v128.load(a1 + j), x));
    s2 = f64x2.add(s2, f64x2.mul(v128.load(a2 + j), x));
    s3 = f64x2.add(s3, f64x2.mul(v128.load(a3 + j), x));
  }
  keep(s0, a, t, columns, lanes);
  keep(s1, a1, t, columns, lanes + 16);
  keep(s2, a2, t, columns, lanes + 32);
  keep(s3, a3, t, columns, lanes + 48);
}
