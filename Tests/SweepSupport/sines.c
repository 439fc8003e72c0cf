// sin and cos of a tile by addition theorems: x = X + i h with X the first argument, h the distance of neighbours.
// Promises, in order: proven enclosures; one call of MPFR for a tile, and 4096 for a binade.
//
// Sines and cosines of X and of i h are integers in units of 2^-62, wrong by less than 0.51 units (MPFR's 160 bits, then
// rounded to nearest). The sum of two products, formed without rounding, is then wrong by less than 0.51 (|sin X| + |cos
// X| + |sin i h| + |cos i h|) + 2 * 0.51^2 2^-62 < 0.51 * 2.83 + 0.01 < 2 units: 2^63 units of 2^-124.
#pragma STDC FP_CONTRACT OFF
#include "workspace.h"

static void sine_and_cosine(workspace *w, int64_t *sine, int64_t *cosine) {
  mpfr_sin_cos(w->y, w->z, w->x, MPFR_RNDN);
  mpfr_mul_2si(w->y, w->y, 62, MPFR_RNDN);
  mpfr_mul_2si(w->z, w->z, 62, MPFR_RNDN);
  *sine = mpfr_get_sj(w->y, MPFR_RNDN);
  *cosine = mpfr_get_sj(w->z, MPFR_RNDN);
  w->calls += 1;
}

void expect_sines(workspace *w, ls_unary f, uint32_t first, outcome *out) {
  const i128 error = (i128)1 << 63;
  int step = (int)((first & ~SIGN) >> 23) - 150;  // no subnormal numbers come here
  if (w->fineExponent != step) {
    for (long i = 0; i < LS_SWEEP_TILE; i++) {
      mpfr_set_si_2exp(w->x, i, step, MPFR_RNDN);
      sine_and_cosine(w, &w->fineSine[i], &w->fineCosine[i]);
    }
    w->fineExponent = step;
  }
  int64_t sine, cosine;
  mpfr_set_flt(w->x, float_of(first & ~SIGN), MPFR_RNDN);
  sine_and_cosine(w, &sine, &cosine);
  unsigned flip = f == LS_SIN && first & SIGN;
  for (uint32_t i = 0; i < LS_SWEEP_TILE; i++) {
    i128 s = w->fineSine[i], c = w->fineCosine[i];
    i128 value = f == LS_SIN ? sine * c + cosine * s : cosine * c - sine * s;
    i128 size = value < 0 ? -value : value;
    bool settled = size > error
      && round_between((u128)(size - error), (u128)(size + error), -124, (value < 0) ^ flip, &out[i]);
    if (!settled) out[i] = settle_counted(w, f, first + i);
  }
}
