// Inside of the kernels over intervals: bounds, the two formats they are rounded into, the pairs of bounds that make products.
#pragma once
#include "big_record.h"
#include "interval.h"

typedef struct {
  ls_big_format down, up;
} ls_outward;

static inline ls_outward ls_outward_of(const ls_big_format *format) {
  ls_outward both = {*format, *format};
  both.down.direction = LS_DOWN;
  both.up.direction = LS_UP;
  return both;
}

static inline const ls_big *ls_lower(const void *x) { return (const ls_big *)x; }
static inline const ls_big *ls_upper(const void *x, int32_t limbs) { return ls_at(x, 1, ls_big_stride(limbs)); }

static inline bool ls_is_nai(const void *x) { return ls_is_nan(ls_lower(x)); }

// -1, 0, 1; not for NaN.
static inline int ls_sign(const ls_big *x) { return ls_is_zero(x) ? 0 : x->sign; }

// Bounds that are zero are +0: an interval has one encoding.
static inline void ls_store_bound(ls_big *r, mpfr_ptr z, int32_t capacity) {
  if (mpfr_zero_p(z)) z->_mpfr_sign = 1;
  ls_store(r, z, capacity);
}
static inline void ls_store_interval(void *r, mpfr_ptr lower, mpfr_ptr upper, int32_t capacity) {
  ls_store_bound(ls_at_mutable(r, 0, ls_big_stride(capacity)), lower, capacity);
  ls_store_bound(ls_at_mutable(r, 1, ls_big_stride(capacity)), upper, capacity);
}

// Two bounds whose product is meant.
typedef struct {
  const ls_big *a, *b;
} ls_pair;

// The bounds of the factors, neither NaI, whose product is the least (or greatest) of all products. An infinite bound times
// zero is zero here: zero times any number is. The pair then is a zero twice.
ls_pair ls_least_product(const void *a, const void *b, int32_t limbs);
ls_pair ls_greatest_product(const void *a, const void *b, int32_t limbs);

// [z, z'] = enclosure of sin or cos over a interval of finite bounds.
void ls_interval_periodic(ls_unary f, mpfr_ptr lower, mpfr_ptr upper, const void *x, const ls_outward *o);
