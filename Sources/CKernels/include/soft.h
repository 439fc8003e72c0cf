// Software floating point in the binary formats whose numbers binary64 holds, in every direction: values are doubles.
//
// Every operation is rounded once into the format, subnormals and overflow rule included, from integers: the
// floating-point environment is neither read nor changed. Arguments are numbers of the format. NaN results are the positive
// quiet NaN; zeros and infinities as in IEEE 754-2019 (an exact sum that is 0 is -0 in LS_DOWN unless both addends are +0).
#pragma once
#include "operations.h"

typedef struct {
  int32_t precision;   // 2 ... 53 bits, the leading one included
  int32_t emin, emax;  // of normal numbers, significand in [1, 2); within binary64's
  ls_direction direction;
  ls_overflow overflow;
  uint64_t word;       // the draw, in LS_STOCHASTIC
  ls_path path;        // for chains side by side: AVX2 where it is asked for and there; never changes a bit
} ls_soft_format;

double ls_soft_add(double a, double b, const ls_soft_format *format);
double ls_soft_subtract(double a, double b, const ls_soft_format *format);
double ls_soft_multiply(double a, double b, const ls_soft_format *format);
double ls_soft_divide(double a, double b, const ls_soft_format *format);
// a*b + c
double ls_soft_fma(double a, double b, double c, const ls_soft_format *format);
double ls_soft_square_root(double x, const ls_soft_format *format);
// f is one of LS_EXP ... LS_COS.
double ls_soft_elementary(ls_unary f, double x, const ls_soft_format *format);
// With the exact integer k, 1 <= k < 2^53.
double ls_soft_multiply_integer(double a, int64_t k, const ls_soft_format *format);
double ls_soft_divide_integer(double a, int64_t k, const ls_soft_format *format);

// --- whole arrays: contract, sections 2 to 4. Outputs and inputs do not overlap. A kernel makes the results first ..< last of
// the operation (or those rows, samples or channels of it); the pointers are to the whole arrays, so that parts can be made by
// several threads. In LS_STOCHASTIC every rounding has the draw of its place.

// Where an operation on whole arrays stands, for its draws.
typedef struct {
  uint64_t seed, step, operation;
  uint64_t firstElement;  // what the result's first element is numbered
} ls_soft_site;

// The draws number 4*block ... 4*block + 3 of an element.
void ls_soft_block(const ls_soft_site *site, uint64_t element, uint64_t block, uint64_t words[4]);

// Not LS_EXACT. block is N of `blocked`, at least 1.
typedef struct {
  ls_reduction code;
  int64_t block;
} ls_soft_reduction;

// Sum, and dot product, of the element with number 0 here; `made` roundings come before theirs.
double ls_soft_sum(int64_t count, const double *x, const ls_soft_reduction *reduction, const ls_soft_format *format,
                   const ls_soft_site *site, uint64_t made);
double ls_soft_dot(int64_t count, const double *x, const double *y, const ls_soft_reduction *reduction,
                   const ls_soft_format *format, const ls_soft_site *site, uint64_t made);
// sums[b] = sum over a, then c, of x[(a*out + b)*inner + c].
void ls_soft_sum_axes(int64_t outer, int64_t out, int64_t inner, int64_t first, int64_t last, const double *x, double *sums,
                      const ls_soft_reduction *reduction, const ls_soft_format *format, const ls_soft_site *site);
// sums[r] = sum of x[r/rows*stride + indices[j]], j from offsets[r%rows] to offsets[r%rows + 1].
void ls_soft_gather_sum(int64_t rows, const int32_t *offsets, const int32_t *indices, int64_t stride, int64_t first,
                        int64_t last, const double *x, double *sums, const ls_soft_reduction *reduction,
                        const ls_soft_format *format, const ls_soft_site *site);
// c[i*n + j] = reduction over l = 0 ..< k of a[i*aRow + l*aColumn] * b[l*bRow + j*bColumn], for rows i.
void ls_soft_matmul(int64_t first, int64_t last, int64_t n, int64_t k, const double *a, int64_t aRow, int64_t aColumn,
                    const double *b, int64_t bRow, int64_t bColumn, double *c, const ls_soft_reduction *reduction,
                    const ls_soft_format *format, const ls_soft_site *site);
// Samples first ..< last.
void ls_soft_convolve(const ls_convolution *shape, int64_t first, int64_t last, const double *x, const double *w, double *y,
                      const ls_soft_reduction *reduction, const ls_soft_format *format, const ls_soft_site *site);
void ls_soft_convolve_input_gradient(const ls_convolution *shape, int64_t first, int64_t last, const double *g,
                                     const double *w, double *dx, const ls_soft_reduction *reduction,
                                     const ls_soft_format *format, const ls_soft_site *site);
// Output channels first ..< last.
void ls_soft_convolve_kernel_gradient(const ls_convolution *shape, int64_t first, int64_t last, const double *g,
                                      const double *x, double *dw, const ls_soft_reduction *reduction,
                                      const ls_soft_format *format, const ls_soft_site *site);
// constant is beta of swish and of its gradient.
void ls_soft_map(ls_unary f, double constant, int64_t first, int64_t last, const double *x, double *y,
                 const ls_soft_format *format, const ls_soft_site *site);
void ls_soft_zip(ls_binary f, double constant, int64_t first, int64_t last, const double *x, const double *y,
                 ls_broadcast repeat, double *out, const ls_soft_format *format, const ls_soft_site *site);

typedef struct {
  bool useDecay, useMomentum, firstUpdate, nesterov;
  double decay, momentum, rate;
  int64_t k;
} ls_soft_sgd_constants;

// One update in place; v is not touched when useMomentum is false.
void ls_soft_sgd(int64_t first, int64_t last, double *w, double *v, const double *g,
                 const ls_soft_sgd_constants *constants, const ls_soft_format *format, const ls_soft_site *site);
