// Order statistics of numbers of which none is negative or NaN. Comparisons alone.
#pragma STDC FP_CONTRACT OFF
#include "include/measure.h"
#include <stdbool.h>
#include <string.h>

// --- order

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

// The next number of the same sign, above or below.
static double neighbour(double x, int64_t step) {
  uint64_t bits;
  memcpy(&bits, &x, 8);
  bits += (uint64_t)step;
  memcpy(&x, &bits, 8);
  return x;
}

enum { SAMPLE = 32, FEW = 128 };

static void sort_descending(double *x, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    double v = x[i];
    int64_t j = i;
    for (; j > 0 && x[j - 1] < v; j--) x[j] = x[j - 1];
    x[j] = v;
  }
}

// A sample brackets the answer; what lies in the bracket is kept, a small part, and so on. (Floyd and Rivest, Expected time
// bounds for selection, Communications of the ACM 18, 1975.) Where a sample misleads the rest is partitioned.
double ls_order_statistic(int64_t n, const double *keys, int64_t k, double *scratch) {
  const double *from = keys;
  while (n > FEW) {
    double sample[SAMPLE];
    for (int64_t i = 0; i < SAMPLE; i++) sample[i] = from[i * n / SAMPLE];
    sort_descending(sample, SAMPLE);
    // The answer's rank in the sample deviates by 2.8 at most (a binomial's standard deviation): nearly two of those.
    int64_t rank = (k - 1) * SAMPLE / n, first = rank - 5, last = rank + 6;
    double upper = first < 0 ? __builtin_inf() : sample[first], lower = last < SAMPLE ? sample[last] : 0;
    int64_t above = 0, within = 0, kept = 0;
    for (int64_t i = 0; i < n; i++) {
      above += from[i] > upper;
      within += from[i] >= lower;
    }
    within -= above;
    bool isAbove = k <= above, isBelow = k > above + within;
    int64_t left = isAbove ? above : isBelow ? n - above - within : within;
    if (!isAbove && !isBelow && upper == lower) return upper;
    if (4 * left > 3 * n) break;
    if (isAbove) {
      lower = neighbour(upper, 1);
      upper = __builtin_inf();
    } else if (isBelow) {
      upper = neighbour(lower, -1);
      lower = 0;
    }
    for (int64_t i = 0; i < n && kept < left; i++) {
      double v = from[i];
      scratch[kept] = v;
      kept += (v <= upper) & (v >= lower);
    }
    k -= isAbove ? 0 : isBelow ? above + within : above;
    n = left;
    from = scratch;
  }
  if (from == keys) memcpy(scratch, keys, (size_t)n * sizeof(double));
  return partitioned(scratch, n, k);
}

// --- positions

int64_t ls_keys_above(int64_t n, const double *keys, double border) {
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++) count += keys[i] > border;
  return count;
}

int64_t ls_keys_between(int64_t n, const double *keys, double least, double greatest, int64_t *positions) {
  int64_t count = 0;
  for (int64_t i = 0; i < n; i++) {
    positions[count] = i;
    count += keys[i] >= least && keys[i] <= greatest;
  }
  return count;
}

double ls_greatest_key(int64_t n, const double *keys, double bound) {
  double lanes[8] = {0};
  int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int j = 0; j < 8; j++) lanes[j] = keys[i + j] > lanes[j] && keys[i + j] < bound ? keys[i + j] : lanes[j];
  for (; i < n; i++) lanes[0] = keys[i] > lanes[0] && keys[i] < bound ? keys[i] : lanes[0];
  for (int j = 1; j < 8; j++) lanes[0] = lanes[j] > lanes[0] ? lanes[j] : lanes[0];
  return lanes[0];
}
