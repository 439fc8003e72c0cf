// d / k for an integer k, rounded once, also where the format does not hold k.
#pragma once
#include <string.h>
#include "ieee.h"

static inline double ls_divide_f64(double d, int32_t k) { return d / k; }

// binary32 holds k up to 2^24. Beyond, the quotient is first rounded to odd in binary64 (see ieee_fma.c), as the sign of the
// exact remainder d - q*k tells; rounding that to 24 bits or fewer is then right.
static inline float ls_divide_f32(float d, int32_t k) {
  if (k >= -(1 << 24) && k <= 1 << 24) return d / (float)k;
  double quotient = (double)d / k;
  const double remainder = ls_fma_soft_f64(-quotient, k, d);
  uint64_t bits;
  memcpy(&bits, &quotient, sizeof bits);
  if ((remainder > 0 || remainder < 0) && (bits & 1) == 0) {
    const bool larger = (remainder > 0) == (k > 0);  // exact quotient above the rounded one
    bits += larger == (quotient > 0) ? 1 : (uint64_t)-1;
    memcpy(&quotient, &bits, sizeof bits);
  }
  return (float)quotient;
}
