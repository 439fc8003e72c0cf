// sin and cos of binary64 in fixed point, for every magnitude. Promises, in order: the error bound of each ls_wide;
// no branch on the quadrant.
//
// x = (n + f) pi/2, |f| <= 1/2. With v = f^2: sin(pi/2 f) = f (a - b v + c v^2 - v^3 S(v)), cos(pi/2 f) = a - b v + c v^2 -
// v^3 S(v), with different constants.
// Reduction after Payne and Hanek: x = m 2^q with m < 2^53, and bits of 2/pi whose product with x is a multiple of 4
// are left out; 192 bits of 2/pi follow, the first with weight 2^(1-q), so that the product is m times an integer of
// 192 bits, in units of 2^-190, modulo 4.
#pragma once
#include "elementary-tables-f64.h"
#include "elementary-wide.h"

// In all formulas v <= 1/4 and S < 2^-5.5.
//   v: A = |f| 2^128 is off by 4 units at most (cut at 2^-126): relatively that is the error of f, counted apart.
//   V = v 2^66, V2 = v^2 2^68 and V3 = v^3 2^70 are cut and less than 1, 3 and 5 units too small: v^3 S is wrong by 5 units of
//   2^-70 times S, below 2^-73.1.
//   S: fit and coefficients, cut at 2^-69, 2^-68.8; of the two chains of ls_polynomial one is added and one subtracted, both
//   too small, so 1.5 units of 2^-69 from them; together below 2^-67.6, times v^3 <= 2^-6.
//   The constants, the two products in b v - c v^2 and the last cut: below 2^-124.
// Sum below 2^-72.3. cos >= 0.707 has exponent -1 (or is 1): 2^-71.3 of its own unit, below 2^45 in units of 2^-116. sin: the
// bracket is at least 1.414 with exponent 0, times f in [1, 2) 2^e: at most twice 2^-72.3, the same.
// The error of f, at most 2^-126: 2^(z - 125) in units of its significand, z the leading zeros of |f| 2^128, times a
// bracket below 1.58 and 2^116: 2^(z - 8). z < 63, because no binary64 number but 0 is nearer than 2^-61 to a
// multiple of pi/2 (Muller, Elementary Functions, 3rd edition, section 11.3.2; found by continued fractions after
// Kahan).
#define LS_SINE_ERROR_F64 ((uint64_t)1 << 45)

// 2^-28 < |x| < infinity.
LS_INLINE ls_wide ls_sine_wide(double x, unsigned cosine) {
  uint64_t b = ls_bits_f64(x), negative = b >> 63;
  int q = (int)((b >> 52) & 0x7ff) - 1075;
  uint64_t m = (b & 0xfffffffffffff) | 0x10000000000000;
  unsigned skip = (unsigned)(q + 126), s = skip & 63;  // the table begins with 128 zero bits
  const uint64_t *w = ls_f64_two_over_pi + (skip >> 6);
  uint64_t w0 = w[0] << s | w[1] >> 1 >> (63 - s), w1 = w[1] << s | w[2] >> 1 >> (63 - s);
  uint64_t w2 = w[2] << s | w[3] >> 1 >> (63 - s);
  ls_u128 turns = ((ls_u128)(m * w0) << 64) + ls_product(m, w1) + ls_upper(m, w2);  // x 2/pi 2^126, modulo 4

  uint64_t n = (uint64_t)((turns + ((ls_u128)1 << 125)) >> 126);
  ls_u128 f = turns - ((ls_u128)n << 126);
  uint64_t below = (uint64_t)(f >> 127);
  ls_u128 magnitude = ls_signed_wide(f, below) << 2;  // |f| 2^128 <= 2^127

  // |f| = 1/2 would overflow V; but 2x is a binary64 number too, so f keeps away from 1/2 as it does from 0.
  uint64_t quadrant = (n + cosine) & 3, odd = quadrant & 1, ah = ls_high(magnitude);
  ls_u128 v = ls_product(ah, ah) + (ls_product(ah, (uint64_t)magnitude) >> 63);
  uint64_t V = (uint64_t)(v >> 62), V3 = ls_upper(ls_upper(V, V), V);
  uint64_t S = ls_polynomial(ls_f64_sine_polynomials[odd], 6, V, 2, 1);
  ls_u128 start = (ls_u128)ls_f64_sine_start[odd].a.high << 64 | ls_f64_sine_start[odd].a.low;
  ls_u128 slope = (ls_u128)ls_f64_sine_start[odd].b.high << 64 | ls_f64_sine_start[odd].b.low;
  ls_u128 curve = (ls_u128)ls_f64_sine_start[odd].c.high << 64 | ls_f64_sine_start[odd].c.low;
  ls_u128 bracket = start - ls_multiply(v, slope - ls_multiply(v, curve)) - (ls_product(V3, S) >> 12);

  int zeros = __builtin_clzll(ls_high(magnitude));
  ls_u128 product = ls_multiply(odd ? (ls_u128)1 << 127 : ls_left(magnitude, zeros), bracket);  // in units of 2^-126
  int shift = __builtin_clzll(ls_high(product));
  uint64_t lost = odd ? 1 : ((uint64_t)1 << zeros) >> 8;
  uint64_t sign = (quadrant >> 1) ^ (cosine ? 0 : negative) ^ (odd ? 0 : below);
  return (ls_wide){ls_left(product, shift), (odd ? 1 : -zeros) - shift, sign & 1, LS_SINE_ERROR_F64 + lost};
}
