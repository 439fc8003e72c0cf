// Arrays of elementary functions: the kernels of the path asked for.
#pragma STDC FP_CONTRACT OFF
#include <stdatomic.h>
#include "elementary-rounding.h"
#include "elementary-table.h"

static const ls_elementary_table *tableOf(ls_path path) {
  if (!ls_path_available(path)) return &ls_plain_elementary_table;
  switch (path) {
#if defined(__x86_64__)
    case LS_AVX2: return &ls_avx2_elementary_table;
    case LS_AVX512: return &ls_avx512_elementary_table;
#elif defined(__aarch64__)
    case LS_NEON: return &ls_neon_elementary_table;
#endif
    default: return &ls_plain_elementary_table;
  }
}

#define ARRAYS(T, S)                                                                                                      \
  void ls_elementary_through_##S(const ls_elementary_table *table, ls_unary f, ls_direction d, int64_t count, const T *x, \
                                 T *y) {                                                                                  \
    if (f < LS_EXP || f > LS_COS) return;                                                                                 \
    table->S[f - LS_EXP](d, count, x, y);                                                                                 \
  }                                                                                                                       \
  void ls_elementary_array_##S(ls_path path, ls_unary f, ls_direction d, int64_t count, const T *x, T *y) {               \
    ls_elementary_through_##S(tableOf(path), f, d, count, x, y);                                                          \
  }

ARRAYS(float, f32)
ARRAYS(double, f64)

// Single values, by the quick forms that suit this machine, which the first call looks for.
static const ls_elementary_values *_Atomic quick;

LS_COLD static const ls_elementary_values *look(void) {
  const ls_elementary_values *values = tableOf(ls_path_best())->values;
  atomic_store_explicit(&quick, values, memory_order_relaxed);
  return values;
}

#define VALUES(T, S)                                                                                     \
  LS_COLD static T first_##S(ls_unary f, ls_direction d, T x) {                                          \
    if ((unsigned)f - LS_EXP >= 7) return ls_elementary_careful_##S(f, d, x);                            \
    return d == LS_NEAREST ? look()->S[f - LS_EXP](x) : look()->directed_##S[f - LS_EXP](d, x);          \
  }                                                                                                      \
  T ls_elementary_##S(ls_unary f, ls_direction d, T x) {                                                 \
    const ls_elementary_values *values = atomic_load_explicit(&quick, memory_order_relaxed);             \
    if (!LS_LIKELY(values && (unsigned)f - LS_EXP < 7)) return first_##S(f, d, x);                       \
    return LS_LIKELY(d == LS_NEAREST) ? values->S[f - LS_EXP](x) : values->directed_##S[f - LS_EXP](d, x); \
  }

VALUES(float, f32)
VALUES(double, f64)

bool ls_elementary_lanes_approximation(ls_path path, ls_lanes lanes, ls_unary f, double x, ls_lanes_approximation *a) {
  if (f < LS_EXP || f > LS_COS) return false;
  const ls_elementary_table *table = tableOf(path);
  bool (*known)(double, ls_lanes_approximation *) = lanes == LS_VALUES_F32 ? table->values->knownF32[f - LS_EXP]
                                                  : lanes == LS_VALUES_F64 ? table->values->knownF64[f - LS_EXP]
                                                                           : table->known[lanes][f - LS_EXP];
  return known && known(x, a);
}

uint32_t ls_probe_elementary_path(ls_path path) { return tableOf(path)->probe() | tableOf(path)->values->probe(); }
