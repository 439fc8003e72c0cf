// Does the arithmetic of this translation unit, on this thread, round as written? One function, inlined into the units that
// compute, so that it is compiled with their pragmas, flags and instructions.
//
// A few nanoseconds. Operands are volatile: a compiler that folded them would answer for itself and not for the processor.
#pragma once
#include <stdint.h>
#include <string.h>

// What a compiler or a host does behind the source's back: bits of a set.
enum {
  LS_CONTRACTED = 1,         // a*b + c became one fma
  LS_FLUSHED_RESULTS = 2,    // results below the normal range became 0 (FTZ; FZ on Arm)
  LS_FLUSHED_OPERANDS = 4,   // operands below it were taken as 0 (DAZ; FZ on Arm)
  LS_OTHER_DIRECTION = 8,    // not to nearest, ties to even
  LS_REARRANGED = 16         // more digits kept than the format has, or the laws of real numbers used (-ffast-math)
};

static inline __attribute__((always_inline)) uint32_t ls_probe(void) {
  uint32_t found = 0;
  // a*a = 1 + 2^-12 + 2^-26 (in binary64: 1 + 2^-26 + 2^-54): the last term is lost in a product that is rounded.
  volatile float a = 1 + 0x1p-13f, c = 1 + 0x1p-12f;
  volatile double d = 1 + 0x1p-27, f = 1 + 0x1p-26;
  const float more = a * a - c, less = c - a * a;
  const double more64 = d * d - f, less64 = f - d * d;

  volatile float small = 0x1p-100f, smaller = 0x1p-40f, subnormal = 0x1p-140f, large = 0x1p40f;
  volatile double small64 = 0x1p-1000, smaller64 = 0x1p-40, subnormal64 = 0x1p-1040, large64 = 0x1p40;
  const float result = small * smaller;
  const double result64 = small64 * smaller64;
  uint32_t bits;
  uint64_t bits64;
  memcpy(&bits, &result, sizeof bits);  // a comparison could flush its operands too
  memcpy(&bits64, &result64, sizeof bits64);
  if (bits != 0x200 || bits64 != (uint64_t)1 << 34) found |= LS_FLUSHED_RESULTS;
  if (subnormal * large != small || subnormal64 * large64 != small64) found |= LS_FLUSHED_OPERANDS;

  volatile float one = 1, half = 0x1p-24f, tiny = 0x1p-30f;  // half an ulp of 1
  volatile double one64 = 1, half64 = 0x1p-53, tiny64 = 0x1p-60;
  const float above = one + tiny, below = one - tiny, tie = one + half;
  const double above64 = one64 + tiny64, below64 = one64 - tiny64, tie64 = one64 + half64;
  if (above != one || below != one || tie != one || above64 != one64 || below64 != one64 || tie64 != one64)
    return found | LS_OTHER_DIRECTION;  // the tests below take rounding to nearest for granted

  volatile double nan = __builtin_nan("");
  if ((one + tiny) - one != 0 || (one64 + tiny64) - one64 != 0 || !(nan != nan)) found |= LS_REARRANGED;
  if (more != 0 || less != 0 || more64 != 0 || less64 != 0) found |= LS_CONTRACTED;
  return found;
}
