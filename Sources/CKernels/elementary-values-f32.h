// Template (see elementary-values.h): binary32, in binary64. Each core gives an approximation whose relative error is below
// LS_VALUES_F32_ERROR = 2^-35 for the arguments sent to it; the largest errors are those of the fits. u = 2^-53; a MULADD is
// wrong by u times its result and u times the product at most.

// --- exp, expm1, tanh

typedef struct { double scale, r; } NAME(Step);  // exp(x) = scale 2^(r/64)

// x 64/ln2 = n + r, |r| < 0.5001, for |x| < 128: the constant and the product are wrong by 2u |x| 64/ln2, r by that, and the
// exponent of e by 2u |x| < 2^-45. If n = 0, r is wrong by 2u of itself.
LS_INLINE TARGET NAME(Step) NAME(step)(double x) {
  const double shifted = MULADD(x, LS_VALUES_1_OVER_STEP, 0x1.8p52), n = shifted - 0x1.8p52;
  const uint64_t bits = ls_bits_f64(shifted);  // the low bits are n in two's complement
  return (NAME(Step)){ls_from_bits_f64(ls_values_power[bits & 63] + (bits << 46)), MULADD(x, LS_VALUES_1_OVER_STEP, -n)};
}

// The fit is wrong by 2^-35.6 |r| < 2^-36.5.
LS_INLINE TARGET double NAME(expF32)(double x) {
  const double *c = ls_values_exp;
  const NAME(Step) e = NAME(step)(x);
  return MULADD(e.scale * e.r, MULADD(MULADD(c[2], e.r, c[1]), e.r, c[0]), e.scale);
}

// If n = 0 the result is the polynomial, whose fit is wrong by 2^-46.5 beside 2^-6.5. If not, |result| > 2^-7.6 scale, and what
// is added is below that: 2^-39 from the fit, 2^-37 from the exponent.
LS_INLINE TARGET double NAME(expm1F32)(double x) {
  const double *c = ls_values_expm1;
  const NAME(Step) e = NAME(step)(x);
  const double square = e.r * e.r;
  return MULADD(e.scale * e.r, MULADD(MULADD(c[3], e.r, c[2]), square, MULADD(c[1], e.r, c[0])), e.scale - 1);
}

// E/(E + 2) with E = expm1(2x): the error of E counts 2/(E + 2) < 2. |x| < 64.
LS_INLINE TARGET double NAME(tanhF32)(double x) {
  const double E = NAME(expm1F32)(x + x);
  return E / (E + 2);
}

// --- log, log1p

// k ln2 - log c + log(1 + r). If k = 0 and c = 1, r is exact or wrong by u, and the fit by 2^-29.5 r^2 < 2^-35.5 |r|; |log x| >
// 0.99 |r|, and evaluation adds 2u. If not, |log x| > 2^-7, and all roundings together are below 2^-45 of that.
LS_INLINE TARGET double NAME(logOf)(double base, double r) {
  const double *c = ls_values_log, square = r * r;
  return base + MULADD(square, MULADD(MULADD(c[3], r, c[2]), square, MULADD(c[1], r, c[0])), r);
}

// x is a binary32 number: m c is exact.
LS_INLINE TARGET double NAME(logF32)(double x) {
  const int32_t start = 0x3f300000;  // 11/16
  const int32_t bits = (int32_t)ls_bits_f32((float)x), offset = bits - start;
  const double m = (double)ls_from_bits_f32((uint32_t)(bits - (offset & (int32_t)0xff800000)));
  const unsigned cell = (uint32_t)offset >> 17 & 63;
  return NAME(logOf)(MULADD((double)(offset >> 23), LS_LANES_LN2, ls_values_log_table[cell].log),
                     MULADD(m, ls_values_log_table[cell].inverse, -1));
}

// Where |x| < 2^-7, 1 + x lies in a cell with k = 0 and c = 1, and r is x itself; elsewhere the rounding of 1 + x adds less
// than 2^-45.
LS_INLINE TARGET double NAME(log1pF32)(double x) {
  const int64_t start = 0x3fe6000000000000;  // 11/16
  const int64_t bits = BITS(1 + x), offset = bits - start;
  const double m = NUMBER(bits - (offset & (int64_t)0xfff0000000000000));
  const unsigned cell = (uint64_t)offset >> 46 & 63;
  const double r = MULADD(m, ls_values_log_table[cell].inverse, -1);
  return NAME(logOf)(MULADD((double)(offset >> 52), LS_LANES_LN2, ls_values_log_table[cell].log), MAGNITUDE(x) < 0x1p-7 ? x : r);
}

// --- sin, cos

// |x| < 2^20, as in elementary-lanes-f32.h.
LS_INLINE TARGET double NAME(sineF32)(double x, unsigned cosine) {
  const double shifted = MULADD(x, LS_F32_TWO_OVER_PI, 0x1.8p52), k = shifted - 0x1.8p52;
  const double r = MULADD(k, -LS_LANES_HALF_PI_REST, MULADD(k, -LS_F32_HALF_PI_1, x));
  const uint64_t quadrant = ls_bits_f64(shifted) + cosine;
  const double *c = ls_values_sine[quadrant & 1];
  const double z = r * r, z2 = z * z, first = quadrant & 1 ? 1 : r;
  const double P = MULADD(MULADD(c[4], z2, MULADD(c[3], z, c[2])), z2, MULADD(c[1], z, c[0]));
  return ls_from_bits_f64(ls_bits_f64(MULADD(first * z, P, first)) ^ (quadrant & 2) << 62);
}

LS_INLINE TARGET double NAME(sinF32)(double x) { return NAME(sineF32)(x, 0); }
LS_INLINE TARGET double NAME(cosF32)(double x) { return NAME(sineF32)(x, 1); }

// --- rounding

#define LS_VALUES_F32_ERROR 0x1p-35
// A significand is below 2: 2^-34, in units of 2^-52.
#define LS_VALUES_F32_ERROR_UNITS ((uint64_t)1 << 18)

#define WITHIN_F32(low, high) (ls_bits_f32(x) & ~LS_SIGN_F32) - ls_bits_f32(low) < ls_bits_f32(high) - ls_bits_f32(low)

// y cut after binary32's last place, and a unit added if that leads the right way.
LS_INLINE TARGET float NAME(directedF32)(double y, ls_direction d) {
  const uint64_t bits = ls_bits_f64(y), away = ls_away(ls_rounding_of(d), bits >> 63);
  const float cut = (float)ls_from_bits_f64(bits & ~(uint64_t)0x1fffffff);
  return ls_from_bits_f32(ls_bits_f32(cut) + (uint32_t)away);
}

// Each core on the arguments that it takes and whose result is normal, or +0.
#define VALUE_F32(core, f, range)                                                                                   \
  static TARGET float NAME(core##Value)(float x) {                                                                  \
    if (LS_LIKELY(range)) {                                                                                         \
      const double y = NAME(core)((double)x);                                                                       \
      if (LS_LIKELY(ls_decided_f32(ls_bits_f64(y) + ((uint64_t)1 << 28), LS_VALUES_F32_ERROR_UNITS))) return (float)y; \
    }                                                                                                               \
    return ls_elementary_careful_f32(f, LS_NEAREST, x);                                                             \
  }                                                                                                                 \
  static TARGET float NAME(core##Directed)(ls_direction d, float x) {                                               \
    if (LS_LIKELY(range)) {                                                                                         \
      const double y = NAME(core)((double)x);                                                                       \
      if (LS_LIKELY(ls_decided_f32(ls_bits_f64(y), LS_VALUES_F32_ERROR_UNITS))) return NAME(directedF32)(y, d);     \
    }                                                                                                               \
    return ls_elementary_careful_f32(f, d, x);                                                                      \
  }                                                                                                                 \
  static TARGET bool NAME(core##Known)(double argument, ls_lanes_approximation *a) {                                \
    const float x = (float)argument;                                                                                \
    if (!(range)) return false;                                                                                     \
    const double y = NAME(core)(argument);                                                                          \
    *a = (ls_lanes_approximation){y, 0, MAGNITUDE(y) * LS_VALUES_F32_ERROR, 0};                                     \
    return true;                                                                                                    \
  }
VALUE_F32(expF32, LS_EXP, WITHIN_F32(0, 87))
VALUE_F32(expm1F32, LS_EXPM1, WITHIN_F32(0x1p-126f, 87))
VALUE_F32(logF32, LS_LOG, ls_bits_f32(x) - ls_bits_f32(0x1p-126f) < LS_INFINITY_F32 - ls_bits_f32(0x1p-126f))
VALUE_F32(log1pF32, LS_LOG1P, WITHIN_F32(0x1p-126f, INFINITY) && x > -1)
VALUE_F32(tanhF32, LS_TANH, WITHIN_F32(0x1p-126f, 43))
VALUE_F32(sinF32, LS_SIN, WITHIN_F32(0x1p-126f, 0x1p20f))
VALUE_F32(cosF32, LS_COS, WITHIN_F32(0, 0x1p20f))
