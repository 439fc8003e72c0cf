// The operations on numbers of at most 8 limbs, without MPFR and without branches on their number of limbs.
#pragma once
#include "big_round.h"

enum { LS_SHORT_LIMBS = 8 };

// r = x + flip * y (flip 1 or -1); r = x * y, x / y or x * y + r; rounded once into the format; r may be x or y. False, with
// nothing written, where MPFR must look at it: zeros, infinities, NaNs, other precisions than the format's, sums that cancel
// to 0, and results beyond the format.
typedef bool (*ls_short_sum)(ls_big *r, const ls_big *x, const ls_big *y, int flip, const ls_big_format *format);
typedef bool (*ls_short_product)(ls_big *r, const ls_big *x, const ls_big *y, const ls_big_format *format);

// For the format's number of limbs; functions that always say false where there are too many, or in a stochastic direction.
ls_short_sum ls_short_sum_of(const ls_big_format *format);
ls_short_product ls_short_product_of(const ls_big_format *format);
ls_short_product ls_short_fma_of(const ls_big_format *format);
ls_short_product ls_short_quotient_of(const ls_big_format *format);

// The square root, of any number of limbs and in any direction; false, with nothing written, for zeros, infinities, NaNs,
// negative numbers and other precisions than the format's.
bool ls_root(ls_big *r, const ls_big *x, const ls_big_format *format);

// Limbs of a short number of the format; 0 where there are none.
static inline int ls_short_limbs(const ls_big_format *format) {
  const int limbs = ls_used_limbs(format->precision);
  return limbs <= LS_SHORT_LIMBS && format->direction != LS_STOCHASTIC ? limbs : 0;
}

// z (2n limbs) = x * y.
LS_ALWAYS void ls_limbs_multiply(int n, uint64_t *z, const uint64_t *x, const uint64_t *y) {
  if (n > 4) {
    mpn_mul_n((mp_limb_t *)z, (const mp_limb_t *)x, (const mp_limb_t *)y, n);
    return;
  }
  for (int i = 0; i < n; i++) {
    unsigned __int128 t = 0;
    for (int j = 0; j < n; j++) {
      t = (unsigned __int128)x[j] * y[i] + (i == 0 ? 0 : z[i + j]) + (uint64_t)(t >> 64);
      z[i + j] = (uint64_t)t;
    }
    z[i + n] = (uint64_t)(t >> 64);
  }
}

// z = x + y + carry or x - y - carry; the carry out.
LS_ALWAYS uint64_t ls_limb_add(uint64_t *z, uint64_t x, uint64_t y, uint64_t carry) {
  const unsigned __int128 t = (unsigned __int128)x + y + carry;
  *z = (uint64_t)t;
  return (uint64_t)(t >> 64);
}
LS_ALWAYS uint64_t ls_limb_subtract(uint64_t *z, uint64_t x, uint64_t y, uint64_t borrow) {
  const unsigned __int128 t = (unsigned __int128)x - y - borrow;
  *z = (uint64_t)t;
  return (uint64_t)(t >> 64) & 1;
}
