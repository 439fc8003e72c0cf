// Kernels in binary32 and binary64, to nearest-even, reductions as chains: the contract, sections 2 to 4.
// Every kernel takes the path to use and gives the same bits on each. Arrays are dense; none overlap unless said.
#pragma once
#include "operations.h"

// Is this path compiled in and does this processor have it? LS_PLAIN always is.
bool ls_path_available(ls_path path);
// The fastest path available.
ls_path ls_path_best(void);

// Correctly rounded a*b + c without hardware fma, to nearest (the plain path's own).
float ls_fma_soft_f32(float a, float b, float c);
double ls_fma_soft_f64(double a, double b, double c);

// Several operations made together over arrays of shape [outer, channels, inner]: the same bits as one after the other.
enum { LS_FUSION_OPERANDS = 12, LS_FUSION_STEPS = 48, LS_FUSION_SUMS = 4 };

// What an operand has one value for.
typedef enum { LS_OF_ELEMENT, LS_OF_CHANNEL, LS_OF_POSITION, LS_OF_ALL } ls_extent;

// LS_STEP_MAP: f(left); LS_STEP_ZIP: f(left, right), of every element; LS_STEP_CHANNEL_...: of one value a channel;
// LS_STEP_SUM: for each channel the chain over outer, then inner, of left, from +0.
typedef enum { LS_STEP_MAP, LS_STEP_ZIP, LS_STEP_CHANNEL_MAP, LS_STEP_CHANNEL_ZIP, LS_STEP_SUM } ls_step_kind;

// Steps of elements, then sums of some of them, make a pass over the arrays; steps of channels stand between passes. Values
// are numbered: operands first, then the results of steps. left has one value an element, in steps of channels one a channel.
// A pass uses results of elements that it made itself, or that were written out. out is null where later steps alone read
// the result. summed tells that a sum of the pass adds up a result that is not written out: 1, 2, ... LS_FUSION_SUMS for the
// first such result, the second, ...; 0 for none. A pass has at most LS_FUSION_SUMS sums.
#define LS_IEEE_FUSION(T, S)                                                                                            \
  typedef struct { const T *values; ls_extent extent; } ls_fusion_operand_##S;                                         \
  typedef struct {                                                                                                     \
    ls_step_kind kind;                                                                                                 \
    int32_t function;                                                                                                  \
    T constant;                                                                                                        \
    int32_t left, right, summed;                                                                                       \
    T *out;                                                                                                            \
  } ls_step_##S;                                                                                                       \
  typedef struct {                                                                                                     \
    int64_t outer, channels, inner;                                                                                    \
    int32_t operands, steps;                                                                                           \
    const ls_fusion_operand_##S *operand;                                                                              \
    const ls_step_##S *step;                                                                                           \
  } ls_fusion_##S;

LS_IEEE_FUSION(float, f32)
LS_IEEE_FUSION(double, f64)
#undef LS_IEEE_FUSION

#define LS_IEEE_KERNELS(T, S)                                                                                          \
  /* c[i*n + j] = chain over l = 0 ..< k of a[i*aRow + l*aColumn] * b[l*bRow + j*bColumn], from +0: s = fma(a, b, s). */ \
  void ls_matmul_##S(ls_path path, int64_t m, int64_t n, int64_t k, const T *a, int64_t aRow, int64_t aColumn,          \
                     const T *b, int64_t bRow, int64_t bColumn, T *c);                                                 \
  /* One chain over count terms. */                                                                                    \
  T ls_dot_##S(ls_path path, int64_t count, const T *a, const T *b);                                                   \
  /* Convolution, samples first ..< last only. Chain over ic (of the group), kh, kw; no bias. */                        \
  void ls_convolve_##S(ls_path path, const ls_convolution *shape, int64_t first, int64_t last, const T *x, const T *w,  \
                       T *y);                                                                                          \
  /* Gradient of the input, samples first ..< last: chain over oc (of the group), kh, kw, for each x position. */       \
  void ls_convolve_input_gradient_##S(ls_path path, const ls_convolution *shape, int64_t first, int64_t last,           \
                                      const T *g, const T *w, T *dx);                                                  \
  /* Gradient of the kernel, output channels first ..< last: chain over n, oh, ow for each tap. */                      \
  void ls_convolve_kernel_gradient_##S(ls_path path, const ls_convolution *shape, int64_t first, int64_t last,          \
                                       const T *g, const T *x, T *dw);                                                 \
  /* y[i] = f(x[i]); constant is beta of swish. x and y may be the same memory. */                                      \
  void ls_map_##S(ls_path path, ls_unary f, T constant, int64_t count, const T *x, T *y);                              \
  /* out[e] = f(x[e], y[broadcast]); constant is beta of the swish gradient. out may be x (or y where not repeated). */ \
  void ls_zip_##S(ls_path path, ls_binary f, T constant, int64_t count, const T *x, const T *y, ls_broadcast repeat,    \
                  T *out);                                                                                             \
  /* out[b] = sum over a, then c, of x[(a*B + b)*C + c], from +0, for x of shape [A, B, C]; first <= b < last only. */    \
  void ls_sum_##S(ls_path path, int64_t A, int64_t B, int64_t C, int64_t first, int64_t last, const T *x, T *out);     \
  /* out[r] = sum of x[indices[j]], j = offsets[r] ..< offsets[r+1], in order, from +0. */                              \
  void ls_gather_sum_##S(ls_path path, int64_t rows, const int32_t *offsets, const int32_t *indices, const T *x,       \
                         T *out);                                                                                      \
  /* out[p] = sum of x[r] over the r ascending with positions[r] == p, from +0; first <= p < last only. */              \
  void ls_scatter_sum_##S(ls_path path, int64_t rows, const int32_t *positions, const T *x, int64_t first,             \
                          int64_t last, T *out);                                                                       \
  /* For copy first ..< last of the lists, each `stride` elements of x on: kept[copy*rows + r] = copy*stride + that of  \
     indices[j], j = offsets[r] ..< offsets[r+1] (one at least), where a maximum scan ends: it keeps the first, and     \
     takes a later one that is greater, or NaN while the kept one is not. */                                           \
  void ls_maxima_##S(ls_path path, int64_t rows, const int32_t *offsets, const int32_t *indices, int64_t first,        \
                     int64_t last, int64_t stride, const T *x, int32_t *kept);                                         \
  /* One update of SGD, in place: contract, section 4. v is not touched when useMomentum is false. */                   \
  void ls_sgd_##S(ls_path path, int64_t count, T *w, T *v, const T *g, const ls_sgd_constants_##S *constants);          \
  /* All steps of a fusion, for channels first ..< last only. */                                                       \
  void ls_fuse_##S(ls_path path, const ls_fusion_##S *fusion, int64_t first, int64_t last);

typedef struct {
  bool useDecay, useMomentum, firstUpdate, nesterov;
  float decay, momentum;
  float rateTimesK;  // eta * k, rounded once
  int32_t k;         // w = w - rateTimesK * (d / k), each operation rounded
} ls_sgd_constants_f32;

typedef struct {
  bool useDecay, useMomentum, firstUpdate, nesterov;
  double decay, momentum;
  double rateTimesK;
  int32_t k;
} ls_sgd_constants_f64;

LS_IEEE_KERNELS(float, f32)
LS_IEEE_KERNELS(double, f64)
#undef LS_IEEE_KERNELS
