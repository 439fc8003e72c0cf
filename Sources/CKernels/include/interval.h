// Kernels over enclosures: intervals whose bounds are records of arbitrary precision, rounded outward.
//
// An interval is two records (big.h), lower and upper bound, one after the other. It stands for every real number between
// them; an infinite bound bounds nothing. Both bounds NaN: no claim is made (NaI, "not an interval"). A zero bound is +0. The
// format says precision, capacity and range; its direction is not looked at: lower bounds are rounded down, upper bounds up.
// Rules of each operation: Documentation/intervals.md.
#pragma once
#include "big.h"

#ifdef __cplusplus
extern "C" {
#endif
// bytes between intervals
static inline int64_t ls_interval_stride(int32_t limbs) { return 2 * ls_big_stride(limbs); }

// --- one value at a time: r = r op b, in place (r and b are different memory)
// LS_ADD ... LS_DIVIDE.
void ls_interval_binary(ls_binary f, void *r, const void *b, const ls_big_format *format);
// r = a * b + r, one enclosure.
void ls_interval_fma(void *r, const void *a, const void *b, const ls_big_format *format);
// k >= 1
void ls_interval_multiply_integer(void *r, int64_t k, const ls_big_format *format);
void ls_interval_divide_integer(void *r, int64_t k, const ls_big_format *format);
// r = f(r) for LS_NEGATE, LS_ABSOLUTE, LS_SQUARE_ROOT, LS_EXP ... LS_COS.
void ls_interval_unary(ls_unary f, void *r, const ls_big_format *format);

// --- conversions
// The bounds nearest to each pair of numbers that enclose it: lower down, upper up. The numbers may be one array. A pair with
// a NaN becomes NaI, an infinity of both the bounds beyond the largest number.
void ls_interval_enclose(int64_t count, const void *lower, int32_t lowerLimbs, const void *upper, int32_t upperLimbs,
                         void *out, const ls_big_format *format);
// One bound of each (side 0 lower, 1 upper), as records of the same capacity.
void ls_interval_bounds(int64_t count, const void *x, int side, void *out, const ls_big_format *format);
// The number of the format nearest to the middle of each; NaN where a bound is infinite or NaN.
void ls_interval_midpoints(int64_t count, const void *x, void *out, const ls_big_format *format);

// out[i] = x[indices[i]], or zero where the index is negative.
void ls_interval_gather(int64_t count, const int32_t *indices, const void *x, void *out, const ls_big_format *format);

// --- exact reductions: the sums of the least and of the greatest values of the terms, each rounded outward once. With the
// meaning of the kernels of the same name in big.h; strides in intervals.
void ls_interval_sum_axes(int64_t A, int64_t B, int64_t C, const void *x, void *out, const ls_big_format *format);
void ls_interval_gather_sum(int64_t rows, const int32_t *offsets, const int32_t *indices, const void *x, void *out,
                            const ls_big_format *format);
void ls_interval_matmul(int64_t m, int64_t n, int64_t k, const void *a, int64_t aRow, int64_t aColumn, const void *b,
                        int64_t bRow, int64_t bColumn, void *c, const ls_big_format *format);
#ifdef __cplusplus
}
#endif
