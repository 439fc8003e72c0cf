// Moving one member of every record of an array: what takes an array of pairs apart into two arrays, and puts it together.
// Ranked promises: every byte of a record is copied and no other is touched; then speed.
#pragma STDC FP_CONTRACT OFF
#include "lanes.h"

#include <string.h>

// A size known to the compiler is a move instead of a call.
#define LS_COPY_ROW(SIZE) \
  for (int64_t i = 0; i < count; i++) memcpy(out + i * to_stride, in + i * from_stride, (SIZE))

void ls_copy_strided(
  int64_t rows, int64_t count, int64_t size, const void *from, int64_t from_row, int64_t from_stride, void *to,
  int64_t to_row, int64_t to_stride) {
  for (int64_t row = 0; row < rows; row++) {
    const char *in = (const char *)from + row * from_row;
    char *out = (char *)to + row * to_row;
    switch (size) {
    case 4: LS_COPY_ROW(4); break;
    case 8: LS_COPY_ROW(8); break;
    case 24: LS_COPY_ROW(24); break;
    case 32: LS_COPY_ROW(32); break;
    case 48: LS_COPY_ROW(48); break;
    default: LS_COPY_ROW((size_t)size);
    }
  }
}
