// Promises, ranked: bytes are moved as they are, and nothing is read beyond x; speed at 4 and 8 bytes.
#include <string.h>
#include "gather.h"

#define MOVE(size)                                                                                       \
  for (int64_t i = 0; i < count; i++) {                                                                  \
    if ((uint64_t)indices[i] >= (uint64_t)length) return false;                                          \
    memcpy((char *)out + i * (int64_t)(size), (const char *)x + indices[i] * (int64_t)(size), (size_t)(size)); \
  }

bool ls_gather(int64_t count, const int32_t *indices, int64_t width, int64_t length, const void *x, void *out) {
  if (width == 4) {
    MOVE(4)
  } else if (width == 8) {
    MOVE(8)
  } else {
    MOVE(width)
  }
  return true;
}
