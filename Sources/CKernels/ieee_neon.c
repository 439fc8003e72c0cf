// Promises, ranked: the bits of the plain path; speed on arm64, where fma is part of the base instruction set. 32 registers
// of 128 bits: 8 x 2 accumulators.
#pragma STDC FP_CONTRACT OFF
#if defined(__aarch64__)
#include <arm_neon.h>

#define PATH neon
#define TARGET
#define ROWS 8
#define VECTORS 2
#define CASES(N) CASE(1, N) CASE(2, N) CASE(3, N) CASE(4, N) CASE(5, N) CASE(6, N) CASE(7, N) CASE(8, N)

#define T float
#define BITS int32_t
#define FORMAT f32
#define W 4
#define FMA(a, b, c) vfmaq_f32(c, a, b)
#define FMA1(a, b, c) __builtin_fmaf(a, b, c)
#define SPLAT(x) vdupq_n_f32(x)
#define SQRT(x) vsqrtq_f32(x)
#define LOW(a, b) vzip1q_f32(a, b)
#define HIGH(a, b) vzip2q_f32(a, b)
#define BLOCKS_LOW(a, b) (a)
#define BLOCKS_HIGH(a, b) (b)
#include "ieee_template.h"

#define T double
#define BITS int64_t
#define FORMAT f64
#define W 2
#define FMA(a, b, c) vfmaq_f64(c, a, b)
#define FMA1(a, b, c) __builtin_fma(a, b, c)
#define SPLAT(x) vdupq_n_f64(x)
#define SQRT(x) vsqrtq_f64(x)
#define LOW(a, b) vzip1q_f64(a, b)
#define HIGH(a, b) vzip2q_f64(a, b)
#define BLOCKS_LOW(a, b) (a)
#define BLOCKS_HIGH(a, b) (b)
#include "ieee_template.h"
#endif
