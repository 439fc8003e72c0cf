// One interval at a time.
// Ranked promises: every real result of numbers in the operands lies between the bounds; where an operation is undefined for
// some of them no claim is made beyond the rules of Documentation/intervals.md; each bound rounded once; then speed.
#pragma STDC FP_CONTRACT OFF
#include "interval_bounds.h"
#include "big_function.h"

typedef struct {
  ls_scratch lower, upper;
  ls_outward o;
} workspace;

static void begin(workspace *w, const ls_big_format *format) {
  w->o = ls_outward_of(format);
  ls_prepare(&w->lower, &w->o.down);
  ls_prepare(&w->upper, &w->o.up);
}
static void end(workspace *w, void *r) { ls_store_interval(r, w->lower.value, w->upper.value, w->o.down.limbs); }

static void set_nai(workspace *w) {
  mpfr_set_nan(w->lower.value);
  mpfr_set_nan(w->upper.value);
}
static void set_entire(workspace *w) {
  mpfr_set_inf(w->lower.value, -1);
  mpfr_set_inf(w->upper.value, 1);
}

// --- one bound, rounded into its format

static void bound(mpfr_ptr z, ls_operation f, const ls_big *a, const ls_big *b, const ls_big_format *format) {
  mpfr_t x, y;
  ls_view(x, a);
  ls_view(y, b);
  ls_settle(z, f(z, x, y, ls_rounding(format)), format);
}
static void bound_function(mpfr_ptr z, ls_function f, const ls_big *a, const ls_big_format *format) {
  mpfr_t x;
  ls_view(x, a);
  ls_settle(z, f(z, x, ls_rounding(format)), format);
}

// --- operations

// Whatever bound of x makes the quotient least (greatest) over a divisor of one sign.
static void divide(workspace *w, const void *a, const void *b, int32_t limbs) {
  const ls_big *xl = ls_lower(a), *xu = ls_upper(a, limbs), *yl = ls_lower(b), *yu = ls_upper(b, limbs);
  if (ls_sign(yl) <= 0 && ls_sign(yu) >= 0) {
    if (ls_is_zero(yl) && ls_is_zero(yu)) set_nai(w); else set_entire(w);
    return;
  }
  const ls_big *ln, *ld, *un, *ud;
  if (ls_sign(yl) > 0) {
    ln = xl, ld = ls_sign(xl) < 0 ? yl : yu;
    un = xu, ud = ls_sign(xu) > 0 ? yl : yu;
  } else {
    ln = xu, ld = ls_sign(xu) > 0 ? yu : yl;
    un = xl, ud = ls_sign(xl) < 0 ? yu : yl;
  }
  bound(w->lower.value, mpfr_div, ln, ld, &w->o.down);
  bound(w->upper.value, mpfr_div, un, ud, &w->o.up);
}

void ls_interval_binary(ls_binary f, void *r, const void *b, const ls_big_format *format) {
  workspace w;
  begin(&w, format);
  int32_t limbs = format->limbs;
  ls_range found = ls_range_widen();
  const ls_big *al = ls_lower(r), *au = ls_upper(r, limbs), *bl = ls_lower(b), *bu = ls_upper(b, limbs);
  if (ls_is_nai(r) || ls_is_nai(b)) {
    set_nai(&w);
  } else if (f == LS_ADD) {
    bound(w.lower.value, mpfr_add, al, bl, &w.o.down);
    bound(w.upper.value, mpfr_add, au, bu, &w.o.up);
  } else if (f == LS_SUBTRACT) {
    bound(w.lower.value, mpfr_sub, al, bu, &w.o.down);
    bound(w.upper.value, mpfr_sub, au, bl, &w.o.up);
  } else if (f == LS_MULTIPLY) {
    ls_pair least = ls_least_product(r, b, limbs), greatest = ls_greatest_product(r, b, limbs);
    bound(w.lower.value, mpfr_mul, least.a, least.b, &w.o.down);
    bound(w.upper.value, mpfr_mul, greatest.a, greatest.b, &w.o.up);
  } else {
    divide(&w, r, b, limbs);
  }
  ls_range_set(found);
  end(&w, r);
}

void ls_interval_fma(void *r, const void *a, const void *b, const ls_big_format *format) {
  workspace w;
  begin(&w, format);
  int32_t limbs = format->limbs;
  ls_range found = ls_range_widen();
  if (ls_is_nai(r) || ls_is_nai(a) || ls_is_nai(b)) {
    set_nai(&w);
  } else {
    ls_pair least = ls_least_product(a, b, limbs), greatest = ls_greatest_product(a, b, limbs);
    mpfr_t x, y, c;
    ls_view(x, least.a);
    ls_view(y, least.b);
    ls_view(c, ls_lower(r));
    ls_settle(w.lower.value, mpfr_fma(w.lower.value, x, y, c, MPFR_RNDD), &w.o.down);
    ls_view(x, greatest.a);
    ls_view(y, greatest.b);
    ls_view(c, ls_upper(r, limbs));
    ls_settle(w.upper.value, mpfr_fma(w.upper.value, x, y, c, MPFR_RNDU), &w.o.up);
  }
  ls_range_set(found);
  end(&w, r);
}

static void by_integer(int (*f)(mpfr_ptr, mpfr_srcptr, long, mpfr_rnd_t), void *r, int64_t k,
                       const ls_big_format *format) {
  workspace w;
  begin(&w, format);
  ls_range found = ls_range_widen();
  mpfr_t x;
  ls_view(x, ls_lower(r));
  ls_settle(w.lower.value, f(w.lower.value, x, (long)k, MPFR_RNDD), &w.o.down);
  ls_view(x, ls_upper(r, format->limbs));
  ls_settle(w.upper.value, f(w.upper.value, x, (long)k, MPFR_RNDU), &w.o.up);
  ls_range_set(found);
  end(&w, r);
}

void ls_interval_multiply_integer(void *r, int64_t k, const ls_big_format *format) {
  by_integer(mpfr_mul_si, r, k, format);
}
void ls_interval_divide_integer(void *r, int64_t k, const ls_big_format *format) {
  by_integer(mpfr_div_si, r, k, format);
}

// --- functions

// Is the function without a value somewhere between the bounds? At the end of its domain a logarithm is -infinity, which is a
// bound of what lies above, unless nothing does.
static bool leaves_domain(ls_unary f, const ls_big *lower, const ls_big *upper) {
  mpfr_t l, u;
  ls_view(l, lower);
  ls_view(u, upper);
  switch (f) {
  case LS_SQUARE_ROOT: return mpfr_sgn(l) < 0;
  case LS_LOG: return mpfr_sgn(l) < 0 || mpfr_sgn(u) == 0;
  case LS_LOG1P: return mpfr_cmp_si(l, -1) < 0 || mpfr_cmp_si(u, -1) == 0;
  default: return false;
  }
}

static void absolute(workspace *w, const ls_big *lower, const ls_big *upper) {
  mpfr_t l, u;
  ls_view(l, lower);
  ls_view(u, upper);
  mpfr_srcptr far = mpfr_cmpabs(l, u) > 0 ? l : u, near = far == l ? u : l;
  mpfr_abs(w->upper.value, far, MPFR_RNDU);
  if (mpfr_sgn(l) < 0 && mpfr_sgn(u) > 0)
    mpfr_set_zero(w->lower.value, 1);
  else
    mpfr_abs(w->lower.value, near, MPFR_RNDD);
}

void ls_interval_unary(ls_unary f, void *r, const ls_big_format *format) {
  workspace w;
  begin(&w, format);
  ls_range found = ls_range_widen();
  const ls_big *lower = ls_lower(r), *upper = ls_upper(r, format->limbs);
  if (ls_is_nai(r) || leaves_domain(f, lower, upper)) {
    set_nai(&w);
  } else if (f == LS_NEGATE) {
    bound_function(w.lower.value, mpfr_neg, upper, &w.o.down);
    bound_function(w.upper.value, mpfr_neg, lower, &w.o.up);
  } else if (f == LS_ABSOLUTE) {
    absolute(&w, lower, upper);
  } else if (f == LS_SIN || f == LS_COS) {
    ls_interval_periodic(f, w.lower.value, w.upper.value, r, &w.o);
  } else {  // all others grow
    bound_function(w.lower.value, ls_rounded_function(f), lower, &w.o.down);
    bound_function(w.upper.value, ls_rounded_function(f), upper, &w.o.up);
  }
  ls_range_set(found);
  end(&w, r);
}

// --- conversions

void ls_interval_enclose(int64_t count, const void *lower, int32_t lowerLimbs, const void *upper, int32_t upperLimbs,
                         void *out, const ls_big_format *format) {
  workspace w;
  begin(&w, format);
  ls_range found = ls_range_widen();
  for (int64_t i = 0; i < count; i++) {
    const ls_big *l = ls_at(lower, i, ls_big_stride(lowerLimbs)), *u = ls_at(upper, i, ls_big_stride(upperLimbs));
    if (ls_is_nan(l) || ls_is_nan(u)) {
      set_nai(&w);
    } else {
      bound_function(w.lower.value, mpfr_set, l, &w.o.down);
      bound_function(w.upper.value, mpfr_set, u, &w.o.up);
      // No real number is an infinity: what was one lies beyond the largest number.
      ls_range_set((ls_range){format->emin, format->emax});
      if (mpfr_inf_p(w.lower.value) && mpfr_sgn(w.lower.value) > 0) mpfr_nextbelow(w.lower.value);
      if (mpfr_inf_p(w.upper.value) && mpfr_sgn(w.upper.value) < 0) mpfr_nextabove(w.upper.value);
      ls_range_set((ls_range){mpfr_get_emin_min(), mpfr_get_emax_max()});
    }
    end(&w, (char *)out + i * ls_interval_stride(format->limbs));
  }
  ls_range_set(found);
}

void ls_interval_bounds(int64_t count, const void *x, int side, void *out, const ls_big_format *format) {
  int64_t stride = ls_big_stride(format->limbs);
  for (int64_t i = 0; i < count; i++) memcpy(ls_at_mutable(out, i, stride), ls_at(x, 2 * i + side, stride), (size_t)stride);
}

void ls_interval_midpoints(int64_t count, const void *x, void *out, const ls_big_format *format) {
  ls_big_format nearest = *format;
  nearest.direction = LS_NEAREST;
  int64_t stride = ls_big_stride(format->limbs);
  ls_scratch z;
  ls_prepare(&z, &nearest);
  ls_range found = ls_range_widen();
  for (int64_t i = 0; i < count; i++) {
    mpfr_t l, u;
    ls_view(l, ls_at(x, 2 * i, stride));
    ls_view(u, ls_at(x, 2 * i + 1, stride));
    if (mpfr_number_p(l) && mpfr_number_p(u)) {
      int ternary = mpfr_add(z.value, l, u, MPFR_RNDN);
      mpfr_div_2ui(z.value, z.value, 1, MPFR_RNDN);  // exact in the widest range
      ls_settle(z.value, ternary, &nearest);
    } else {
      mpfr_set_nan(z.value);
    }
    ls_store_bound(ls_at_mutable(out, i, stride), z.value, format->limbs);
  }
  ls_range_set(found);
}

void ls_interval_gather(int64_t count, const int32_t *indices, const void *x, void *out, const ls_big_format *format) {
  int64_t stride = ls_interval_stride(format->limbs);
  for (int64_t i = 0; i < count; i++) {
    char *place = (char *)out + i * stride;
    if (indices[i] < 0)
      ls_big_zero(2, place, format->precision, format->limbs);
    else
      memcpy(place, ls_at(x, indices[i], stride), (size_t)stride);
  }
}
