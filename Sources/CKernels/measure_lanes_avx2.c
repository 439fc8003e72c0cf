// Pairs of records as differences, and their sums, four at a time, where x has at most 53 bits, both numbers lie on one side of
// 0 and within 2^±256, and their difference is neither too small a part of y nor so near to a binary64 number that its last
// bits decide how it is cut off. The others are left to the caller.
//
// y is taken as Y1 + Y2 + Y3, of 53, 52 and 52 bits, and less than 2^-157 of it. Then x - Y1 = s + e, e - Y2 = a + b, s + a = h + c
// exactly, and |x - y| is h + (c + b - Y3) within 2^-104 of h and 2^-155 of y: within 2^-90 of itself, as less than 2^-64 of y is
// left to the caller. e and b are 0 where s cancels.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include "measure_chunk.h"
#include "measure_pairs.h"

LS_LANES words transposed(__m128i a, __m128i b, __m128i c, __m128i d, words *high) {
  __m256i even = _mm256_set_m128i(c, a), odd = _mm256_set_m128i(d, b);
  *high = (words)_mm256_unpackhi_epi64(even, odd);
  return (words)_mm256_unpacklo_epi64(even, odd);
}
// Two words each of four records.
LS_LANES words gathered(const char *x, int64_t stride, words *high) {
  return transposed(_mm_loadu_si128((const __m128i *)x), _mm_loadu_si128((const __m128i *)(x + stride)),
                    _mm_loadu_si128((const __m128i *)(x + 2 * stride)), _mm_loadu_si128((const __m128i *)(x + 3 * stride)),
                    high);
}
LS_LANES words single(const char *x, int64_t stride) {
  uint64_t w[LS_LANE_COUNT];
  for (int i = 0; i < LS_LANE_COUNT; i++) memcpy(w + i, x + i * stride, 8);
  return (words){w[0], w[1], w[2], w[3]};
}

LS_LANES words chosen(words mask, words a, words b) { return (a & mask) | (b & ~mask); }
LS_LANES counts greater(counts a, counts b) { return (counts)chosen((words)(a > b), (words)a, (words)b); }
LS_LANES lanes magnitude(lanes x) { return (lanes)((words)x & all(INT64_MAX)); }
LS_LANES lanes constant(double x) { return (lanes){x, x, x, x}; }

// How many numbers of the format lie between x and y rounded to it, both normal and below the largest binade's end.
LS_LANES counts ordinal_distance(words xlimb, counts xe, words ylimb, counts ye, words rest, int64_t precision) {
  // To nearest, ties to even, with what lies below in the last bit.
  words z = ylimb >> 1 | (ylimb & 1) | ((words)(rest != 0) & 1);
  words last = z >> all((uint64_t)(63 - precision)) & 1;
  words rounded = (z + all((UINT64_C(1) << (62 - precision)) - 1) + last) >> all((uint64_t)(63 - precision));
  counts apart = (counts)((words)(xe - ye) << all((uint64_t)(precision - 1))) +
                 (counts)((xlimb >> all((uint64_t)(64 - precision))) - rounded);
  return greater(apart, -apart);
}

// y has `used` limbs, a constant, or more than 4 where that is 5.
LS_LANES int64_t measured(int64_t n, const char *x, int64_t xstride, const char *y, int64_t ystride, const int used,
                          int32_t yused, const ls_measured_format *f, double *distances, double *ulps, ls_measured *m,
                          int32_t *left) {
  const words fraction = all((UINT64_C(1) << 52) - 1);
  const int64_t p = f->precision, unit = f->emin == INT64_MIN ? p : 0;
  const lanes scale = power((counts){unit, unit, unit, unit});
  const counts least = (counts)all((uint64_t)f->emin), first = (counts)all((uint64_t)(f->emin + 1)),
               last = (counts)all((uint64_t)(f->emax - 1)), shift = (counts)all((uint64_t)(p - 1 - unit));
  const lanes zero = {0, 0, 0, 0};
  pairs sumOfUlps = {zero, zero}, relative = sumOfUlps, squares = sumOfUlps, fourths = sumOfUlps, references = sumOfUlps;
  counts largest = (counts)all((uint64_t)INT64_MIN), ordinal = (counts)zero, differing = (counts)zero;
  int64_t count = 0;
  for (int64_t i = 0; i + LS_LANE_COUNT <= n; i += LS_LANE_COUNT) {
    const char *q = x + i * xstride, *r = y + i * ystride;
    words xsign, ysign, y1, y2 = all(0), y3 = all(0), rest = all(0);
    counts xe = (counts)gathered(q, xstride, &xsign), ye = (counts)gathered(r, ystride, &ysign);
    words limb = single(q + 16, xstride);
    const char *top = r + 16 + 8 * (yused - 1);
    if (used == 1) {
      y1 = single(top, ystride);
    } else {
      y2 = gathered(top - 8, ystride, &y1);
      if (used == 3) y3 = single(top - 16, ystride);
      if (used > 3) rest = gathered(top - 24, ystride, &y3);
    }
    if (used > 4) {
      uint64_t below[LS_LANE_COUNT] = {0};
      for (int j = 0; j < LS_LANE_COUNT; j++)
        for (int32_t k = 0; k < yused - 4; k++) below[j] |= ls_at(r, j, ystride)->limbs[k];
      rest |= load(below);
    }

    // As binary64 numbers. Of numbers that are not regular, anything.
    // Lanes left to others have the top bit set: masks of comparisons would be packed and unpacked.
    words others = (words)(xe + 256) | (words)(255 - xe) | (words)(ye + 256) | (words)(255 - ye) | (xsign ^ ysign) << 32;
    lanes X = (lanes)((limb >> 11 & fraction) | (words)(xe + 1022) << 52);
    lanes Y1 = (lanes)((y1 >> 11 & fraction) | (words)(ye + 1022) << 52);
    // 52 bits under a leading one, which is taken away.
    words lead2 = (words)(ye + (1023 - 53)) << 52, lead3 = (words)(ye + (1023 - 105)) << 52;
    lanes Y2 = (lanes)(((y1 & 0x7ff) << 41 | y2 >> 23) | lead2) - (lanes)lead2;
    words third = (y2 & 0x7fffff) << 29 | y3 >> 35;
    lanes Y3 = (lanes)(third | lead3) - (lanes)lead3;
    words inexact = third | (y3 & ((UINT64_C(1) << 35) - 1)) | rest;
    inexact |= 0 - inexact;

    pairs s = exact_sum(X, -Y1), a = exact_sum(s.low, -Y2), h = exact_sum(s.high, a.high);
    lanes low = h.low + (a.low - Y3);
    pairs d = {h.high + low, zero};
    d.low = low - (d.high - h.high);
    words sign = (words)d.high & all(UINT64_C(1) << 63);
    d.high = (lanes)((words)d.high ^ sign);
    d.low = (lanes)((words)d.low ^ sign);
    words small = (words)(d.high - constant(0x1p-64) * Y1) | (words)(magnitude(d.low) - constant(0x1p-88) * d.high);
    d.high *= scale;
    d.low *= scale;
    // 0 is never too small.
    words bits = (words)d.high;
    others |= (small & inexact) | ((bits - (words)constant(0x1p-220)) & ~(bits - 1)) | ((words)constant(0x1p220) - bits);
    if (f->hasOrdinals) others |= (words)(xe - first) | (words)(ye - first) | (words)(last - ye);
    words bad = (words)((counts)others < 0);

    words good = ~bad;
    d.high = (lanes)((words)d.high & good);
    d.low = (lanes)((words)d.low & good);
    differing -= d.high != zero;
    largest = greater(largest, (counts)chosen(good, (words)ye, all((uint64_t)INT64_MIN)));
    references = plus(references, square((pairs){(lanes)((words)Y1 & good), (lanes)((words)Y2 & good)}));
    lanes perUlp = power(shift - greater(ye - 1, least));
    perUlp = (lanes)((words)perUlp & good);
    sumOfUlps = plus(sumOfUlps, (pairs){d.high * perUlp, d.low * perUlp});
    pairs t = square(d);
    squares = plus(squares, t);
    fourths = plus(fourths, square(t));
    pairs b = exact_sum(X, Y1);
    b.low += Y2;
    t = quotient(d, b);
    relative = plus(relative, (pairs){(lanes)((words)t.high & good), (lanes)((words)t.low & good)});
    if (f->hasOrdinals) {
      counts apart = ordinal_distance(limb, xe, y1, ye, y2 | y3 | rest, p);
      ordinal = greater(ordinal, (counts)((words)apart & good));
    }
    // Cut off, not rounded.
    lanes key = (lanes)((counts)d.high + (counts)(d.low < zero));
    _mm256_storeu_pd(distances + i, (__m256d)key);
    _mm256_storeu_pd(ulps + i, (__m256d)(key * perUlp));
    int mask = _mm256_movemask_pd((__m256d)(lanes)bad);
    for (; mask; mask &= mask - 1) left[count++] = (int32_t)i + __builtin_ctz((unsigned)mask);
  }
  for (int64_t i = n - n % LS_LANE_COUNT; i < n; i++) left[count++] = (int32_t)i;
  for (int j = 0; j < LS_LANE_COUNT; j++) {
    m->scale = largest[j] > m->scale ? largest[j] : m->scale;
    m->differing += differing[j];
    m->ordinal = (uint64_t)ordinal[j] > m->ordinal ? (uint64_t)ordinal[j] : m->ordinal;
  }
  add_to(&m->ulps, sumOfUlps);
  add_to(&m->relative, relative);
  add_to(&m->squares, squares);
  add_to(&m->fourth_powers, fourths);
  add_to(&m->reference_squares, references);
  return count;
}

LS_TARGET int64_t ls_measure_lanes_avx2(int64_t n, const char *x, int64_t xstride, const char *y, int64_t ystride,
                                        int32_t yused, const ls_measured_format *f, double *distances, double *ulps,
                                        ls_measured *m, int32_t *left) {
  switch (yused) {
    case 1: return measured(n, x, xstride, y, ystride, 1, yused, f, distances, ulps, m, left);
    case 2: return measured(n, x, xstride, y, ystride, 2, yused, f, distances, ulps, m, left);
    case 3: return measured(n, x, xstride, y, ystride, 3, yused, f, distances, ulps, m, left);
    case 4: return measured(n, x, xstride, y, ystride, 4, yused, f, distances, ulps, m, left);
    default: return measured(n, x, xstride, y, ystride, 5, yused, f, distances, ulps, m, left);
  }
}
#endif
