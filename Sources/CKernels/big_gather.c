// Moving records about: no arithmetic.
// Ranked promises: every record is copied whole or is +0; then speed.
#pragma STDC FP_CONTRACT OFF
#include "big_record.h"

void ls_big_gather(int64_t count, const int32_t *indices, const void *x, void *out, int32_t precision, int32_t limbs) {
  int64_t stride = ls_big_stride(limbs);
  for (int64_t i = 0; i < count; i++) {
    char *place = (char *)out + i * stride;
    if (indices[i] < 0)
      ls_big_zero(1, place, precision, limbs);
    else
      memcpy(place, ls_at(x, indices[i], stride), (size_t)stride);
  }
}

bool ls_big_all_finite(int64_t count, const void *x, int32_t limbs) {
  int64_t stride = ls_big_stride(limbs);
  for (int64_t i = 0; i < count; i++) {
    const ls_big *record = ls_at(x, i, stride);
    if (ls_is_nan(record) || ls_is_infinite(record)) return false;
  }
  return true;
}
