// From an enclosure of |f(x)| to the results in four directions. Promises, in order: a result is given only if the
// enclosure proves it; independence of Sources/CKernels/elementary-rounding.h.
#pragma once
#include "include/sweep.h"

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 i128;

#define SIGN 0x80000000u
#define INFINITE 0x7f800000u
#define LARGEST 0x7f7fffffu
#define QUIET_NAN 0x7fc00000u

// Encodings in the order of ls_direction.
typedef struct { uint32_t at[4]; } outcome;

static inline outcome same_everywhere(uint32_t bits) { return (outcome){{bits, bits, bits, bits}}; }

static inline outcome signed_outcome(unsigned negative, uint32_t nearest, uint32_t zero, uint32_t away) {
  uint32_t s = negative ? SIGN : 0;
  return (outcome){{s | nearest, s | zero, s | (negative ? zero : away), s | (negative ? away : zero)}};
}

static inline int leading_bit(u128 x) {
  return (uint64_t)(x >> 64) ? 127 - __builtin_clzll((uint64_t)(x >> 64)) : 63 - __builtin_clzll((uint64_t)x);
}

// |f| lies strictly between low and high, in units of 2^exponent. Between two neighbouring multiples of half a last
// place all four directions are settled: with the multiple q below, the significand is q/2 toward zero, one more away
// from zero, and (q + 1)/2 to nearest. In encodings, one more than the largest number is infinity, and one more than
// the largest subnormal the least normal number. False: such a multiple lies strictly inside the enclosure.
static inline bool round_between(u128 low, u128 high, int exponent, unsigned negative, outcome *result) {
  int scale = (low ? leading_bit(low) : 0) + exponent;  // 2^scale <= |f|, if low is not 0
  if (scale > 127) return *result = signed_outcome(negative, INFINITE, LARGEST, INFINITE), true;
  int unit = scale - 23 > -149 ? scale - 23 : -149;  // the last place is 2^unit
  if (!low) unit = -149;
  int shift = unit - 1 - exponent;
  if (shift <= 0) return false;
  u128 q = shift > 127 ? 0 : low >> shift;
  if ((shift > 127 ? 0 : (high - 1) >> shift) != q) return false;
  uint32_t bits = ((uint32_t)(unit + 149) << 23) + (uint32_t)(q >> 1);
  *result = signed_outcome(negative, bits + (uint32_t)(q & 1), bits, bits + 1);
  return true;
}
