// Arrays of pairs taken apart and put together: no arithmetic.
#pragma once
#include <stdint.h>

// Copies rows × count records of `size` bytes. Strides are in bytes; the two arrays do not overlap.
void ls_copy_strided(
  int64_t rows, int64_t count, int64_t size, const void *from, int64_t from_row, int64_t from_stride, void *to,
  int64_t to_row, int64_t to_stride);
