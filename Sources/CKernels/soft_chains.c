// Chains of fused multiply-adds in software formats.
// Ranked promises: the bits of ls_soft_fma and ls_soft_add, term by term; outputs independent of one another; speed.
//
// In formats of at most 24 bits inside binary32's range a product is exact in binary64 (48 bits, |exponent| < 300)
// and its sum with the addend, rounded to odd, rounds to the format like the exact one (significand.h). Results in the
// normal range of the format are made that way; all others, by ls_soft_fma.
#pragma STDC FP_CONTRACT OFF
#include "include/soft.h"
#include "significand.h"
#include "host_places.h"

typedef struct {
  bool usable;
  int drop;                     // bits of binary64 that the format lacks
  uint64_t positive, negative;  // what to add to a magnitude of this sign before cutting those off
  uint64_t tie;                 // 1 if to nearest: the last bit kept is added too
  uint64_t least, range;        // magnitudes as bit patterns: the least normal number, and from there to the last binade
} fast_format;

static uint64_t power_of_two(int exponent) { return (uint64_t)(exponent + 1023) << 52; }

static fast_format fast_of(const ls_soft_format *f) {
  const uint64_t unit = UINT64_C(1) << (53 - f->precision);
  // The last binade, where rounding may overflow, goes the long way.
  fast_format fast = {f->precision <= 24 && f->emin >= -126 && f->emax <= 127, 53 - f->precision, 0, 0, 0,
                      power_of_two(f->emin), power_of_two(f->emax) - power_of_two(f->emin)};
  switch (f->direction) {
  case LS_NEAREST: fast.positive = fast.negative = unit / 2 - 1, fast.tie = 1; break;
  case LS_ZERO: break;
  case LS_UP: fast.positive = unit - 1; break;
  case LS_DOWN: fast.negative = unit - 1; break;
  case LS_STOCHASTIC: fast.usable = false; break;
  }
  return fast;
}

static inline double step(double a, double b, double s, fast_format fast, const ls_soft_format *f) {
  if (fast.usable) {
    const uint64_t bits = ls_double_bits(ls_add_to_odd(a * b, s)), sign = bits >> 63;
    const uint64_t magnitude = bits & ~((uint64_t)1 << 63);
    if (magnitude - fast.least < fast.range) {
      const uint64_t add = (sign ? fast.negative : fast.positive) + (bits >> fast.drop & fast.tie);
      return ls_double_of((bits + add) >> fast.drop << fast.drop);
    }
  }
  return ls_soft_fma(a, b, s, f);
}

double ls_soft_dot(int64_t count, const double *x, const double *y, const ls_soft_format *f) {
  const fast_format fast = fast_of(f);
  double s = 0;
  for (int64_t i = 0; i < count; i++) s = step(x[i], y[i], s, fast, f);
  return s;
}

double ls_soft_sum(int64_t count, const double *x, const ls_soft_format *f) {
  const fast_format fast = fast_of(f);
  double s = 0;
  for (int64_t i = 0; i < count; i++) s = step(x[i], 1, s, fast, f);
  return s;
}

// Row by row of c, all its chains advancing together, so that they wait for each other as little as possible.
void ls_soft_matmul(int64_t m, int64_t n, int64_t k, const double *a, int64_t aRow, int64_t aColumn, const double *b,
                    int64_t bRow, int64_t bColumn, double *c, const ls_soft_format *f) {
  const fast_format fast = fast_of(f);
  for (int64_t i = 0; i < m; i++, c += n) {
    for (int64_t j = 0; j < n; j++) c[j] = 0;
    for (int64_t l = 0; l < k; l++) {
      const double x = a[i * aRow + l * aColumn];
      const double *row = b + l * bRow;
      for (int64_t j = 0; j < n; j++) c[j] = step(x, row[j * bColumn], c[j], fast, f);
    }
  }
}

uint32_t ls_probe_soft(void) { return ls_probe(); }
