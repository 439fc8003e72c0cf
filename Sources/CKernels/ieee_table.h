// One table of kernels per instruction-set path and format; ieee.c chooses among them. Members mean what the public
// kernels of the same name in ieee.h mean.
#pragma once
#include "ieee.h"
#include "host_places.h"

#define LS_IEEE_TABLE(T, S)                                                                                          \
  typedef struct {                                                                                                   \
    void (*matmul)(int64_t m, int64_t n, int64_t k, const T *a, int64_t aRow, int64_t aColumn, const T *b,           \
                   int64_t bRow, int64_t bColumn, T *c);                                                             \
    T (*dot)(int64_t count, const T *a, const T *b);                                                                 \
    void (*convolve)(const ls_convolution *shape, int64_t first, int64_t last, const T *x, const T *w, T *y);        \
    void (*convolve_input_gradient)(const ls_convolution *shape, int64_t first, int64_t last, const T *g,            \
                                    const T *w, T *dx);                                                              \
    void (*convolve_kernel_gradient)(const ls_convolution *shape, int64_t first, int64_t last, const T *g,           \
                                     const T *x, T *dw);                                                             \
    void (*map)(ls_unary f, T constant, int64_t count, const T *x, T *y);                                            \
    void (*zip)(ls_binary f, T constant, int64_t count, const T *x, const T *y, ls_broadcast repeat, T *out);        \
    void (*sum)(int64_t A, int64_t B, int64_t C, int64_t first, int64_t last, const T *x, T *out);                   \
    void (*gather_sum)(int64_t rows, const int32_t *offsets, const int32_t *indices, const T *x, T *out);            \
    void (*scatter_sum)(int64_t rows, const int32_t *positions, const T *x, int64_t first, int64_t last, T *out);    \
    void (*maxima)(int64_t rows, const int32_t *offsets, const int32_t *indices, int64_t first, int64_t last,        \
                   int64_t stride, const T *x, int32_t *kept);                                                       \
    void (*sgd)(int64_t count, T *w, T *v, const T *g, const ls_sgd_constants_##S *constants);                       \
    void (*fuse)(const ls_fusion_##S *fusion, int64_t first, int64_t last);                                          \
    uint32_t (*probe)(void);                                                                                         \
  } ls_table_##S;                                                                                                    \
  extern const ls_table_##S ls_plain_table_##S, ls_avx2_table_##S, ls_avx512_table_##S, ls_neon_table_##S;

LS_IEEE_TABLE(float, f32)
LS_IEEE_TABLE(double, f64)
#undef LS_IEEE_TABLE
