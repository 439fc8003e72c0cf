// Promises, in order: every number is within the distance that measure.h states; integers only, so that every machine has
// the same; then speed. Nothing here knows of tensors or reports.
//
// A hundred elements at a time. First each pair becomes a few numbers of 128 bits in arrays, nearly all pairs by the one way
// that has no branches; then each sum is taken over an array, its terms cut off at a place below the largest of them, so
// that they add as integers.
#pragma STDC FP_CONTRACT OFF
#include "measure_chunk.h"

#define LS_INLINE static inline __attribute__((always_inline))

LS_INLINE void put(ls_numbers *x, int64_t i, u128 bits, int64_t exponent) {
  x->high[i] = (uint64_t)(bits >> 64);
  x->low[i] = (uint64_t)bits;
  x->exponents[i] = exponent;
}

LS_INLINE u128 bits_of(const ls_numbers *x, int64_t i) { return (u128)x->high[i] << 64 | x->low[i]; }

// --- one pair

// Whatever is rare: zeros, opposite signs, exponents far apart, many limbs.
static __attribute__((noinline)) void fill_rare(ls_chunk *c, int64_t i, const ls_big *x, const ls_big *y) {
  ls_wide d = ls_record_distance(x, y);
  put(&c->distance, i, ls_bits(d), d.high ? d.exponent : LS_NOTHING);
  put(&c->magnitude, i, ls_bits(d), d.high ? d.exponent : LS_NOTHING);
  if (d.high == 0 || !ls_is_regular(x) || !ls_is_regular(y) || x->sign != y->sign) return;
  // From the top 128 bits of each.
  u128 sum = 0;
  int64_t exponent = (x->exponent > y->exponent ? x->exponent : y->exponent) + 1;
  for (int k = 0; k < 2; k++) {
    const ls_big *z = k ? y : x;
    int32_t used = ls_used_limbs(z->precision);
    u128 top = (u128)z->limbs[used - 1] << 64 | (used > 1 ? z->limbs[used - 2] : 0);
    sum += exponent - z->exponent < 128 ? top >> (exponent - z->exponent) : 0;
  }
  ls_wide s = ls_normal(sum, exponent, 1);
  put(&c->magnitude, i, ls_bits(s), s.exponent);
}

// So many pairs: those at `index`, or the first. x has `used` limbs, one or two, a constant; y any number. False where an element
// is not finite.
LS_INLINE bool fill(ls_chunk *c, int64_t n, const int32_t *index, const char *x, int64_t xstride, const char *y,
                    int64_t ystride, const int used, int32_t yused) {
  const int K = used + 2;
  for (int64_t i = 0; i < n; i++) {
    int64_t at = index ? index[i] : i;
    const ls_big *p = ls_at(x, at, xstride), *q = ls_at(y, at, ystride);
    bool px = ls_is_regular(p), qy = ls_is_regular(q);
    if ((!px && !ls_is_zero(p)) || (!qy && !ls_is_zero(q))) return false;
    uint64_t a[4] = {0, 0, 0, 0}, b[4];
    for (int j = 0; j < K; j++) {
      int32_t k = yused - K + j;
      b[j] = k >= 0 ? q->limbs[k] : 0;
    }
    put(&c->reference, i, (u128)b[K - 1] << 64 | b[K - 2], qy ? q->exponent : LS_NOTHING);
    int64_t apart = (int64_t)((uint64_t)p->exponent - (uint64_t)q->exponent);  // of zeros, anything
    if (!px || !qy || p->sign != q->sign || apart > 63 || apart < -63) {
      fill_rare(c, i, p, q);
      continue;
    }
    for (int j = 0; j < used; j++) a[2 + j] = p->limbs[j];
    uint64_t rest = 0;  // not 0 where bits of y are left out
    for (int32_t k = 0; k < yused - K; k++) rest |= q->limbs[k];
    // Both as fractions of the greater power of two.
    int64_t exponent = p->exponent;
    if (apart > 0) {
      rest |= b[0] << (64 - apart);
      for (int j = 0; j < K; j++) b[j] = b[j] >> apart | (j + 1 < K ? b[j + 1] << (64 - apart) : 0);
    } else if (apart < 0) {
      for (int j = 0; j < K; j++) a[j] = a[j] >> -apart | (j + 1 < K ? a[j + 1] << (64 + apart) : 0);
      exponent = q->exponent;
    }
    u128 sum = (((u128)a[K - 1] << 64 | a[K - 2]) >> 1) + (((u128)b[K - 1] << 64 | b[K - 2]) >> 1);
    uint64_t borrow = 0, d[4];
    for (int j = 0; j < K; j++) {
      u128 s = (u128)a[j] - b[j] - borrow;
      d[j] = (uint64_t)s;
      borrow = (uint64_t)(s >> 64) & 1;
    }
    // Its magnitude: the complement and 1 where it is negative.
    uint64_t carry = borrow;
    for (int j = 0; j < K; j++) {
      u128 s = (u128)(d[j] ^ -borrow) + carry;
      d[j] = (uint64_t)s;
      carry = (uint64_t)(s >> 64);
    }
    int top = K - 1;
    while (top > 0 && d[top] == 0) top--;
    // With two limbs below the top one what is left out does not count.
    if (rest != 0 && top < 2) {
      fill_rare(c, i, p, q);
      continue;
    }
    // What is left out of the lesser number makes the distance less than it looks.
    for (int j = 0, less = rest != 0 && !borrow; less && j < K; j++) less = d[j]-- == 0;
    while (top > 0 && d[top] == 0) top--;
    if (d[top] == 0) {
      put(&c->distance, i, 0, LS_NOTHING);
      put(&c->magnitude, i, 0, LS_NOTHING);
      continue;
    }
    uint64_t d1 = top > 0 ? d[top - 1] : 0, d0 = top > 1 ? d[top - 2] : 0;
    int zeros = __builtin_clzll(d[top]);
    uint64_t high = d[top] << zeros | (d1 >> 1) >> (63 - zeros), low = d1 << zeros | (d0 >> 1) >> (63 - zeros);
    put(&c->distance, i, (u128)high << 64 | low, exponent - 64 * (K - 1 - top) - zeros);
    int lead = sum >> 127 ? 0 : 1;
    put(&c->magnitude, i, sum << lead, exponent + 1 - lead);
  }
  return true;
}

static bool fill_any(ls_chunk *c, int64_t n, const int32_t *index, const char *x, int64_t xstride, const char *y,
                     int64_t ystride) {
  for (int64_t i = 0; i < n; i++) {
    int64_t at = index ? index[i] : i;
    const ls_big *p = ls_at(x, at, xstride), *q = ls_at(y, at, ystride);
    bool qy = ls_is_regular(q);
    if ((!ls_is_regular(p) && !ls_is_zero(p)) || (!qy && !ls_is_zero(q))) return false;
    int32_t used = ls_used_limbs(q->precision);
    put(&c->reference, i, (u128)q->limbs[used - 1] << 64 | (used > 1 ? q->limbs[used - 2] : 0),
        qy ? q->exponent : LS_NOTHING);
    fill_rare(c, i, p, q);
  }
  return true;
}

// --- sums

// a / b of significands with their top bits set, over 4: a number of 2^125 to 2^127 / 2^128. Within 2^-96 of it. Two digits of
// some 50 bits, each from the binary64 quotient of what is left.
LS_INLINE u128 quotient(u128 a, u128 b) {
  uint64_t b1 = (uint64_t)(b >> 64), b0 = (uint64_t)b;
  double inverse = 1.0 / ((double)(int64_t)(b1 >> 1) * 0x1p-63);
  // The first digit, of a / b in (1/2, 2), too small by a few units, never too large.
  uint64_t first = (uint64_t)(int64_t)((double)(int64_t)(a >> 65) * 0x1p-63 * inverse * 0x1p50) - 4;
  // a * 2^50 - first * b, modulo 2^192: between 0 and 16 b.
  uint64_t r0 = (uint64_t)a << 50, r1 = (uint64_t)(a >> 14), r2 = (uint64_t)(a >> 78);
  u128 p = (u128)first * b0, q = (u128)first * b1 + (uint64_t)(p >> 64);
  u128 low = (u128)r1 << 64 | r0, taken = (u128)(uint64_t)q << 64 | (uint64_t)p;
  u128 left = low - taken;
  uint64_t top = r2 - (uint64_t)(q >> 64) - (low < taken);
  // In units of 2^128; what lies below 2^64 of it is below the second digit's last bit.
  double rest = (double)(int64_t)top + (double)(int64_t)(left >> 65) * 0x1p-63;
  return ((u128)first << 76) + ((u128)(uint64_t)(int64_t)(rest * inverse * 0x1p50) << 26);
}

// Adds bits * 2^(factor * exponent). Terms lose what lies below 2^-121 of the largest power among them.
LS_INLINE void add_all(ls_total *total, int64_t n, const u128 *bits, const int64_t *exponents, int64_t factor) {
  int64_t largest = LS_NOTHING;
  for (int64_t i = 0; i < n; i++) largest = exponents[i] > largest ? exponents[i] : largest;
  if (largest == LS_NOTHING) return;
  u128 sum = 0;
  for (int64_t i = 0; i < n; i++) {
    int64_t shift = factor * (largest - exponents[i]) + 7;
    sum += shift < 128 ? bits[i] >> shift : 0;
  }
  ls_total_add_wide(total, ls_normal(sum, factor * largest + 7, 1));
}

// Numbers cut off to binary64.
LS_INLINE void cut_off(int64_t n, const uint64_t *high, const int64_t *exponents, double *out) {
  for (int64_t i = 0; i < n; i++) {
    uint64_t word = (high[i] >> 11 & ((UINT64_C(1) << 52) - 1)) | (uint64_t)(exponents[i] + 1022) << 52;
    word = exponents[i] == LS_NOTHING ? 0 : word;
    memcpy(out + i, &word, 8);
  }
}

void ls_chunk_sums(const ls_chunk *c, int64_t n, double *distances, double *ulps, ls_measured *m) {
  cut_off(n, c->distance.high, c->distance.exponents, distances);
  cut_off(n, c->distance.high, c->ulp_exponents, ulps);
  u128 terms[LS_CHUNK];
  int64_t exponents[LS_CHUNK];
  for (int64_t i = 0; i < n; i++) terms[i] = ls_square_bits(bits_of(&c->reference, i));
  add_all(&m->reference_squares, n, terms, c->reference.exponents, 2);
  for (int64_t i = 0; i < n; i++) terms[i] = bits_of(&c->distance, i);
  add_all(&m->ulps, n, terms, c->ulp_exponents, 1);
  for (int64_t i = 0; i < n; i++) {
    bool some = c->distance.exponents[i] != LS_NOTHING;
    terms[i] = some ? quotient(terms[i], bits_of(&c->magnitude, i)) : 0;
    exponents[i] = some ? c->distance.exponents[i] - c->magnitude.exponents[i] + 2 : LS_NOTHING;
  }
  add_all(&m->relative, n, terms, exponents, 1);
  for (int64_t i = 0; i < n; i++) terms[i] = ls_square_bits(bits_of(&c->distance, i));
  add_all(&m->squares, n, terms, c->distance.exponents, 2);
  for (int64_t i = 0; i < n; i++) terms[i] = ls_square_bits(terms[i]);
  add_all(&m->fourth_powers, n, terms, c->distance.exponents, 4);
}

// --- all pairs

LS_INLINE int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
LS_INLINE int64_t magnitude(int64_t a) { return a < 0 ? -a : a; }

// What is the same for all pairs.
typedef struct {
  ls_path path;
  const char *x, *y;
  int64_t xstride, ystride;
  int32_t xused, yused;
  ls_measured_format format;
  // Distances are in units of 2^-unit: near 1 where numbers are, in a format of any precision.
  int64_t unit;
} measurement;

// Adds at most LS_CHUNK pairs, those at `index` or the first from `first` on.
static bool add_chunk(const measurement *o, ls_chunk *c, int64_t first, int64_t count, const int32_t *index,
                      double *distances, double *ulps, ls_measured *m) {
  const char *x = o->x + first * o->xstride, *y = o->y + first * o->ystride;
  bool finite = o->xused == 1   ? fill(c, count, index, x, o->xstride, y, o->ystride, 1, o->yused)
                : o->xused == 2 ? fill(c, count, index, x, o->xstride, y, o->ystride, 2, o->yused)
                                : fill_any(c, count, index, x, o->xstride, y, o->ystride);
  if (!finite) return false;
  const int64_t emin = o->format.emin;
  int64_t differing = 0, without = 0, greatest = 0;
  for (int64_t i = 0; i < count; i++) {
    int64_t d = c->distance.exponents[i], r = c->reference.exponents[i];
    bool differs = d != LS_NOTHING, some = r != LS_NOTHING;
    m->scale = some && r > m->scale ? r : m->scale;
    int64_t e = some ? r - 1 : INT64_MIN;
    e = e < emin ? emin : e;
    differing += differs;
    without += differs && e == INT64_MIN;
    int64_t u = differs && e != INT64_MIN ? d - (e - o->format.precision + 1) : LS_NOTHING;
    c->ulp_exponents[i] = u;
    d = differs ? d + o->unit : d;
    c->distance.exponents[i] = d;
    int64_t far = differs ? larger(magnitude(d), magnitude(u)) : 0;
    greatest = larger(greatest, larger(far, some ? magnitude(r) : 0));
  }
  if (without || greatest > 1000) return false;
  m->differing += differing;
  if (m->hasOrdinal)
    m->hasOrdinal = ls_ordinals(count, index, x, o->xstride, y, o->ystride, &o->format, &m->ordinal);
  double keys[2][LS_CHUNK];
  double *toDistances = index ? keys[0] : distances + first, *toUlps = index ? keys[1] : ulps + first;
#if defined(__x86_64__)
  if ((o->path == LS_AVX2 || o->path == LS_AVX512) && greatest <= LS_NARROW)
    ls_chunk_sums_avx2(c, count, toDistances, toUlps, m);
  else
#endif
    ls_chunk_sums(c, count, toDistances, toUlps, m);
  for (int64_t i = 0; index && i < count; i++) {
    distances[first + index[i]] = keys[0][i];
    ulps[first + index[i]] = keys[1][i];
  }
  return true;
}

// Pairs of which lanes measure what they can.
enum { LS_BLOCK = 2048 };

bool ls_measure(ls_path path, int64_t n, const void *x, int32_t xlimbs, const void *y, int32_t ylimbs, int64_t precision,
                int64_t emin, int64_t emax, double *distances, double *ulps, ls_measured *m) {
  *m = (ls_measured){.scale = INT64_MIN};
  m->ulps.exponent = m->relative.exponent = m->squares.exponent = INT64_MIN;
  m->fourth_powers.exponent = m->reference_squares.exponent = INT64_MIN;
  // Infinity's ordinal, (emax - 1 - emin) 2^(precision - 1) + 2^precision, stays below 2^63.
  m->hasOrdinal = emin != INT64_MIN && precision < 56 && emax + 1 - emin < INT64_C(1) << (64 - precision);
  if (n == 0) return true;
  measurement o = {.path = path,
                   .x = x,
                   .y = y,
                   .xstride = ls_big_stride(xlimbs),
                   .ystride = ls_big_stride(ylimbs),
                   .format = {precision, emin, emax, m->hasOrdinal},
                   .unit = emin == INT64_MIN ? precision : 0};
  const int64_t xprecision = ls_at(x, 0, 0)->precision;
  o.xused = ls_used_limbs((int32_t)xprecision);
  o.yused = ls_used_limbs(ls_at(y, 0, 0)->precision);
  ls_chunk c;
#if defined(__x86_64__)
  if ((path == LS_AVX2 || path == LS_AVX512) && xprecision <= precision && precision <= 53) {
    int32_t left[LS_BLOCK];
    for (int64_t first = 0; first < n; first += LS_BLOCK) {
      int64_t count = n - first < LS_BLOCK ? n - first : LS_BLOCK;
      int64_t rest = ls_measure_lanes_avx2(count, o.x + first * o.xstride, o.xstride, o.y + first * o.ystride, o.ystride,
                                           o.yused, &o.format, distances + first, ulps + first, m, left);
      for (int64_t i = 0; i < rest; i += LS_CHUNK) {
        int64_t some = rest - i < LS_CHUNK ? rest - i : LS_CHUNK;
        if (!add_chunk(&o, &c, first, some, left + i, distances, ulps, m)) return false;
      }
    }
  } else
#endif
    for (int64_t first = 0; first < n; first += LS_CHUNK) {
      int64_t count = n - first < LS_CHUNK ? n - first : LS_CHUNK;
      if (!add_chunk(&o, &c, first, count, NULL, distances, ulps, m)) return false;
    }
  if (m->relative.exponent != INT64_MIN) m->relative.exponent -= o.unit;
  if (m->squares.exponent != INT64_MIN) m->squares.exponent -= 2 * o.unit;
  if (m->fourth_powers.exponent != INT64_MIN) m->fourth_powers.exponent -= 4 * o.unit;
  return true;
}
