// log and log1p of binary64 in fixed point. Promises, in order: the error bound of each ls_wide; speed.
//
// The argument is 2^k m with 1 <= m < 2. The cell of m gives an integer c with |m c/256 - 1| < 2^-7, so with
// r = m c/256 - 1 exactly log = k ln2 - log(c/256) + log(1 + r). In log1p, 2^k m = 1 + x with m in units of 2^-125,
// which holds all bits down to |x| = 2^-54; in units of 2^-133 the product m c wraps around 2^128 and leaves r in two's
// complement.
#pragma once
#include "elementary-tables-f64.h"
#include "elementary-wide.h"

// log(1 + r) = r - r^2/2 + r^3 Q(r), |r| < 2^-7.3. R = |r| 2^71 is cut (exact in log, where r has 61 bits): r^2/2 is
// wrong by |r| 2^-71; Q by 2^-63.3 from fit and coefficients and 2.02 * 2^-64 from evaluation, R Q by one unit of
// 2^-71 more: in r^2 (R Q) that is r^2 2^-68.8 at most; R^2 cut at 2^-78 there: |r|^3 2^-73. With |r| < 2^-7.3 the
// sum is below |r| (2^-71 + 2^-76.1 + ...) + 3 * 2^-133, that is |r| 2^-70.9 for |r| >= 2^-54.
// If k = 0 and c = 256, or k = -1 and c = 128, log(1 + r) is the result, >= 0.99 |r|: relative error 2^-70.8. Otherwise
// |result| > 2^-8.1, |r| 2^-70.9 < 2^-78.2, and the table, k ln2 (|k| < 2^11) and the cut of log(1 + r) add below
// 2^-105: relative error 2^-70. As a significand is below 2: 2^-69, 2^47 units of 2^-116.
#define LS_LOG_ERROR_F64 ((uint64_t)1 << 47)

// log(1 + r) - log(c/256) + k ln2, r in units of 2^-133; not 0.
LS_INLINE ls_wide ls_log_sum(ls_u128 r, unsigned c, int k) {
  uint64_t below = (uint64_t)(r >> 127);
  uint64_t R = (uint64_t)(ls_signed_wide(r, below) >> 62);
  uint64_t Q = ls_polynomial(ls_f64_log_polynomial, 6, R, 7, !below);
  ls_u128 square = ls_product(R, R);                                  // r^2 in units of 2^-142
  ls_u128 cubic = ls_product(ls_high(square), ls_upper(R, Q)) >> 16;  // |r|^3 Q in units of 2^-133
  ls_u128 sum = r - (square >> 10) + ls_signed_wide(cubic, below);

  const ls_words *l = &ls_f64_log_table[c - 128];
  const ls_u128 ln2 = (ls_u128)LS_F64_LN2.high << 64 | LS_F64_LN2.low;
  ls_u128 base = ((ls_u128)l->high << 64 | l->low) + ln2 * (ls_u128)(ls_i128)k;  // in units of 2^-117
  ls_u128 total = base ? base + (ls_u128)((ls_i128)sum >> 16) : sum;
  uint64_t negative = (uint64_t)(total >> 127);
  ls_u128 size = ls_signed_wide(total, negative);
  int zeros = __builtin_clzll(ls_high(size));  // |r| >= 2^-54: 79 bits or more
  return (ls_wide){ls_left(size, zeros), (base ? 10 : -6) - zeros, negative, LS_LOG_ERROR_F64};
}

// c for a significand m with these 8 bits after the leading one.
LS_INLINE unsigned ls_log_multiplier(uint64_t bits) { return 128u + ls_f64_log_cell[bits & 255]; }

// x > 0, finite, not 1: m has 53 bits, and r in units of 2^-60 is exact in one word.
LS_INLINE ls_wide ls_log_wide(double x) {
  ls_parts p = ls_parts_of(x);
  unsigned c = ls_log_multiplier(p.significand >> 55);
  uint64_t r = (p.significand >> 11) * c - ((uint64_t)1 << 60);
  return ls_log_sum((ls_u128)r << 73, c, p.exponent);
}

// x > -1, |x| >= 2^-54, finite. Below 2 all bits of 1 + x are kept; where 1 or x is cut, the argument changes by 2^-124
// relatively: nothing, as log1p > 1 there.
LS_INLINE ls_wide ls_log1p_wide(double x) {
  ls_parts p = ls_parts_of(x);
  int up = p.exponent > 0 ? p.exponent : 0, down = up - p.exponent;  // 2^up is taken out
  ls_u128 one = ((ls_u128)1 << 125) >> (up < 127 ? up : 127);
  ls_u128 m = one + ls_signed_wide(ls_right((ls_u128)p.significand << 62, down), x < 0);
  int zeros = __builtin_clzll(ls_high(m));  // 1 + x >= 2^-53
  m = ls_left(m, zeros - 1) >> 1;
  unsigned c = ls_log_multiplier((uint64_t)(m >> 117));
  return ls_log_sum(m * c, c, up + 2 - zeros);
}
