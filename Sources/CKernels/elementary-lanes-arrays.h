// Template (see elementary-lanes.h): the kernels over arrays, and the table. The lanes that a core leaves open are computed
// again, one by one.

#define LOAD_F32(p) (*(const NAME(UnalignedFloats) *)(p))
#define STORE_F32(p, v) (*(NAME(UnalignedFloats) *)(p) = (v))
#define LOAD_F64(p) (*(const NAME(UnalignedDoubles) *)(p))
#define STORE_F64(p, v) (*(NAME(UnalignedDoubles) *)(p) = (v))

// y[i] of the undecided lanes.
#define REPAIR(T, X, S)                                                                                             \
  LS_COLD static TARGET void NAME(repair##S)(ls_unary f, ls_direction d, X x, B decided, T *y) {                    \
    for (int64_t i = 0; i < W; i++)                                                                                 \
      if (!decided[i]) y[i] = LS_CAREFUL_##S(f, d, x[i]);                                                           \
  }
#define LS_CAREFUL_F32 ls_elementary_careful_f32
#define LS_CAREFUL_F64 ls_elementary_careful_f64

REPAIR(float, NAME(Floats), F32)
REPAIR(double, V, F64)

// Arrays, whose last few elements are single values.
#define KERNELS(T, X, S, core, f)                                                                                   \
  LS_INLINE TARGET void NAME(core##Loop)(ls_direction d, bool nearest, int64_t count, const T *x, T *y) {           \
    const ls_rounding r = ls_rounding_of(d);                                                                        \
    int64_t i = 0;                                                                                                  \
    for (; i + W <= count; i += W) {                                                                                \
      const X v = LOAD_##S(x + i);                                                                                  \
      NAME(Rounded##S) result = ROUNDED_##S(core, v);                                                               \
      if (!nearest) result.decided &= FINITE_##S(v);                                                                \
      STORE_##S(y + i, result.value);                                                                               \
      if (!LS_LIKELY(EVERY(result.decided))) NAME(repair##S)(f, d, v, result.decided, y + i);                       \
    }                                                                                                               \
    for (; i < count; i++) y[i] = nearest ? VALUE_##S(f)(x[i]) : DIRECTED_##S(f)(d, x[i]);                         \
  }                                                                                                                 \
  static TARGET void NAME(core##Array)(ls_direction d, int64_t count, const T *x, T *y) {                           \
    if (d == LS_NEAREST) NAME(core##Loop)(LS_NEAREST, true, count, x, y);                                           \
    else NAME(core##Loop)(d, false, count, x, y);                                                                   \
  }
#define VALUE_F32(f) VALUES.f32[f - LS_EXP]
#define VALUE_F64(f) VALUES.f64[f - LS_EXP]
#define DIRECTED_F32(f) VALUES.directed_f32[f - LS_EXP]
#define DIRECTED_F64(f) VALUES.directed_f64[f - LS_EXP]
#define ROUNDED_F32(core, v) NAME(roundF32)(NAME(core)(__builtin_convertvector(v, V)), r, nearest)
#define ROUNDED_F64(core, v) NAME(roundF64)(NAME(core)(v), v, r, nearest)
// To nearest an infinite argument gives what the limit of its range gives; in other directions it is exact, and beside it
// nothing is.
#define FINITE_F32(v) (B)(MAGNITUDE(__builtin_convertvector(v, V)) < INFINITY)
#define FINITE_F64(v) (B)(MAGNITUDE(v) < INFINITY)

KERNELS(float, NAME(Floats), F32, expF32, LS_EXP)
KERNELS(float, NAME(Floats), F32, expm1F32, LS_EXPM1)
KERNELS(float, NAME(Floats), F32, logF32, LS_LOG)
KERNELS(float, NAME(Floats), F32, log1pF32, LS_LOG1P)
KERNELS(float, NAME(Floats), F32, tanhF32, LS_TANH)
KERNELS(float, NAME(Floats), F32, sinF32, LS_SIN)
KERNELS(float, NAME(Floats), F32, cosF32, LS_COS)
KERNELS(double, V, F64, expF64, LS_EXP)
KERNELS(double, V, F64, expm1F64, LS_EXPM1)
KERNELS(double, V, F64, logF64, LS_LOG)
KERNELS(double, V, F64, log1pF64, LS_LOG1P)
KERNELS(double, V, F64, tanhF64, LS_TANH)
KERNELS(double, V, F64, sinF64, LS_SIN)
KERNELS(double, V, F64, cosF64, LS_COS)

// What the cores know, one argument at a time.
#define KNOWN_F32(core)                                                                           \
  static TARGET bool NAME(core##Known)(double x, ls_lanes_approximation *a) {                     \
    V y = NAME(core)(SPLAT(x));                                                                   \
    *a = (ls_lanes_approximation){y[0], 0, MAGNITUDE(y)[0] * LS_LANES_F32_ERROR, 0};              \
    return y[0] == y[0];                                                                          \
  }
#define KNOWN_F64(core)                                                                           \
  static TARGET bool NAME(core##Known)(double x, ls_lanes_approximation *a) {                     \
    NAME(Known) y = NAME(core)(SPLAT(x));                                                         \
    *a = (ls_lanes_approximation){y.high[0], y.low[0], y.error[0], y.k52[0] >> 52};               \
    return y.known[0] && !y.beside[0];                                                            \
  }
#define KNOWN_NARROW(core)                                                                        \
  static TARGET bool NAME(core##Known)(double x, ls_lanes_approximation *a) {                     \
    NAME(KnownNarrow) y = NAME(core)(NARROW((float)x));                                           \
    *a = (ls_lanes_approximation){y.high[0], y.low[0], y.error[0], y.k23[0] >> 23};               \
    return y.known[0];                                                                            \
  }
KNOWN_F32(expF32)
KNOWN_F32(expm1F32)
KNOWN_F32(logF32)
KNOWN_F32(log1pF32)
KNOWN_F32(tanhF32)
KNOWN_F32(sinF32)
KNOWN_F32(cosF32)
KNOWN_F64(expF64)
KNOWN_F64(expm1F64)
KNOWN_F64(logF64)
KNOWN_F64(log1pF64)
KNOWN_F64(tanhF64)
KNOWN_F64(sinF64)
KNOWN_F64(cosF64)

#ifdef NARROW_MULADD
#include "elementary-lanes-narrow.h"
KNOWN_NARROW(expNarrow)
KNOWN_NARROW(logNarrow)
#define NARROW_OR(narrow, wide) NAME(narrow)
#else
#define NARROW_OR(narrow, wide) wide
#endif

static TARGET uint32_t NAME(probe)(void) { return ls_probe(); }

const ls_elementary_table NAME(table) = {
  {NARROW_OR(expNarrowArray, NAME(expF32Array)), NAME(expm1F32Array),
   NARROW_OR(logNarrowArray, NAME(logF32Array)), NAME(log1pF32Array), NAME(tanhF32Array), NAME(sinF32Array),
   NAME(cosF32Array)},
  {NAME(expF64Array), NAME(expm1F64Array), NAME(logF64Array), NAME(log1pF64Array), NAME(tanhF64Array), NAME(sinF64Array),
   NAME(cosF64Array)},
  {[LS_LANES_F32] = {NAME(expF32Known), NAME(expm1F32Known), NAME(logF32Known), NAME(log1pF32Known), NAME(tanhF32Known),
                     NAME(sinF32Known), NAME(cosF32Known)},
   [LS_LANES_F64] = {NAME(expF64Known), NAME(expm1F64Known), NAME(logF64Known), NAME(log1pF64Known), NAME(tanhF64Known),
                     NAME(sinF64Known), NAME(cosF64Known)},
   [LS_LANES_NARROW] = {NARROW_OR(expNarrowKnown, NULL), NULL, NARROW_OR(logNarrowKnown, NULL)}},
  &VALUES,
  NAME(probe),
};
