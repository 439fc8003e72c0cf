// The ways of a machine through MPFR.
// Ranked promises: each operation correctly rounded once into the format; canonical records; then speed.
#pragma STDC FP_CONTRACT OFF
#include "big_machine.h"
#include <stdlib.h>

void ls_machine_end(ls_big_machine *m) { free(m->records); }

void ls_machine_apply(ls_big_machine *m, ls_operation operation, ls_big *r, const ls_big *x, const ls_big *y) {
  mpfr_t u, v;
  ls_prepare(&m->z, m->format);
  ls_view(u, x);
  ls_view(v, y);
  ls_settle(m->z.value, operation(m->z.value, u, v, ls_rounding(m->format)), m->format);
  ls_store(r, m->z.value, m->format->limbs);
}

void ls_machine_set(ls_big_machine *m, ls_big *r, const ls_big *x) {
  mpfr_t u;
  ls_prepare(&m->z, m->format);
  ls_view(u, x);
  ls_settle(m->z.value, mpfr_set(m->z.value, u, ls_rounding(m->format)), m->format);
  ls_store(r, m->z.value, m->format->limbs);
}

void ls_machine_divide_integer(ls_big_machine *m, ls_big *r, const ls_big *x, int64_t k) {
  mpfr_t u;
  ls_prepare(&m->z, m->format);
  ls_view(u, x);
  ls_settle(m->z.value, mpfr_div_si(m->z.value, u, (long)k, ls_rounding(m->format)), m->format);
  ls_store(r, m->z.value, m->format->limbs);
}
