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
    if (table->S[f - LS_EXP]) table->S[f - LS_EXP](d, count, x, y);                                                       \
    else for (int64_t i = 0; i < count; i++) y[i] = ls_elementary_##S(f, d, x[i]);                                        \
  }                                                                                                                       \
  void ls_elementary_array_##S(ls_path path, ls_unary f, ls_direction d, int64_t count, const T *x, T *y) {               \
    ls_elementary_through_##S(tableOf(path), f, d, count, x, y);                                                          \
  }

ARRAYS(float, f32)
ARRAYS(double, f64)

// One value: to nearest by the fastest kernels first.
static const ls_elementary_table *fastest(void) {
  static const ls_elementary_table *_Atomic known;
  const ls_elementary_table *table = atomic_load_explicit(&known, memory_order_relaxed);
  if (LS_LIKELY(table)) return table;
#if defined(__x86_64__)
  table = ls_path_available(LS_AVX2) ? &ls_fma_elementary_table : &ls_plain_elementary_table;
#else
  table = tableOf(ls_path_best());
#endif
  atomic_store_explicit(&known, table, memory_order_relaxed);
  return table;
}

#define VALUES(T, S)                                                                                        \
  T ls_elementary_##S(ls_unary f, ls_direction d, T x) {                                                    \
    if (LS_LIKELY(d == LS_NEAREST && (unsigned)(f - LS_EXP) < 7 && fastest()->value_##S[f - LS_EXP])) {     \
      const T y = fastest()->value_##S[f - LS_EXP](x);                                                      \
      if (LS_LIKELY(y == y)) return y;                                                                      \
    }                                                                                                       \
    return ls_elementary_careful_##S(f, d, x);                                                              \
  }

VALUES(float, f32)
VALUES(double, f64)

bool ls_elementary_lanes_approximation(ls_path path, ls_lanes lanes, ls_unary f, double x, ls_lanes_approximation *a) {
  if (f < LS_EXP || f > LS_COS) return false;
  bool (*known)(double, ls_lanes_approximation *) = tableOf(path)->known[lanes][f - LS_EXP];
  return known && known(x, a);
}

uint32_t ls_probe_elementary_path(ls_path path) {
  uint32_t found = tableOf(path)->probe();
#if defined(__x86_64__)
  if (tableOf(path) == &ls_avx2_elementary_table) found |= ls_fma_elementary_table.probe();
#endif
  return found;
}
