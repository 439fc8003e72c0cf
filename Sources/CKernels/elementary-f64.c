// Correctly rounded elementary functions in binary64. Promises, in order: the bits of ls_elementary_reference_f64 for
// every argument and direction; no floating-point environment; speed. Each NAME_known gives the fixed-point core's
// approximation, or false where NAME_special knows the result.
#pragma STDC FP_CONTRACT OFF
#include "elementary-f64-exp.h"
#include "elementary-f64-log.h"
#include "elementary-f64-sine.h"
#include "host_places.h"

LS_INLINE bool within(double x, double low, double high) {
  return (ls_bits_f64(x) & ~LS_SIGN_F64) - ls_bits_f64(low) < ls_bits_f64(high) - ls_bits_f64(low);
}

LS_INLINE double infinity(void) { return ls_from_bits_f64(LS_INFINITY_F64); }
LS_INLINE double magnitude(double x) { return ls_from_bits_f64(ls_bits_f64(x) & ~LS_SIGN_F64); }

// exp x beside 1 for |x| < 2^-54; overflow and underflow from 1024.
LS_COLD static double exp_special(double x, ls_rounding r) {
  if (x != x) return ls_from_bits_f64(LS_NAN_F64);
  if (x == 0) return 1;
  if (magnitude(x) < 1) return ls_beside_f64(1, x > 0, r);
  if (magnitude(x) == infinity()) return x > 0 ? x : 0;
  return ls_from_bits_f64(x > 0 ? ls_overflow_f64(0, r) : ls_underflow_f64(0, r));
}

LS_INLINE bool exp_known(double x, ls_wide *w) {
  if (!LS_LIKELY(within(x, 0x1p-54, 1024))) return false;
  *w = ls_exp_centred(ls_exp_wide(x));
  return true;
}

// x + x^2/2 beside x for |x| < 2^-54; beside -1 for x <= -38, exp(-38) < 2^-54.8.
LS_COLD static double expm1_special(double x, ls_rounding r) {
  if (x != x) return ls_from_bits_f64(LS_NAN_F64);
  if (x == 0) return x;
  if (magnitude(x) < 1) return ls_beside_f64(x, x > 0, r);
  if (magnitude(x) == infinity()) return x > 0 ? x : -1;
  return x > 0 ? ls_from_bits_f64(ls_overflow_f64(0, r)) : ls_beside_f64(-1, false, r);
}

LS_INLINE bool expm1_known(double x, ls_wide *w) {
  if (!LS_LIKELY(within(x, 0x1p-54, 1024) && x > -38)) return false;
  *w = ls_expm1_wide(x);
  return true;
}

// x - x^3/3 beside x for |x| < 2^-27; 1 - tanh x < 2 exp(-2x) < 2^-54.1 for x >= 19.1.
LS_COLD static double tanh_special(double x, ls_rounding r) {
  if (x != x) return ls_from_bits_f64(LS_NAN_F64);
  if (x == 0) return x;
  if (magnitude(x) < 1) return ls_beside_f64(x, false, r);
  if (magnitude(x) == infinity()) return x > 0 ? 1 : -1;
  return ls_beside_f64(x > 0 ? 1 : -1, false, r);
}

LS_INLINE bool tanh_known(double x, ls_wide *w) {
  if (!LS_LIKELY(within(x, 0x1p-27, 19.1))) return false;
  *w = ls_tanh_wide(magnitude(x));
  w->negative = x < 0;
  return true;
}

LS_COLD static double log_special(double x, ls_rounding r) {
  (void)r;  // exact in every direction
  if (x == 0) return -infinity();
  if (x == 1) return 0;
  return x > 0 ? x : ls_from_bits_f64(LS_NAN_F64);
}

LS_INLINE bool log_known(double x, ls_wide *w) {
  if (!LS_LIKELY(ls_bits_f64(x) - 1 < LS_INFINITY_F64 - 1 && x != 1)) return false;
  *w = ls_log_wide(x);
  return true;
}

// x - x^2/2 beside x for |x| < 2^-54.
LS_COLD static double log1p_special(double x, ls_rounding r) {
  if (x == -1) return -infinity();
  if (!(x > -1)) return ls_from_bits_f64(LS_NAN_F64);
  if (x == 0 || x > 1) return x;
  return ls_beside_f64(x, x < 0, r);
}

LS_INLINE bool log1p_known(double x, ls_wide *w) {
  if (!LS_LIKELY(within(x, 0x1p-54, infinity()) && x > -1)) return false;
  *w = ls_log1p_wide(x);
  return true;
}

// x - x^3/6 beside x and 1 - x^2/2 beside 1 for |x| < 2^-27.
LS_COLD static double sine_special(double x, unsigned cosine, ls_rounding r) {
  if (!(magnitude(x) < infinity())) return ls_from_bits_f64(LS_NAN_F64);
  if (cosine) return x == 0 ? 1 : ls_beside_f64(1, false, r);
  return x == 0 ? x : ls_beside_f64(x, false, r);
}

LS_COLD static double sin_special(double x, ls_rounding r) { return sine_special(x, 0, r); }
LS_COLD static double cos_special(double x, ls_rounding r) { return sine_special(x, 1, r); }

LS_INLINE bool sine_known(double x, unsigned cosine, ls_wide *w) {
  if (!LS_LIKELY(within(x, 0x1p-27, infinity()))) return false;
  *w = ls_sine_wide(x, cosine);
  return true;
}

LS_INLINE bool sin_known(double x, ls_wide *w) { return sine_known(x, 0, w); }
LS_INLINE bool cos_known(double x, ls_wide *w) { return sine_known(x, 1, w); }

// The scalar form of each function; false: undecided.
#define FORM(name, f)                                                              \
  LS_INLINE bool name##_f64(double x, ls_rounding r, double *y) {                  \
    ls_wide w;                                                                     \
    if (LS_LIKELY(name##_known(x, &w))) return ls_round_f64(w, r, y);              \
    *y = name##_special(x, r);                                                     \
    return true;                                                                   \
  }                                                                                \
  static double name##_value(ls_direction d, double x) {                           \
    const ls_rounding r = ls_rounding_of(d);                                       \
    double y;                                                                      \
    return LS_LIKELY(name##_f64(x, r, &y)) ? y : ls_elementary_fallback_f64(f, d, x); \
  }

FORM(exp, LS_EXP)
FORM(expm1, LS_EXPM1)
FORM(log, LS_LOG)
FORM(log1p, LS_LOG1P)
FORM(tanh, LS_TANH)
FORM(sin, LS_SIN)
FORM(cos, LS_COS)

static double (*const functions[])(ls_direction, double) = {  // in the order of ls_unary
  exp_value, expm1_value, log_value, log1p_value, tanh_value, sin_value, cos_value,
};

LS_INLINE bool is_elementary(ls_unary f) { return f >= LS_EXP && f <= LS_COS; }

double ls_elementary_careful_f64(ls_unary f, ls_direction d, double x) {
  return is_elementary(f) ? functions[f - LS_EXP](d, x) : ls_from_bits_f64(LS_NAN_F64);
}

bool ls_elementary_approximation_f64(ls_unary f, double x, ls_approximation *a) {
  static bool (*const known[])(double, ls_wide *) = {
    exp_known, expm1_known, log_known, log1p_known, tanh_known, sin_known, cos_known,
  };
  ls_wide w;
  if (!is_elementary(f) || !known[f - LS_EXP](x, &w)) return false;
  *a = (ls_approximation){ls_high(w.significand), (uint64_t)w.significand, w.exponent, w.negative, w.error};
  return true;
}

uint32_t ls_probe_elementary_f64(void) { return ls_probe(); }
