// Software floating point in any direction.
// Ranked promises: the correctly rounded result for every argument, by integers alone (elementary functions: from their
// correctly rounded binary64 or MPFR values toward zero); then simplicity; then speed.
//
// Each operation makes its exact result, or that result rounded to odd, and `settle` rounds it into the format: the only place
// where that happens. To odd takes two bits more than the format has; in stochastic rounding 118 bits, because 64 are compared
// below the last of at most 53, and the bit that says "something was cut off" must lie below those.
#pragma STDC FP_CONTRACT OFF
#include "include/soft.h"
#include <gmp.h>
#include <mpfr.h>
#include "big_function.h"
#include "include/elementary.h"
#include "significand.h"

static double quiet_nan(void) { return ls_double_of(UINT64_C(0x7ff8000000000000)); }
static bool is_negative(double x) { return ls_double_bits(x) >> 63; }
static bool is_finite(double x) { return (ls_double_bits(x) >> 52 & 0x7ff) != 0x7ff; }
static double signed_value(bool negative, double magnitude) { return negative ? -magnitude : magnitude; }

// head * 2^quantum, exact by assumption: quantum >= -1074, head <= 2^53.
static double scaled(uint64_t head, int64_t quantum) {
  if (head == 0) return 0;
  int top = 63 - __builtin_clzll(head);
  int64_t exponent = quantum + top;
  if (exponent < -1022) return ls_double_of(head << (quantum + 1074));
  uint64_t fraction = top > 52 ? head >> 1 : head << (52 - top);
  return ls_double_of((uint64_t)(exponent + 1023) << 52 | (fraction & ((UINT64_C(1) << 52) - 1)));
}

static uint64_t largest_head(const ls_soft_format *f) {
  uint64_t power = UINT64_C(1) << f->precision;
  return f->overflow == LS_TO_INFINITY ? power - 1 : (7 * power) >> 3;
}
static double largest(const ls_soft_format *f) { return scaled(largest_head(f), f->emax - f->precision + 1); }

// Where IEEE 754 delivers an infinity.
static double infinite(bool negative, const ls_soft_format *f) {
  if (f->overflow == LS_TO_NAN) return quiet_nan();
  return signed_value(negative, f->overflow == LS_SATURATE ? largest(f) : __builtin_inf());
}

static double overflowed(bool negative, const ls_soft_format *f) {
  bool inward = f->direction == LS_ZERO || f->direction == (negative ? LS_UP : LS_DOWN);
  return inward ? signed_value(negative, largest(f)) : infinite(negative, f);
}

// The rounding. The significand is not 0; if it is not exact, it is rounded to odd as said above.
static double settle(ls_significand exact, const ls_soft_format *f) {
  const int up = ls_leading_zeros(exact.significand);
  const ls_wide_integer x = exact.significand << up;
  const int64_t e = exact.exponent - up + 127;  // 2^e <= |value| < 2^(e+1)
  const int64_t quantum = (e > f->emin ? e : f->emin) - f->precision + 1;
  const int64_t kept = e - quantum + 1;         // bits above the last place; none or less below the least subnormal
  uint64_t head = kept > 0 ? (uint64_t)(x >> (128 - kept)) : 0;
  // What lies below the last place, in units of 2^-128 of it.
  const ls_wide_integer rest = kept > 0 ? x << kept : ls_shift_sticky(x, -kept);
  const ls_wide_integer half = (ls_wide_integer)1 << 127;
  bool away = false;
  switch (f->direction) {
  case LS_NEAREST: away = rest > half || (rest == half && (head & 1)); break;
  case LS_ZERO: break;
  case LS_UP: away = !exact.negative && rest != 0; break;
  case LS_DOWN: away = exact.negative && rest != 0; break;
  case LS_STOCHASTIC: away = (ls_wide_integer)f->word << 64 < rest; break;
  }
  head += away;
  if (head == 0) return signed_value(exact.negative, 0);
  const int64_t top = f->emax - f->precision + 1;  // the last place of the largest numbers
  if (quantum > top || (quantum == top && head > largest_head(f))) return overflowed(exact.negative, f);
  return signed_value(exact.negative, scaled(head, quantum));
}

// The sign of an exact sum that is 0: that of both addends if they have one sign.
static double zero_sum(bool aNegative, bool bNegative, const ls_soft_format *f) {
  return signed_value(aNegative == bNegative ? aNegative : f->direction == LS_DOWN, 0);
}

double ls_soft_fma(double a, double b, double c, const ls_soft_format *f) {
  const bool productNegative = is_negative(a) != is_negative(b);
  if (!is_finite(a) || !is_finite(b) || !is_finite(c)) {
    // 0 * inf and inf - inf are NaN; else an infinity stays. No finite product may overflow on the way.
    const double product = is_finite(a) && is_finite(b) ? 0 : a * b, sum = product + c;
    return sum != sum ? quiet_nan() : infinite(is_negative(sum), f);
  }
  if (a == 0 || b == 0) {
    if (c == 0) return zero_sum(productNegative, is_negative(c), f);
    int64_t exponent;
    const uint64_t m = ls_split(c, &exponent);
    return settle((ls_significand){m, exponent, is_negative(c)}, f);
  }
  const ls_significand exact = ls_exact_fma(a, b, c);
  return exact.significand == 0 ? zero_sum(productNegative, is_negative(c), f) : settle(exact, f);
}

double ls_soft_add(double a, double b, const ls_soft_format *f) { return ls_soft_fma(a, 1, b, f); }
double ls_soft_subtract(double a, double b, const ls_soft_format *f) { return ls_soft_fma(b, -1, a, f); }

double ls_soft_multiply(double a, double b, const ls_soft_format *f) {
  const bool negative = is_negative(a) != is_negative(b);
  if (!is_finite(a) || !is_finite(b)) {
    const double product = a * b;
    return product != product ? quiet_nan() : infinite(negative, f);
  }
  int64_t ea, eb;
  const uint64_t ma = ls_split(a, &ea), mb = ls_split(b, &eb);
  if (ma == 0 || mb == 0) return signed_value(negative, 0);
  return settle((ls_significand){(ls_wide_integer)ma * mb, ea + eb, negative}, f);
}

double ls_soft_multiply_integer(double a, int64_t k, const ls_soft_format *f) {
  return ls_soft_multiply(a, (double)k, f);  // settle sees the exact product, whether or not the format holds k
}

double ls_soft_divide(double a, double b, const ls_soft_format *f) {
  const bool negative = is_negative(a) != is_negative(b);
  if (!is_finite(a) || !is_finite(b) || b == 0) {
    if (a != a || b != b || (!is_finite(a) && !is_finite(b)) || (a == 0 && b == 0)) return quiet_nan();
    return is_finite(b) ? infinite(negative, f) : signed_value(negative, 0);
  }
  if (a == 0) return signed_value(negative, 0);
  int64_t ea, eb;
  uint64_t ma = ls_split(a, &ea), mb = ls_split(b, &eb);
  int up = __builtin_clzll(ma);
  ma <<= up, ea -= up;
  up = __builtin_clzll(mb);
  mb <<= up, eb -= up;
  // Long division in two steps of 63 bits: 1/2 < ma/mb < 2, so the quotient has 126 or 127.
  const ls_wide_integer first = (ls_wide_integer)ma << 63, second = first % mb << 63;
  ls_wide_integer quotient = (first / mb << 63) | second / mb;
  quotient |= second % mb != 0;
  return settle((ls_significand){quotient, ea - eb - 126, negative}, f);
}

double ls_soft_divide_integer(double a, int64_t k, const ls_soft_format *f) { return ls_soft_divide(a, (double)k, f); }

double ls_soft_square_root(double x, const ls_soft_format *f) {
  if (x == 0) return x;
  if (!(x > 0)) return quiet_nan();
  if (!is_finite(x)) return infinite(false, f);
  int64_t exponent;
  ls_wide_integer m = ls_split(x, &exponent);
  int up = ls_leading_zeros(m);
  up -= (exponent - up) & 1;  // an even exponent, and m of 127 or 128 bits
  m <<= up, exponent -= up;
  // The root digit by digit, from m and from the zeros behind it; remainder <= 2 * root throughout. A draw is compared with
  // 64 bits below the last place, another direction needs two.
  const int digits = f->direction == LS_STOCHASTIC ? 120 : f->precision + 3;
  ls_wide_integer root = 0, remainder = 0;
  for (int i = 0; i < digits; i++) {
    remainder = remainder << 2 | m >> 126;
    m <<= 2;
    const ls_wide_integer trial = root << 2 | 1;
    root <<= 1;
    if (remainder >= trial) remainder -= trial, root |= 1;
  }
  const bool more = remainder != 0 || m != 0;
  return settle((ls_significand){root << 1 | more, exponent / 2 + 64 - digits - 1, false}, f);
}

// f(x) toward zero in 128 bits, the last bit set because it is never exact.
static ls_significand elementary_wide(ls_unary function, double x) {
  mp_limb_t limbs[2][2];
  mpfr_t argument, value;
  ls_clear(argument, limbs[0], 53);
  ls_clear(value, limbs[1], 128);
  ls_range found = ls_range_widen();
  mpfr_set_d(argument, x, MPFR_RNDN);
  ls_rounded_function(function)(value, argument, MPFR_RNDZ);
  ls_range_set(found);
  const bool negative = mpfr_signbit(value) != 0;
  // Below MPFR's own range: any number far below every format's least.
  if (mpfr_zero_p(value)) return (ls_significand){1, -(INT64_C(1) << 40), negative};
  const ls_wide_integer m = (ls_wide_integer)value->_mpfr_d[1] << 64 | value->_mpfr_d[0];
  return (ls_significand){m | 1, value->_mpfr_exp - 128, negative};
}

double ls_soft_elementary(ls_unary function, double x, const ls_soft_format *f) {
  const double y = ls_elementary_f64(function, LS_ZERO, x);
  if (y != y) return quiet_nan();
  if (!is_finite(y)) return infinite(is_negative(y), f);
  // Elsewhere the value is transcendental (Lindemann), so no number of any format and no midpoint of two.
  const bool exact = x == 0 || !is_finite(x) || (function == LS_LOG && x == 1);
  if (exact) return y;
  if (f->direction == LS_STOCHASTIC) return settle(elementary_wide(function, x), f);
  if (f->precision + 2 > 53) return ls_elementary_f64(function, f->direction, x);
  int64_t exponent;
  const uint64_t m = ls_split(y, &exponent) | 1;
  return settle((ls_significand){m, exponent, is_negative(y)}, f);
}
