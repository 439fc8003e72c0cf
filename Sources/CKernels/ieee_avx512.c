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
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#include "ieee_template.h"

#define T double
#define BITS int64_t
#define FORMAT f64
#define W 8
#define FMA(a, b, c) _mm512_fmadd_pd(a, b, c)
#define FMA1(a, b, c) _mm_cvtsd_f64(_mm_fmadd_sd(_mm_set_sd(a), _mm_set_sd(b), _mm_set_sd(c)))
#define SPLAT(x) _mm512_set1_pd(x)
#define SQRT(x) _mm512_sqrt_pd(x)
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#include "ieee_template.h"
#endif
