// Exact dot products as integer arithmetic, for lines (rows, columns) of records whose exponents lie close together.
#pragma once
#include "big_reduction.h"

// How a line is held: every value of it is an integer of `words` words of 56 bits, times 2^low.
typedef struct {
  int64_t low;
  int32_t words;  // 0: not this way (an infinity or NaN occurs, or the exponents are too far apart)
} ls_fixed_shape;

enum { ls_fixed_word_bits = 56, ls_fixed_most_words = 32, ls_fixed_chunk = 256 };

// step: bytes from one record to the next; recordLimbs: their capacity. What is worth holding so depends on the path.
ls_fixed_shape ls_fixed_scan(int64_t count, const void *x, int64_t step, int32_t recordLimbs, ls_path path);

// Length of a line in memory, and of the greatest product.
int64_t ls_fixed_line_length(int64_t count, int32_t words);
enum { ls_fixed_product_length = 2 * ls_fixed_most_words + 2 };

void ls_fixed_fill(uint64_t *line, ls_fixed_shape shape, int64_t count, const void *x, int64_t step);

// The sum of products as a two's complement integer in units of 2^(a.low + b.low): how many limbs, 0 if it is 0.
int64_t ls_fixed_dot(int64_t count, const uint64_t *lineA, ls_fixed_shape a, const uint64_t *lineB, ls_fixed_shape b,
                     ls_path path, mp_limb_t *product);

// columns[c] += sum over t < count and i + j = c of x[i * step + t] * y[j * step + t]; count is a multiple of 4 and at
// most ls_fixed_chunk, words are below 2^56. Each path the same sums.
typedef __int128 ls_column;
void ls_fixed_products_plain(int64_t count, int64_t step, const uint64_t *x, int32_t xWords, const uint64_t *y,
                             int32_t yWords, ls_column *columns);
#if defined(__x86_64__)
void ls_fixed_products_avx2(int64_t count, int64_t step, const uint64_t *x, int32_t xWords, const uint64_t *y,
                            int32_t yWords, ls_column *columns);
#endif
