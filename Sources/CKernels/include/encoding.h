// The bytes that stand for numbers of the native and the small formats in digests and traces (contract, section 1): the
// format's own bits, little-endian, every NaN the positive quiet one. For arbitrary precision see big.h.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// How a small format lays its bits out.
typedef struct {
  int32_t precision, emin;  // of numbers in [1, 2)
  int32_t bytes;            // 1, 2 or 4
  uint32_t infinity;        // bits without the sign
  uint32_t nan;
} ls_layout;

#ifdef __cplusplus
extern "C" {
#endif
void ls_encode_f32(int64_t count, const float *x, uint8_t *out);
void ls_encode_f64(int64_t count, const double *x, uint8_t *out);
// Numbers of the format, whose least normal number is a normal double; `bytes` of each.
void ls_encode_narrow(int64_t count, const double *x, const ls_layout *layout, uint8_t *out);
#ifdef __cplusplus
}
#endif
