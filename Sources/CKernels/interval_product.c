// Which bounds of two intervals make the bounds of their product.
// Ranked promises: the exact least and greatest of the four products; then speed: signs settle all but one case.
#pragma STDC FP_CONTRACT OFF
#include "interval_bounds.h"

static ls_pair of(const ls_big *a, const ls_big *b) {
  if (ls_is_zero(a)) return (ls_pair){a, a};
  if (ls_is_zero(b)) return (ls_pair){b, b};
  return (ls_pair){a, b};
}

// Is |p.a * p.b| >= |q.a * q.b|? None is zero.
static bool is_larger(ls_pair p, ls_pair q) {
  bool infinite = ls_is_infinite(p.a) || ls_is_infinite(p.b);
  if (infinite || ls_is_infinite(q.a) || ls_is_infinite(q.b)) return infinite;
  // Significands lie in [1/2, 1), their products in [1/4, 1): exponents 2 apart decide.
  int64_t e = p.a->exponent + p.b->exponent, f = q.a->exponent + q.b->exponent;
  if (e >= f + 2) return true;
  if (f >= e + 2) return false;
  mp_limb_t limbs[2][2 * LS_BIG_LIMBS_MAX];
  mpfr_t u, v, x, y;
  ls_view(x, p.a);
  ls_view(y, p.b);
  ls_clear(u, limbs[0], mpfr_get_prec(x) + mpfr_get_prec(y));
  mpfr_mul(u, x, y, MPFR_RNDN);  // exact
  ls_view(x, q.a);
  ls_view(y, q.b);
  ls_clear(v, limbs[1], mpfr_get_prec(x) + mpfr_get_prec(y));
  mpfr_mul(v, x, y, MPFR_RNDN);
  return mpfr_cmpabs(u, v) >= 0;
}

static ls_pair larger(ls_pair p, ls_pair q) { return is_larger(p, q) ? p : q; }

ls_pair ls_least_product(const void *a, const void *b, int32_t limbs) {
  const ls_big *al = ls_lower(a), *au = ls_upper(a, limbs), *bl = ls_lower(b), *bu = ls_upper(b, limbs);
  if (ls_sign(al) >= 0) return ls_sign(bl) < 0 ? of(au, bl) : of(al, bl);
  if (ls_sign(au) <= 0) return ls_sign(bu) > 0 ? of(al, bu) : of(au, bu);
  if (ls_sign(bl) >= 0) return of(al, bu);
  if (ls_sign(bu) <= 0) return of(au, bl);
  return larger((ls_pair){al, bu}, (ls_pair){au, bl});  // both negative
}

ls_pair ls_greatest_product(const void *a, const void *b, int32_t limbs) {
  const ls_big *al = ls_lower(a), *au = ls_upper(a, limbs), *bl = ls_lower(b), *bu = ls_upper(b, limbs);
  if (ls_sign(al) >= 0) return ls_sign(bu) > 0 ? of(au, bu) : of(al, bu);
  if (ls_sign(au) <= 0) return ls_sign(bl) < 0 ? of(al, bl) : of(au, bl);
  if (ls_sign(bl) >= 0) return of(au, bu);
  if (ls_sign(bu) <= 0) return of(al, bl);
  return larger((ls_pair){al, bl}, (ls_pair){au, bu});  // both positive
}
