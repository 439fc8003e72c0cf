// exp, log, log1p and tanh by enclosures.
// Ranked promises: the correctly rounded result, or none; then speed: a quarter to a sixth of MPFR's time.
//
// Numbers are integers of w limbs, one more than the format has, times 2^-F, F = 64 w: `ulp` below is 2^-F. Every operation
// truncates; the bounds of what that costs are summed beside the code, and the enclosure [value - error, value + error] is
// rounded at both ends. With 64 bits beyond the format's, about one argument in 2^40 is left to MPFR.
//
// exp: x = k ln 2 + t, t in [0, 1); t = sum of j_l 2^(-6 l) over the levels l, 0 <= j_l < 64, + s; exp(t) is the product of
// a table's exp(j_l 2^(-6 l)) and the Taylor polynomial of s, summed over a common denominator N! in blocks of four
// powers (M. S. Paterson, L. J. Stockmeyer, SIAM J. Comput. 2, 1973).
// log: m = x / 2^e near 1; y approximates log m to 52 bits; log x = e ln 2 + y + log(m exp(-y)), the last by its series.
// tanh: (E - 1) / (E + 1), E = exp(2 |x|).
// (R. P. Brent, P. Zimmermann, Modern Computer Arithmetic, chapter 4.)
#pragma STDC FP_CONTRACT OFF
#include "big_enclosure.h"
#include "big_short.h"
#include "elementary.h"
#include <stdatomic.h>
#include <stdlib.h>

enum { most = LS_SHORT_LIMBS + 1, levelBits = 6, levelSize = 1 << levelBits, mostLevels = 5, mostTerms = 20 };

typedef struct {
  int w, levels, terms;              // terms: N
  mp_limb_t ln2[most];
  mp_limb_t coefficients[mostTerms + 1];  // N!/k!
  // exp(j 2^-6)/4, then exp(j 2^(-6 l)) - 1, truncated.
  mp_limb_t exps[mostLevels][levelSize][most];
} tables;

// --- tables, made by MPFR on first use, shared by all threads, never freed

// z = floor(x * 2^F), 0 <= x < 1.
static void to_fixed(mp_limb_t *z, int w, mpfr_ptr x) {
  mpz_t integer;
  mpz_init(integer);
  mpfr_mul_2si(x, x, 64 * w, MPFR_RNDZ);
  mpfr_get_z(integer, x, MPFR_RNDZ);
  for (int i = 0; i < w; i++) z[i] = mpz_getlimbn(integer, i);
  mpz_clear(integer);
}

static tables *make(int w) {
  tables *t = ls_allocate(sizeof *t);
  const ls_range found = ls_range_widen();
  const int F = 64 * w;
  t->w = w;
  // Levels enough that 20! still serves: 6 levels bits and N + 1 terms must reach F + 2 bits.
  t->levels = F <= 400 ? 3 : F <= 520 ? 4 : 5;
  double bits = 0;
  for (t->terms = 0; bits < F + 2; t->terms++) {
    int log = 0;
    while ((t->terms + 1) >> (log + 1) != 0) log++;  // at most log2 of the next factor of the factorial
    bits += levelBits * t->levels + log;
  }
  t->terms--;  // the remainder begins with the term that reached it
  t->coefficients[t->terms] = 1;
  for (int k = t->terms; k > 0; k--) t->coefficients[k - 1] = t->coefficients[k] * (mp_limb_t)k;
  mpfr_t x;
  mpfr_init2(x, F + 64);
  mpfr_const_log2(x, MPFR_RNDZ);
  to_fixed(t->ln2, w, x);
  for (int l = 0; l < t->levels; l++)
    for (int j = 0; j < levelSize; j++) {
      mpfr_set_ui_2exp(x, (unsigned long)j, -levelBits * (l + 1), MPFR_RNDZ);
      if (l == 0) {
        mpfr_exp(x, x, MPFR_RNDZ);
        mpfr_div_2ui(x, x, 2, MPFR_RNDZ);
      } else {
        mpfr_expm1(x, x, MPFR_RNDZ);
      }
      to_fixed(t->exps[l][j], w, x);
    }
  mpfr_clear(x);
  ls_range_set(found);
  return t;
}

static const tables *tables_of(int w) {
  static _Atomic(tables *) made[most + 1];
  tables *t = atomic_load_explicit(&made[w], memory_order_acquire);
  if (t != NULL) return t;
  tables *none = NULL;
  t = make(w);
  if (atomic_compare_exchange_strong(&made[w], &none, t)) return t;
  free(t);
  return none;
}

// --- fixed point

// z = x * y, truncated.
static inline void multiply(int w, mp_limb_t *z, const mp_limb_t *x, const mp_limb_t *y) {
  mp_limb_t product[2 * most];
  mpn_mul_n(product, x, y, w);
  memcpy(z, product + w, (size_t)w * sizeof *z);
}

// z (w + 1 limbs, the last for whole numbers) = |x| * 2^scale, exact, for a number of w - 1 limbs with
// -64 <= exponent + scale < 64.
static void place(mp_limb_t *z, int w, const ls_big *x, int64_t scale) {
  const int64_t shift = 64 + x->exponent + scale;
  const int whole = (int)(shift / 64), part = (int)(shift % 64);
  memset(z, 0, (size_t)(w + 1) * sizeof *z);
  if (part == 0) {
    memcpy(z + whole, x->limbs, (size_t)(w - 1) * sizeof *z);
  } else {
    z[w - 1 + whole] = mpn_lshift(z + whole, (const mp_limb_t *)x->limbs, w - 1, (unsigned)part);
  }
}

// u = exp(x) / 2^(2 + k), 1/4 <= u < 0.68, for the x of w + 1 limbs, or for -x; x is used up. Within `error` ulps, the bound
// being for an exact x. False if x is too large.
typedef struct {
  mp_limb_t u[most];
  int64_t k, error;
} exponential;

static bool exponentiate(const tables *t, mp_limb_t *x, bool negative, exponential *e) {
  const int w = t->w;
  if (x[w] >= 1 << 16) return false;
  const double value = (double)x[w] + (double)(x[w - 1] >> 11) * 0x1p-53;
  mp_limb_t k = (mp_limb_t)(value * 1.4426950408889634), r[most + 1];
  // The remainder is within (k + 1) ulps of t: ln 2 is truncated.
  if (negative) {
    k++;
    r[w] = mpn_mul_1(r, t->ln2, w, k);
    if (mpn_sub_n(r, r, x, w + 1)) {
      k++;
      r[w] += mpn_add_n(r, r, t->ln2, w);
    }
  } else {
    r[w] = mpn_mul_1(r, t->ln2, w, k);
    if (mpn_sub_n(r, x, r, w + 1)) {
      k--;
      r[w] += mpn_add_n(r, r, t->ln2, w);
    }
  }
  if (r[w] != 0) return false;
  int j[mostLevels];
  for (int l = 0; l < t->levels; l++)
    j[l] = (int)(r[w - 1] >> (64 - levelBits * (l + 1))) & (levelSize - 1);
  r[w - 1] = r[w - 1] << (levelBits * t->levels) >> (levelBits * t->levels);

  // Powers of s: each at most 1.01 ulps too small.
  mp_limb_t s[5][most], sum[most + 1], product[2 * most + 1];
  memcpy(s[1], r, (size_t)w * sizeof *r);
  multiply(w, s[2], s[1], s[1]);
  multiply(w, s[3], s[2], s[1]);
  multiply(w, s[4], s[2], s[2]);
  // sum of s^k N!/k!, k from 1, blocks k = 4 b + 1 ... 4 b + 4 from the last.
  for (int b = (t->terms - 1) / 4; b >= 0; b--) {
    if (4 * b + 4 >= t->terms) {
      memset(sum, 0, (size_t)(w + 1) * sizeof *sum);
    } else {
      mpn_mul(product, sum, w + 1, s[4], w);
      memcpy(sum, product + w, (size_t)(w + 1) * sizeof *sum);
    }
    for (int i = 1; i <= 4 && 4 * b + i <= t->terms; i++)
      sum[w] += mpn_addmul_1(sum, s[i], w, t->coefficients[4 * b + i]);
  }
  // exp(s) - 1: too small by less than 3: 1.01 (1/2! + 1/3! + ...), what is left of the series, and the division.
  mpn_divrem_1(sum, 0, sum, w + 1, t->coefficients[0]);

  // u too small by d, times 1 + v, v < 2^-6 too small by d': too small by less than 1.02 d + 0.68 d' + 1. From 1, four
  // tables with d' = 1 and the polynomial: less than 12.
  memcpy(e->u, t->exps[0][j[0]], (size_t)w * sizeof *r);
  for (int l = 1; l <= t->levels; l++) {
    const mp_limb_t *v = l < t->levels ? t->exps[l][j[l]] : sum;
    multiply(w, s[1], e->u, v);
    mpn_add_n(e->u, e->u, s[1], w);
  }
  e->k = negative ? -(int64_t)k : (int64_t)k;
  e->error = (int64_t)k + 14;  // (k + 1) ulps of t are less than k + 1 of u
  return true;
}

// y = log(m) + d for m = 2 z in [0.7, 1.42), z of w limbs, as w + 1 limbs in two's complement, within 192 ulps where z is
// exact, and 6 ulps more for every ulp that it is not. z is used up. False if the approximation was off.
static bool logarithm(const tables *t, mp_limb_t *z, mp_limb_t *y) {
  const int w = t->w;
  const double m = (double)(z[w - 1] >> 11) * 0x1p-52;
  const int64_t approximation = (int64_t)(ls_elementary_f64(LS_LOG, LS_NEAREST, m) * 0x1p60);
  const bool negative = approximation < 0;
  const mp_limb_t magnitude = (mp_limb_t)(negative ? -approximation : approximation);
  memset(y, 0, (size_t)(w + 1) * sizeof *y);
  y[w - 1] = magnitude << 4;
  exponential e;
  if (!exponentiate(t, y, !negative, &e)) return false;
  // z exp(-y) = (1 + t) 2^-(3 + k), k = -1 or 0: t in ulps, too, after a shift by 2 or 3 bits, with an error of at most
  // 8 (16 + 1).
  mp_limb_t d[most], power[most], product[2 * most], sum[most + 1];
  const int shift = (int)(3 + e.k);
  multiply(w, d, z, e.u);
  mpn_lshift(d, d, w, (unsigned)shift);  // 1 goes out at the top
  const bool below = d[w - 1] >> 63 != 0;
  if (below) mpn_neg(d, d, w);
  if (d[w - 1] >> 16 != 0) return false;  // |t| < 2^-48
  // log(1 + t) = t - t^2/2 + t^3/3 ..., over the common denominator 27720 = lcm(1, ..., 12), of which as many terms as
  // reach beyond 2^-F; all of one sign for negative t.
  enum { denominator = 27720, terms = 12 };
  sum[w] = mpn_mul_1(sum, d, w, denominator);
  memcpy(power, d, (size_t)w * sizeof *d);
  int limbs = w;
  for (int i = 2; i <= terms && 48 * i < 64 * w; i++) {
    mpn_mul(product, d, w, power, limbs);
    memcpy(power, product + w, (size_t)limbs * sizeof *d);
    const int used = w - 48 * i / 64;  // the limbs above are 0
    if (used < limbs) limbs = used;
    mp_limb_t carry;
    if (below || i % 2 == 1) {
      carry = mpn_addmul_1(sum, power, limbs, denominator / i);
      mpn_add_1(sum + limbs, sum + limbs, w + 1 - limbs, carry);
    } else {
      carry = mpn_submul_1(sum, power, limbs, denominator / i);
      mpn_sub_1(sum + limbs, sum + limbs, w + 1 - limbs, carry);
    }
  }
  mpn_divrem_1(sum, 0, sum, w + 1, denominator);
  // y is exact. The sum: the error of t, one ulp for every power, for the rest of the series and for the division.
  memset(y, 0, (size_t)(w + 1) * sizeof *y);
  y[w - 1] = magnitude << 4;
  if (negative) mpn_neg(y, y, w + 1);
  if (below)
    mpn_sub_n(y, y, sum, w + 1);
  else
    mpn_add_n(y, y, sum, w + 1);
  return true;
}

// --- rounding

// The numbers that [value - error, value + error] * 2^low, `size` limbs, round to, if they are one. value may be used up.
static bool round_both(ls_big *r, mp_limb_t *value, int64_t size, int64_t error, int64_t low, int sign,
                       const ls_big_format *format) {
  mp_limb_t least[most + 2];
  const int used = ls_used_limbs(format->precision);
  if (mpn_sub_1(least, value, size, (mp_limb_t)error) || mpn_add_1(value, value, size, (mp_limb_t)(error - 1)))
    return false;
  int64_t top = size, bottom = size;
  while (top > 0 && value[top - 1] == 0) top--;
  while (bottom > 0 && least[bottom - 1] == 0) bottom--;
  if (bottom == 0) return false;
  // The exact value lies strictly between.
  uint64_t m[LS_SHORT_LIMBS], other[LS_SHORT_LIMBS];
  int64_t exponent, otherExponent;
  if (!ls_round_limbs(m, &exponent, (uint64_t *)least, bottom, low, true, sign, used, format) ||
      !ls_round_limbs(other, &otherExponent, (uint64_t *)value, top, low, true, sign, used, format) ||
      exponent != otherExponent || memcmp(m, other, (size_t)used * sizeof *m) != 0)
    return false;
  ls_store_limbs(r, m, exponent, sign, used, format);
  return true;
}

// --- functions

static bool round_exp(const tables *t, ls_big *r, const ls_big *x, const ls_big_format *format) {
  if (x->exponent < -64 || x->exponent > 16) return false;
  mp_limb_t fixed[most + 1];
  exponential e;
  place(fixed, t->w, x, 0);
  return exponentiate(t, fixed, x->sign < 0, &e) &&
         round_both(r, e.u, t->w, e.error, 2 + e.k - 64 * t->w, 1, format);
}

static bool round_tanh(const tables *t, ls_big *r, const ls_big *x, const ls_big_format *format) {
  if (x->exponent < -30 || x->exponent > 12) return false;
  const int w = t->w;
  mp_limb_t fixed[most + 1], n[2 * most], d[most], rest[most], q[most + 1];
  exponential e;
  place(fixed, w, x, 1);
  if (!exponentiate(t, fixed, false, &e)) return false;
  const int64_t bit = 64 * w - 2 - e.k;  // of the number 1
  if (bit < 0) return false;
  mp_limb_t one[most] = {0};
  one[bit / 64] = (mp_limb_t)1 << (bit % 64);
  memset(n, 0, (size_t)w * sizeof *n);
  if (mpn_sub_n(n + w, e.u, one, w)) return false;
  mpn_add_n(d, e.u, one, w);
  // The quotient by d >= 1/4, both within error + 1 ulps and the quotient at most 1: 8 (error + 1), and 1.
  if (d[w - 1] == 0) return false;
  mpn_tdiv_qr(q, rest, 0, n, 2 * w, d, w);
  return q[w] == 0 && round_both(r, q, w, 8 * (e.error + 1) + 1, -64 * w, x->sign, format);
}

// z = m / 2 of w limbs and the exponent to go with it; then log x = exponent * ln 2 + log m.
static bool round_log(const tables *t, ls_big *r, mp_limb_t *z, int64_t exponent, int64_t error,
                      const ls_big_format *format) {
  const int w = t->w;
  mp_limb_t y[most + 1], multiple[most + 1];
  if (!logarithm(t, z, y)) return false;
  multiple[w] = mpn_mul_1(multiple, t->ln2, w, (mp_limb_t)(exponent < 0 ? -exponent : exponent));
  if (exponent < 0)
    mpn_sub_n(y, y, multiple, w + 1);
  else
    mpn_add_n(y, y, multiple, w + 1);
  const bool negative = y[w] >> 63 != 0;
  if (negative) mpn_neg(y, y, w + 1);
  return round_both(r, y, w + 1, 192 + error + (exponent < 0 ? -exponent : exponent), -64 * w, negative ? -1 : 1, format);
}

// m / 2 in [0.35, 0.71) of z in [1/2, 1): the exponent that z loses.
static int64_t halve(mp_limb_t *z, int w) {
  if (z[w - 1] >> 32 < 0xb504f333) return 1;  // 2 z, halved
  mpn_rshift(z, z, w, 1);
  return 0;
}

static bool round_logarithm(const tables *t, ls_big *r, const ls_big *x, const ls_big_format *format) {
  if (x->sign < 0 || x->exponent < -(1 << 16) || x->exponent > 1 << 16) return false;
  const int w = t->w;
  mp_limb_t z[most];
  z[0] = 0;
  memcpy(z + 1, x->limbs, (size_t)(w - 1) * sizeof *z);
  const int64_t lost = halve(z, w);  // exact: a limb of zeros stood below
  return round_log(t, r, z, x->exponent - lost, 0, format);
}

// For 0 < x < 1, which softplus asks for.
static bool round_log1p(const tables *t, ls_big *r, const ls_big *x, const ls_big_format *format) {
  if (x->sign < 0 || x->exponent < -30 || x->exponent > 0) return false;
  const int w = t->w;
  mp_limb_t z[most + 1];
  place(z, w, x, 0);
  // (1 + x) / 2, an ulp lost, and another if it is halved again.
  mpn_rshift(z, z, w, 1);
  z[w - 1] |= (mp_limb_t)1 << 63;
  const int64_t lost = halve(z, w);
  return round_log(t, r, z, 1 - lost, 16, format);
}

bool ls_round_enclosure(ls_unary f, ls_big *r, const ls_big *x, const ls_big_format *format) {
  const int used = ls_used_limbs(format->precision);
  if (used > LS_SHORT_LIMBS || format->direction == LS_STOCHASTIC || !ls_is_regular(x) ||
      ls_used_limbs(x->precision) != used)
    return false;
  switch (f) {
  case LS_EXP: return round_exp(tables_of(used + 1), r, x, format);
  case LS_TANH: return round_tanh(tables_of(used + 1), r, x, format);
  case LS_LOG: return round_logarithm(tables_of(used + 1), r, x, format);
  case LS_LOG1P: return round_log1p(tables_of(used + 1), r, x, format);
  default: return false;
  }
}
