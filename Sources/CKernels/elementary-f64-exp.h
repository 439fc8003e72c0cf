// exp, expm1 and tanh of binary64 in fixed point. Promises, in order: the error bound of each ls_wide; speed.
#pragma once
#include "elementary-tables-f64.h"
#include "elementary-wide.h"

// exp x = 2^k T (1 + p): x log2(e) = k + j/128 + r, 0 <= r < 2^-7, T = 2^(j/128), p = 2^r - 1. Everything is cut, so
// the result is too small. In units of 2^-71: r 1 (times ln2); (2^r - 1)/r, wrong by the fit and by the coefficients
// (2^-64.3) and by ls_polynomial (2.02 * 2^-64): 2.85 after the factor r < 2^-7; p itself 1. Together p is below 4.6
// units wrong, T p below 9.2; the low word of T left out of T p, below 2^-63 2^-7.5, is 1.5 more. So the significand
// lacks 0 ... 11 units of 2^-71, 11 * 2^45 of 2^-116. Half of that is added, and the other half, rounded up, remains
// as the error. (The fit itself can be too large, by 2^-78 at most: it is within the rounding up, and so far below
// what is cut from r that the sum stays below 2^128.)
#define LS_EXP_DEFECT_F64 ((uint64_t)11 << 45)
#define LS_EXP_ERROR_F64 ((uint64_t)12 << 44)

// |x| < 1024, |x| >= 2^-54.
LS_INLINE ls_wide ls_exp_wide(double x) {
  ls_parts p = ls_parts_of(x);
  ls_u128 log2e = (ls_u128)LS_F64_LOG2_E.high << 64 | LS_F64_LOG2_E.low;
  ls_u128 size = ls_right(ls_scale(p.significand, log2e) >> 1, 9 - p.exponent);  // |x| log2(e) in units of 2^-116
  ls_u128 y = ls_signed_wide(size, x < 0);
  int k = (int)((ls_i128)y >> 116);
  uint64_t R = (uint64_t)(y >> 45);  // r in units of 2^-71
  const ls_words *t = &ls_f64_exp_table[(uint64_t)(y >> 109) & 127];
  uint64_t P = ls_upper(R, ls_polynomial(ls_f64_exp_polynomial, 5, R, 7, 0));  // p in units of 2^-71
  ls_u128 significand = ((ls_u128)t->high << 64 | t->low) + (ls_product(t->high, P) >> 7);
  return (ls_wide){significand, k, 0, LS_EXP_DEFECT_F64};
}

// The significand with half of the defect added, but kept below 2^128, as the exact one is.
LS_INLINE ls_wide ls_exp_centred(ls_wide w) {
  const ls_u128 half = (ls_u128)LS_EXP_DEFECT_F64 << 10;
  ls_u128 s = w.significand + half;
  w.significand = s < half ? ~(ls_u128)0 : s;
  w.error = LS_EXP_ERROR_F64;
  return w;
}

// x (1 + x/2 + x^2 Q(x)) for 2^-54 <= |x| <= 1/8; x/2 is exact. X = |x| 2^67 and x^2 at 2^-70 are cut: (2^-2 2^-67 +
// 2^-70) Q, Q < 0.174: below 2^-70.9. Q by 2^-66.2 from fit and coefficients and 2.25 * 2^-66 from ls_polynomial,
// times x^2 <= 2^-6: below 2^-70.3. The bracket lies in [0.93, 1.07]: relatively 2^-69.5; below 2^-68.5 of a
// significand, 2^47.5 units.
#define LS_EXPM1_SMALL_ERROR_F64 ((uint64_t)1 << 48)

LS_INLINE ls_wide ls_expm1_small(double x) {
  ls_parts p = ls_parts_of(x);
  uint64_t negative = x < 0;
  uint64_t X = p.significand >> -(p.exponent + 4);
  uint64_t square = ls_upper(X, X);  // units of 2^-70
  uint64_t Q = ls_polynomial(ls_f64_expm1_polynomial, 9, X, 3, negative);
  ls_u128 half = (ls_u128)p.significand << (p.exponent + 63);
  ls_u128 bracket = ((ls_u128)1 << 127) + ls_signed_wide(half, negative) + (ls_product(square, Q) >> 9);
  ls_u128 product = ls_scale(p.significand, bracket);  // in units of 2^(exponent - 126)
  int zeros = __builtin_clzll(ls_high(product));
  return (ls_wide){ls_left(product, zeros), p.exponent + 1 - zeros, negative, LS_EXPM1_SMALL_ERROR_F64};
}

// exp x - 1 for |x| >= 1/8, -40 < x < 1024: the subtraction is exact but for the bits shifted out, the error of exp x
// grows by the shift that follows (at most 4).
LS_INLINE ls_wide ls_expm1_large(double x) {
  ls_wide w = ls_exp_centred(ls_exp_wide(x));
  int up = w.exponent > 0 ? w.exponent : 0, down = up - w.exponent;
  ls_u128 one = ((ls_u128)1 << 127) >> (up < 127 ? up : 127);
  ls_u128 difference = ls_signed_wide(ls_right(w.significand, down) - one, down > 0);
  int zeros = __builtin_clzll(ls_high(difference));
  return (ls_wide){ls_left(difference, zeros), up - zeros, down > 0, ((w.error >> down) + 2) << zeros};
}

LS_INLINE ls_wide ls_expm1_wide(double x) {
  return (ls_bits_f64(x) & ~LS_SIGN_F64) < ls_bits_f64(0.125) ? ls_expm1_small(x) : ls_expm1_large(x);
}

// n/d in units of 2^-126, for 2^127 <= d < 2^128, n < 2^128 with a quotient below 2: from y = 1/d in binary64, good
// to 2^-50, as n y (1 + e) with e = 1 - d y, which leaves e^2 < 2^-100: less than 2^28 units of 2^-126.
LS_INLINE ls_u128 ls_quotient(ls_u128 n, ls_u128 d) {
  double reciprocal = 0x1p62 / (double)(int64_t)(ls_high(d) >> 1);
  uint64_t y = (uint64_t)(int64_t)(reciprocal * 0x1p62) << 1;                    // units of 2^-63
  int64_t e = (int64_t)((ls_i128)(((ls_u128)1 << 126) - ls_scale(y, d)) >> 14);  // units of 2^-112, below 2^62
  ls_u128 q = ls_scale(y, n);
  return q + (ls_u128)(((ls_i128)(int64_t)ls_high(q) * e) >> 48);
}

// For 2^-28 < x < 20. From 1/16, with w = exp(-2x) < 1: tanh x = (1 - w)/(1 + w). An error of w counts 2/(1 + w)^2,
// less than 1 if w >= 1/2 and than 2 if not; the shift that normalises the quotient (at most 4) multiplies it, and
// the quotient's own. Below 1/16: tanh x = N/(2 - N), N = -expm1(-2x), whose relative error counts 2/(2 - N) < 1.07;
// the quotient's significand is at most 2/(2 - N) times that of N: 1.14 in all.
LS_INLINE ls_wide ls_tanh_wide(double x) {
  if (ls_bits_f64(x) < ls_bits_f64(0.0625)) {
    ls_wide n = ls_expm1_small(-2 * x);
    ls_u128 quotient = ls_quotient(n.significand, -ls_right(n.significand, -n.exponent));
    int zeros = __builtin_clzll(ls_high(quotient));
    return (ls_wide){ls_left(quotient, zeros), n.exponent + 1 - zeros, 0, n.error + (n.error >> 2)};
  }
  ls_wide w = ls_exp_centred(ls_exp_wide(-2 * x));
  const ls_u128 one = (ls_u128)1 << 127;
  ls_u128 small = ls_right(w.significand, -w.exponent);
  ls_u128 quotient = ls_quotient(one - small, one + small);
  int zeros = __builtin_clzll(ls_high(quotient));
  uint64_t error = (w.error >> -w.exponent) << (w.exponent < -1);
  return (ls_wide){ls_left(quotient, zeros), 1 - zeros, 0, (error + ((uint64_t)1 << 20)) << zeros};
}
