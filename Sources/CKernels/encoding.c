// Integers alone.
#pragma STDC FP_CONTRACT OFF
#include "include/encoding.h"
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LITTLE32(x) __builtin_bswap32(x)
#define LITTLE64(x) __builtin_bswap64(x)
#else
#define LITTLE32(x) (x)
#define LITTLE64(x) (x)
#endif

void ls_encode_f32(int64_t count, const float *x, uint8_t *out) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, x + i, 4);
    bits = (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits;
    bits = LITTLE32(bits);
    memcpy(out + 4 * i, &bits, 4);
  }
}

void ls_encode_f64(int64_t count, const double *x, uint8_t *out) {
  const uint64_t infinity = UINT64_C(0x7ff) << 52, quiet = UINT64_C(0xfff) << 51;
  for (int64_t i = 0; i < count; i++) {
    uint64_t bits;
    memcpy(&bits, x + i, 8);
    bits = (bits << 1) > (infinity << 1) ? quiet : bits;
    bits = LITTLE64(bits);
    memcpy(out + 8 * i, &bits, 8);
  }
}

void ls_encode_narrow(int64_t count, const double *x, const ls_layout *layout, uint8_t *out) {
  const int p = layout->precision, bytes = layout->bytes;
  for (int64_t i = 0; i < count; i++) {
    uint64_t bits;
    memcpy(&bits, x + i, 8);
    uint64_t magnitude = bits << 1 >> 1, fraction = magnitude & ((UINT64_C(1) << 52) - 1);
    int exponent = (int)(magnitude >> 52) - 1023, missing = layout->emin - exponent;
    uint32_t word;
    if (exponent == 1024) {
      word = fraction ? layout->nan : layout->infinity;
    } else if (missing <= 0) {
      word = (uint32_t)(1 - missing) << (p - 1) | (uint32_t)(fraction >> (53 - p));
    } else {
      // A subnormal, or 0: the leading bit stands among the others, or below them all.
      word = missing < p ? (uint32_t)((fraction | UINT64_C(1) << 52) >> (53 - p + missing)) : 0;
    }
    bool isNaN = exponent == 1024 && fraction;
    word |= isNaN ? 0 : (uint32_t)(bits >> 63) << (8 * bytes - 1);
    for (int j = 0; j < bytes; j++) *out++ = (uint8_t)(word >> (8 * j));
  }
}
