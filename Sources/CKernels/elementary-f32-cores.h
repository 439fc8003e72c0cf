// Binary64 approximations for the binary32 elementary functions, and their special cases. Promises, in order:
// relative error below LS_F32_RELATIVE_ERROR = 2^-46 for the arguments sent here (each derivation finds 2^-48 or
// less; the rest is margin); straight-line code, so that loops over it can be vectorised. Binary64 operations round
// to nearest, u = 2^-53.
//
// Each ls_NAME_f32(x, r, &y) gives the correctly rounded result, or returns false if it cannot decide.
#pragma once
#include "elementary-rounding.h"
#include "elementary-tables-f32.h"
#include "elementary-tables-f64.h"
#include "elementary-wide.h"

// --- exp, expm1, tanh

// exp(x) = 2^q T (1 + p), with x = (64 q + j) ln2/64 + r, T = 2^(j/64) and p = exp(r) - 1, |r| <= ln2/128 < 2^-7.5.
typedef struct { double high, low, p; } ls_exp_parts;  // 2^q T as a sum, and p

// For x of at most 25 bits, |x| < 128. k < 2^14 times the 39 bits of the high constant is exact; both x and the
// product are multiples of 2^-45 (k = 0, or |x| > 2^-8 and then 25 bits reach 2^-32), so their difference is exact
// too. r is then wrong by u |r| and, if k is not 0, by 2^-84 from the low constant. The fit gives p/r - 1 to 2^-42.5
// |r| < 2^-50, evaluation adds 2u.
LS_INLINE ls_exp_parts ls_exp_reduced(double x) {
  const double shifter = 0x1.8p52, *c = ls_f32_exp_polynomial;
  double shifted = x * LS_F32_64_OVER_LN2 + shifter, k = shifted - shifter;
  int64_t n = (int64_t)(ls_bits_f64(shifted) << 13) >> 13;  // the low bits of the sum are k in two's complement
  double r = (x - k * LS_F32_LN2_HIGH) - k * LS_F32_LN2_LOW, square = r * r;
  double p = r + square * ((c[0] + c[1] * r) + square * (c[2] + c[3] * r));
  double scale = ls_from_bits_f64((uint64_t)((n >> 6) + 1023) << 52);
  return (ls_exp_parts){ls_f32_exp_table[n & 63].high * scale, ls_f32_exp_table[n & 63].low * scale, p};
}

// T and the sum are rounded (2u), p weighs 2^-7.5: below 2^-51.
LS_INLINE double ls_exp_core(double x) {
  ls_exp_parts e = ls_exp_reduced(x);
  return e.high + e.high * e.p;
}

// high - 1 is exact for high in [1/2, 2], else wrong by u/2 of the result. If k = 0 the result is p itself, to 2^-49.6.
// If k is not 0 then |result| > 2^-7.6, high * p and the inner sum are wrong by 2u 2^-7.5 at most: below 2^-49.
LS_INLINE double ls_expm1_core(double x) {
  ls_exp_parts e = ls_exp_reduced(x);
  return (e.high - 1) + (e.low + e.high * e.p);
}

// tanh x = E/(E + 2), E = expm1(2x) for x > 0: the error of E counts by 2/(E + 2) < 1, and two roundings: below 2^-48.
LS_INLINE double ls_tanh_core(double x) {
  double e = ls_expm1_core(2 * x);
  return e / (e + 2);
}

// --- log, log1p

// x = 2^k m, m in [11/16, 11/8) in cell i of centre c; log x = k ln2 + log c + log(1 + r), r = (m - c)/c, |r| <=
// 2^-7. x is a positive normal binary64 number, |k| < 2^8. m - c is exact, r wrong by 2u (by 0 where c = 1, and there
// r = m - 1 is the whole argument), the fit by 2^-49.9 r^2, evaluation by 2^-7 * 3u: if k ln2 + log c = 0 the result is
// wrong by u + 2^-56. Otherwise |log x| > 2^-8.1; k ln2_high + high is exact for |k| < 2^8, and what is added to it
// is below |log x| + 2^-7 with absolute error 4u 2^-7 (k ln2_low and its product: below 2^-32 u): relatively below 6u
// + u, under 2^-50.
LS_INLINE double ls_log_core(double x) {
  const uint64_t start = 0x3fe6000000000000u;  // 11/16
  const double *c = ls_f32_log_polynomial;
  uint64_t b = ls_bits_f64(x), offset = b - start;
  int64_t exponent = (int64_t)offset >> 52;
  double k = (double)exponent, m = ls_from_bits_f64(b - ((uint64_t)exponent << 52));
  // cells are 2^-8 wide below 1 and 2^-7 above: both are 2^-7 of the power of two below them
  uint64_t i = (offset >> 45) & 127;
  double r = (m - ls_f32_log_table[i].center) * ls_f32_log_table[i].reciprocal, square = r * r;
  double p = square * ((c[0] + c[1] * r) + square * ((c[2] + c[3] * r) + square * (c[4] + c[5] * r)));
  double high = k * LS_F32_LOG_LN2_HIGH + ls_f32_log_table[i].high;
  double low = k * LS_F32_LOG_LN2_LOW + ls_f32_log_table[i].low;
  return high + (r + (low + p));
}

// --- sin, cos

// x = k pi/2 + r for |x| < 2^20: k < 2^20 times 33 and 32 bits are exact, x - k P1 is exact (multiples of 2^-32, or
// of the last place of x if k = 0, below 2), the next difference is rounded once and so is the last, whose subtrahend
// is wrong by 2^-97 at most. No binary32 number but 0 is nearer than 2^-29.3 to a multiple of pi/2 (by continued
// fractions, as in Muller, Elementary Functions, 3rd edition, section 11.3.2), so r is known to 2u + 2^-67. The fits
// are good to 2^-54.7 r^2 and 2^-51.3 r^2, r^2 < 0.62; roundings: sin r + r^3 S: u + 3u * 0.1 + 3u from r (2u here, 3u
// from ls_sine_far); cos 1 + r^2 C: u/2 + 4u * 0.31 + 3u * 0.62 from r over cos r > 0.7; all below 2^-50.
LS_INLINE double ls_sine_reduced(double r, uint64_t quadrant) {
  const double *c = ls_f32_sine_polynomials[quadrant & 1];
  double z = r * r, z2 = z * z, first = quadrant & 1 ? 1 : r;
  double y = first + first * z * (((c[0] + c[1] * z) + z2 * (c[2] + c[3] * z)) + z2 * z2 * (c[4] + c[5] * z));
  return ls_from_bits_f64(ls_bits_f64(y) ^ ((quadrant & 2) << 62));
}

LS_INLINE double ls_sine_core(double x, unsigned cosine) {
  const double shifter = 0x1.8p52;
  double shifted = x * LS_F32_TWO_OVER_PI + shifter, k = shifted - shifter;
  double r = ((x - k * LS_F32_HALF_PI_1) - k * LS_F32_HALF_PI_2) - k * LS_F32_HALF_PI_3;
  return ls_sine_reduced(r, ls_bits_f64(shifted) + cosine);
}

// |x| = m 2^q >= 2^20, m < 2^24, after Payne and Hanek (elementary-f64-sine.h): 128 bits of 2/pi, the first with weight
// 2^(1-q), times m, in units of 2^-126 modulo 4. What is left out is below m units, 2^-102; the fraction f is above 2^-30,
// so that is relatively 2^-72. Of f, 64 bits are taken and rounded to binary64 (u), times pi/2 (u, and u for the constant).
LS_INLINE double ls_sine_far(float x, unsigned cosine) {
  uint32_t b = ls_bits_f32(x);
  uint64_t m = (b & 0x7fffff) | 0x800000;
  unsigned skip = ((b >> 23) & 255) - 150 + 126, s = skip & 63;  // the table begins with 128 zero bits
  const uint64_t *w = ls_f64_two_over_pi + (skip >> 6);
  uint64_t w0 = w[0] << s | w[1] >> 1 >> (63 - s), w1 = w[1] << s | w[2] >> 1 >> (63 - s);
  ls_u128 turns = ((ls_u128)(m * w0) << 64) + ls_product(m, w1);
  uint64_t n = (uint64_t)((turns + ((ls_u128)1 << 125)) >> 126);
  ls_u128 f = turns - ((ls_u128)n << 126);
  uint64_t below = (uint64_t)(f >> 127);
  ls_u128 size = ls_signed_wide(f, below);
  int zeros = __builtin_clzll(ls_high(size));
  double scale = ls_from_bits_f64((uint64_t)(1023 - 61 - zeros) << 52);  // of half the word taken
  double r = (double)(int64_t)(ls_high(ls_left(size, zeros)) >> 1) * LS_F32_HALF_PI * scale;
  double y = ls_sine_reduced(ls_from_bits_f64(ls_bits_f64(r) ^ below << 63), n + cosine);
  return cosine ? y : ls_from_bits_f64(ls_bits_f64(y) ^ (uint64_t)(b >> 31) << 63);
}

// --- special cases, then the cores. Ranges of |x| are tested as one unsigned difference of bit patterns.

LS_INLINE bool ls_within_f32(float x, float low, float high) {
  return (ls_bits_f32(x) & ~LS_SIGN_F32) - ls_bits_f32(low) < ls_bits_f32(high) - ls_bits_f32(low);
}

LS_INLINE float ls_nan_f32(void) { return ls_from_bits_f32(LS_NAN_F32); }
LS_INLINE float ls_magnitude_f32(float x) { return ls_from_bits_f32(ls_bits_f32(x) & ~LS_SIGN_F32); }

// exp x for |x| < 2^-25 (1 + t, |t| < 2^-25) or |x| >= 128 or NaN.
LS_COLD static float ls_exp_special_f32(float x, ls_rounding r) {
  if (x != x) return ls_nan_f32();
  if (x == 0) return 1;
  if (ls_magnitude_f32(x) < 1) return ls_beside_f32(1, x > 0, r);
  if (ls_magnitude_f32(x) == ls_from_bits_f32(LS_INFINITY_F32)) return x > 0 ? x : 0;
  return ls_from_bits_f32(x > 0 ? ls_overflow_f32(0, r) : ls_underflow_f32(0, r));
}

LS_INLINE bool ls_exp_f32(float x, ls_rounding r, float *y) {
  if (LS_LIKELY(ls_within_f32(x, 0x1p-25f, 128))) return ls_round_f32(ls_exp_core((double)x), r, y);
  *y = ls_exp_special_f32(x, r);
  return true;
}

// x + x^2/2 beside x for |x| < 2^-25; -1 + exp x beside -1 for x <= -18, exp(-18) < 2^-25.9.
LS_COLD static float ls_expm1_special_f32(float x, ls_rounding r) {
  if (x != x) return ls_nan_f32();
  if (x == 0) return x;
  if (ls_magnitude_f32(x) < 1) return ls_beside_f32(x, x > 0, r);
  if (ls_magnitude_f32(x) == ls_from_bits_f32(LS_INFINITY_F32)) return x > 0 ? x : -1;
  return x > 0 ? ls_from_bits_f32(ls_overflow_f32(0, r)) : ls_beside_f32(-1, false, r);
}

LS_INLINE bool ls_expm1_f32(float x, ls_rounding r, float *y) {
  if (LS_LIKELY(ls_within_f32(x, 0x1p-25f, 128) && x > -18)) return ls_round_f32(ls_expm1_core((double)x), r, y);
  *y = ls_expm1_special_f32(x, r);
  return true;
}

// x - x^3/3 beside x for |x| < 2^-12; 1 - tanh x < 2 exp(-2x) < 2^-25.2 for x >= 9.1.
LS_COLD static float ls_tanh_special_f32(float x, ls_rounding r) {
  if (x != x) return ls_nan_f32();
  if (x == 0) return x;
  if (ls_magnitude_f32(x) < 1) return ls_beside_f32(x, false, r);
  if (ls_magnitude_f32(x) == ls_from_bits_f32(LS_INFINITY_F32)) return x > 0 ? 1 : -1;
  return ls_beside_f32(x > 0 ? 1 : -1, false, r);
}

LS_INLINE bool ls_tanh_f32(float x, ls_rounding r, float *y) {
  if (LS_LIKELY(ls_within_f32(x, 0x1p-12f, 9.1f))) {
    double t = ls_tanh_core((double)ls_magnitude_f32(x));
    return ls_round_f32(ls_from_bits_f64(ls_bits_f64(t) | (uint64_t)(ls_bits_f32(x) >> 31) << 63), r, y);
  }
  *y = ls_tanh_special_f32(x, r);
  return true;
}

LS_COLD static float ls_log_special_f32(float x) {
  if (x == 0) return ls_from_bits_f32(LS_SIGN_F32 | LS_INFINITY_F32);
  if (x == 1) return 0;
  return x > 0 ? x : ls_nan_f32();
}

LS_INLINE bool ls_log_f32(float x, ls_rounding r, float *y) {
  if (LS_LIKELY(ls_bits_f32(x) - 1 < LS_INFINITY_F32 - 1 && x != 1)) return ls_round_f32(ls_log_core((double)x), r, y);
  *y = ls_log_special_f32(x);
  return true;
}

// x - x^2/2 beside x for |x| < 2^-25.
LS_COLD static float ls_log1p_special_f32(float x, ls_rounding r) {
  if (x == -1) return ls_from_bits_f32(LS_SIGN_F32 | LS_INFINITY_F32);
  if (!(x > -1)) return ls_nan_f32();
  if (x == 0 || x > 1) return x;
  return ls_beside_f32(x, x < 0, r);
}

// 1 + x is exact in binary64 for 2^-29 < |x| < 2^29; beyond, its rounding changes the logarithm by u, and log > 20.
LS_INLINE bool ls_log1p_f32(float x, ls_rounding r, float *y) {
  if (LS_LIKELY(ls_within_f32(x, 0x1p-25f, ls_from_bits_f32(LS_INFINITY_F32)) && x > -1))
    return ls_round_f32(ls_log_core(1 + (double)x), r, y);
  *y = ls_log1p_special_f32(x, r);
  return true;
}

// x - x^3/6 beside x and 1 - x^2/2 beside 1 for |x| < 2^-12.
LS_COLD static float ls_sine_special_f32(float x, unsigned cosine, ls_rounding r) {
  if (!(ls_magnitude_f32(x) < 1)) return ls_nan_f32();
  if (cosine) return x == 0 ? 1 : ls_beside_f32(1, false, r);
  return x == 0 ? x : ls_beside_f32(x, false, r);
}

LS_INLINE bool ls_sine_checked_f32(float x, unsigned cosine, ls_rounding r, float *y) {
  if (LS_LIKELY(ls_within_f32(x, 0x1p-12f, 0x1p20f))) return ls_round_f32(ls_sine_core((double)x, cosine), r, y);
  if (ls_within_f32(x, 0x1p20f, ls_from_bits_f32(LS_INFINITY_F32))) return ls_round_f32(ls_sine_far(x, cosine), r, y);
  *y = ls_sine_special_f32(x, cosine, r);
  return true;
}

LS_INLINE bool ls_sin_f32(float x, ls_rounding r, float *y) { return ls_sine_checked_f32(x, 0, r, y); }
LS_INLINE bool ls_cos_f32(float x, ls_rounding r, float *y) { return ls_sine_checked_f32(x, 1, r, y); }
