// Arrays of elementary functions: the kernels of the path asked for.
#pragma STDC FP_CONTRACT OFF
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

uint32_t ls_probe_elementary_path(ls_path path) { return tableOf(path)->probe(); }
