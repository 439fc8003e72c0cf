// Template (see elementary-lanes.h, elementary-values.h): log and log1p of binary64, as unevaluated sums of two numbers. u = 2^-53.

// x = 2^k m, m in [11/16, 11/8) in a cell with c = `inverse` near 1/m, r = m c - 1; log x = base + baseLow + log(1 + r),
// base + baseLow = k ln2 - log c. r is exact: |r| < 2^-7, a multiple of 2^-60. So is the base, a multiple of 2^-42 below 2^10,
// and high + lost = base + r. Then log(1 + r) - r = r^2 P, |P| < 0.505, and what is wrong is
//   0.5 u r^2 from rounding r^2, u r^2 from P's last two roundings, 2^-58 r^2 from its fit
//   0.5 u r^2 each from the product r^2 P, its sum with the low part, `low`, and the two ends: 2 u r^2
//   in log1p, u r^2 from log(1 + r + below) - log(1 + r) - below, since below < u r
// and, beside r^2, roundings of the low part: below 2^-94, or 2^-90 |k|, where |log x| > 2^-8 or 0.3 |k|.
// Together less than 4.7 u r^2 and 2^-85 of the result.
#define LS_LANES_LOG_SQUARE_ERROR 0x1.4p-51
#define LS_LANES_LOG_ERROR 0x1p-80

typedef struct { V m, inverse, base, baseLow; B exponent; } NAME(Cell);

LS_INLINE TARGET NAME(Cell) NAME(cellOf)(V x) {
  const int64_t start = 0x3fe6000000000000;  // 11/16
  B raised = BITS(x) + (0x3ff0000000000000 - start);
  NAME(Cell) c;
  c.exponent = (B)((NAME(Words))raised >> 52);
  c.m = NUMBER((raised & 0xfffffffffffff) + start);
  V k = NUMBER(c.exponent | 0x4330000000000000) - (0x1p52 + 1023), high, low;
  const B index = (B)((NAME(Words))raised >> 45) & 127;
  LOOK_UP_CELL(ls_lanes_log_table, index, c.inverse, high, low);
  c.base = MULADD(k, SPLAT(LS_LANES_LN2_HIGH), high);
  c.baseLow = MULADD(k, SPLAT(LS_LANES_LN2_LOW), low);
  return c;
}

// `below` is the low part: of the base and, in log1p, of r.
LS_INLINE TARGET NAME(Known) NAME(logSumF64)(NAME(Cell) cell, V r, V below) {
  const double *c = ls_lanes_f64_log;
  V high = cell.base + r, lost = r - (high - cell.base), square = r * r;
  V middle = MULADD(SPLAT(c[3]), r, SPLAT(c[2])), end = MULADD(SPLAT(c[6]), square, MULADD(SPLAT(c[5]), r, SPLAT(c[4])));
  V P = MULADD(MULADD(end, square, middle), square, MULADD(SPLAT(c[1]), r, SPLAT(c[0])));
  V low = lost + MULADD(square, P, below);
  V error = MULADD(square, SPLAT(LS_LANES_LOG_SQUARE_ERROR), MAGNITUDE(high) * LS_LANES_LOG_ERROR);
  return (NAME(Known)){high, low, error, SPLAT_BITS(0), SPLAT_BITS(0), SPLAT_BITS(0)};
}

LS_INLINE TARGET NAME(Known) NAME(logF64)(V x) {
  NAME(Cell) c = NAME(cellOf)(x);
  NAME(Known) y = NAME(logSumF64)(c, RESIDUAL(c.m, c.inverse, SPLAT(-1)), c.baseLow);
  y.known = MASK(x >= 0x1p-1022) & MASK(x < INFINITY);
  return y;
}

// 1 + x is a sum of two numbers; r = m c - 1 + lost 2^-k c is again one, since the first part is a multiple of the last
// place of the second. (From 2^1023 on, 2^-k becomes 0: nothing is lost there that counts.) |x| <
// 2^-54: x^2/2 beside x.
LS_INLINE TARGET NAME(Known) NAME(log1pF64)(V x) {
  V more = 1 + x, taken = more - 1, lost = (1 - (more - taken)) + (x - taken);
  NAME(Cell) c = NAME(cellOf)(more);
  V first = RESIDUAL(c.m, c.inverse, SPLAT(-1)), second = lost * NUMBER((2046 - c.exponent) << 52) * c.inverse;
  V sum = first + second, below = second - (sum - first);
  NAME(Known) y = NAME(logSumF64)(c, sum, c.baseLow + below);
  y.known = MASK(x > -1) & MASK(x < INFINITY);
  y.beside = MASK(MAGNITUDE(x) < 0x1p-54);
  return y;
}
