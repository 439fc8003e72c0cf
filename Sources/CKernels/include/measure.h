// What a measure makes of the differences of two arrays of records before it ranks or divides: numbers of 128 bits, and sums.
//
// These are truncated where the definition rounds (contract, section 6: MPFR at 128 bits, exact sums), so they are not the
// definition's numbers: they are within the stated distance of the exact ones, and whoever rounds them to binary64 must see
// that no boundary lies within that distance, or ask the definition.
#pragma once
#include "operations.h"
#include <stdbool.h>
#include <stdint.h>

// (high:low) / 2^128 * 2^exponent, high's top bit set; 0 where high is 0. Truncated: the exact number is not less, and
// greater by less than 2^-126 of it; equal to it unless `inexact`.
typedef struct {
  uint64_t low, high;
  int64_t exponent;
  uint64_t inexact;
} ls_wide;

// A sum of such numbers: limbs / 2^256 * 2^exponent, least significant first, 64 bits of headroom at first. Of n terms less
// than n * 2^-190 of it is lost.
typedef struct {
  uint64_t limbs[4];
  int64_t exponent;  // INT64_MIN: no term yet
} ls_total;

typedef struct {
  // Each within 2^-96 of the sum, on whatever path.
  ls_total ulps;               // of |x - y| / ulp(y)
  ls_total relative;           // of |x - y| / (|x| + |y|)
  ls_total squares;            // of (x - y)^2
  ls_total fourth_powers;      // of (x - y)^4
  ls_total reference_squares;  // of y^2
  int64_t scale;              // MPFR's exponent of the largest |y|; INT64_MIN where all are 0
  int64_t differing;          // elements with x != y
} ls_measured;

#ifdef __cplusplus
extern "C" {
#endif
// Terms and sums over n pairs of records.
//   x, y: arrays of records with so many limbs each, all of one precision (big.h); y the reference.
//   precision, emin: of the format whose ulps count: ulp(y) = 2^(max(e(y), emin) - precision + 1); emin INT64_MIN for none.
//   distances, ulps: [n], |x - y|, times 2^precision where emin is none, and |x - y| / ulp(y), cut off to binary64: they keep
//     their order, but may tie.
// Returns false where an element is not finite, an ulp of 0 is asked for that does not exist, or one of these numbers lies
// outside 2^-1000 to 2^1000: nothing is promised then.
bool ls_measure(ls_path path, int64_t n, const void *x, int32_t xlimbs, const void *y, int32_t ylimbs, int64_t precision,
                int64_t emin, double *distances, double *ulps, ls_measured *measured);
// The same of element i, with all their bits.
ls_wide ls_measured_distance(const void *x, int32_t xlimbs, const void *y, int32_t ylimbs, int64_t i);
ls_wide ls_measured_ulps(const void *x, int32_t xlimbs, const void *y, int32_t ylimbs, int64_t i, int64_t precision,
                         int64_t emin);

// The greatest number of values between x, of the format, and y rounded to it, as the nearest binary64; -1 where an x does not
// belong to the format. All are finite.
//   emin: of the format, of numbers in [1, 2); emax: MPFR's. Ordinals fit 63 bits.
double ls_ordinal_distance(int64_t n, const void *x, int32_t xlimbs, const void *y, int32_t ylimbs, int64_t precision,
                           int64_t emin, int64_t emax);
// The same where neither subnormals nor a largest number count; `least` is the exponent, of numbers in [1, 2), just below
// the least. -1 also where there are more than a thousand bits.
double ls_long_ordinal_distance(int64_t n, const void *x, int32_t xlimbs, const void *y, int32_t ylimbs,
                                int64_t precision, int64_t least);

// Of numbers of which none is negative or NaN. The k-th greatest, 1 <= k <= n; `scratch` has room for n.
double ls_order_statistic(int64_t n, const double *keys, int64_t k, double *scratch);
// The greatest below a bound; 0 where there is none.
double ls_greatest_key(int64_t n, const double *keys, double bound);
// How many exceed a number.
int64_t ls_keys_above(int64_t n, const double *keys, double border);
// Where those lie that are between two numbers, these included, in order; there is room for n positions. Returns how many.
int64_t ls_keys_between(int64_t n, const double *keys, double least, double greatest, int64_t *positions);

ls_wide ls_wide_square(ls_wide x);
void ls_total_add_wide(ls_total *total, ls_wide term);
void ls_total_add(ls_total *total, const ls_total *other);
#ifdef __cplusplus
}
#endif
