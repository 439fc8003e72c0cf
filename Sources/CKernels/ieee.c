// Promises, ranked: the same bits on every path; never an instruction that the processor lacks; the fastest table asked for.
// A path that is not available is answered by the plain one, which gives the same bits.
#pragma STDC FP_CONTRACT OFF
#include "ieee_table.h"

bool ls_path_available(ls_path path) {
  switch (path) {
    case LS_PLAIN: return true;
#if defined(__x86_64__)
    case LS_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case LS_AVX512: return __builtin_cpu_supports("avx512f");
#elif defined(__aarch64__)
    case LS_NEON: return true;
#endif
    default: return false;
  }
}

ls_path ls_path_best(void) {
  static const ls_path fastestFirst[] = {LS_AVX512, LS_AVX2, LS_NEON};
  for (int i = 0; i < 3; i++)
    if (ls_path_available(fastestFirst[i])) return fastestFirst[i];
  return LS_PLAIN;
}

#if defined(__x86_64__)
#define VECTOR_TABLES(S)                                 \
  case LS_AVX2: return &ls_avx2_table_##S;               \
  case LS_AVX512: return &ls_avx512_table_##S;
#elif defined(__aarch64__)
#define VECTOR_TABLES(S) case LS_NEON: return &ls_neon_table_##S;
#else
#define VECTOR_TABLES(S)
#endif

#define DISPATCH(T, S)                                                                                               \
  static const ls_table_##S *table_##S(ls_path path) {                                                               \
    if (!ls_path_available(path)) return &ls_plain_table_##S;                                                        \
    switch (path) {                                                                                                  \
      VECTOR_TABLES(S)                                                                                               \
      default: return &ls_plain_table_##S;                                                                           \
    }                                                                                                                \
  }                                                                                                                  \
  void ls_matmul_##S(ls_path path, int64_t m, int64_t n, int64_t k, const T *a, int64_t aRow, int64_t aColumn,       \
                     const T *b, int64_t bRow, int64_t bColumn, T *c) {                                              \
    table_##S(path)->matmul(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c);                                         \
  }                                                                                                                  \
  T ls_dot_##S(ls_path path, int64_t count, const T *a, const T *b) { return table_##S(path)->dot(count, a, b); }    \
  void ls_convolve_##S(ls_path path, const ls_convolution *shape, int64_t first, int64_t last, const T *x,           \
                       const T *w, T *y) {                                                                           \
    table_##S(path)->convolve(shape, first, last, x, w, y);                                                          \
  }                                                                                                                  \
  void ls_convolve_input_gradient_##S(ls_path path, const ls_convolution *shape, int64_t first, int64_t last,        \
                                      const T *g, const T *w, T *dx) {                                               \
    table_##S(path)->convolve_input_gradient(shape, first, last, g, w, dx);                                          \
  }                                                                                                                  \
  void ls_convolve_kernel_gradient_##S(ls_path path, const ls_convolution *shape, int64_t first, int64_t last,       \
                                       const T *g, const T *x, T *dw) {                                              \
    table_##S(path)->convolve_kernel_gradient(shape, first, last, g, x, dw);                                         \
  }                                                                                                                  \
  void ls_map_##S(ls_path path, ls_unary f, T constant, int64_t count, const T *x, T *y) {                           \
    table_##S(path)->map(f, constant, count, x, y);                                                                  \
  }                                                                                                                  \
  void ls_zip_##S(ls_path path, ls_binary f, T constant, int64_t count, const T *x, const T *y, ls_broadcast repeat, \
                  T *out) {                                                                                          \
    table_##S(path)->zip(f, constant, count, x, y, repeat, out);                                                     \
  }                                                                                                                  \
  void ls_sum_##S(ls_path path, int64_t A, int64_t B, int64_t C, int64_t first, int64_t last, const T *x, T *out) {  \
    table_##S(path)->sum(A, B, C, first, last, x, out);                                                              \
  }                                                                                                                  \
  void ls_gather_sum_##S(ls_path path, int64_t rows, const int32_t *offsets, const int32_t *indices, const T *x,     \
                         T *out) {                                                                                   \
    table_##S(path)->gather_sum(rows, offsets, indices, x, out);                                                     \
  }                                                                                                                  \
  void ls_scatter_sum_##S(ls_path path, int64_t rows, const int32_t *positions, const T *x, int64_t first,           \
                          int64_t last, T *out) {                                                                    \
    table_##S(path)->scatter_sum(rows, positions, x, first, last, out);                                              \
  }                                                                                                                  \
  void ls_maxima_##S(ls_path path, int64_t rows, const int32_t *offsets, const int32_t *indices, int64_t first,      \
                     int64_t last, int64_t stride, const T *x, int32_t *kept) {                                      \
    table_##S(path)->maxima(rows, offsets, indices, first, last, stride, x, kept);                                   \
  }                                                                                                                  \
  void ls_sgd_##S(ls_path path, int64_t count, T *w, T *v, const T *g, const ls_sgd_constants_##S *constants) {      \
    table_##S(path)->sgd(count, w, v, g, constants);                                                                 \
  }                                                                                                                  \
  void ls_fuse_##S(ls_path path, const ls_fusion_##S *fusion, int64_t first, int64_t last) {                         \
    table_##S(path)->fuse(fusion, first, last);                                                                      \
  }

DISPATCH(float, f32)
DISPATCH(double, f64)

uint32_t ls_probe_path(ls_path path) { return table_f32(path)->probe() | table_f64(path)->probe(); }
