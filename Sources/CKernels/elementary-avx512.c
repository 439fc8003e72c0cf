// Promises, ranked: the bits of the scalar functions; speed on x86-64 with AVX-512.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include <immintrin.h>

#define PATH avx512
#define TARGET __attribute__((target("avx512f,fma")))
#define W 8
#define MULADD(a, b, c) _mm512_fmadd_pd(a, b, c)
#define RESIDUAL(a, b, c) _mm512_fmadd_pd(a, b, c)
#define PRODUCT_ERROR(a, b, p) _mm512_fmsub_pd(a, b, p)
#define AT_MOST(x, limit) _mm512_min_pd(limit, x)  // the second operand where one is NaN
#define AT_LEAST(x, limit) _mm512_max_pd(limit, x)
#define EVERY(mask) (_mm512_test_epi64_mask((__m512i)(mask), (__m512i)(mask)) == 255)
#define GATHER(n, member) _mm512_i64gather_pd((__m512i)(n), &(member), 8)
#define LOOK_UP_PAIR(table, n, a, b)        \
  do {                                      \
    const B at = (n) * 2;                   \
    a = GATHER(at, table[0].high);          \
    b = GATHER(at, table[0].low);           \
  } while (0)
#define LOOK_UP_CELL(table, n, a, b, c)     \
  do {                                      \
    const B at = (n) * 4;                   \
    a = GATHER(at, table[0].inverse);       \
    b = GATHER(at, table[0].high);          \
    c = GATHER(at, table[0].low);           \
  } while (0)
#define LOOK_UP_ANGLE(table, n, a, b, c, d) \
  do {                                      \
    const B at = (n) * 4;                   \
    a = GATHER(at, table[0].sine);          \
    b = GATHER(at, table[0].sineLow);       \
    c = GATHER(at, table[0].cosine);        \
    d = GATHER(at, table[0].cosineLow);     \
  } while (0)
#define NARROW_MULADD(a, b, c) _mm512_fmadd_ps(a, b, c)
#define EIGHT_TWICE(table) _mm512_castpd_ps(_mm512_broadcast_f64x4(_mm256_castps_pd(_mm256_loadu_ps(table))))
#define NARROW_LOOK_UP(table, n) _mm512_permutexvar_ps((__m512i)(n), EIGHT_TWICE(table))
#define NARROW_EVERY(mask) (_mm512_test_epi32_mask((__m512i)(mask), (__m512i)(mask)) == 0xffff)
#define VALUES ls_fma_elementary_values
#include "elementary-lanes.h"
#endif
