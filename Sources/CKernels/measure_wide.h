// Inside of the measures: numbers of 128 bits, sums of them, and the difference of two records.
#pragma once
#include "big_record.h"
#include "include/measure.h"

typedef unsigned __int128 u128;

static inline u128 ls_bits(ls_wide w) { return (u128)w.high << 64 | w.low; }

static inline ls_wide ls_normal(u128 m, int64_t exponent, uint64_t inexact) {
  uint64_t high = (uint64_t)(m >> 64);
  if (high == 0 && (uint64_t)m == 0) return (ls_wide){0, 0, 0, inexact};
  int zeros = high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)m);
  m <<= zeros;
  return (ls_wide){(uint64_t)m, (uint64_t)(m >> 64), exponent - zeros, inexact};
}

// The square of a significand of 128 bits, its top bit perhaps unset: what is left out is below 3 units of the last place.
static inline u128 ls_square_bits(u128 m) {
  uint64_t high = (uint64_t)(m >> 64), low = (uint64_t)m;
  return (u128)high * high + (((u128)high * low) >> 63);
}

// Of so many records with so many used limbs: |x - y| for whatever two there are; 0 where they are equal.
ls_wide ls_record_distance(const ls_big *x, const ls_big *y);
