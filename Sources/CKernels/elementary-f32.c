// Correctly rounded elementary functions in binary32. Promises, in order: the bits of ls_elementary_reference_f32 for
// every argument and direction; no floating-point environment is read or changed (binary64 must round to nearest, as
// C programs start out); speed.
#pragma STDC FP_CONTRACT OFF
#include "elementary-f32-cores.h"
#include "host_places.h"

// The scalar form of each function.
#define FORM(name, f, decided)                                                     \
  static float name##_value(ls_direction d, float x) {                             \
    const ls_rounding r = ls_rounding_of(d);                                       \
    float y;                                                                       \
    return LS_LIKELY(decided(x, r, &y)) ? y : ls_elementary_fallback_f32(f, d, x); \
  }

FORM(exp, LS_EXP, ls_exp_f32)
FORM(expm1, LS_EXPM1, ls_expm1_f32)
FORM(log, LS_LOG, ls_log_f32)
FORM(log1p, LS_LOG1P, ls_log1p_f32)
FORM(tanh, LS_TANH, ls_tanh_f32)
FORM(sin, LS_SIN, ls_sin_f32)
FORM(cos, LS_COS, ls_cos_f32)

static float (*const functions[])(ls_direction, float) = {  // in the order of ls_unary
  exp_value, expm1_value, log_value, log1p_value, tanh_value, sin_value, cos_value,
};

LS_INLINE bool is_elementary(ls_unary f) { return f >= LS_EXP && f <= LS_COS; }

float ls_elementary_careful_f32(ls_unary f, ls_direction d, float x) {
  return is_elementary(f) ? functions[f - LS_EXP](d, x) : ls_from_bits_f32(LS_NAN_F32);
}

bool ls_elementary_approximation_f32(ls_unary f, float x, double *y) {
  const double v = (double)x, size = (double)ls_magnitude_f32(x);
  switch (f) {
    case LS_EXP: *y = ls_exp_core(v); return ls_within_f32(x, 0x1p-25f, 128);
    case LS_EXPM1: *y = ls_expm1_core(v); return ls_within_f32(x, 0x1p-25f, 128) && x > -18;
    case LS_LOG: *y = ls_log_core(v); return x > 0 && x != 1 && size < 0x1p128;
    case LS_LOG1P: *y = ls_log_core(1 + v); return x > -1 && size >= 0x1p-25 && size < 0x1p128;
    case LS_TANH: *y = x < 0 ? -ls_tanh_core(size) : ls_tanh_core(size); return ls_within_f32(x, 0x1p-12f, 9.1f);
    case LS_SIN: case LS_COS:
      if (!(size >= 0x1p-12 && size < 0x1p128)) return false;
      *y = size < 0x1p20 ? ls_sine_core(v, f == LS_COS) : ls_sine_far(x, f == LS_COS);
      return true;
    default: return false;
  }
}

uint32_t ls_probe_elementary_f32(void) { return ls_probe(); }
