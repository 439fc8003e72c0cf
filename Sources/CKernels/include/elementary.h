// Correctly rounded elementary functions in binary32 and binary64, in every direction (IEEE 754-2019, section 9.2).
// Fast path with a proven error bound, rounding test, MPFR for the arguments that the test leaves open. No
// floating-point environment is read or changed; binary32 expects the thread in its initial mode (to nearest).
//
// Special cases, in every direction: exp(-inf) = +0; expm1, log1p, tanh, sin of a zero are that zero; expm1(-inf) =
// -1; log(1) = +0; log of a zero and log1p(-1) = -inf; tanh of infinities +1, -1; exp and cos of a zero = 1; log of
// negative numbers, log1p below -1, sin and cos of infinities = NaN. Every NaN that is returned is the canonical one:
// positive, only the quiet bit.
#pragma once
#include "operations.h"

// f is one of LS_EXP, LS_EXPM1, LS_LOG, LS_LOG1P, LS_TANH, LS_SIN, LS_COS (for any other: NaN).
float ls_elementary_f32(ls_unary f, ls_direction d, float x);
double ls_elementary_f64(ls_unary f, ls_direction d, double x);

// y[i] = f(x[i]) over vector lanes, the same bits on every path; x and y may be the same memory. (Any other f: y is left as
// it was.)
void ls_elementary_array_f32(ls_path path, ls_unary f, ls_direction d, int64_t count, const float *x, float *y);
void ls_elementary_array_f64(ls_path path, ls_unary f, ls_direction d, int64_t count, const double *x, double *y);

// The same value by MPFR alone: the definition that the fast paths are held to, and their fallback.
float ls_elementary_reference_f32(ls_unary f, ls_direction d, float x);
double ls_elementary_reference_f64(ls_unary f, ls_direction d, double x);

// What the fast paths know before they round, for tests and reports. False where they do not come into play, at arguments
// with a known result. y is within LS_F32_RELATIVE_ERROR |f(x)| of the exact f(x); in binary64
// | |f(x)| - (2^64 high + low) 2^(exponent - 127) | <= error 2^(exponent - 116), high >= 2^63.
#define LS_F32_RELATIVE_ERROR 0x1p-46
typedef struct { uint64_t high, low; int64_t exponent; uint64_t negative, error; } ls_approximation;
bool ls_elementary_approximation_f32(ls_unary f, float x, double *y);
bool ls_elementary_approximation_f64(ls_unary f, double x, ls_approximation *a);

// The same of the kernels over lanes: f(x) is within 2^exponent error of 2^exponent (high + low). LS_LANES_F32 and
// LS_LANES_F64 are the kernels of binary32 and binary64 over lanes of binary64, LS_LANES_NARROW those of binary32 over lanes
// of binary32, to nearest, which some paths have; LS_VALUES_F32 and LS_VALUES_F64 the quick forms of single values that suit
// the path. x is a number of the kernel's format. False too where there is no kernel.
typedef enum { LS_LANES_F32, LS_LANES_F64, LS_LANES_NARROW, LS_VALUES_F32, LS_VALUES_F64 } ls_lanes;
typedef struct { double high, low, error; int64_t exponent; } ls_lanes_approximation;
bool ls_elementary_lanes_approximation(ls_path path, ls_lanes lanes, ls_unary f, double x, ls_lanes_approximation *a);

// How many calls on this thread fell back to MPFR (for tests and reports), and back to zero.
int64_t ls_elementary_fallbacks(void);
void ls_elementary_fallbacks_reset(void);
