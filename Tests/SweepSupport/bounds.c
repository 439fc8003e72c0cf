#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include "definition.h"
#include "include/bounds.h"

enum { PRECISION = 260 };

static void exact_value(ls_unary f, double x, mpfr_t y) {
  mpfr_t argument;
  mpfr_init2(argument, 53);
  mpfr_init2(y, PRECISION);
  mpfr_set_d(argument, x, MPFR_RNDN);
  apply_mpfr(f, y, argument, MPFR_RNDN);
  mpfr_clear(argument);
}

double ls_approximation_error_f64(ls_unary f, double x, ls_approximation a) {
  mpfr_t exact, value, low;
  exact_value(f, x, exact);
  mpfr_init2(value, PRECISION);
  mpfr_init2(low, 64);
  mpfr_set_uj_2exp(value, a.high, 64, MPFR_RNDN);
  mpfr_set_uj(low, a.low, MPFR_RNDN);
  mpfr_add(value, value, low, MPFR_RNDN);
  mpfr_mul_2si(value, value, (long)a.exponent - 127, MPFR_RNDN);
  bool sign = (mpfr_sgn(exact) < 0) == (a.negative == 1);
  mpfr_abs(exact, exact, MPFR_RNDN);
  mpfr_sub(value, value, exact, MPFR_RNDN);
  mpfr_mul_2si(value, value, 116 - (long)a.exponent, MPFR_RNDN);
  double error = sign ? fabs(mpfr_get_d(value, MPFR_RNDA)) : INFINITY;
  mpfr_clears(exact, value, low, (mpfr_ptr)0);
  return error;
}

double ls_lanes_error(ls_unary f, double x, ls_lanes_approximation a) {
  mpfr_t exact, value;
  exact_value(f, x, exact);
  mpfr_init2(value, PRECISION);
  mpfr_set_d(value, a.high, MPFR_RNDN);
  mpfr_add_d(value, value, a.low, MPFR_RNDN);
  mpfr_mul_2si(exact, exact, -(long)a.exponent, MPFR_RNDN);
  mpfr_sub(value, value, exact, MPFR_RNDN);
  mpfr_div_d(value, value, a.error, MPFR_RNDA);
  double error = fabs(mpfr_get_d(value, MPFR_RNDA));
  mpfr_clears(exact, value, (mpfr_ptr)0);
  return error;
}

double ls_relative_error(ls_unary f, double x, double y) {
  mpfr_t exact, value;
  exact_value(f, x, exact);
  mpfr_init2(value, PRECISION);
  mpfr_set_d(value, y, MPFR_RNDN);
  mpfr_sub(value, value, exact, MPFR_RNDN);
  mpfr_div(value, value, exact, MPFR_RNDN);
  double error = fabs(mpfr_get_d(value, MPFR_RNDA));
  mpfr_clears(exact, value, (mpfr_ptr)0);
  return error;
}
