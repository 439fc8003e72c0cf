// Numbers of values between records: their ordinals as integers, subtracted.
//
// With e the exponent of a number in [1, 2) and m its significand as an integer of `precision` bits, less where it is
// subnormal, its ordinal is m plus 2^(precision - 1) for each binade between the least and e; what has no subnormals begins
// its count at its least number.
#pragma STDC FP_CONTRACT OFF
#include "measure_chunk.h"

// The magnitude of an ordinal of at most 63 bits, of a number rounded to the nearest value; `largest` is infinity's.
static inline __attribute__((always_inline)) int64_t short_ordinal(const ls_big *x, int32_t used, int64_t precision,
                                                                   int64_t emin, int64_t largest, bool *inexact) {
  if (!ls_is_regular(x)) return 0;
  int64_t e = x->exponent - 1, missing = e < emin ? emin - e : 0, binades = e > emin ? e - emin : 0;
  if (binades > largest >> (precision - 1)) {
    if (inexact) *inexact = true;
    return largest;
  }
  uint64_t high = x->limbs[used - 1];
  int64_t cut = 64 - precision + missing;
  // What is cut off, over 2^64; of a number below half the least, nothing of which stays, any small part will do.
  uint64_t kept = cut < 64 ? high >> cut : 0, off = cut < 64 ? high << (64 - cut) : cut == 64 ? high : 1;
  const uint64_t half = UINT64_C(1) << 63;
  bool up = off > half;
  if (off == half || (inexact && used > 1)) {
    uint64_t rest = 0;
    for (int32_t i = 0; i + 1 < used; i++) rest |= x->limbs[i];
    up = up || (off == half && (rest || kept & 1));
    off |= rest;
  }
  if (inexact) *inexact |= off != 0;
  int64_t ordinal = (binades << (precision - 1)) + (int64_t)kept + up;
  return ordinal < largest ? ordinal : largest;
}

bool ls_ordinals(int64_t count, const int32_t *index, const char *x, int64_t xstride, const char *y, int64_t ystride,
                 const ls_measured_format *f, uint64_t *greatest) {
  // emax is MPFR's: the largest number's exponent in [1, 2) is one less.
  int64_t largest = ((f->emax - 1 - f->emin) << (f->precision - 1)) + (INT64_C(1) << f->precision);
  bool unsure = false;
  int32_t xused = ls_used_limbs(ls_at(x, 0, xstride)->precision), yused = ls_used_limbs(ls_at(y, 0, ystride)->precision);
  for (int64_t i = 0; i < count; i++) {
    int64_t at = index ? index[i] : i;
    const ls_big *p = ls_at(x, at, xstride), *q = ls_at(y, at, ystride);
    int64_t a = short_ordinal(p, xused, f->precision, f->emin, largest, &unsure);
    int64_t b = short_ordinal(q, yused, f->precision, f->emin, largest, NULL);
    int64_t apart = a > b ? a - b : b - a;
    uint64_t distance = p->sign == q->sign ? (uint64_t)apart : (uint64_t)a + (uint64_t)b;
    *greatest = distance > *greatest ? distance : *greatest;
  }
  return !unsure;
}

// --- without an exponent range

enum { LIMBS = 18 };

// The magnitude times 2^(64 * limbs - precision), in one limb more; rounded to the nearest value.
static void long_ordinal(const ls_big *x, int32_t limbs, int64_t precision, int64_t least, uint64_t *out) {
  memset(out, 0, (size_t)(limbs + 1) * 8);
  if (!ls_is_regular(x)) return;
  int32_t used = ls_used_limbs(x->precision), empty = (int32_t)(64 * limbs - precision);
  for (int32_t i = 0; i < limbs; i++) out[i] = used - limbs + i >= 0 ? x->limbs[used - limbs + i] : 0;
  uint64_t unit = UINT64_C(1) << empty, below = empty ? out[0] & (unit - 1) : 0, half = empty ? below >> (empty - 1) : 0;
  int32_t left = used - limbs;
  if (empty) {
    below &= (unit >> 1) - 1;
  } else if (left > 0) {
    half = x->limbs[--left] >> 63;
    below = x->limbs[left] << 1;
  }
  for (int32_t i = 0; i < left; i++) below |= x->limbs[i];
  out[0] &= ~(unit - 1);
  // m, the binades but one, and 1: carries run over all limbs.
  uint64_t more = 1 + (half && (below || out[0] & unit));
  u128 sum = (u128)out[0] + (u128)more * unit;
  out[0] = (uint64_t)sum;
  for (int32_t i = 1; i <= limbs; i++) {
    sum = (sum >> 64) + out[i];
    out[i] = (uint64_t)sum;
  }
  sum = ((u128)(uint64_t)(x->exponent - 1 - least - 1) << 63) + out[limbs - 1];
  out[limbs - 1] = (uint64_t)sum;
  out[limbs] += (uint64_t)(sum >> 64);
}

// limbs / 2^empty rounded to binary64.
static double rounded(const uint64_t *limbs, int32_t top, int32_t empty) {
  while (top > 0 && limbs[top] == 0) top--;
  if (limbs[top] == 0) return 0;
  uint64_t rest = 0;
  for (int32_t i = 0; i + 1 < top; i++) rest |= limbs[i];
  uint64_t under = top > 0 ? limbs[top - 1] : 0;
  int zeros = __builtin_clzll(limbs[top]);
  uint64_t high = limbs[top] << zeros | (under >> 1) >> (63 - zeros);
  rest |= under << zeros;
  // 64 bits, the last of which stands for all below: far below the half of 53.
  uint64_t word = high >> 11;
  uint64_t lower = high << 53;
  word += lower > UINT64_C(1) << 63 || (lower == UINT64_C(1) << 63 && (rest || word & 1));
  return __builtin_ldexp((double)word, 64 * top - zeros + 11 - empty);
}

double ls_long_ordinal_distance(int64_t n, const void *x, int32_t xlimbs, const void *y, int32_t ylimbs,
                                int64_t precision, int64_t least) {
  int64_t xstride = ls_big_stride(xlimbs), ystride = ls_big_stride(ylimbs);
  int32_t limbs = ls_used_limbs((int32_t)precision), empty = (int32_t)(64 * limbs - precision);
  if (limbs + 1 > LIMBS) return -1;
  double greatest = 0;
  for (int64_t i = 0; i < n; i++) {
    const ls_big *p = ls_at(x, i, xstride), *q = ls_at(y, i, ystride);
    if (p->precision > precision) return -1;
    uint64_t a[LIMBS], b[LIMBS], d[LIMBS];
    long_ordinal(p, limbs, precision, least, a);
    long_ordinal(q, limbs, precision, least, b);
    uint64_t carry = 0;
    bool same = p->sign == q->sign;
    for (int32_t j = 0; j <= limbs; j++) {
      u128 s = same ? (u128)a[j] - b[j] - carry : (u128)a[j] + b[j] + carry;
      d[j] = (uint64_t)s;
      carry = (uint64_t)(s >> 64) & 1;
    }
    if (same && carry) {
      for (int32_t j = 0; j <= limbs; j++) {
        u128 s = (u128)~d[j] + carry;
        d[j] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
      }
    }
    double distance = rounded(d, limbs, empty);
    greatest = distance > greatest ? distance : greatest;
  }
  return greatest;
}
