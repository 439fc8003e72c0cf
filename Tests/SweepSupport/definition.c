#pragma STDC FP_CONTRACT OFF
#include "definition.h"

int apply_mpfr(ls_unary f, mpfr_t y, const mpfr_t x, mpfr_rnd_t direction) {
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

// Toward zero with 27 bits: the exact value is y (ternary value 0) or lies strictly between y and the next number of 27
// bits away from zero, and multiples of half a last place of binary32 have at most 25 bits. (MPFR's own exponent range
// is far wider than binary32's. Where even that is left, y is its largest number, or 0 with a ternary value.)
outcome settle(ls_unary f, uint32_t argument) {
  mp_limb_t limbs[2];
  mpfr_t x, y;
  mpfr_custom_init(&limbs[0], 24);
  mpfr_custom_init(&limbs[1], 27);
  mpfr_custom_init_set(x, MPFR_ZERO_KIND, 0, 24, &limbs[0]);
  mpfr_custom_init_set(y, MPFR_ZERO_KIND, 0, 27, &limbs[1]);
  mpfr_set_flt(x, float_of(argument), MPFR_RNDN);
  int ternary = apply_mpfr(f, y, x, MPFR_RNDZ);
  unsigned negative = mpfr_signbit(y) != 0;
  uint32_t sign = negative ? SIGN : 0;
  outcome result;
  if (mpfr_nan_p(y)) return same_everywhere(QUIET_NAN);
  if (mpfr_inf_p(y)) return same_everywhere(sign | INFINITE);
  if (mpfr_zero_p(y)) {
    if (!ternary) return same_everywhere(sign);
    round_between(0, 1, -1000, negative, &result);
    return result;
  }
  mpfr_exp_t e = mpfr_get_exp(y);  // |y| = n 2^(e - 27), 2^26 <= n < 2^27
  u128 n = limbs[1] >> (GMP_NUMB_BITS - 27);
  int exponent = e > 1000 ? 1000 : e < -1000 ? -1000 : (int)e;
  // Exact results (1, mostly) are numbers of binary32: no direction moves them.
  bool settled = round_between(n << 64, (n + 1) << 64, exponent - 27 - 64, negative, &result);
  if (!settled || !ternary) return same_everywhere(ternary ? QUIET_NAN : result.at[LS_ZERO]);
  return result;
}
