// One operation after another on records, each rounded into the format: what whole arrays are computed with. Short numbers
// go their own way (big_short.h), the rest and the rare cases through MPFR; the bits are the same.
#pragma once
#include "big_function.h"
#include "big_short.h"

typedef struct {
  const ls_big_format *format;
  ls_short_sum sum;
  ls_short_product product, quotient;
  int64_t stride;
  char *records;  // working records
  ls_scratch z;
} ls_big_machine;

// The exponent range of the thread must be wide while the machine works.
static inline void ls_machine_begin(ls_big_machine *m, int32_t records, const ls_big_format *format) {
  m->format = format;
  m->sum = ls_short_sum_of(format);
  m->product = ls_short_product_of(format);
  m->quotient = ls_short_quotient_of(format);
  m->stride = ls_big_stride(format->limbs);
  m->records = ls_allocate((size_t)(records * m->stride));
  ls_prepare(&m->z, format);
}
void ls_machine_end(ls_big_machine *m);

static inline ls_big *ls_machine_record(const ls_big_machine *m, int32_t index) {
  return ls_at_mutable(m->records, index, m->stride);
}

// By MPFR; r may be x or y.
void ls_machine_apply(ls_big_machine *m, ls_operation operation, ls_big *r, const ls_big *x, const ls_big *y);

static inline void ls_machine_add(ls_big_machine *m, ls_big *r, const ls_big *x, const ls_big *y) {
  if (!m->sum(r, x, y, 1, m->format)) ls_machine_apply(m, mpfr_add, r, x, y);
}
static inline void ls_machine_subtract(ls_big_machine *m, ls_big *r, const ls_big *x, const ls_big *y) {
  if (!m->sum(r, x, y, -1, m->format)) ls_machine_apply(m, mpfr_sub, r, x, y);
}
static inline void ls_machine_multiply(ls_big_machine *m, ls_big *r, const ls_big *x, const ls_big *y) {
  if (!m->product(r, x, y, m->format)) ls_machine_apply(m, mpfr_mul, r, x, y);
}
static inline void ls_machine_divide(ls_big_machine *m, ls_big *r, const ls_big *x, const ls_big *y) {
  if (!m->quotient(r, x, y, m->format)) ls_machine_apply(m, mpfr_div, r, x, y);
}

// r = x rounded; r = x / k.
void ls_machine_set(ls_big_machine *m, ls_big *r, const ls_big *x);
void ls_machine_divide_integer(ls_big_machine *m, ls_big *r, const ls_big *x, int64_t k);

static inline void ls_machine_function(ls_big_machine *m, ls_unary f, ls_big *r, const ls_big *x) {
  ls_apply_function(f, r, x, &m->z, m->format);
}
