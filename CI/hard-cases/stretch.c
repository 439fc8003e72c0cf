#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include "stretch.h"

int evaluate(function f, mpfr_t y, const mpfr_t x, mpfr_rnd_t direction) {
  switch (f) {
    case EXP: return mpfr_exp(y, x, direction);
    case EXPM1: return mpfr_expm1(y, x, direction);
    case LOG: return mpfr_log(y, x, direction);
    case LOG1P: return mpfr_log1p(y, x, direction);
    case TANH: return mpfr_tanh(y, x, direction);
    case SIN: return mpfr_sin(y, x, direction);
    default: return mpfr_cos(y, x, direction);
  }
}

void stretch_init(stretch *s) {
  mpfr_inits2(400, s->x, s->y, s->z, (mpfr_ptr)0);
  for (int k = 0; k <= DEGREE; k++) mpfr_init2(s->c[k], 400);
}

// c[k] = f^(k)(x)/k!, from f(x) and the differential equation.
static void taylor(stretch *s, function f) {
  mpfr_t *c = s->c;
  evaluate(f, c[0], s->x, MPFR_RNDN);
  switch (f) {
    case EXP: case EXPM1:
      mpfr_exp(c[1], s->x, MPFR_RNDN);
      for (unsigned k = 2; k <= DEGREE; k++) mpfr_div_ui(c[k], c[k - 1], k, MPFR_RNDN);
      break;
    case LOG: case LOG1P:
      mpfr_add_ui(s->z, s->x, f == LOG1P, MPFR_RNDN);
      mpfr_ui_div(c[1], 1, s->z, MPFR_RNDN);
      for (unsigned k = 2; k <= DEGREE; k++) {
        mpfr_div(c[k], c[k - 1], s->z, MPFR_RNDN);
        mpfr_mul_si(c[k], c[k], 1 - (long)k, MPFR_RNDN);
        mpfr_div_ui(c[k], c[k], k, MPFR_RNDN);
      }
      break;
    case TANH:
      for (unsigned k = 0; k < DEGREE; k++) {
        mpfr_set_ui(s->y, k == 0, MPFR_RNDN);
        for (unsigned j = 0; j <= k; j++) {
          mpfr_mul(s->z, c[j], c[k - j], MPFR_RNDN);
          mpfr_sub(s->y, s->y, s->z, MPFR_RNDN);
        }
        mpfr_div_ui(c[k + 1], s->y, k + 1, MPFR_RNDN);
      }
      break;
    default:  // f'' = -f
      evaluate(f == SIN ? COS : SIN, c[1], s->x, MPFR_RNDN);
      if (f == COS) mpfr_neg(c[1], c[1], MPFR_RNDN);
      for (unsigned k = 2; k <= DEGREE; k++) {
        mpfr_div_ui(c[k], c[k - 2], k * (k - 1), MPFR_RNDN);
        mpfr_neg(c[k], c[k], MPFR_RNDN);
      }
  }
}

// y modulo 1 in units of 2^-128; y is changed.
static u128 fraction(mpfr_t y) {
  mpz_t n;
  mpz_init(n);
  mpfr_mul_2ui(y, y, 128, MPFR_RNDN);
  mpfr_get_z(n, y, MPFR_RNDD);
  mpz_fdiv_r_2exp(n, n, 128);
  u128 r = (u128)mpz_getlimbn(n, 1) << 64 | mpz_getlimbn(n, 0);
  mpz_clear(n);
  return r;
}

// Forward differences at 0 with step 2^log2Step of the polynomial with coefficients weight(k) c[k + from].
static void differences(stretch *s, unsigned from, long log2Step, u128 *result) {
  static const unsigned weights[DEGREE + 1][DEGREE + 1] = {  // j! times Stirling numbers of the second kind
    {1, 0, 0, 0, 0, 0}, {0, 1, 1, 1, 1, 1}, {0, 0, 2, 6, 14, 30},
    {0, 0, 0, 6, 36, 150}, {0, 0, 0, 0, 24, 240}, {0, 0, 0, 0, 0, 120},
  };
  for (unsigned j = 0; j <= DEGREE; j++) {
    mpfr_set_zero(s->y, 1);
    for (unsigned k = j; k + from <= DEGREE; k++) {
      mpfr_mul_ui(s->z, s->c[k + from], weights[j][k] * (from ? k + 1 : 1), MPFR_RNDN);
      mpfr_mul_2si(s->z, s->z, log2Step * (long)k, MPFR_RNDN);
      mpfr_add(s->y, s->y, s->z, MPFR_RNDN);
    }
    result[j] = fraction(s->y);
  }
}

int stretch_start(stretch *s, function f, int negative, int exponent, uint64_t index, int longest) {
  mpfr_set_ui_2exp(s->x, ((uint64_t)1 << 52) + index, exponent - 52, MPFR_RNDN);
  if (negative) mpfr_neg(s->x, s->x, MPFR_RNDN);
  taylor(s, f);
  if (!mpfr_regular_p(s->c[0]) || mpfr_get_exp(s->c[0]) < -1021 || mpfr_get_exp(s->c[0]) > 1024) return 0;
  long units = 54 - mpfr_get_exp(s->c[0]);  // half a last place is 2^-units
  int flip = mpfr_signbit(s->c[0]) != 0;
  for (unsigned k = 0; k <= DEGREE; k++) {
    mpfr_mul_2si(s->c[k], s->c[k], (long)k * (exponent - 52) + units, MPFR_RNDN);
    if ((negative & k & 1) ^ flip) mpfr_neg(s->c[k], s->c[k], MPFR_RNDN);
  }
  double square = mpfr_get_d(s->c[2], MPFR_RNDN), cube = mpfr_get_d(s->c[3], MPFR_RNDN);
  double length = floor((2 - log2(fabs(square))) / 3);
  s->log2Length = length < longest ? (length > 1 ? (int)length : 1) : longest;
  double n = ldexp(1, s->log2Length);
  s->square = square;
  s->squareStep = 3 * cube * n;
  s->squareStep2 = 6 * mpfr_get_d(s->c[4], MPFR_RNDN) * n * n;
  s->cube = cube;
  differences(s, 0, s->log2Length, s->value);
  differences(s, 1, s->log2Length, s->slope);
  return 1;
}
