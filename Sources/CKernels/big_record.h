// Inside of the kernels over records: views, the exponent range, the one way into a format, the way back to memory.
// Ranked promises: the bits of the contract; no state of the thread left changed; then speed.
//
// Every operation runs in one manner. MPFR computes with the widest exponent range it has, rounding once to the format's
// precision and saying by its ternary value on which side of the exact result it came down; `settle` then puts the result
// into the format's exponent range and, where the format has them, its subnormals. That second step looks at the ternary
// value and so rounds the exact result, not the rounded one (MPFR manual, mpfr_check_range and mpfr_subnormalize).
// Inputs may therefore lie outside the format, and one range serves a whole bulk call.
#pragma once
#include <gmp.h>
#include <mpfr.h>
#include "big.h"
#include <stdint.h>
#include <string.h>

_Static_assert(sizeof(mp_limb_t) == 8 && GMP_NUMB_BITS == 64 && sizeof(mpfr_exp_t) == 8 && sizeof(long) == 8,
               "records hold 64-bit limbs and exponents");
_Static_assert((int)LS_NEAREST == (int)MPFR_RNDN && (int)LS_ZERO == (int)MPFR_RNDZ && (int)LS_UP == (int)MPFR_RNDU &&
                   (int)LS_DOWN == (int)MPFR_RNDD,
               "directions carry MPFR's numbers");

// --- records

// MPFR marks 0, infinity and NaN by the three lowest exponents.
static inline bool ls_is_regular(const ls_big *x) { return x->exponent > __MPFR_EXP_INF; }
static inline bool ls_is_nan(const ls_big *x) { return x->exponent == __MPFR_EXP_NAN; }
static inline bool ls_is_zero(const ls_big *x) { return x->exponent == __MPFR_EXP_ZERO; }
static inline bool ls_is_infinite(const ls_big *x) { return x->exponent == __MPFR_EXP_INF; }

static inline int32_t ls_used_limbs(int32_t precision) { return (precision + 63) / 64; }

static inline const ls_big *ls_at(const void *x, int64_t index, int64_t stride) {
  return (const ls_big *)((const char *)x + index * stride);
}
static inline ls_big *ls_at_mutable(void *x, int64_t index, int64_t stride) {
  return (ls_big *)((char *)x + index * stride);
}

// MPFR sees a record in place. Read only: results are made in scratch values, so that no two views that MPFR writes and
// reads ever share limbs, whatever the caller passes as output.
static inline void ls_view(mpfr_ptr v, const ls_big *x) {
  v->_mpfr_prec = x->precision;
  v->_mpfr_sign = x->sign;
  v->_mpfr_exp = x->exponent;
  v->_mpfr_d = (mp_limb_t *)(uintptr_t)x->limbs;
}

// Bits that stochastic rounding sees below the last of the format: 64 to compare, one that says whether more follow (the
// value toward zero, rounded to odd), and one to spare.
enum { LS_BIG_EXTRA = 66 };

// A value with limbs of its own, made +0. Never copied: it points into itself.
typedef struct {
  mpfr_t value;
  mp_limb_t limbs[LS_BIG_LIMBS_MAX + 2];
} ls_scratch;

static inline void ls_clear(mpfr_ptr v, mp_limb_t *limbs, int64_t precision) {
  v->_mpfr_prec = precision;
  v->_mpfr_sign = 1;
  v->_mpfr_exp = __MPFR_EXP_ZERO;
  v->_mpfr_d = limbs;
}
static inline void ls_prepare(ls_scratch *s, const ls_big_format *format) {
  int32_t extra = format->direction == LS_STOCHASTIC ? LS_BIG_EXTRA : 0;
  ls_clear(s->value, s->limbs, format->precision + extra);
}

// Writes a value as a canonical record: equal values become equal bytes.
static inline void ls_store(ls_big *r, mpfr_srcptr z, int32_t capacity) {
  r->exponent = z->_mpfr_exp;
  r->sign = z->_mpfr_exp == __MPFR_EXP_NAN ? 1 : z->_mpfr_sign;
  r->precision = (int32_t)z->_mpfr_prec;
  int32_t used = ls_is_regular(r) ? ls_used_limbs(r->precision) : 0;
  for (int32_t i = 0; i < used; i++) r->limbs[i] = z->_mpfr_d[i];
  for (int32_t i = used; i < capacity; i++) r->limbs[i] = 0;
}

static inline void ls_store_zero(ls_big *r, int32_t precision, int32_t capacity) {
  r->exponent = __MPFR_EXP_ZERO;
  r->sign = 1;
  r->precision = precision;
  for (int32_t i = 0; i < capacity; i++) r->limbs[i] = 0;
}

// --- exponent range, a state of the thread

typedef struct {
  mpfr_exp_t emin, emax;
} ls_range;

static inline void ls_range_set(ls_range range) {
  mpfr_set_emin(range.emin);
  mpfr_set_emax(range.emax);
}

// A stochastic rounding looks below and beyond the format, so the format's own range never serves it.
static inline bool ls_range_is(ls_range range, const ls_big_format *format) {
  return range.emin == format->emin && range.emax == format->emax && format->direction != LS_STOCHASTIC;
}

// For single operations whose operands belong to the format: a thread that already has its range keeps it.
static inline ls_range ls_range_enter(const ls_big_format *format) {
  ls_range found = {mpfr_get_emin(), mpfr_get_emax()};
  if (!ls_range_is(found, format)) ls_range_set((ls_range){mpfr_get_emin_min(), mpfr_get_emax_max()});
  return found;
}
static inline void ls_range_leave(ls_range found, const ls_big_format *format) {
  if (!ls_range_is(found, format)) ls_range_set(found);
}

// For everything else.
static inline ls_range ls_range_widen(void) {
  ls_range found = {mpfr_get_emin(), mpfr_get_emax()};
  ls_range_set((ls_range){mpfr_get_emin_min(), mpfr_get_emax_max()});
  return found;
}

// --- into the format

static inline mpfr_rnd_t ls_rounding(const ls_big_format *format) {
  return format->direction == LS_STOCHASTIC ? MPFR_RNDZ : (mpfr_rnd_t)format->direction;
}

// Out of line: the rare results near or beyond the ends of the format, and stochastic rounding.
void ls_settle_outside(mpfr_ptr z, int ternary, const ls_big_format *format);

// z: rounded to the format's precision with unbounded exponents, `ternary` MPFR's sign of z - exact.
static inline void ls_settle(mpfr_ptr z, int ternary, const ls_big_format *format) {
  int64_t leastNormal = format->subnormals ? format->emin + format->precision - 1 : format->emin;
  // Without infinities the last binade is not full, and no result is an infinity.
  bool finite = format->overflow != LS_TO_INFINITY;
  bool inside = z->_mpfr_exp >= leastNormal && z->_mpfr_exp <= format->emax - finite;
  bool special = finite ? z->_mpfr_exp < __MPFR_EXP_INF : z->_mpfr_exp <= __MPFR_EXP_INF;
  if ((!inside && !special) || format->direction == LS_STOCHASTIC) ls_settle_outside(z, ternary, format);
}

// --- memory: one block a call, and the end of the process when there is none, as MPFR itself would have it.
void *ls_allocate(size_t bytes);
