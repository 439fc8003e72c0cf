// Binary64 results are approximated in integers: a significand of 128 bits with an error bound. Integer arithmetic is
// the same on every processor, needs no fused multiply-add and no floating-point environment, and truncations are
// easy to bound.
#pragma once
#include "elementary-rounding.h"

__extension__ typedef unsigned __int128 ls_u128;
__extension__ typedef __int128 ls_i128;

// (-1)^negative * significand * 2^(exponent - 127), with 2^127 <= significand; the exact value differs by at most
// `error` units of 2^(exponent - 116), which is 2^-64 of binary64's last place.
typedef struct {
  ls_u128 significand;
  int exponent;
  uint64_t negative, error;
} ls_wide;

LS_INLINE uint64_t ls_high(ls_u128 x) { return (uint64_t)(x >> 64); }
// The full product, and its upper half (rounded down).
LS_INLINE ls_u128 ls_product(uint64_t a, uint64_t b) { return (ls_u128)a * b; }
LS_INLINE uint64_t ls_upper(uint64_t a, uint64_t b) { return (uint64_t)(((ls_u128)a * b) >> 64); }

// x 2^n and x / 2^n for 0 <= n < 64: shifts of the language allow for more and cost more.
LS_INLINE ls_u128 ls_left(ls_u128 x, int n) {
  return (ls_u128)(ls_high(x) << n | (uint64_t)x >> 1 >> (63 - n)) << 64 | (uint64_t)x << n;
}
LS_INLINE ls_u128 ls_right(ls_u128 x, int n) {
  return (ls_u128)(ls_high(x) >> n) << 64 | ((uint64_t)x >> n | ls_high(x) << 1 << (63 - n));
}

// a*b / 2^64 for a 128-bit b: less than one unit too small.
LS_INLINE ls_u128 ls_scale(uint64_t a, ls_u128 b) { return ls_product(a, ls_high(b)) + ls_upper(a, (uint64_t)b); }

// a*b / 2^128: less than three units too small.
LS_INLINE ls_u128 ls_multiply(ls_u128 a, ls_u128 b) {
  return ls_product(ls_high(a), ls_high(b)) + ls_upper(ls_high(a), (uint64_t)b) + ls_upper((uint64_t)a, ls_high(b));
}

// q if negative is 0, -q if it is 1.
LS_INLINE uint64_t ls_signed(uint64_t q, uint64_t negative) { return (q ^ -negative) + negative; }
LS_INLINE ls_u128 ls_signed_wide(ls_u128 q, uint64_t negative) { return (q ^ -(ls_u128)negative) + negative; }

// c[0] + c[1] t + ... + c[degree] t^degree for t = (-1)^negative x 2^-(64 + shift), all c[i] >= 0, in the unit of the
// c[i]. Even and odd powers run side by side, in t^2. Each chain and the product that joins them end in a cut of less
// than one unit, and what is inside a product counts by its factor: the result is wrong by less than 2 + 2^-shift * 2
// units.
LS_INLINE uint64_t ls_polynomial(const uint64_t *c, int degree, uint64_t x, int shift, uint64_t negative) {
  uint64_t square = ls_upper(x, x), even = c[degree & ~1], odd = c[(degree - 1) | 1];
  for (int i = (degree & ~1) - 2; i >= 0; i -= 2) even = c[i] + (ls_upper(square, even) >> 2 * shift);
  for (int i = ((degree - 1) | 1) - 2; i >= 1; i -= 2) odd = c[i] + (ls_upper(square, odd) >> 2 * shift);
  return even + ls_signed(ls_upper(x, odd) >> shift, negative);
}

LS_INLINE bool ls_round_window_f64(ls_wide w, ls_rounding r, double *y) {
  uint64_t high = ls_high(w.significand), window = (high << 53) | ((uint64_t)w.significand >> 11);
  uint64_t sum = window + (r.nearest << 63) + w.error, last = r.nearest ? window >> 63 : ls_away(r, w.negative);
  *y = ls_from_bits_f64((w.negative << 63) | (((uint64_t)(w.exponent + 1022) << 52) + (high >> 11) + last));
  return sum > 2 * w.error;
}

// Beyond the normal range. At overflow nothing needs deciding; below, the significand is shifted to the exponent of the
// subnormal numbers and loses less than one unit.
LS_COLD static bool ls_round_outside_f64(ls_wide w, ls_rounding r, double *y) {
  int shift = -1022 - w.exponent;
  if (w.exponent > 1023) { *y = ls_from_bits_f64(ls_overflow_f64(w.negative, r)); return true; }
  if (shift > 60) { *y = ls_from_bits_f64(ls_underflow_f64(w.negative, r)); return true; }
  return ls_round_window_f64((ls_wide){w.significand >> shift, -1022, w.negative, (w.error >> shift) + 2}, r, y);
}

// Round to binary64. False: undecided. A carry out of the significand runs into the exponent, as it should.
LS_INLINE bool ls_round_f64(ls_wide w, ls_rounding r, double *y) {
  if (!LS_LIKELY((unsigned)(w.exponent + 1022) <= 2045)) return ls_round_outside_f64(w, r, y);
  return LS_LIKELY(ls_round_window_f64(w, r, y));
}

// |x| = significand * 2^(exponent - 63), 2^63 <= significand < 2^64; x is not 0, infinite or NaN.
typedef struct { uint64_t significand; int exponent; } ls_parts;

LS_INLINE ls_parts ls_parts_of(double x) {
  uint64_t b = ls_bits_f64(x) & ~LS_SIGN_F64;
  if (LS_LIKELY(b >> 52)) return (ls_parts){(b << 11) | LS_SIGN_F64, (int)(b >> 52) - 1023};
  int zeros = __builtin_clzll(b);
  return (ls_parts){b << zeros, -1011 - zeros};
}
