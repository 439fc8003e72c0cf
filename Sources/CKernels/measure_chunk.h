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

// Of the format whose ulps and ordinals count (measure.h).
typedef struct {
  int64_t precision, emin, emax;
  bool hasOrdinals;
} ls_measured_format;

// Takes the ordinals of pairs into the greatest: of those at `index`, or of the first `count`. False where an x is not of the
// format.
bool ls_ordinals(int64_t count, const int32_t *index, const char *x, int64_t xstride, const char *y, int64_t ystride,
                 const ls_measured_format *format, uint64_t *greatest);

// Adds a chunk's terms, `count` of them, and cuts the distances off to binary64, all exponents within 1000 of 0.
void ls_chunk_sums(const ls_chunk *chunk, int64_t count, double *distances, double *ulps, ls_measured *measured);

// The same faster, in pairs of binary64 numbers; where exponents lie within LS_NARROW of 0, so that nothing underflows.
enum { LS_NARROW = 220 };
#if defined(__x86_64__)
void ls_chunk_sums_avx2(ls_chunk *chunk, int64_t count, double *distances, double *ulps, ls_measured *measured);

// Pairs whose x has at most 53 bits, of a format of at most 53, without a chunk. The positions of those that it leaves to others
// go to `left`, in order; returns how many. `distances` and `ulps` of those hold anything.
int64_t ls_measure_lanes_avx2(int64_t n, const char *x, int64_t xstride, const char *y, int64_t ystride, int32_t yused,
                              const ls_measured_format *format, double *distances, double *ulps, ls_measured *measured,
                              int32_t *left);
#endif
