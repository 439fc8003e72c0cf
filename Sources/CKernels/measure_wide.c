// Numbers of 128 bits and their sums: what stands here is done once in a hundred elements or more.
#pragma STDC FP_CONTRACT OFF
#include "measure_wide.h"

// --- sums

// Moves the limbs down by some bits: the window's top rises.
static void ls_total_lower(uint64_t limbs[4], uint64_t bits) {
  if (bits >= 256) {
    memset(limbs, 0, 32);
    return;
  }
  int whole = (int)(bits / 64), part = (int)(bits % 64);
  for (int i = 0; i < 4; i++) {
    uint64_t low = i + whole < 4 ? limbs[i + whole] : 0, high = i + whole + 1 < 4 ? limbs[i + whole + 1] : 0;
    limbs[i] = part ? low >> part | high << (64 - part) : low;
  }
}

static void ls_total_add_limbs(uint64_t sum[4], const uint64_t term[4]) {
  uint64_t carry = 0;
  for (int i = 0; i < 4; i++) {
    u128 s = (u128)sum[i] + term[i] + carry;
    sum[i] = (uint64_t)s;
    carry = (uint64_t)(s >> 64);
  }
}

// Makes room for a term whose top bit stands at 2^exponent: 32 bits above it stay free, enough for 2^31 such terms.
static void ls_total_reach(ls_total *t, int64_t exponent) {
  if (t->exponent == INT64_MIN) {
    t->exponent = exponent + 64;
  } else if (t->exponent - exponent < 32) {
    ls_total_lower(t->limbs, (uint64_t)(exponent + 64 - t->exponent));
    t->exponent = exponent + 64;
  }
}

void ls_total_add_wide(ls_total *t, ls_wide w) {
  if (w.high == 0) return;
  ls_total_reach(t, w.exponent);
  uint64_t term[4] = {0, 0, w.low, w.high};
  ls_total_lower(term, (uint64_t)(t->exponent - w.exponent));
  ls_total_add_limbs(t->limbs, term);
}

void ls_total_add(ls_total *t, const ls_total *other) {
  if (other->exponent == INT64_MIN) return;
  if (t->exponent == INT64_MIN) {
    *t = *other;
    return;
  }
  // Terms of both stand 32 bits below the higher top at least: fewer than 2^31 of them fit.
  uint64_t term[4];
  memcpy(term, other->limbs, sizeof term);
  if (t->exponent < other->exponent) {
    ls_total_lower(t->limbs, (uint64_t)(other->exponent - t->exponent));
    t->exponent = other->exponent;
  } else {
    ls_total_lower(term, (uint64_t)(t->exponent - other->exponent));
  }
  ls_total_add_limbs(t->limbs, term);
}

ls_wide ls_total_leading(const ls_total *t) {
  if (t->exponent == INT64_MIN) return (ls_wide){0, 0, 0, 0};
  int top = 3;
  while (top > 0 && t->limbs[top] == 0) top--;
  uint64_t next = top > 0 ? t->limbs[top - 1] : 0, last = top > 1 ? t->limbs[top - 2] : 0;
  ls_wide w = ls_normal((u128)t->limbs[top] << 64 | next, t->exponent - 64 * (3 - top), 1);
  int zeros = t->limbs[top] ? __builtin_clzll(t->limbs[top]) : 0;
  w.low |= zeros ? last >> (64 - zeros) : 0;
  return w;
}

ls_wide ls_wide_square(ls_wide x) { return ls_normal(ls_square_bits(ls_bits(x)), 2 * x.exponent, 1); }

// --- logarithms

ls_wide ls_wide_log2(ls_wide x, bool *negative) {
  // Of 128 bits.
  _Alignas(ls_big) char memory[2][32];
  ls_big *r = (ls_big *)memory[0];
  *r = (ls_big){.exponent = x.exponent, .sign = 1, .precision = 128};
  r->limbs[0] = x.low;
  r->limbs[1] = x.high;
  const ls_big_format format = {.emin = MPFR_EMIN_DEFAULT, .emax = MPFR_EMAX_DEFAULT, .precision = 128, .limbs = 2,
                                .direction = LS_NEAREST, .path = LS_PLAIN, .overflow = LS_TO_INFINITY};
  ls_big_map(LS_LOG, NULL, 0, 1, memory[0], memory[1], &format);
  r = (ls_big *)memory[1];
  *negative = r->sign < 0;
  if (!ls_is_regular(r)) return (ls_wide){0, 0, 0, 0};
  // log2 e / 2.
  const uint64_t high = UINT64_C(0xb8aa3b295c17f0bb), low = UINT64_C(0xbe87fed0691d3e88);
  u128 product = (u128)r->limbs[1] * high + ((u128)r->limbs[1] * low >> 64) + ((u128)r->limbs[0] * high >> 64);
  return ls_normal(product, r->exponent + 1, 1);
}

// --- differences

// The most limbs that are subtracted in place: operands of up to 16 of them, and a distance of as many.
enum { LS_DIFFERENCE_LIMBS = 36 };

// The top 128 bits of a record.
static ls_wide ls_top(const ls_big *x) {
  int32_t n = ls_used_limbs(x->precision);
  uint64_t rest = 0;
  for (int32_t i = 0; i + 2 < n; i++) rest |= x->limbs[i];
  return (ls_wide){n > 1 ? x->limbs[n - 2] : 0, x->limbs[n - 1], x->exponent, rest != 0};
}

// a + b.
static ls_wide ls_sum(ls_wide a, ls_wide b) {
  if (a.exponent < b.exponent) {
    ls_wide t = a;
    a = b;
    b = t;
  }
  int64_t shift = a.exponent - b.exponent;
  u128 x = ls_bits(a) >> 1, y = shift < 127 ? ls_bits(b) >> (shift + 1) : 0;
  return ls_normal(x + y, a.exponent + 1, 1);
}

// -1, 0, 1: |x| against |y|, both regular.
static int ls_compare_magnitudes(const ls_big *x, const ls_big *y) {
  if (x->exponent != y->exponent) return x->exponent < y->exponent ? -1 : 1;
  int32_t i = ls_used_limbs(x->precision), j = ls_used_limbs(y->precision);
  while (i > 0 || j > 0) {
    uint64_t a = i > 0 ? x->limbs[--i] : 0, b = j > 0 ? y->limbs[--j] : 0;
    if (a != b) return a < b ? -1 : 1;
  }
  return 0;
}

// |x| - |y| of regular records, |x| > |y|, by MPFR: where the two have too many bits for the stack.
static ls_wide ls_distant(const ls_big *x, const ls_big *y) {
  mpfr_t d, a, b;
  mp_limb_t limbs[2];
  ls_clear(d, limbs, 128);
  ls_view(a, x);
  ls_view(b, y);
  a->_mpfr_sign = b->_mpfr_sign = 1;
  int ternary = mpfr_sub(d, a, b, MPFR_RNDZ);
  return (ls_wide){limbs[0], limbs[1], mpfr_get_exp(d), ternary != 0};
}

// |x| - |y| of regular records, |x| > |y|.
static ls_wide ls_subtracted(const ls_big *x, const ls_big *y) {
  int32_t nx = ls_used_limbs(x->precision), ny = ls_used_limbs(y->precision);
  uint64_t shift = (uint64_t)(x->exponent - y->exponent);
  uint64_t whole = shift / 64;
  int part = (int)(shift % 64);
  if (whole > 16 || nx > 16 || ny > 16) return ls_distant(x, y);
  // Both as fractions of x's power of two, `n` limbs.
  int32_t n = ny + (int32_t)whole + 1 > nx ? ny + (int32_t)whole + 1 : nx;
  uint64_t d[LS_DIFFERENCE_LIMBS];
  uint64_t borrow = 0;
  d[0] = 0;
  for (int32_t i = 0; i < n; i++) {
    int32_t ix = i - (n - nx), iy = i - (n - ny) + (int32_t)whole;
    uint64_t a = ix >= 0 ? x->limbs[ix] : 0;
    uint64_t low = iy >= 0 && iy < ny ? y->limbs[iy] : 0;
    uint64_t high = iy + 1 >= 0 && iy + 1 < ny ? y->limbs[iy + 1] : 0;
    uint64_t b = part ? low >> part | high << (64 - part) : low;
    u128 s = (u128)a - b - borrow;
    d[i] = (uint64_t)s;
    borrow = (uint64_t)(s >> 64) & 1;
  }
  int32_t top = n - 1;
  while (top > 0 && d[top] == 0) top--;
  int zeros = __builtin_clzll(d[top]);
  uint64_t d1 = top > 0 ? d[top - 1] : 0, d2 = top > 1 ? d[top - 2] : 0, rest = 0;
  for (int32_t i = 0; i < top - 2; i++) rest |= d[i];
  uint64_t high = zeros ? d[top] << zeros | d1 >> (64 - zeros) : d[top];
  uint64_t low = zeros ? d1 << zeros | d2 >> (64 - zeros) : d1;
  rest |= zeros ? d2 << zeros : d2;
  return (ls_wide){low, high, x->exponent - 64 * (n - 1 - top) - zeros, rest != 0};
}

ls_wide ls_record_distance(const ls_big *x, const ls_big *y) {
  bool px = ls_is_regular(x), qy = ls_is_regular(y);
  if (!px || !qy) return px ? ls_top(x) : qy ? ls_top(y) : (ls_wide){0, 0, 0, 0};
  if (x->sign != y->sign) return ls_sum(ls_top(x), ls_top(y));
  int order = ls_compare_magnitudes(x, y);
  return order == 0 ? (ls_wide){0, 0, 0, 0} : order > 0 ? ls_subtracted(x, y) : ls_subtracted(y, x);
}

ls_wide ls_measured_distance(const void *x, int32_t xlimbs, const void *y, int32_t ylimbs, int64_t i) {
  return ls_record_distance(ls_at(x, i, ls_big_stride(xlimbs)), ls_at(y, i, ls_big_stride(ylimbs)));
}

ls_wide ls_measured_ulps(const void *x, int32_t xlimbs, const void *y, int32_t ylimbs, int64_t i, int64_t precision,
                         int64_t emin) {
  ls_wide d = ls_measured_distance(x, xlimbs, y, ylimbs, i);
  const ls_big *q = ls_at(y, i, ls_big_stride(ylimbs));
  int64_t e = ls_is_regular(q) ? q->exponent - 1 : INT64_MIN;
  if (d.high != 0) d.exponent -= (e < emin ? emin : e) - precision + 1;
  return d;
}
