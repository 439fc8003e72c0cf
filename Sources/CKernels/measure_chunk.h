// Inside of the measures: a hundred pairs as a few numbers of 128 bits, and what sums them.
#pragma once
#include "measure_wide.h"

enum { LS_CHUNK = 128 };
// The exponent of 0, whose bits are 0 too.
#define LS_NOTHING (INT64_MIN / 8)

// (high:low) / 2^128 * 2^exponent, top bit set.
typedef struct {
  uint64_t high[LS_CHUNK], low[LS_CHUNK];
  int64_t exponents[LS_CHUNK];
} ls_numbers;

typedef struct {
  ls_numbers distance;                // |x - y|
  ls_numbers magnitude;               // |x| + |y|, where the distance is not 0 and both lie on one side of 0; else the distance
  ls_numbers reference;               // |y|
  int64_t ulp_exponents[LS_CHUNK];    // of |x - y| / ulp(y), which has the distance's bits
} ls_chunk;

// Adds a chunk's terms, `count` of them, and cuts the distances off to binary64, all exponents within 1000 of 0.
void ls_chunk_sums(const ls_chunk *chunk, int64_t count, double *distances, double *ulps, ls_measured *measured);

// The same faster, in pairs of binary64 numbers; where exponents lie within LS_NARROW of 0, so that nothing underflows.
enum { LS_NARROW = 220 };
#if defined(__x86_64__)
void ls_chunk_sums_avx2(ls_chunk *chunk, int64_t count, double *distances, double *ulps, ls_measured *measured);
#endif
