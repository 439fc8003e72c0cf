// What a measure makes of the differences of two arrays of records before it ranks or divides: numbers of 128 bits, and sums.
//
// These are truncated where the definition rounds (contract, section 6: MPFR at 128 bits, exact sums), so they are not the
// definition's numbers: they are within the stated distance of the exact ones, and whoever rounds them to binary64 must see
// that no boundary lies within that distance, or ask the definition.
#pragma once
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
  ls_total ulps;              // sum of |x - y| / ulp(y)
  ls_total relative;          // sum of |x - y| / (|x| + |y|), each within 2^-96 of it
  ls_total squares;           // sum of (x - y)^2, each within 2^-124
  ls_total fourth_powers;     // sum of (x - y)^4, each within 2^-122
  ls_total reference_squares; // sum of y^2, each within 2^-124
  int64_t scale;              // MPFR's exponent of the largest |y|; INT64_MIN where all are 0
  int64_t differing;          // elements with x != y
} ls_measured;

#ifdef __cplusplus
extern "C" {
#endif
// Terms and sums over n pairs of records.
//   x, y: arrays of records with so many limbs each (big.h); y the reference.
//   precision, emin: of the format whose ulps count: ulp(y) = 2^(max(e(y), emin) - precision + 1); emin INT64_MIN for none.
//   differences, ulps: [n], |x - y| and |x - y| / ulp(y).
// Returns false where an element is not finite, or an ulp of 0 is asked for that does not exist: nothing is promised then.
bool ls_measure(int64_t n, const void *x, int32_t xlimbs, const void *y, int32_t ylimbs, int64_t precision, int64_t emin,
                ls_wide *differences, ls_wide *ulps, ls_measured *measured);
ls_wide ls_wide_square(ls_wide x);
void ls_total_add_wide(ls_total *total, ls_wide term);
void ls_total_add(ls_total *total, const ls_total *other);
#ifdef __cplusplus
}
#endif
