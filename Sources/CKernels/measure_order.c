// Order statistics of numbers of which none is negative or NaN. Comparisons alone.
#pragma STDC FP_CONTRACT OFF
#include "include/measure.h"
#include <stdbool.h>
#include <string.h>

// --- positions

// Two at a time, four pairs in a row.
typedef double two __attribute__((vector_size(16)));
typedef int64_t both __attribute__((vector_size(16)));
enum { ROW = 8 };

static inline __attribute__((always_inline)) two two_of(const double *keys) {
  two t;
  memcpy(&t, keys, sizeof t);
  return t;
}

// Does none of a row lie in an interval, bounded above or not?
static inline __attribute__((always_inline)) bool all_outside(const double *keys, double least, double greatest,
                                                              const bool bounded) {
  const two low = {least, least}, high = {greatest, greatest};
  both inside = {0, 0};
  for (int j = 0; j < ROW; j += 2) {
    both one = two_of(keys + j) >= low;
    inside |= bounded ? one & (two_of(keys + j) <= high) : one;
  }
  return (inside[0] | inside[1]) == 0;
}

static inline __attribute__((always_inline)) int64_t between(int64_t n, const double *keys, double least, double greatest,
                                                             const bool bounded, int64_t *positions) {
  int64_t count = 0;
  for (int64_t i = 0; i < n; i += ROW) {
    if (i + ROW <= n && all_outside(keys + i, least, greatest, bounded)) continue;
    for (int64_t j = i; j < i + ROW && j < n; j++)
      if (keys[j] >= least && keys[j] <= greatest) positions[count++] = j;
  }
  return count;
}

int64_t ls_keys_between(int64_t n, const double *keys, double least, double greatest, int64_t *positions) {
  return greatest < __builtin_inf() ? between(n, keys, least, greatest, true, positions)
                                    : between(n, keys, least, greatest, false, positions);
}

double ls_greatest_key(int64_t n, const double *keys, double bound) {
  const two below = {bound, bound};
  two most[ROW / 2] = {{0}};
  int64_t i = 0;
  for (; i + ROW <= n; i += ROW)
    for (int j = 0; j < ROW / 2; j++) {
      two x = two_of(keys + i + 2 * j);
      both kept = (x < below) & (x > most[j]);
      most[j] = (two)(((both)x & kept) | ((both)most[j] & ~kept));
    }
  double greatest = 0;
  for (int j = 0; j < ROW; j++) greatest = most[j / 2][j % 2] > greatest ? most[j / 2][j % 2] : greatest;
  for (; i < n; i++) greatest = keys[i] > greatest && keys[i] < bound ? keys[i] : greatest;
  return greatest;
}

// --- order

// A bucket holds the numbers that have an exponent and the first four bits after the leading one in common; the last holds
// all that are smaller still.
enum { SHIFT = 48 };

static uint64_t bits_of(double x) {
  uint64_t bits;
  memcpy(&bits, &x, 8);
  return bits;
}
static double number_of(uint64_t bits) {
  double x;
  memcpy(&x, &bits, 8);
  return x;
}

void ls_count_keys(int64_t n, const double *keys, double greatest, uint32_t *counts) {
  const uint64_t top = bits_of(greatest) >> SHIFT;
  for (int64_t i = 0; i < n; i++) {
    uint64_t below = top - (bits_of(keys[i]) >> SHIFT);
    counts[below < LS_BUCKETS ? below : LS_BUCKETS - 1]++;
  }
}

// The k-th greatest by partitioning in place: Hoare, Algorithm 65: Find, Communications of the ACM 4 (1961).
static double partitioned(double *x, int64_t n, int64_t k) {
  int64_t low = 0, high = n - 1;
  while (low < high) {
    double a = x[low], b = x[low + (high - low) / 2], c = x[high];
    double lesser = a < b ? a : b, greater = a < b ? b : a;
    double pivot = c < lesser ? lesser : c > greater ? greater : c;
    int64_t i = low, j = high;
    while (i <= j) {
      while (x[i] > pivot) i++;
      while (x[j] < pivot) j--;
      if (i > j) break;
      double t = x[i];
      x[i++] = x[j];
      x[j--] = t;
    }
    if (k - 1 <= j) {
      high = j;
    } else if (k - 1 >= i) {
      low = i;
    } else {
      break;
    }
  }
  return x[k - 1];
}

double ls_order_statistic(int64_t n, const double *keys, double greatest, const uint32_t *counts, int64_t k, void *room,
                          int64_t *above) {
  int64_t before = 0;
  int bucket = 0;
  while (bucket < LS_BUCKETS - 1 && before + counts[bucket] < k) before += counts[bucket++];
  const uint64_t top = bits_of(greatest) >> SHIFT, lead = top > (uint64_t)bucket ? top - (uint64_t)bucket : 0;
  double upper = number_of(lead << SHIFT | ((UINT64_C(1) << SHIFT) - 1));
  double lower = bucket < LS_BUCKETS - 1 ? number_of(lead << SHIFT) : 0;
  if (bucket == 0) upper = greatest;  // The bits may be those of a NaN.
  // The positions of a bucket's numbers, then the numbers in their place.
  int64_t kept = ls_keys_between(n, keys, lower, upper, room);
  double *found = room;
  for (int64_t i = 0; i < kept; i++) {
    int64_t position;
    memcpy(&position, found + i, 8);
    found[i] = keys[position];
  }
  double statistic = partitioned(found, kept, k - before);
  *above = before;
  for (int64_t i = 0; i < kept; i++) *above += found[i] > statistic;
  return statistic;
}
