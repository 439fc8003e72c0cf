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
  // Each within 2^-86 of the sum, on whatever path.
  ls_total ulps;               // of |x - y| / ulp(y)
  ls_total relative;           // of |x - y| / (|x| + |y|)
  ls_total squares;            // of (x - y)^2
  ls_total fourth_powers;      // of (x - y)^4
  ls_total reference_squares;  // of y^2
  int64_t scale;              // MPFR's exponent of the largest |y|; INT64_MIN where all are 0
  int64_t differing;          // elements with x != y
  // The greatest number of values between an x, of the format, and y rounded to it, where `hasOrdinal`: the format has a least
  // exponent, its ordinals fit 63 bits, and every x belongs to it.
  uint64_t ordinal;
  bool hasOrdinal;
} ls_measured;

#ifdef __cplusplus
extern "C" {
#endif
// Terms and sums over n pairs of records.
//   x, y: arrays of records with so many limbs each, all of one precision (big.h); y the reference.
//   precision, emin, emax: of the format whose ulps count: ulp(y) = 2^(max(e(y), emin) - precision + 1); emin INT64_MIN for
//     none. emin is that of numbers in [1, 2), emax MPFR's.
//   distances, ulps: [n], |x - y|, times 2^precision where emin is none, and |x - y| / ulp(y), cut off to binary64: they keep
//     their order, but may tie.
// Returns false where an element is not finite, an ulp of 0 is asked for that does not exist, or one of these numbers lies
// outside 2^-1000 to 2^1000: nothing is promised then.
bool ls_measure(ls_path path, int64_t n, const void *x, int32_t xlimbs, const void *y, int32_t ylimbs, int64_t precision,
                int64_t emin, int64_t emax, double *distances, double *ulps, ls_measured *measured);
// The same of element i, with all their bits.
ls_wide ls_measured_distance(const void *x, int32_t xlimbs, const void *y, int32_t ylimbs, int64_t i);
ls_wide ls_measured_ulps(const void *x, int32_t xlimbs, const void *y, int32_t ylimbs, int64_t i, int64_t precision,
                         int64_t emin);

// The greatest number of values between x, of a format in which neither subnormals nor a largest number count, and y rounded to
// it, as the nearest binary64; `least` is the exponent, of numbers in [1, 2), just below the least. -1 where an x does not belong
// to the format, or where there are more than a thousand bits. All are finite.
double ls_long_ordinal_distance(int64_t n, const void *x, int32_t xlimbs, const void *y, int32_t ylimbs,
                                int64_t precision, int64_t least);

// Of numbers of which none is negative or NaN.
//
// Where those lie that are between two numbers, these included, in order; there is room for n positions. Returns how many.
int64_t ls_keys_between(int64_t n, const double *keys, double least, double greatest, int64_t *positions);
// The greatest below a bound; 0 where there is none.
double ls_greatest_key(int64_t n, const double *keys, double bound);

// How many numbers begin with which bits, in steps of a sixteenth of a power of two down from the greatest.
enum { LS_BUCKETS = 1024 };
// Adds to `counts`; none exceeds `greatest`.
void ls_count_keys(int64_t n, const double *keys, double greatest, uint32_t *counts);
// The k-th greatest, 1 <= k <= n, given what ls_count_keys made of all of them; `above` becomes how many exceed it. `room` is
// for n numbers or positions.
double ls_order_statistic(int64_t n, const double *keys, double greatest, const uint32_t *counts, int64_t k, void *room,
                          int64_t *above);

// The first 128 bits of a sum.
ls_wide ls_total_leading(const ls_total *total);
// log2 x, x > 0, within 2^-120 of itself: its magnitude and sign.
ls_wide ls_wide_log2(ls_wide x, bool *negative);
ls_wide ls_wide_square(ls_wide x);
void ls_total_add_wide(ls_total *total, ls_wide term);
void ls_total_add(ls_total *total, const ls_total *other);
#ifdef __cplusplus
}
#endif
