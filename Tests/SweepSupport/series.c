// exp, expm1, log, log1p and tanh on 256 neighbours x + i s, s = +-2^k, by one Taylor polynomial of degree 5 in i.
// Promises, in order: proven enclosures; one call of MPFR for a block.
//
// f(x + i s) = c0 + c1 i + ... + c5 i^5 + rest. In the basis of binomials the coefficients are differences D_j = j! sum
// of S(k, j) c_k (S: Stirling numbers of the second kind), and neighbours follow from each other by five additions. The
// D_j are integers in units chosen so that sum |c_k| 256^k < 2^126 units.
//
// Errors. MPFR works with 160 bits, so that a D_j, made of few operations on terms below 2^126 units, is wrong by far
// less than half a unit before it is rounded, and by less than one unit after. Value i is wrong by less than sum over j
// of binomial(255, j) < 8.9e9 < 2^34 units, and by the rest, |f^(6)|/6! (256 |s|)^6:
//   exp, expm1   f^(6) = exp < 2 exp x, while 256 |s| < log 2
//   log, log1p   1/(6 m^6), m the least of (1 +) argument in the block
//   tanh         f^(6)/6! <= max |tanh| on a circle of radius 1 (Cauchy); for |Im z| <= 1 |tanh z| <= max(1, tan 1) < 2
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include "workspace.h"

// f^(k)(x)/k!, k = 0 ... 5, where MPFR has the derivative from f(x) itself.
static void taylor(workspace *w, ls_unary f) {
  mpfr_t *c = w->coefficients;
  w->calls += 1;
  switch (f) {
    case LS_EXP: case LS_EXPM1:
      apply_mpfr(f, c[0], w->x, MPFR_RNDN);
      mpfr_add_ui(c[1], c[0], f == LS_EXPM1, MPFR_RNDN);
      for (unsigned k = 2; k <= DEGREE; k++) mpfr_div_ui(c[k], c[k - 1], k, MPFR_RNDN);
      return;
    case LS_LOG: case LS_LOG1P:
      apply_mpfr(f, c[0], w->x, MPFR_RNDN);
      mpfr_add_ui(w->z, w->x, f == LS_LOG1P, MPFR_RNDN);  // exact: 160 bits hold 1 + x wherever log1p is not beside x
      mpfr_ui_div(c[1], 1, w->z, MPFR_RNDN);
      mpfr_set(w->y, c[1], MPFR_RNDN);
      for (unsigned k = 2; k <= DEGREE; k++) {
        mpfr_div(w->y, w->y, w->z, MPFR_RNDN);
        mpfr_neg(w->y, w->y, MPFR_RNDN);
        mpfr_div_ui(c[k], w->y, k, MPFR_RNDN);
      }
      return;
    default:  // tanh: y' = 1 - y^2, so (k + 1) c[k+1] = [k = 0] - sum of c[j] c[k-j]
      mpfr_tanh(c[0], w->x, MPFR_RNDN);
      for (unsigned k = 0; k < DEGREE; k++) {
        mpfr_set_ui(w->y, k == 0, MPFR_RNDN);
        for (unsigned j = 0; j <= k; j++) {
          mpfr_mul(w->z, c[j], c[k - j], MPFR_RNDN);
          mpfr_sub(w->y, w->y, w->z, MPFR_RNDN);
        }
        mpfr_div_ui(c[k + 1], w->y, k + 1, MPFR_RNDN);
      }
  }
}

// A bound for the rest, infinite or NaN where there is none; `length` = 256 |s|. Computed in binary64 to a few units
// of its last place, for which 1 % is added.
static double rest(workspace *w, ls_unary f, double x, double length) {
  double power = 1, ratio = length;
  if (f == LS_LOG || f == LS_LOG1P) {
    double m = (f == LS_LOG1P) + x - (x < 0 ? length : 0);  // exact or, where x is large, rounded once
    if (!(m > 0)) return INFINITY;
    ratio = length / m;
  }
  for (int i = 0; i <= DEGREE; i++) power *= ratio;
  switch (f) {
    case LS_EXP: case LS_EXPM1:
      return length < 0.69 ? 1.01 * power * mpfr_get_d(w->coefficients[1], MPFR_RNDU) / 360 : INFINITY;
    case LS_TANH: return 1.01 * power * 2;
    default: return 1.01 * power / 6;
  }
}

// D_j as an integer in units of 2^-scale.
static i128 difference(workspace *w, unsigned j, long scale) {
  static const unsigned weights[DEGREE + 1][DEGREE + 1] = {  // j! S(k, j), row j, column k
    {1, 0, 0, 0, 0, 0}, {0, 1, 1, 1, 1, 1}, {0, 0, 2, 6, 14, 30},
    {0, 0, 0, 6, 36, 150}, {0, 0, 0, 0, 24, 240}, {0, 0, 0, 0, 0, 120},
  };
  mpfr_set_zero(w->y, 1);
  for (unsigned k = j; k <= DEGREE; k++) {
    if (!weights[j][k]) continue;
    mpfr_mul_ui(w->z, w->coefficients[k], weights[j][k], MPFR_RNDN);
    mpfr_add(w->y, w->y, w->z, MPFR_RNDN);
  }
  mpfr_mul_2si(w->y, w->y, scale, MPFR_RNDN);
  mpfr_get_z(w->integer, w->y, MPFR_RNDN);
  u128 size = (u128)mpz_getlimbn(w->integer, 1) << 64 | mpz_getlimbn(w->integer, 0);
  return mpz_sgn(w->integer) < 0 ? -(i128)size : (i128)size;
}

static void settle_block(workspace *w, ls_unary f, uint32_t first, outcome *out) {
  for (uint32_t i = 0; i < BLOCK; i++) out[i] = settle_counted(w, f, first + i);
}

void expect_series(workspace *w, ls_unary f, uint32_t first, outcome *out) {
  uint32_t magnitude = first & ~SIGN, field = magnitude >> 23;
  int step = (int)(field ? field : 1) - 150;  // neighbours are 2^step apart
  float x = float_of(first);
  bool domain = f == LS_LOG ? x > 0 : f == LS_LOG1P ? x > -1 : true;
  if (field == 255 || magnitude == 0 || !domain) return settle_block(w, f, first, out);
  mpfr_set_flt(w->x, x, MPFR_RNDN);
  taylor(w, f);
  double bound = rest(w, f, (double)x, ldexp(BLOCK, step));
  if (!(bound < INFINITY)) return settle_block(w, f, first, out);

  mpfr_exp_t top = mpfr_get_emin();
  for (unsigned k = 0; k <= DEGREE; k++) {
    mpfr_t *c = &w->coefficients[k];
    mpfr_mul_2si(*c, *c, (long)k * step, MPFR_RNDN);
    if (first & SIGN && k & 1) mpfr_neg(*c, *c, MPFR_RNDN);
    if (mpfr_regular_p(*c) && mpfr_get_exp(*c) + 8 * (long)k > top) top = mpfr_get_exp(*c) + 8 * (long)k;
  }
  if (top < -300 || top > 300) return settle_block(w, f, first, out);
  int scale = 126 - 3 - (int)top;  // six terms, each below 2^top
  double units = ldexp(bound, scale) + 0x1p34 + 1;
  if (!(units < 0x1p120)) return settle_block(w, f, first, out);
  const i128 error = (i128)units + 1;

  i128 d[DEGREE + 1];
  for (unsigned j = 0; j <= DEGREE; j++) d[j] = difference(w, j, scale);
  for (uint32_t i = 0; i < BLOCK; i++) {
    i128 size = d[0] < 0 ? -d[0] : d[0];
    bool settled = size > error
      && round_between((u128)(size - error), (u128)(size + error), -scale, d[0] < 0, &out[i]);
    if (!settled) out[i] = settle_counted(w, f, first + i);
    for (unsigned j = 0; j < DEGREE; j++) d[j] += d[j + 1];
  }
}
