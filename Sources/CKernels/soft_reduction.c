// Reductions of software formats, one result at a time.
// Ranked promises: the roundings of the contract, section 3, in the order written there (which numbers the draws); then speed.
#pragma STDC FP_CONTRACT OFF
#include "soft_reduction.h"
#include <stdio.h>
#include <stdlib.h>

ls_soft_terms ls_soft_terms_for(int64_t most) {
  double *memory = malloc((size_t)(3 * most + 1) * sizeof(double));
  if (memory == NULL) {
    fprintf(stderr, "out of memory: the %lld terms of a sum\n", (long long)most);
    abort();
  }
  return (ls_soft_terms){memory, memory + most, memory + 2 * most, 0};
}

void ls_soft_terms_free(ls_soft_terms *terms) { free(terms->left); }

// s = +0, then s = left*right + s, or left + s.
static double chain(ls_soft_machine *m, int64_t count, const double *left, const double *right) {
  double s = 0;
  if (right)
    for (int64_t i = 0; i < count; i++) s = ls_next_fma(m, left[i], right[i], s);
  else
    for (int64_t i = 0; i < count; i++) s = ls_next_add(m, s, left[i]);
  return s;
}

// One leaf is itself; more are (the first power of two below their count) + (the rest).
static double pairwise(ls_soft_machine *m, int64_t count, const double *leaves) {
  if (count == 0) return 0;
  if (count == 1) return leaves[0];
  int64_t half = 1;
  while (2 * half < count) half *= 2;
  const double left = pairwise(m, half, leaves), right = pairwise(m, count - half, leaves + half);
  return ls_next_add(m, left, right);
}

static double kahan(ls_soft_machine *m, int64_t count, const double *leaves) {
  double s = 0, c = 0;
  for (int64_t i = 0; i < count; i++) {
    const double y = ls_next_subtract(m, leaves[i], c), t = ls_next_add(m, s, y), moved = ls_next_subtract(m, t, s);
    c = ls_next_subtract(m, moved, y);
    s = t;
  }
  return s;
}

double ls_soft_reduce(ls_soft_machine *m, const ls_soft_reduction *reduction, ls_soft_terms *terms, bool dot) {
  const int64_t count = terms->count;
  if (reduction->code == LS_SEQUENTIAL) return chain(m, count, terms->left, dot ? terms->right : NULL);
  if (reduction->code == LS_BLOCKED) {
    // All blocks first, then the chain of their results.
    int64_t blocks = 0;
    for (int64_t i = 0; i < count; i += reduction->block) {
      const int64_t length = reduction->block < count - i ? reduction->block : count - i;
      terms->work[blocks++] = chain(m, length, terms->left + i, dot ? terms->right + i : NULL);
    }
    return chain(m, blocks, terms->work, NULL);
  }
  const double *leaves = terms->left;
  if (dot) {
    for (int64_t i = 0; i < count; i++) terms->work[i] = ls_next_multiply(m, terms->left[i], terms->right[i]);
    leaves = terms->work;
  }
  return reduction->code == LS_PAIRWISE ? pairwise(m, count, leaves) : kahan(m, count, leaves);
}

double ls_soft_sum(int64_t count, const double *x, const ls_soft_reduction *reduction, const ls_soft_format *format,
                   const ls_soft_site *site, uint64_t made) {
  ls_soft_machine m = ls_soft_start(format, site);
  ls_soft_begin(&m, 0, made);
  if (reduction->code == LS_SEQUENTIAL) return chain(&m, count, x, NULL);
  ls_soft_terms terms = ls_soft_terms_for(count);
  terms.count = count;
  for (int64_t i = 0; i < count; i++) terms.left[i] = x[i];
  const double sum = ls_soft_reduce(&m, reduction, &terms, false);
  ls_soft_terms_free(&terms);
  return sum;
}

double ls_soft_dot(int64_t count, const double *x, const double *y, const ls_soft_reduction *reduction,
                   const ls_soft_format *format, const ls_soft_site *site, uint64_t made) {
  ls_soft_machine m = ls_soft_start(format, site);
  ls_soft_begin(&m, 0, made);
  if (reduction->code == LS_SEQUENTIAL) return chain(&m, count, x, y);
  ls_soft_terms terms = ls_soft_terms_for(count);
  terms.count = count;
  for (int64_t i = 0; i < count; i++) terms.left[i] = x[i], terms.right[i] = y[i];
  const double sum = ls_soft_reduce(&m, reduction, &terms, true);
  ls_soft_terms_free(&terms);
  return sum;
}

void ls_soft_sum_axes(int64_t outer, int64_t out, int64_t inner, int64_t first, int64_t last, const double *x, double *sums,
                      const ls_soft_reduction *reduction, const ls_soft_format *format, const ls_soft_site *site) {
  ls_soft_machine m = ls_soft_start(format, site);
  ls_soft_terms terms = ls_soft_terms_for(outer * inner);
  for (int64_t b = first; b < last; b++) {
    terms.count = 0;
    for (int64_t a = 0; a < outer; a++)
      for (int64_t c = 0; c < inner; c++) terms.left[terms.count++] = x[(a * out + b) * inner + c];
    ls_soft_begin(&m, b, 0);
    sums[b] = ls_soft_reduce(&m, reduction, &terms, false);
  }
  ls_soft_terms_free(&terms);
}

void ls_soft_gather_sum(int64_t rows, const int32_t *offsets, const int32_t *indices, int64_t stride, int64_t first,
                        int64_t last, const double *x, double *sums, const ls_soft_reduction *reduction,
                        const ls_soft_format *format, const ls_soft_site *site) {
  ls_soft_machine m = ls_soft_start(format, site);
  ls_soft_terms terms = ls_soft_terms_for(rows ? offsets[rows] : 0);
  for (int64_t r = first; r < last; r++) {
    const double *plane = x + r / rows * stride;
    terms.count = 0;
    for (int64_t j = offsets[r % rows]; j < offsets[r % rows + 1]; j++) terms.left[terms.count++] = plane[indices[j]];
    ls_soft_begin(&m, r, 0);
    sums[r] = ls_soft_reduce(&m, reduction, &terms, false);
  }
  ls_soft_terms_free(&terms);
}
