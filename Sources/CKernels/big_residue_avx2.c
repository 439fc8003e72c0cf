// Promises, ranked: the integers of the plain path; speed on x86-64 with AVX2 and FMA.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include <immintrin.h>

#define PATH avx2
#define TARGET __attribute__((target("avx2,fma")))
#define W 4
#define VECTORS 2
#define ROWS 6
#define CASES CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#define FMA(a, b, c) _mm256_fmadd_pd(a, b, c)
#define NANOSECONDS 0.042f
#include "big_residue_template.h"
#endif
