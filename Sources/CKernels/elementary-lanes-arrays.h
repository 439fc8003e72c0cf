// Template (see elementary-lanes.h): the kernels over arrays, and the table. The lanes that a core leaves open are computed
// again, one by one.

#define LOAD_F32(p) (*(const NAME(UnalignedFloats) *)(p))
#define STORE_F32(p, v) (*(NAME(UnalignedFloats) *)(p) = (v))
#define LOAD_F64(p) (*(const NAME(UnalignedDoubles) *)(p))
#define STORE_F64(p, v) (*(NAME(UnalignedDoubles) *)(p) = (v))

// y[i] for the undecided of count lanes.
#define REPAIR(T, X, S)                                                                                             \
  LS_COLD static TARGET void NAME(repair##S)(ls_unary f, ls_direction d, int64_t count, X x, B decided, T *y) {     \
    for (int64_t i = 0; i < count; i++)                                                                             \
      if (!decided[i]) y[i] = LS_SCALAR_##S(f, d, x[i]);                                                            \
  }
#define LS_SCALAR_F32 ls_elementary_f32
#define LS_SCALAR_F64 ls_elementary_f64

REPAIR(float, NAME(Floats), F32)
REPAIR(double, V, F64)

// An array kernel; the last lanes are filled with 2, an easy argument of every function.
#define ARRAY(T, X, S, core, f)                                                                                     \
  LS_INLINE TARGET void NAME(core##Loop)(ls_direction d, bool nearest, int64_t count, const T *x, T *y) {           \
    const ls_rounding r = ls_rounding_of(d);                                                                        \
    const int64_t whole = count - count % W, rest = count % W;                                                      \
    for (int64_t i = 0; i < whole; i += W) {                                                                        \
      const X v = LOAD_##S(x + i);                                                                                  \
      NAME(Rounded##S) result = ROUNDED_##S(core, v);                                                               \
      if (!nearest) result.decided &= FINITE_##S(v);                                                                \
      STORE_##S(y + i, result.value);                                                                               \
      if (!LS_LIKELY(EVERY(result.decided))) NAME(repair##S)(f, d, W, v, result.decided, y + i);                    \
    }                                                                                                               \
    if (rest == 0) return;                                                                                          \
    T last[W];                                                                                                      \
    UNROLL for (int i = 0; i < W; i++) last[i] = i < rest ? x[whole + i] : 2;                                       \
    const X v = LOAD_##S(last);                                                                                     \
    NAME(Rounded##S) result = ROUNDED_##S(core, v);                                                                 \
    if (!nearest) result.decided &= FINITE_##S(v);                                                                  \
    STORE_##S(last, result.value);                                                                                  \
    if (!LS_LIKELY(EVERY(result.decided))) NAME(repair##S)(f, d, rest, v, result.decided, last);                    \
    for (int64_t i = 0; i < rest; i++) y[whole + i] = last[i];                                                      \
  }                                                                                                                 \
  static TARGET void NAME(core##Array)(ls_direction d, int64_t count, const T *x, T *y) {                           \
    if (d == LS_NEAREST) NAME(core##Loop)(LS_NEAREST, true, count, x, y);                                           \
    else NAME(core##Loop)(d, false, count, x, y);                                                                   \
  }
#define ROUNDED_F32(core, v) NAME(roundF32)(NAME(core)(__builtin_convertvector(v, V)), r, nearest)
#define ROUNDED_F64(core, v) NAME(core)(v, r, nearest)
// To nearest an infinite argument gives what the limit of its range gives; in other directions it is exact, and beside it
// nothing is.
#define FINITE_F32(v) (B)(MAGNITUDE(__builtin_convertvector(v, V)) < __builtin_inf())
#define FINITE_F64(v) (B)(MAGNITUDE(v) < __builtin_inf())

ARRAY(float, NAME(Floats), F32, expF32, LS_EXP)
ARRAY(float, NAME(Floats), F32, expm1F32, LS_EXPM1)
ARRAY(float, NAME(Floats), F32, logF32, LS_LOG)
ARRAY(float, NAME(Floats), F32, log1pF32, LS_LOG1P)
ARRAY(float, NAME(Floats), F32, tanhF32, LS_TANH)
ARRAY(float, NAME(Floats), F32, sinF32, LS_SIN)
ARRAY(float, NAME(Floats), F32, cosF32, LS_COS)
ARRAY(double, V, F64, expF64, LS_EXP)
ARRAY(double, V, F64, expm1F64, LS_EXPM1)
ARRAY(double, V, F64, logF64, LS_LOG)
ARRAY(double, V, F64, log1pF64, LS_LOG1P)
ARRAY(double, V, F64, tanhF64, LS_TANH)

#ifdef NARROW_MULADD
#include "elementary-lanes-narrow.h"
#define EXP_F32_ARRAY NAME(expNarrowArray)
#define LOG_F32_ARRAY NAME(logNarrowArray)
#else
#define EXP_F32_ARRAY NAME(expF32Array)
#define LOG_F32_ARRAY NAME(logF32Array)
#endif

static TARGET uint32_t NAME(probe)(void) { return ls_probe(); }

const ls_elementary_table NAME(table) = {
  {EXP_F32_ARRAY, NAME(expm1F32Array), LOG_F32_ARRAY, NAME(log1pF32Array), NAME(tanhF32Array), NAME(sinF32Array),
   NAME(cosF32Array)},
  {NAME(expF64Array), NAME(expm1F64Array), NAME(logF64Array), NAME(log1pF64Array), NAME(tanhF64Array), NULL, NULL},
  NAME(probe),
};
