// Numbers of binary64 taken apart into integers, and 128-bit significands rounded to odd: an inexact value keeps in its last
// bit that something was cut off. As long as that bit lies below every bit a later rounding looks at, the rounding gives the
// correctly rounded result (Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using
// rounding to odd", IEEE Trans. Computers 57(4), 2008).
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

__extension__ typedef unsigned __int128 ls_wide_integer;

// (-1)^negative * significand * 2^exponent.
typedef struct {
  ls_wide_integer significand;
  int64_t exponent;
  bool negative;
} ls_significand;

static inline uint64_t ls_double_bits(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline double ls_double_of(uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline int ls_leading_zeros(ls_wide_integer x) {
  const uint64_t high = (uint64_t)(x >> 64);
  return high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)x);
}

// Shift right, keeping in the last bit whether anything was lost.
static inline ls_wide_integer ls_shift_sticky(ls_wide_integer x, int64_t by) {
  if (by <= 0) return x;
  if (by > 127) return x != 0;
  return (x >> by) | ((x << (128 - by)) != 0);
}

// |x| = significand * 2^exponent, for finite x.
static inline uint64_t ls_split(double x, int64_t *exponent) {
  const uint64_t bits = ls_double_bits(x), fraction = bits & (((uint64_t)1 << 52) - 1);
  const int64_t field = (int64_t)(bits >> 52) & 0x7ff;
  *exponent = (field ? field : 1) - 1075;
  return field ? fraction | (uint64_t)1 << 52 : fraction;
}

// a*b + c for finite a, b, c, with a*b not 0; the significand is 0 where the exact result is. Product and addend are brought
// to 126 significant bits, so that the sum fits. If the exponents are more than one apart at most one bit cancels and the
// sticky bit stays among the last four once the significand is normalised; if not, the shift loses nothing, because a
// product has at most 106 bits.
static inline ls_significand ls_exact_fma(double a, double b, double c) {
  int64_t ea, eb, ec;
  const uint64_t ma = ls_split(a, &ea), mb = ls_split(b, &eb), mc = ls_split(c, &ec);
  bool negative = (ls_double_bits(a) ^ ls_double_bits(b)) >> 63;
  const bool addendNegative = ls_double_bits(c) >> 63;
  ls_wide_integer x = (ls_wide_integer)ma * mb, y = mc;
  int64_t ex = ea + eb;
  int up = ls_leading_zeros(x) - 2;
  x <<= up, ex -= up;
  if (mc) {
    up = ls_leading_zeros(y) - 2;
    y <<= up, ec -= up;
    const bool subtract = negative != addendNegative;
    if (ec > ex || (ec == ex && y > x)) {  // the addend is the larger
      const ls_wide_integer smaller = ls_shift_sticky(x, ec - ex);
      x = subtract ? y - smaller : y + smaller;
      ex = ec, negative = addendNegative;
    } else {
      const ls_wide_integer smaller = ls_shift_sticky(y, ex - ec);
      x = subtract ? x - smaller : x + smaller;
    }
  }
  return (ls_significand){x, ex, negative};
}

// x + y rounded to odd, unless it overflows: the sum to nearest, moved to its odd neighbour on the side of the error.
static inline double ls_add_to_odd(double x, double y) {
  const double sum = x + y, t = sum - x;
  const double error = (x - (sum - t)) + (y - t);  // exact (Knuth's two-sum); NaN where something is infinite or NaN
  const uint64_t bits = ls_double_bits(sum);
  const bool move = ((error > 0) | (error < 0)) & ((bits & 1) == 0);
  const uint64_t step = 1 - ((bits ^ ls_double_bits(error)) >> 63) * 2;  // away from zero where the signs agree
  return move ? ls_double_of(bits + step) : sum;
}
