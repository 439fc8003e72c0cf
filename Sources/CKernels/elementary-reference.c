// The definition of the elementary functions: one correctly rounded MPFR operation in the format's precision and
// exponent range, then mpfr_subnormalize, which undoes the double rounding with MPFR's ternary value. Promises, in
// order: the correctly rounded result in every direction; MPFR's exponent range of this thread is left as it was
// found.
#pragma STDC FP_CONTRACT OFF
#include <mpfr.h>
#include "elementary-rounding.h"

static _Thread_local int64_t fallbacks;

int64_t ls_elementary_fallbacks(void) { return fallbacks; }
void ls_elementary_fallbacks_reset(void) { fallbacks = 0; }

static int apply(ls_unary f, mpfr_t y, mpfr_t x, mpfr_rnd_t direction) {
  switch (f) {
    case LS_EXP: return mpfr_exp(y, x, direction);
    case LS_EXPM1: return mpfr_expm1(y, x, direction);
    case LS_LOG: return mpfr_log(y, x, direction);
    case LS_LOG1P: return mpfr_log1p(y, x, direction);
    case LS_TANH: return mpfr_tanh(y, x, direction);
    case LS_SIN: return mpfr_sin(y, x, direction);
    case LS_COS: return mpfr_cos(y, x, direction);
    default: mpfr_set_nan(y); return 0;
  }
}

// MPFR's significands lie in [1/2, 1), so its exponents exceed IEEE's by one; emin is that of the least subnormal
// number. The value in y is representable in the format; MPFR's own NaN may carry either sign.
static double evaluate(ls_unary f, ls_direction d, double value, mpfr_prec_t precision, mpfr_exp_t emin,
                       mpfr_exp_t emax) {
  static const mpfr_rnd_t directions[] = {MPFR_RNDN, MPFR_RNDZ, MPFR_RNDU, MPFR_RNDD};
  mp_limb_t limbs[2][2];
  mpfr_t x, y;
  mpfr_custom_init(limbs[0], 53);
  mpfr_custom_init(limbs[1], precision);
  mpfr_custom_init_set(x, MPFR_ZERO_KIND, 0, 53, limbs[0]);
  mpfr_custom_init_set(y, MPFR_ZERO_KIND, 0, precision, limbs[1]);
  mpfr_exp_t formerMin = mpfr_get_emin(), formerMax = mpfr_get_emax();
  mpfr_set_emin(emin);
  mpfr_set_emax(emax);
  mpfr_set_d(x, value, MPFR_RNDN);
  int ternary = apply(f, y, x, directions[d]);
  mpfr_subnormalize(y, ternary, directions[d]);
  double result = mpfr_nan_p(y) ? ls_from_bits_f64(LS_NAN_F64) : mpfr_get_d(y, MPFR_RNDN);
  mpfr_set_emin(formerMin);
  mpfr_set_emax(formerMax);
  return result;
}

float ls_elementary_reference_f32(ls_unary f, ls_direction d, float x) {
  return (float)evaluate(f, d, (double)x, 24, -148, 128);
}

double ls_elementary_reference_f64(ls_unary f, ls_direction d, double x) { return evaluate(f, d, x, 53, -1073, 1024); }

float ls_elementary_fallback_f32(ls_unary f, ls_direction d, float x) {
  fallbacks += 1;
  return ls_elementary_reference_f32(f, d, x);
}

double ls_elementary_fallback_f64(ls_unary f, ls_direction d, double x) {
  fallbacks += 1;
  return ls_elementary_reference_f64(f, d, x);
}
