// Elementwise kernels over arrays of records.
// Ranked promises: element by element the bits of the scalar operations; outputs may be inputs; then speed.
#pragma STDC FP_CONTRACT OFF
#include "big_function.h"
#include <stdio.h>
#include <stdlib.h>

static _Noreturn void unsupported(const char *kernel, int operation) {
  fprintf(stderr, "%s: operation %d is composed above\n", kernel, operation);
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
  default: unsupported("ls_big_map", (int)f);
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
    mpfr_t v;
    ls_prepare(z, format);
    ls_view(v, x);
    ls_settle(z->value, ls_rounded_function(f)(z->value, v, ls_rounding(format)), format);
    ls_store(r, z->value, format->limbs);
  }
  }
}

void ls_big_map(ls_unary f, int64_t count, const void *x, void *y, const ls_big_format *format) {
  int64_t stride = ls_big_stride(format->limbs);
  ls_scratch z;
  ls_range found = ls_range_widen();
  for (int64_t i = 0; i < count; i++)
    ls_apply_function(f, ls_at_mutable(y, i, stride), ls_at(x, i, stride), &z, format);
  ls_range_set(found);
}

static ls_operation operation_of(ls_binary f) {
  switch (f) {
  case LS_ADD: return mpfr_add;
  case LS_SUBTRACT: return mpfr_sub;
  case LS_MULTIPLY: return mpfr_mul;
  case LS_DIVIDE: return mpfr_div;
  default: unsupported("ls_big_zip", (int)f);
  }
}

void ls_big_zip(ls_binary f, int64_t count, const void *x, const void *y, ls_broadcast repeat, void *out,
                const ls_big_format *format) {
  int64_t stride = ls_big_stride(format->limbs);
  ls_operation operation = operation_of(f);
  ls_scratch z;
  mpfr_t u, v;
  ls_prepare(&z, format);
  ls_range found = ls_range_widen();
  // The second index, (i / inner) % period, as two counters.
  int64_t repeated = 0, second = 0;
  for (int64_t i = 0; i < count; i++) {
    ls_view(u, ls_at(x, i, stride));
    ls_view(v, ls_at(y, second, stride));
    ls_settle(z.value, operation(z.value, u, v, ls_rounding(format)), format);
    ls_store(ls_at_mutable(out, i, stride), z.value, format->limbs);
    if (++repeated == repeat.inner) {
      repeated = 0;
      if (++second == repeat.period) second = 0;
    }
  }
  ls_range_set(found);
}
