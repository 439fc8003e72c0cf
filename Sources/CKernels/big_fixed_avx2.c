// The products of big_fixed.c, four terms at a time.
// Ranked promises: the sums of ls_fixed_products_plain; then speed.
//
// AVX2 multiplies 32 bits by 32: each 56-bit word is taken as two digits of 28. Two words of x by two of y make sixteen
// products in seven columns of digits, held in registers while the terms pass; a register is four 64-bit sums, one for
// every fourth term.
#pragma STDC FP_CONTRACT OFF
#include "big_fixed.h"

#if defined(__x86_64__)
#include <immintrin.h>

enum { digitBits = ls_fixed_word_bits / 2 };
#define VECTORS static inline __attribute__((always_inline, target("avx2")))

VECTORS ls_column total(__m256i sums) {
  uint64_t lane[4];
  _mm256_storeu_si256((__m256i *)lane, sums);
  return (ls_column)lane[0] + lane[1] + lane[2] + lane[3];
}

// The two digits of the words at p.
VECTORS void load(const uint64_t *p, __m256i *digits) {
  __m256i words = _mm256_loadu_si256((const __m256i *)p);
  digits[0] = _mm256_and_si256(words, _mm256_set1_epi64x((1 << digitBits) - 1));
  digits[1] = _mm256_srli_epi64(words, digitBits);
}

// xs by ys words, each 1 or 2, constants where it is called. sums: columns of digits.
VECTORS void block(int64_t count, int64_t step, const uint64_t *x, const int xs, const uint64_t *y, const int ys,
                   __m256i *sums) {
  __m256i s[7], u[4], v[4];
  for (int d = 0; d < 7; d++) s[d] = _mm256_setzero_si256();
  for (int64_t t = 0; t < count; t += 4) {
#pragma GCC unroll 2
    for (int i = 0; i < xs; i++) load(x + i * step + t, u + 2 * i);
#pragma GCC unroll 2
    for (int j = 0; j < ys; j++) load(y + j * step + t, v + 2 * j);
#pragma GCC unroll 4
    for (int i = 0; i < 2 * xs; i++)
#pragma GCC unroll 4
      for (int j = 0; j < 2 * ys; j++) s[i + j] = _mm256_add_epi64(s[i + j], _mm256_mul_epu32(u[i], v[j]));
  }
#pragma GCC unroll 7
  for (int d = 0; d < 2 * (xs + ys) - 1; d++) sums[d] = _mm256_add_epi64(sums[d], s[d]);
}

VECTORS void blocks(int64_t count, int64_t step, const uint64_t *x, int32_t xWords, const uint64_t *y, int32_t yWords,
                    __m256i *sums) {
  for (int32_t i = 0; i < xWords; i += 2)
    for (int32_t j = 0; j < yWords; j += 2) {
      const uint64_t *u = x + i * step, *v = y + j * step;
      bool pairX = i + 1 < xWords, pairY = j + 1 < yWords;
      __m256i *at = sums + 2 * (i + j);
      if (pairX && pairY)
        block(count, step, u, 2, v, 2, at);
      else if (pairX)
        block(count, step, u, 2, v, 1, at);
      else if (pairY)
        block(count, step, u, 1, v, 2, at);
      else
        block(count, step, u, 1, v, 1, at);
    }
}

__attribute__((target("avx2"))) void ls_fixed_products_avx2(int64_t count, int64_t step, const uint64_t *x,
                                                           int32_t xWords, const uint64_t *y, int32_t yWords,
                                                           ls_column *columns) {
  __m256i sums[4 * ls_fixed_most_words];
  // A column gets at most one product below 2^56 for each digit of the shorter operand, from every term: 256 of them
  // stay below 2^64.
  int32_t digits = 2 * (xWords < yWords ? xWords : yWords), last = 2 * (xWords + yWords) - 1;
  int64_t most = 4 * (256 / digits);
  for (int64_t t = 0; t < count; t += most) {
    for (int32_t d = 0; d < last; d++) sums[d] = _mm256_setzero_si256();
    blocks(count - t < most ? count - t : most, step, x + t, xWords, y + t, yWords, sums);
    for (int32_t d = 0; d < last; d++) columns[d / 2] += total(sums[d]) << (d % 2 == 0 ? 0 : digitBits);
  }
}
#endif
