// The bytes that stand for arbitrary-precision numbers in digests and traces: contract, section 1.
#pragma STDC FP_CONTRACT OFF
#include "big_record.h"

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LITTLE64(x) __builtin_bswap64(x)
#else
#define LITTLE64(x) (x)
#endif

void ls_big_encode(int64_t count, const void *x, int32_t precision, int32_t limbs, uint8_t *out) {
  int64_t stride = ls_big_stride(limbs);
  int32_t bytes = (precision + 7) / 8, used = ls_used_limbs(precision);
  int shift = 64 * used - precision;
  for (int64_t i = 0; i < count; i++) {
    const ls_big *r = ls_at(x, i, stride);
    bool regular = ls_is_regular(r);
    uint8_t code = ls_is_zero(r) ? 0 : regular ? 1 : ls_is_infinite(r) ? 2 : 3;
    *out++ = code | (r->sign < 0 ? 128 : 0);
    uint64_t e = LITTLE64(regular ? (uint64_t)r->exponent : 0);
    memcpy(out, &e, 8);
    out += 8;
    if (shift == 0) {
      for (int32_t k = 0; k < used; k++, out += 8) {
        uint64_t word = LITTLE64(r->limbs[k]);
        memcpy(out, &word, 8);
      }
      continue;
    }
    // The significand as an integer of `precision` bits: the limbs without the empty bits below them.
    for (int32_t j = 0; j < bytes; j += 8) {
      int32_t k = j / 8;
      uint64_t word = r->limbs[k] >> shift;
      if (k + 1 < used) word |= r->limbs[k + 1] << (64 - shift);
      word = LITTLE64(word);
      int32_t some = bytes - j < 8 ? bytes - j : 8;
      memcpy(out, &word, (size_t)some);
      out += some;
    }
  }
}
