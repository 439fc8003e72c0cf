// Promises, ranked: the bits of the plain path; speed on x86-64 with AVX2 and FMA. 16 registers of 256 bits: 6 x 2
// accumulators leave room for two vectors and a splat.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include <immintrin.h>

#define PATH avx2
#define TARGET __attribute__((target("avx2,fma")))
#define ROWS 6
#define VECTORS 2
#define CASES(N) CASE(1, N) CASE(2, N) CASE(3, N) CASE(4, N) CASE(5, N) CASE(6, N)

#define T float
#define BITS int32_t
#define FORMAT f32
#define W 8
#define FMA(a, b, c) _mm256_fmadd_ps(a, b, c)
#define FMA1(a, b, c) _mm_cvtss_f32(_mm_fmadd_ss(_mm_set_ss(a), _mm_set_ss(b), _mm_set_ss(c)))
#define SPLAT(x) _mm256_set1_ps(x)
#define SQRT(x) _mm256_sqrt_ps(x)
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 4, 12, 5, 13)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 10, 3, 11, 6, 14, 7, 15)
#define BLOCKS_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define BLOCKS_HIGH(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#include "ieee_template.h"

#define T double
#define BITS int64_t
#define FORMAT f64
#define W 4
#define FMA(a, b, c) _mm256_fmadd_pd(a, b, c)
#define FMA1(a, b, c) _mm_cvtsd_f64(_mm_fmadd_sd(_mm_set_sd(a), _mm_set_sd(b), _mm_set_sd(c)))
#define SPLAT(x) _mm256_set1_pd(x)
#define SQRT(x) _mm256_sqrt_pd(x)
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 2, 6)
#define HIGH(a, b) __builtin_shufflevector(a, b, 1, 5, 3, 7)
#define BLOCKS_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 4, 5)
#define BLOCKS_HIGH(a, b) __builtin_shufflevector(a, b, 2, 3, 6, 7)
#include "ieee_template.h"
#endif
