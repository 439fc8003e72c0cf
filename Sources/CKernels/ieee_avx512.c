// Promises, ranked: the bits of the plain path; speed on x86-64 with AVX-512. 32 registers of 512 bits: 12 x 2 accumulators.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include <immintrin.h>

#define PATH avx512
#define TARGET __attribute__((target("avx512f,fma")))
#define ROWS 12
#define VECTORS 2
#define CASES(N)                                                                                            \
  CASE(1, N) CASE(2, N) CASE(3, N) CASE(4, N) CASE(5, N) CASE(6, N) CASE(7, N) CASE(8, N) CASE(9, N) CASE(10, N) \
  CASE(11, N) CASE(12, N)

#define T float
#define BITS int32_t
#define FORMAT f32
#define W 16
#define FMA(a, b, c) _mm512_fmadd_ps(a, b, c)
#define FMA1(a, b, c) _mm_cvtss_f32(_mm_fmadd_ss(_mm_set_ss(a), _mm_set_ss(b), _mm_set_ss(c)))
#define SPLAT(x) _mm512_set1_ps(x)
#define SQRT(x) _mm512_sqrt_ps(x)
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 4, 20, 5, 21, 8, 24, 9, 25, 12, 28, 13, 29)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 18, 3, 19, 6, 22, 7, 23, 10, 26, 11, 27, 14, 30, 15, 31)
#define BLOCKS_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23)
#define BLOCKS_HIGH(a, b) __builtin_shufflevector(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31)
#include "ieee_template.h"

#define T double
#define BITS int64_t
#define FORMAT f64
#define W 8
#define FMA(a, b, c) _mm512_fmadd_pd(a, b, c)
#define FMA1(a, b, c) _mm_cvtsd_f64(_mm_fmadd_sd(_mm_set_sd(a), _mm_set_sd(b), _mm_set_sd(c)))
#define SPLAT(x) _mm512_set1_pd(x)
#define SQRT(x) _mm512_sqrt_pd(x)
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14)
#define HIGH(a, b) __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15)
#define BLOCKS_LOW(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 2, 3, 10, 11)
#define BLOCKS_HIGH(a, b) __builtin_shufflevector(a, b, 4, 5, 12, 13, 6, 7, 14, 15)
#include "ieee_template.h"
#endif
