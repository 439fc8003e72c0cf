// SGD over records: the contract, section 4.
// Ranked promises: every operation of the formula rounded on its own, in the order written there; then speed.
#pragma STDC FP_CONTRACT OFF
#include "big_machine.h"

static void update(ls_big *w, ls_big *v, const ls_big *g, const ls_big_sgd_constants *constants, ls_big_machine *m) {
  ls_big *product = ls_machine_record(m, 0), *gradient = ls_machine_record(m, 1), *step = ls_machine_record(m, 2);
  const ls_big *d = g;  // what is descended along, so far
  if (constants->useDecay) {
    ls_machine_multiply(m, product, constants->decay, w);
    ls_machine_add(m, gradient, d, product);
    d = gradient;
  }
  if (constants->useMomentum) {
    if (constants->firstUpdate) {
      ls_machine_set(m, v, d);
    } else {
      ls_machine_multiply(m, product, constants->momentum, v);
      ls_machine_add(m, v, product, d);
    }
    if (constants->nesterov) {
      ls_machine_multiply(m, product, constants->momentum, v);
      ls_machine_add(m, step, d, product);
      d = step;
    } else {
      d = v;
    }
  }
  // w - (eta k) (d / k), k the exact integer; divided by 1, numbers of the format stay.
  if (constants->k != 1) {
    ls_machine_divide_integer(m, product, d, constants->k);
    d = product;
  }
  ls_machine_multiply(m, step, constants->rateTimesK, d);
  ls_machine_subtract(m, w, w, step);
}

void ls_big_sgd(int64_t first, int64_t last, void *w, void *v, const void *g, const ls_big_sgd_constants *constants,
                const ls_big_format *format) {
  ls_big_machine m;
  ls_machine_begin(&m, 3, format);
  const ls_range found = ls_range_widen();
  for (int64_t i = first; i < last; i++)
    update(ls_at_mutable(w, i, m.stride), constants->useMomentum ? ls_at_mutable(v, i, m.stride) : NULL,
           ls_at(g, i, m.stride), constants, &m);
  ls_range_set(found);
  ls_machine_end(&m);
}
