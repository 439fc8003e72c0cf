// One value at a time, in arbitrary precision.
// Ranked promises: each operation correctly rounded once into the format; canonical records; the thread's exponent range
// as found; then speed (a thread already in the format's range pays for reading it only).
#pragma STDC FP_CONTRACT OFF
#include "big_record.h"
#include "big_function.h"
#include "big_short.h"
#include <stdio.h>
#include <stdlib.h>

void *ls_allocate(size_t bytes) {
  void *memory = malloc(bytes > 0 ? bytes : 1);
  if (memory == NULL) {
    fprintf(stderr, "out of memory: %zu bytes of scratch for arbitrary precision\n", bytes);
    abort();
  }
  return memory;
}

static void apply(ls_operation operation, void *r, const void *b, const ls_big_format *format) {
  ls_scratch z;
  mpfr_t x, y;
  ls_prepare(&z, format);
  ls_view(x, r);
  ls_view(y, b);
  ls_range found = ls_range_enter(format);
  ls_settle(z.value, operation(z.value, x, y, ls_rounding(format)), format);
  ls_range_leave(found, format);
  ls_store(r, z.value, format->limbs);
}

void ls_big_add(void *r, const void *b, const ls_big_format *format) {
  if (!ls_short_sum_of(format)(r, r, b, 1, format)) apply(mpfr_add, r, b, format);
}
void ls_big_subtract(void *r, const void *b, const ls_big_format *format) {
  if (!ls_short_sum_of(format)(r, r, b, -1, format)) apply(mpfr_sub, r, b, format);
}
void ls_big_multiply(void *r, const void *b, const ls_big_format *format) {
  if (!ls_short_product_of(format)(r, r, b, format)) apply(mpfr_mul, r, b, format);
}
void ls_big_divide(void *r, const void *b, const ls_big_format *format) {
  if (!ls_short_quotient_of(format)(r, r, b, format)) apply(mpfr_div, r, b, format);
}

void ls_big_fma(void *r, const void *a, const void *b, const ls_big_format *format) {
  if (ls_short_fma_of(format)(r, a, b, format)) return;
  ls_scratch z;
  mpfr_t x, y, addend;
  ls_prepare(&z, format);
  ls_view(x, a);
  ls_view(y, b);
  ls_view(addend, r);
  ls_range found = ls_range_enter(format);
  ls_settle(z.value, mpfr_fma(z.value, x, y, addend, ls_rounding(format)), format);
  ls_range_leave(found, format);
  ls_store(r, z.value, format->limbs);
}

static void apply_integer(int (*operation)(mpfr_ptr, mpfr_srcptr, long, mpfr_rnd_t), void *r, int64_t k,
                          const ls_big_format *format) {
  ls_scratch z;
  mpfr_t x;
  ls_prepare(&z, format);
  ls_view(x, r);
  ls_range found = ls_range_enter(format);
  ls_settle(z.value, operation(z.value, x, (long)k, ls_rounding(format)), format);
  ls_range_leave(found, format);
  ls_store(r, z.value, format->limbs);
}

void ls_big_multiply_integer(void *r, int64_t k, const ls_big_format *format) {
  apply_integer(mpfr_mul_si, r, k, format);
}
void ls_big_divide_integer(void *r, int64_t k, const ls_big_format *format) {
  apply_integer(mpfr_div_si, r, k, format);
}

void ls_big_unary(ls_unary f, void *r, const ls_big_format *format) {
  ls_scratch z;
  ls_range found = ls_range_enter(format);
  ls_apply_function(f, r, r, &z, format);
  ls_range_leave(found, format);
}

int ls_big_compare(const void *a, const void *b) {
  if (ls_is_nan(a) || ls_is_nan(b)) return 2;
  mpfr_t x, y;
  ls_view(x, a);
  ls_view(y, b);
  int order = mpfr_cmp(x, y);
  return (order > 0) - (order < 0);
}
