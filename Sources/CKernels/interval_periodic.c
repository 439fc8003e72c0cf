// Sine and cosine of an interval.
// Ranked promises: every value between the bounds; the bounds as near as the precision allows, while the argument's binary
// exponent is at most 65536 (beyond it -1 and 1: reducing the argument would take as many bits of pi); then speed.
//
// Between neighbouring extrema the functions are monotone. The extrema of the cosine are at m pi, with value 1 for even m; those
// of the sine at (m - 1/2) pi, with value 1 for odd m. n(x) = floor(x/pi), for the sine floor(x/pi + 1/2), counts them, so an
// interval [l, u] holds n(u) - n(l) of them above l. The floor is certain once lower and upper bounds of the quotient share it,
// which happens because x/pi is irrational for x != 0.
#pragma STDC FP_CONTRACT OFF
#include "interval_bounds.h"
#include "big_function.h"

enum { greatest_exponent = 65536 };

// n = floor(x/pi + shift/2)
static void count_extrema(mpz_ptr n, mpfr_srcptr x, int shift) {
  if (mpfr_zero_p(x)) {
    mpz_set_ui(n, 0);
    return;
  }
  mpfr_exp_t exponent = mpfr_get_exp(x) > 0 ? mpfr_get_exp(x) : 0;
  mpfr_t low, high;
  mpz_t other;
  mpz_init(other);
  mpfr_inits2(2, low, high, (mpfr_ptr)0);
  bool away = mpfr_sgn(x) > 0;  // a larger divisor makes a smaller quotient of a positive number
  for (mpfr_prec_t bits = 2 * mpfr_get_prec(x) + exponent + 64;; bits *= 2) {
    mpfr_set_prec(low, bits);
    mpfr_set_prec(high, bits);
    mpfr_const_pi(low, away ? MPFR_RNDU : MPFR_RNDD);
    mpfr_const_pi(high, away ? MPFR_RNDD : MPFR_RNDU);
    mpfr_div(low, x, low, MPFR_RNDD);
    mpfr_div(high, x, high, MPFR_RNDU);
    mpfr_add_d(low, low, shift * 0.5, MPFR_RNDD);
    mpfr_add_d(high, high, shift * 0.5, MPFR_RNDU);
    mpfr_get_z(n, low, MPFR_RNDD);
    mpfr_get_z(other, high, MPFR_RNDD);
    if (mpz_cmp(n, other) == 0) break;
  }
  mpfr_clears(low, high, (mpfr_ptr)0);
  mpz_clear(other);
}

void ls_interval_periodic(ls_unary f, mpfr_ptr lower, mpfr_ptr upper, const void *x, const ls_outward *o) {
  mpfr_t l, u;
  ls_view(l, ls_lower(x));
  ls_view(u, ls_upper(x, o->down.limbs));
  long extrema = 2;
  int top = 0;
  bool finite = mpfr_number_p(l) && mpfr_number_p(u);
  bool reachable = finite && (mpfr_zero_p(l) || mpfr_get_exp(l) <= greatest_exponent) &&
                   (mpfr_zero_p(u) || mpfr_get_exp(u) <= greatest_exponent);
  if (reachable) {
    mpz_t first, last;
    mpz_inits(first, last, (mpz_ptr)0);
    count_extrema(first, l, f == LS_SIN);
    count_extrema(last, u, f == LS_SIN);
    top = (mpz_odd_p(last) != 0) == (f == LS_SIN) ? 1 : -1;
    mpz_sub(last, last, first);
    extrema = mpz_cmp_ui(last, 2) >= 0 ? 2 : mpz_get_si(last);
    mpz_clears(first, last, (mpz_ptr)0);
  }
  if (extrema >= 2) {
    mpfr_set_si(lower, -1, MPFR_RNDD);
    mpfr_set_si(upper, 1, MPFR_RNDU);
    return;
  }
  ls_scratch z;
  ls_function function = ls_rounded_function(f);
  ls_prepare(&z, &o->down);
  ls_settle(lower, function(lower, l, MPFR_RNDD), &o->down);
  ls_settle(z.value, function(z.value, u, MPFR_RNDD), &o->down);
  mpfr_min(lower, lower, z.value, MPFR_RNDD);
  ls_settle(upper, function(upper, l, MPFR_RNDU), &o->up);
  ls_settle(z.value, function(z.value, u, MPFR_RNDU), &o->up);
  mpfr_max(upper, upper, z.value, MPFR_RNDU);
  if (extrema == 1) mpfr_set_si(top > 0 ? upper : lower, top, MPFR_RNDN);
}
