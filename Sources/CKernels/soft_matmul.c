// Matrix products in software formats.
// Ranked promises: the roundings of the contract, section 3; outputs independent of one another; speed.
#pragma STDC FP_CONTRACT OFF
#include "soft_reduction.h"

// Row by row of c, all its chains advancing together, so that they wait for each other as little as possible.
static void side_by_side(int64_t first, int64_t last, int64_t n, int64_t k, const double *a, int64_t aRow, int64_t aColumn,
                         const double *b, int64_t bRow, int64_t bColumn, double *c, ls_soft_machine *m) {
  for (int64_t i = first; i < last; i++) {
    double *row = c + i * n;
    for (int64_t j = 0; j < n; j++) row[j] = 0;
    for (int64_t l = 0; l < k; l++) ls_soft_advance(m, n, b + l * bRow, bColumn, a[i * aRow + l * aColumn], row);
  }
}

void ls_soft_matmul(int64_t first, int64_t last, int64_t n, int64_t k, const double *a, int64_t aRow, int64_t aColumn,
                    const double *b, int64_t bRow, int64_t bColumn, double *c, const ls_soft_reduction *reduction,
                    const ls_soft_format *format, const ls_soft_site *site) {
  ls_soft_machine m = ls_soft_start(format, site);
  if (ls_soft_side_by_side(reduction, format))
    return side_by_side(first, last, n, k, a, aRow, aColumn, b, bRow, bColumn, c, &m);
  ls_soft_terms terms = ls_soft_terms_for(k);
  terms.count = k;
  for (int64_t i = first; i < last; i++) {
    for (int64_t l = 0; l < k; l++) terms.left[l] = a[i * aRow + l * aColumn];
    for (int64_t j = 0; j < n; j++) {
      for (int64_t l = 0; l < k; l++) terms.right[l] = b[l * bRow + j * bColumn];
      ls_soft_begin(&m, i * n + j, 0);
      c[i * n + j] = ls_soft_reduce(&m, reduction, &terms, true);
    }
  }
  ls_soft_terms_free(&terms);
}
