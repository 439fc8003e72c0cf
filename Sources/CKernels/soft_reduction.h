// Inside of the reductions of software formats: the terms of one result, listed in index order, and what becomes of them.
#pragma once
#include "soft_machine.h"

// Room for the terms of one result: factors, and values on the way.
typedef struct {
  double *left, *right, *work;
  int64_t count;
} ls_soft_terms;

// Room for `most` terms. The end of the process when there is none, as in big_record.h.
ls_soft_terms ls_soft_terms_for(int64_t most);
void ls_soft_terms_free(ls_soft_terms *terms);

// Does every result come from one chain whose roundings are not drawn? Then chains may advance side by side.
static inline bool ls_soft_side_by_side(const ls_soft_reduction *r, const ls_soft_format *f) {
  return r->code == LS_SEQUENTIAL && f->direction != LS_STOCHASTIC;
}

// Σ left (and, for a dot product, × right): contract, section 3. LS_EXACT is not made here.
double ls_soft_reduce(ls_soft_machine *m, const ls_soft_reduction *reduction, ls_soft_terms *terms, bool dot);

// sums[i] = x[i*step]*factor + sums[i] for every i: one term of many chains. Not in LS_STOCHASTIC.
void ls_soft_advance(ls_soft_machine *m, int64_t count, const double *x, int64_t step, double factor, double *sums);
