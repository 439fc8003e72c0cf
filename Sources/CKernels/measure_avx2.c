// The sums over a chunk in pairs of binary64 numbers, four at a time. Every term is within 2^-100 of itself, and so is every
// sum of a chunk: that is promised (measure.h), not its bits.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include "measure_chunk.h"
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))
#define LS_INLINE static inline __attribute__((always_inline)) TARGET
enum { W = 4 };
typedef double lanes __attribute__((vector_size(32)));
typedef uint64_t words __attribute__((vector_size(32)));
typedef int64_t counts __attribute__((vector_size(32)));

// high + low, not overlapping by more than some bits.
typedef struct {
  lanes high, low;
} pairs;

LS_INLINE lanes fma4(lanes a, lanes b, lanes c) { return (lanes)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c); }
LS_INLINE words load(const void *p) { return (words)_mm256_loadu_si256((const __m256i *)p); }

// 2^e, for normal numbers.
LS_INLINE lanes power(counts e) { return (lanes)((words)(e + 1023) << 52); }

// The first 105 bits; 0 where `some` is.
LS_INLINE pairs number(const ls_numbers *x, int64_t i, words some, counts e) {
  const words fraction = {(UINT64_C(1) << 52) - 1, (UINT64_C(1) << 52) - 1, (UINT64_C(1) << 52) - 1,
                          (UINT64_C(1) << 52) - 1};
  words high = load(x->high + i), low = load(x->low + i);
  lanes first = (lanes)(((high >> 11 & fraction) | (words)(e + 1022) << 52) & some);
  // 52 bits as an integer: under 2^52's leading bit, which is taken away.
  words next = ((high & 0x7ff) << 41 | low >> 23) | (UINT64_C(0x433) << 52);
  lanes second = ((lanes)next - 0x1p52) * power(e - 105);
  return (pairs){first, (lanes)((words)second & some)};
}

// sum + term, none negative (Knuth's exact addition of the high parts).
LS_INLINE pairs plus(pairs sum, pairs term) {
  lanes high = sum.high + term.high, other = high - sum.high;
  lanes error = (sum.high - (high - other)) + (term.high - other);
  return (pairs){high, sum.low + (term.low + error)};
}

LS_INLINE pairs square(pairs x) {
  lanes high = x.high * x.high;
  return (pairs){high, fma4(x.high + x.high, x.low, fma4(x.high, x.high, -high))};
}

LS_INLINE pairs quotient(pairs a, pairs b) {
  lanes inverse = 1.0 / b.high, high = a.high * inverse;
  lanes rest = fma4(-high, b.high, a.high) + fma4(-high, b.low, a.low);
  return (pairs){high, rest * inverse};
}

TARGET static void add_to(ls_total *total, pairs sum) {
  double high = 0, low = 0;
  for (int i = 0; i < W; i++) {
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

TARGET void ls_chunk_sums_avx2(ls_chunk *c, int64_t count, double *distances, double *ulps, ls_measured *m) {
  for (int64_t i = count; i % W != 0; i++) {
    c->distance.high[i] = c->distance.low[i] = c->reference.high[i] = c->reference.low[i] = 0;
    c->magnitude.high[i] = c->magnitude.low[i] = 0;
    c->distance.exponents[i] = c->magnitude.exponents[i] = c->reference.exponents[i] = LS_NOTHING;
    c->ulp_exponents[i] = LS_NOTHING;
  }
  const lanes zero = {0, 0, 0, 0}, one = {1, 1, 1, 1};
  const counts nothing = {LS_NOTHING, LS_NOTHING, LS_NOTHING, LS_NOTHING};
  pairs sumOfUlps = {zero, zero}, relative = sumOfUlps, squares = sumOfUlps, fourths = sumOfUlps, references = sumOfUlps;
  for (int64_t i = 0; i < count; i += W) {
    counts e = (counts)load(c->reference.exponents + i);
    words some = (words)(e != nothing);
    references = plus(references, square(number(&c->reference, i, some, (counts)((words)e & some))));

    e = (counts)load(c->distance.exponents + i);
    some = (words)(e != nothing);
    e = (counts)((words)e & some);
    pairs d = number(&c->distance, i, some, e);
    counts scale = (counts)((words)((counts)load(c->ulp_exponents + i) - e) & some);
    pairs u = {d.high * power(scale), d.low * power(scale)};
    sumOfUlps = plus(sumOfUlps, u);
    pairs s = square(d);
    squares = plus(squares, s);
    fourths = plus(fourths, square(s));
    pairs b = number(&c->magnitude, i, some, (counts)(load(c->magnitude.exponents + i) & some));
    b.high = (lanes)((words)b.high | ((words)one & ~some));
    relative = plus(relative, quotient(d, b));
    if (i + W <= count) {
      _mm256_storeu_pd(distances + i, (__m256d)d.high);
      _mm256_storeu_pd(ulps + i, (__m256d)u.high);
    } else {
      for (int64_t j = i; j < count; j++) {
        distances[j] = d.high[j - i];
        ulps[j] = u.high[j - i];
      }
    }
  }
  add_to(&m->ulps, sumOfUlps);
  add_to(&m->relative, relative);
  add_to(&m->squares, squares);
  add_to(&m->fourth_powers, fourths);
  add_to(&m->reference_squares, references);
}
#endif
