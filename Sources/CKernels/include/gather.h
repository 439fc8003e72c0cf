// Moving elements of any size about, without arithmetic.
#pragma once
#include "operations.h"

// out[i] = x[indices[i]], elements of `width` bytes, x of `length` elements. False, with out unfinished, if an index is none
// of x.
bool ls_gather(int64_t count, const int32_t *indices, int64_t width, int64_t length, const void *x, void *out);
