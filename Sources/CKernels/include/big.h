// Kernels over arbitrary precision: arrays of plain-bits records that MPFR works on in place.
//
// A record is 16 + 8*limbs bytes. `exponent` is MPFR's own, its special values for 0, infinity and NaN included (the
// significand lies in [1/2, 1)); `sign` is 1 or -1; `precision` is in bits, at most 64*limbs. Limbs are MPFR's, least
// significant first, of which the first (precision + 63)/64 count; for 0, infinity and NaN all limbs are 0, and NaN has
// sign 1, so that records of equal values are equal bytes. Limbs beyond the used ones are 0.
//
// MPFR's exponent range is state of the thread: every call leaves it as found. Each operation is rounded once into the
// format, its range and subnormals included; operands may be of other precisions and ranges (within the same capacity).
#pragma once
#include "operations.h"

typedef struct {
  int64_t exponent;
  int32_t sign;
  int32_t precision;
  uint64_t limbs[];
} ls_big;

// The largest capacity: 16384 bits.
enum { LS_BIG_LIMBS_MAX = 256 };

// What a result is rounded into. emin and emax are MPFR's (significand in [1/2, 1)).
typedef struct {
  int64_t emin, emax;
  int32_t precision;
  int32_t limbs;       // capacity of every record of the arrays
  bool subnormals;     // results below 2^(emin + precision - 2) lose bits as IEEE subnormals do (mpfr_subnormalize)
  ls_direction direction;
  ls_path path;        // for exact matrix products, where the processor has it, else plain; never changes a bit
  ls_overflow overflow;
  uint64_t word;       // the draw, in LS_STOCHASTIC: for operations on one value and ls_big_round
} ls_big_format;

#ifdef __cplusplus
extern "C" {
#endif
// bytes between records
static inline int64_t ls_big_stride(int32_t limbs) { return 16 + 8 * (int64_t)limbs; }

// --- one value at a time: r = r op b, in place (r and b are different memory). void * so that Swift can pass &value.
void ls_big_add(void *r, const void *b, const ls_big_format *format);
void ls_big_subtract(void *r, const void *b, const ls_big_format *format);
void ls_big_multiply(void *r, const void *b, const ls_big_format *format);
void ls_big_divide(void *r, const void *b, const ls_big_format *format);
// r = a * b + r
void ls_big_fma(void *r, const void *a, const void *b, const ls_big_format *format);
void ls_big_multiply_integer(void *r, int64_t k, const ls_big_format *format);
void ls_big_divide_integer(void *r, int64_t k, const ls_big_format *format);
// r = f(r) for LS_NEGATE, LS_ABSOLUTE, LS_RELU (exact: the value is not rounded), LS_SQUARE_ROOT, LS_EXP ... LS_COS:
// correctly rounded.
void ls_big_unary(ls_unary f, void *r, const ls_big_format *format);
// -1, 0, 1, or 2 when either is NaN.
int ls_big_compare(const void *a, const void *b);

// --- conversions
// Round a record of any precision (sourceLimbs its capacity) into the format, in the format's direction.
void ls_big_round(void *r, const void *x, int32_t sourceLimbs, const ls_big_format *format);
void ls_big_set_double(void *r, double x, const ls_big_format *format);
// To the nearest double (subnormals and overflow as IEEE), and whether that is exact.
double ls_big_get_double(const void *x, bool *exact);
// Whole arrays. double and float to records are exact when precision >= 53 or 24.
void ls_big_from_f32(int64_t count, const float *x, void *out, const ls_big_format *format);
void ls_big_from_f64(int64_t count, const double *x, void *out, const ls_big_format *format);
// Records (capacity sourceLimbs) to floats or doubles, to nearest-even, one rounding.
void ls_big_to_f32(int64_t count, const void *x, int32_t sourceLimbs, float *out);
void ls_big_to_f64(int64_t count, const void *x, int32_t sourceLimbs, double *out);
void ls_big_round_array(int64_t count, const void *x, int32_t sourceLimbs, void *out, const ls_big_format *format);
// out[i] = x[indices[i]], or +0 where the index is negative.
void ls_big_gather(int64_t count, const int32_t *indices, const void *x, void *out, int32_t precision, int32_t limbs);
// Are there neither infinities nor NaNs?
bool ls_big_all_finite(int64_t count, const void *x, int32_t limbs);
// The contract's encoding of mpfr:P, 9 + (precision + 7) / 8 bytes a record.
void ls_big_encode(int64_t count, const void *x, int32_t precision, int32_t limbs, uint8_t *out);
// Fill count records with +0.
void ls_big_zero(int64_t count, void *out, int32_t precision, int32_t limbs);

// --- reductions. Any record may be NaN, infinite or zero; formats with subnormals round each operation into them.
// Strides are in records. out is one record.
void ls_big_sum(int64_t count, const void *x, int64_t xStride, void *out, ls_reduction reduction, int64_t block,
                const ls_big_format *format);
void ls_big_dot(int64_t count, const void *a, int64_t aStride, const void *b, int64_t bStride, void *out,
                ls_reduction reduction, int64_t block, const ls_big_format *format);

// --- whole arrays, with the meaning of the kernels of the same name in ieee.h. Elementwise, out may be an input. Where a
// function takes `first` and `last`, it makes these outputs only; all pointers are to whole arrays.
void ls_big_matmul(int64_t m, int64_t n, int64_t k, const void *a, int64_t aRow, int64_t aColumn, const void *b,
                   int64_t bRow, int64_t bColumn, void *c, ls_reduction reduction, int64_t block,
                   const ls_big_format *format);
// Convolutions with exact sums, the outputs of samples (or, of the kernel's gradient, output channels) first ..< last. False,
// with nothing written, where another way must be taken: an operand holds an infinity or a NaN, or its exponents are spread
// so far that it costs more.
bool ls_big_convolve(const ls_convolution *shape, int64_t first, int64_t last, const void *x, const void *w, void *y,
                     const ls_big_format *format);
bool ls_big_convolve_input_gradient(const ls_convolution *shape, int64_t first, int64_t last, const void *g,
                                    const void *w, void *dx, const ls_big_format *format);
bool ls_big_convolve_kernel_gradient(const ls_convolution *shape, int64_t first, int64_t last, const void *g,
                                     const void *x, void *dw, const ls_big_format *format);
// constant: one record of the format, beta of swish; NULL elsewhere.
void ls_big_map(ls_unary f, const void *constant, int64_t first, int64_t last, const void *x, void *y,
                const ls_big_format *format);
void ls_big_zip(ls_binary f, const void *constant, int64_t first, int64_t last, const void *x, const void *y,
                ls_broadcast repeat, void *out, const ls_big_format *format);
void ls_big_sum_axes(int64_t A, int64_t B, int64_t C, int64_t first, int64_t last, const void *x, void *out,
                     ls_reduction reduction, int64_t block, const ls_big_format *format);
void ls_big_gather_sum(int64_t first, int64_t last, const int32_t *offsets, const int32_t *indices, const void *x,
                       void *out, ls_reduction reduction, int64_t block, const ls_big_format *format);

typedef struct {
  bool useDecay, useMomentum, firstUpdate, nesterov;
  int32_t k;
  const void *decay, *momentum, *rateTimesK;  // one record each, of the format's precision
} ls_big_sgd_constants;
void ls_big_sgd(int64_t first, int64_t last, void *w, void *v, const void *g, const ls_big_sgd_constants *constants,
                const ls_big_format *format);
#ifdef __cplusplus
}
#endif
