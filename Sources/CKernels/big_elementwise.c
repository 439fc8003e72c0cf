// Elementwise kernels over arrays of records.
// Ranked promises: element by element the bits of the scalar operations; outputs may be inputs; then speed.
#pragma STDC FP_CONTRACT OFF
#include "big_enclosure.h"
#include "big_machine.h"
#include <stdio.h>
#include <stdlib.h>

static _Noreturn void unsupported(int function) {
  fprintf(stderr, "function %d is not one of MPFR's\n", function);
  abort();
}

ls_function ls_rounded_function(ls_unary f) {
  switch (f) {
  case LS_SQUARE_ROOT: return mpfr_sqrt;
  case LS_EXP: return mpfr_exp;
  case LS_EXPM1: return mpfr_expm1;
  case LS_LOG: return mpfr_log;
  case LS_LOG1P: return mpfr_log1p;
  case LS_TANH: return mpfr_tanh;
  case LS_SIN: return mpfr_sin;
  case LS_COS: return mpfr_cos;
  default: unsupported((int)f);
  }
}

void ls_apply_function(ls_unary f, ls_big *r, const ls_big *x, ls_scratch *z, const ls_big_format *format) {
  switch (f) {
  case LS_NEGATE:
  case LS_ABSOLUTE:
    memmove(r, x, (size_t)ls_big_stride(format->limbs));
    r->sign = ls_is_nan(r) || f == LS_ABSOLUTE ? 1 : -r->sign;
    return;
  case LS_RELU:
    if (ls_is_nan(x) || (x->sign > 0 && !ls_is_zero(x)))
      memmove(r, x, (size_t)ls_big_stride(format->limbs));
    else
      ls_store_zero(r, format->precision, format->limbs);
    return;
  default: {
    if (f == LS_SQUARE_ROOT ? ls_root(r, x, format) : ls_round_enclosure(f, r, x, format)) return;
    mpfr_t v;
    ls_prepare(z, format);
    ls_view(v, x);
    ls_settle(z->value, ls_rounded_function(f)(z->value, v, ls_rounding(format)), format);
    ls_store(r, z->value, format->limbs);
  }
  }
}

// The formulas of the contract, sections 2 and 3a, each operation rounded.

enum { firstWork = 1, workRecords = 5 };  // record 0 is the number 1

static void sigmoid(ls_big_machine *m, ls_big *r, const ls_big *x) {
  const ls_big *one = ls_machine_record(m, 0);
  ls_big *e = ls_machine_record(m, firstWork);
  ls_machine_function(m, LS_NEGATE, e, x);
  ls_machine_function(m, LS_EXP, e, e);
  ls_machine_add(m, e, one, e);
  ls_machine_divide(m, r, one, e);
}

static void unary(ls_big_machine *m, ls_unary f, const ls_big *beta, ls_big *r, const ls_big *x) {
  ls_big *t = ls_machine_record(m, firstWork + 1), *u = ls_machine_record(m, firstWork + 2);
  switch (f) {
  case LS_SIGMOID: sigmoid(m, r, x); return;
  case LS_SOFTPLUS:
    ls_machine_function(m, LS_ABSOLUTE, t, x);
    ls_machine_function(m, LS_NEGATE, t, t);
    ls_machine_function(m, LS_EXP, t, t);
    ls_machine_function(m, LS_LOG1P, t, t);
    ls_machine_function(m, LS_RELU, u, x);
    ls_machine_add(m, r, t, u);
    return;
  case LS_SWISH:
    ls_machine_multiply(m, t, beta, x);
    sigmoid(m, t, t);
    ls_machine_multiply(m, r, x, t);
    return;
  default: ls_machine_function(m, f, r, x);
  }
}

static void binary(ls_big_machine *m, ls_binary f, const ls_big *beta, ls_big *r, const ls_big *x, const ls_big *y) {
  const ls_big *one = ls_machine_record(m, 0);
  ls_big *t = ls_machine_record(m, firstWork + 1), *u = ls_machine_record(m, firstWork + 2),
         *s = ls_machine_record(m, firstWork + 3);
  switch (f) {
  case LS_ADD: ls_machine_add(m, r, x, y); return;
  case LS_SUBTRACT: ls_machine_subtract(m, r, x, y); return;
  case LS_MULTIPLY: ls_machine_multiply(m, r, x, y); return;
  case LS_DIVIDE: ls_machine_divide(m, r, x, y); return;
  case LS_RELU_GRADIENT:
    if (ls_is_nan(x) || (x->sign > 0 && !ls_is_zero(x)))
      memmove(r, y, (size_t)m->stride);
    else
      ls_store_zero(r, m->format->precision, m->format->limbs);
    return;
  case LS_SIGMOID_GRADIENT:
    ls_machine_subtract(m, t, one, x);
    ls_machine_multiply(m, t, x, t);
    break;
  case LS_TANH_GRADIENT:
    ls_machine_multiply(m, t, x, x);
    ls_machine_subtract(m, t, one, t);
    break;
  case LS_SOFTPLUS_GRADIENT: sigmoid(m, t, x); break;
  case LS_SWISH_GRADIENT:
    ls_machine_multiply(m, u, beta, x);
    sigmoid(m, s, u);
    ls_machine_subtract(m, t, one, s);
    ls_machine_multiply(m, t, u, t);
    ls_machine_add(m, t, one, t);
    ls_machine_multiply(m, t, s, t);
    break;
  }
  ls_machine_multiply(m, r, y, t);
}

static ls_range begin(ls_big_machine *m, const ls_big_format *format) {
  ls_machine_begin(m, workRecords, format);
  ls_big_set_double(ls_machine_record(m, 0), 1, format);
  return ls_range_widen();
}

void ls_big_map(ls_unary f, const void *constant, int64_t first, int64_t last, const void *x, void *y,
                const ls_big_format *format) {
  ls_big_machine m;
  const ls_range found = begin(&m, format);
  for (int64_t i = first; i < last; i++)
    unary(&m, f, constant, ls_at_mutable(y, i, m.stride), ls_at(x, i, m.stride));
  ls_range_set(found);
  ls_machine_end(&m);
}

void ls_big_zip(ls_binary f, const void *constant, int64_t first, int64_t last, const void *x, const void *y,
                ls_broadcast repeat, void *out, const ls_big_format *format) {
  if (first >= last) return;
  ls_big_machine m;
  const ls_range found = begin(&m, format);
  // The second index, (i / inner) % period, as two counters.
  int64_t repeated = first % repeat.inner, second = first / repeat.inner % repeat.period;
  for (int64_t i = first; i < last; i++) {
    binary(&m, f, constant, ls_at_mutable(out, i, m.stride), ls_at(x, i, m.stride), ls_at(y, second, m.stride));
    if (++repeated == repeat.inner) {
      repeated = 0;
      if (++second == repeat.period) second = 0;
    }
  }
  ls_range_set(found);
  ls_machine_end(&m);
}
