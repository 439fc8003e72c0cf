// Promises, ranked: the bits of the scalar functions; speed of single values on x86-64 with FMA. Two lanes: vectors of 128
// bits need no care of the upper halves of registers.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include <immintrin.h>

#define PATH fma
#define TARGET __attribute__((target("avx2,fma")))
#define W 2
#define MULADD(a, b, c) _mm_fmadd_pd(a, b, c)
#define RESIDUAL(a, b, c) _mm_fmadd_pd(a, b, c)
#define PRODUCT_ERROR(a, b, p) _mm_fmsub_pd(a, b, p)
#define AT_MOST(x, limit) _mm_min_pd(limit, x)  // the second operand where one is NaN
#define AT_LEAST(x, limit) _mm_max_pd(limit, x)
#define EVERY(mask) (_mm_movemask_pd((__m128d)(mask)) == 3)
#include "elementary-lanes.h"
#endif
