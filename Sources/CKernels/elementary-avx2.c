// Promises, ranked: the bits of the scalar functions; speed on x86-64 with AVX2 and FMA.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__)
#include <immintrin.h>

#define PATH avx2
#define TARGET __attribute__((target("avx2,fma")))
#define W 4
#define MULADD(a, b, c) _mm256_fmadd_pd(a, b, c)
#define RESIDUAL(a, b, c) _mm256_fmadd_pd(a, b, c)
#define PRODUCT_ERROR(a, b, p) _mm256_fmsub_pd(a, b, p)
#define AT_MOST(x, limit) _mm256_min_pd(limit, x)  // the second operand where one is NaN
#define AT_LEAST(x, limit) _mm256_max_pd(limit, x)
#define EVERY(mask) (_mm256_movemask_pd((__m256d)(mask)) == 15)

// A pair or a cell is read whole, and the lanes transposed.
#define LOOK_UP_PAIR(table, n, a, b)                                                            \
  do {                                                                                          \
    const B at = (n);                                                                           \
    const __m128d t0 = _mm_loadu_pd(&table[at[0]].high), t1 = _mm_loadu_pd(&table[at[1]].high); \
    const __m128d t2 = _mm_loadu_pd(&table[at[2]].high), t3 = _mm_loadu_pd(&table[at[3]].high); \
    const __m256d even = _mm256_insertf128_pd(_mm256_castpd128_pd256(t0), t2, 1);               \
    const __m256d odd = _mm256_insertf128_pd(_mm256_castpd128_pd256(t1), t3, 1);                \
    a = _mm256_unpacklo_pd(even, odd);                                                          \
    b = _mm256_unpackhi_pd(even, odd);                                                          \
  } while (0)
#define LOOK_UP_CELL(table, n, a, b, c)                                                         \
  do {                                                                                          \
    const B at = (n);                                                                           \
    const __m256d t0 = _mm256_loadu_pd(&table[at[0]].inverse), t1 = _mm256_loadu_pd(&table[at[1]].inverse); \
    const __m256d t2 = _mm256_loadu_pd(&table[at[2]].inverse), t3 = _mm256_loadu_pd(&table[at[3]].inverse); \
    const __m256d even = _mm256_unpacklo_pd(t0, t1), odd = _mm256_unpackhi_pd(t0, t1);          \
    const __m256d even2 = _mm256_unpacklo_pd(t2, t3), odd2 = _mm256_unpackhi_pd(t2, t3);        \
    a = _mm256_permute2f128_pd(even, even2, 0x20);                                              \
    b = _mm256_permute2f128_pd(odd, odd2, 0x20);                                                \
    c = _mm256_permute2f128_pd(even, even2, 0x31);                                              \
  } while (0)
#define LOOK_UP_ANGLE(table, n, a, b, c, d)                                                     \
  do {                                                                                          \
    const B at = (n);                                                                           \
    const __m256d t0 = _mm256_loadu_pd(&table[at[0]].sine), t1 = _mm256_loadu_pd(&table[at[1]].sine); \
    const __m256d t2 = _mm256_loadu_pd(&table[at[2]].sine), t3 = _mm256_loadu_pd(&table[at[3]].sine); \
    const __m256d even = _mm256_unpacklo_pd(t0, t1), odd = _mm256_unpackhi_pd(t0, t1);          \
    const __m256d even2 = _mm256_unpacklo_pd(t2, t3), odd2 = _mm256_unpackhi_pd(t2, t3);        \
    a = _mm256_permute2f128_pd(even, even2, 0x20);                                              \
    b = _mm256_permute2f128_pd(odd, odd2, 0x20);                                                \
    c = _mm256_permute2f128_pd(even, even2, 0x31);                                              \
    d = _mm256_permute2f128_pd(odd, odd2, 0x31);                                                \
  } while (0)
#define NARROW_MULADD(a, b, c) _mm256_fmadd_ps(a, b, c)
#define NARROW_LOOK_UP(table, n) _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), (__m256i)(n))
#define NARROW_EVERY(mask) (_mm256_movemask_ps((__m256)(mask)) == 255)
#define VALUES ls_fma_elementary_values
#include "elementary-lanes.h"
#endif
