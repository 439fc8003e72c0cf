// Template (see elementary-lanes.h): log and log1p of binary64, as unevaluated sums of two numbers. u = 2^-53.

// x = 2^k m, m in [11/16, 11/8) in a cell with c = `inverse` near 1/m, r = m c - 1; log x = base + baseLow + log(1 + r),
// base + baseLow = k ln2 - log c. r is exact: |r| < 2^-7, a multiple of 2^-60. So are the base, a multiple of 2^-42 below
// 2^10, and sums with it (r has finer units), and r^2 as square + cut. Then log(1 + r) = r - r^2/2 + r^3 Q, Q < 0.34:
//   r^3 (3 * 0.34 u from r^2, r^3 and the product with Q, u from Q's two last roundings / 2 each, 2^-55.3 from its fit)
//   three roundings at r^3 Q, in `low` and in the ends: all below 2^-51.5 |r|^3
//   roundings of the low parts: below 2^-90 of the result
//   in log1p r^2 `below`, left out: u |r|^3.
// If k = 0 and c = 1, |log x| > 0.99 |r|: together below 2^-65 of it. If not, |log x| > 2^-8: below 2^-64.3.
#define LS_LANES_LOG_ERROR 0x1p-64

typedef struct { V m, inverse, base, baseLow; B exponent; } NAME(Cell);

LS_INLINE TARGET NAME(Cell) NAME(cellOf)(V x) {
  const int64_t start = 0x3fe6000000000000;  // 11/16
  B raised = (B)x + (0x3ff0000000000000 - start);
  NAME(Cell) c;
  c.exponent = (B)((NAME(Words))raised >> 52);
  c.m = (V)((raised & 0xfffffffffffff) + start);
  V k = (V)(c.exponent | 0x4330000000000000) - (0x1p52 + 1023), high, low;
  const B index = (B)((NAME(Words))raised >> 45) & 127;
  LOOK_UP_CELL(ls_lanes_log_table, index, c.inverse, high, low);
  c.base = MULADD(k, SPLAT(LS_LANES_LN2_HIGH), high);
  c.baseLow = MULADD(k, SPLAT(LS_LANES_LN2_LOW), low);
  return c;
}

// r + below instead of r; below is less than u r, or 2^-61.
LS_INLINE TARGET NAME(Known) NAME(logSumF64)(NAME(Cell) cell, V r, V below) {
  const double *c = ls_lanes_f64_log;
  V sum = cell.base + r, lost = r - (sum - cell.base);
  V square = r * r, half = square * 0.5, cut = PRODUCT_ERROR(r, r, square);
  V high = sum - half, lostToo = (sum - high) - half;
  V odd = MULADD(MULADD(SPLAT(c[6]), square, MULADD(SPLAT(c[5]), r, SPLAT(c[4]))), square * square,
                 MULADD(MULADD(SPLAT(c[3]), r, SPLAT(c[2])), square, MULADD(SPLAT(c[1]), r, SPLAT(c[0]))));
  V low = (lost + lostToo) + (MULADD(cut, SPLAT(-0.5), cell.baseLow + below) + (r * square) * odd);
  return (NAME(Known)){high, low, MAGNITUDE(high) * LS_LANES_LOG_ERROR, SPLAT_BITS(0), SPLAT_BITS(0), SPLAT_BITS(0)};
}

LS_INLINE TARGET NAME(Known) NAME(logF64)(V x) {
  NAME(Cell) c = NAME(cellOf)(x);
  NAME(Known) y = NAME(logSumF64)(c, RESIDUAL(c.m, c.inverse, SPLAT(-1)), SPLAT(0));
  y.known = (B)(x >= 0x1p-1022) & (B)(x < INFINITY);
  return y;
}

// 1 + x is a sum of two numbers; r = m c - 1 + lost 2^-k c is again one, since the first part is a multiple of the last
// place of the second. (From 2^1023 on, 2^-k becomes 0: nothing is lost there that counts.) |x| <
// 2^-54: x^2/2 beside x.
LS_INLINE TARGET NAME(Known) NAME(log1pF64)(V x) {
  V more = 1 + x, taken = more - 1, lost = (1 - (more - taken)) + (x - taken);
  NAME(Cell) c = NAME(cellOf)(more);
  V first = RESIDUAL(c.m, c.inverse, SPLAT(-1)), second = lost * (V)((2046 - c.exponent) << 52) * c.inverse;
  V sum = first + second, below = second - (sum - first);
  NAME(Known) y = NAME(logSumF64)(c, sum, MULADD(-sum, below, below));
  y.known = (B)(x > -1) & (B)(x < INFINITY);
  y.beside = (B)(MAGNITUDE(x) < 0x1p-54);
  return y;
}
