// The sums over a chunk in pairs of binary64 numbers, four at a time. Every term is within 2^-100 of itself, and so is every
// sum of a chunk: that is promised (measure.h), not its bits.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include "measure_chunk.h"
#include "measure_pairs.h"

// The first 105 bits; 0 where `some` is.
LS_LANES pairs number(const ls_numbers *x, int64_t i, words some, counts e) {
  const words fraction = all((UINT64_C(1) << 52) - 1);
  words high = load(x->high + i), low = load(x->low + i);
  lanes first = (lanes)(((high >> 11 & fraction) | (words)(e + 1022) << 52) & some);
  // 52 bits as an integer: under 2^52's leading bit, which is taken away.
  words next = ((high & 0x7ff) << 41 | low >> 23) | (UINT64_C(0x433) << 52);
  lanes second = ((lanes)next - 0x1p52) * power(e - 105);
  return (pairs){first, (lanes)((words)second & some)};
}

LS_TARGET void ls_chunk_sums_avx2(ls_chunk *c, int64_t count, double *distances, double *ulps, ls_measured *m) {
  for (int64_t i = count; i % LS_LANE_COUNT != 0; i++) {
    c->distance.high[i] = c->distance.low[i] = c->reference.high[i] = c->reference.low[i] = 0;
    c->magnitude.high[i] = c->magnitude.low[i] = 0;
    c->distance.exponents[i] = c->magnitude.exponents[i] = c->reference.exponents[i] = LS_NOTHING;
    c->ulp_exponents[i] = LS_NOTHING;
  }
  const lanes zero = {0, 0, 0, 0}, one = {1, 1, 1, 1};
  const counts nothing = {LS_NOTHING, LS_NOTHING, LS_NOTHING, LS_NOTHING};
  pairs sumOfUlps = {zero, zero}, relative = sumOfUlps, squares = sumOfUlps, fourths = sumOfUlps, references = sumOfUlps;
  for (int64_t i = 0; i < count; i += LS_LANE_COUNT) {
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
    if (i + LS_LANE_COUNT <= count) {
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
