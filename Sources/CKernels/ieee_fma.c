// Promises, ranked: a*b + c correctly rounded to nearest-even for every argument, zeros and subnormals included, with
// nothing but + - * and integers; then speed. libm's fma is not used: it is software of unknown quality where the
// hardware lacks the instruction.
//
// Rounding to odd (significand.h names the source): an inexact value becomes the neighbour whose last bit is 1. It keeps
// enough of what lies below that a second rounding, to at least two bits fewer, gives the correctly rounded result.
#pragma STDC FP_CONTRACT OFF
#include "ieee.h"
#include "significand.h"
#include "host_places.h"

// The product is exact in binary64 (48 bits, |exponent| < 300), and 53 bits to odd are enough to round to 24 or fewer.
float ls_fma_soft_f32(float a, float b, float c) { return (float)ls_add_to_odd((double)a * (double)b, (double)c); }

// a*b = high + low exactly, by Dekker's splitting, where nothing under- or overflows.
static inline double productError(double a, double b, double high) {
  const double splitter = 134217729;  // 2^27 + 1
  const double as = splitter * a, a1 = as - (as - a), a2 = a - a1;
  const double bs = splitter * b, b1 = bs - (bs - b), b2 = b - b1;
  return a2 * b2 - (((high - a1 * b1) - a2 * b1) - a1 * b2);
}

// For finite a, b, c, with a*b not 0.
static double fmaByIntegers(double a, double b, double c) {
  const ls_significand exact = ls_exact_fma(a, b, c);
  ls_wide_integer x = exact.significand;
  if (x == 0) return 0;
  const bool negative = exact.negative;
  const int up = ls_leading_zeros(x);
  x <<= up;
  const int64_t ex = exact.exponent - up;  // now 2^127 <= x < 2^128, value x * 2^ex
  int64_t field = ex + 127 + 1023;
  if (field >= 2047) return ls_double_of((uint64_t)negative << 63 | (uint64_t)2047 << 52);
  int64_t drop = 75;
  if (field < 1) drop += 1 - field, field = 0;
  x = ls_shift_sticky(x, drop - 2);  // the result, one rounding bit, one sticky bit
  uint64_t kept = (uint64_t)(x >> 2);
  const unsigned rest = (unsigned)x & 3;
  kept += rest > 2 || (rest == 2 && (kept & 1));
  // A significand that carries over adds one to the exponent, and so does the leading bit of a normal one.
  const uint64_t magnitude = field ? ((uint64_t)(field - 1) << 52) + kept : kept;
  return ls_double_of((uint64_t)negative << 63 | magnitude);
}

double ls_fma_soft_f64(double a, double b, double c) {
  const double high = a * b, large = __builtin_fabs(c);
  const double x = __builtin_fabs(a), y = __builtin_fabs(b);
  // Products in 2^-900 ..< 2^900 have an exact error term, and no sum below can overflow.
  if (x > 0x1p-450 && x < 0x1p450 && y > 0x1p-450 && y < 0x1p450 && large < 0x1p1000) {
    const double low = productError(a, b, high);
    const double s = c + low, st = s - c, sError = (c - (s - st)) + (low - st);
    const double t = high + s, tt = t - high, tError = (high - (t - tt)) + (s - tt);
    return t + ls_add_to_odd(tError, sError);
  }
  const double infinity = __builtin_inf();
  if (x == 0 || y == 0 || !(x < infinity && y < infinity)) return high + c;
  return large < infinity ? fmaByIntegers(a, b, c) : c;
}

uint32_t ls_probe_fma(void) { return ls_probe(); }
