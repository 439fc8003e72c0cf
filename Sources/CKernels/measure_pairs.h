// Inside of the measures: numbers as pairs of binary64, four at a time, and sums of them.
#pragma once
#if defined(__x86_64__)
#include "measure_wide.h"
#include <immintrin.h>

#define LS_TARGET __attribute__((target("avx2,fma")))
#define LS_LANES static inline __attribute__((always_inline)) LS_TARGET
enum { LS_LANE_COUNT = 4 };
typedef double lanes __attribute__((vector_size(32)));
typedef uint64_t words __attribute__((vector_size(32)));
typedef int64_t counts __attribute__((vector_size(32)));

// high + low, not overlapping by more than some bits.
typedef struct {
  lanes high, low;
} pairs;

LS_LANES lanes fma4(lanes a, lanes b, lanes c) { return (lanes)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c); }
LS_LANES words load(const void *p) { return (words)_mm256_loadu_si256((const __m256i *)p); }
LS_LANES words all(uint64_t x) { return (words){x, x, x, x}; }

// 2^e, for normal numbers.
LS_LANES lanes power(counts e) { return (lanes)((words)(e + 1023) << 52); }

// a + b exactly (Knuth).
LS_LANES pairs exact_sum(lanes a, lanes b) {
  lanes high = a + b, other = high - a;
  return (pairs){high, (a - (high - other)) + (b - other)};
}

// sum + term, none negative.
LS_LANES pairs plus(pairs sum, pairs term) {
  pairs s = exact_sum(sum.high, term.high);
  return (pairs){s.high, sum.low + (term.low + s.low)};
}

LS_LANES pairs square(pairs x) {
  lanes high = x.high * x.high;
  return (pairs){high, fma4(x.high + x.high, x.low, fma4(x.high, x.high, -high))};
}

LS_LANES pairs quotient(pairs a, pairs b) {
  lanes inverse = 1.0 / b.high, high = a.high * inverse;
  lanes rest = fma4(-high, b.high, a.high) + fma4(-high, b.low, a.low);
  return (pairs){high, rest * inverse};
}

// What the lanes hold together, none negative, normal numbers unless 0.
LS_TARGET static void add_to(ls_total *total, pairs sum) {
  double high = 0, low = 0;
  for (int i = 0; i < LS_LANE_COUNT; i++) {
    double s = high + sum.high[i], other = s - high;
    low += ((high - (s - other)) + (sum.high[i] - other)) + sum.low[i];
    high = s;
  }
  if (high == 0) return;
  uint64_t bits;
  memcpy(&bits, &high, 8);
  int64_t exponent = (int64_t)(bits >> 52) - 1022;
  // high is a normal number 2^52 <= m < 2^53 times 2^(exponent - 53); low is less than a few hundredths of it.
  u128 m = (u128)((bits & ((UINT64_C(1) << 52) - 1)) | UINT64_C(1) << 52) << 74;
  m += (u128)(__int128)(low * 0x1p60 * power((counts){67 - exponent, 0, 0, 0})[0]);
  ls_total_add_wide(total, ls_normal(m, exponent + 1, 1));
}
#endif
