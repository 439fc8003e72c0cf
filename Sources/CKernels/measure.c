// Promises, in order: every number is within the distance that measure.h states; integers only, so that every machine has
// the same; then speed. Nothing here knows of tensors or reports.
#pragma STDC FP_CONTRACT OFF
#include "include/measure.h"
#include "big_record.h"
#include <limits.h>

typedef unsigned __int128 u128;

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

// --- numbers of 128 bits

static inline ls_wide ls_normal(u128 m, int64_t exponent, uint64_t inexact) {
  uint64_t high = (uint64_t)(m >> 64);
  if (high == 0 && (uint64_t)m == 0) return (ls_wide){0, 0, 0, inexact};
  int zeros = high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)m);
  m <<= zeros;
  return (ls_wide){(uint64_t)m, (uint64_t)(m >> 64), exponent - zeros, inexact};
}

static inline u128 ls_bits(ls_wide w) { return (u128)w.high << 64 | w.low; }

// The top 128 bits of a record.
static inline ls_wide ls_top(const ls_big *x) {
  int32_t n = ls_used_limbs(x->precision);
  uint64_t rest = 0;
  for (int32_t i = 0; i + 2 < n; i++) rest |= x->limbs[i];
  return (ls_wide){n > 1 ? x->limbs[n - 2] : 0, x->limbs[n - 1], x->exponent, rest != 0};
}

static inline ls_wide ls_square(ls_wide w) {
  u128 hh = (u128)w.high * w.high, hl = (u128)w.high * w.low;
  // 2^128 (hh) + 2^65 (hl): what is left out is below 2^129 of 2^255 at least.
  return ls_normal(hh + (hl >> 63), 2 * w.exponent, 1);
}

ls_wide ls_wide_square(ls_wide x) { return ls_square(x); }

// |x| + |y|.
static inline ls_wide ls_sum(ls_wide a, ls_wide b) {
  if (a.exponent < b.exponent) {
    ls_wide t = a;
    a = b;
    b = t;
  }
  if (b.high == 0) return a;
  int64_t shift = a.exponent - b.exponent;
  u128 x = ls_bits(a) >> 1, y = shift < 127 ? ls_bits(b) >> (shift + 1) : 0;
  return ls_normal(x + y, a.exponent + 1, 1);
}

// a / b, within 2^-96: two digits of some 50 bits, each from the binary64 quotient of what is left.
static ls_wide ls_quotient(ls_wide a, ls_wide b) {
  double inverse = 1.0 / ((double)b.high * 0x1p-64);
  // The first digit, of a / b in (1/2, 2), too small by a few units, never too large.
  uint64_t first = (uint64_t)((double)a.high * 0x1p-64 * inverse * 0x1p50) - 4;
  // a * 2^50 - first * b, modulo 2^192: between 0 and 16 b.
  u128 A = ls_bits(a);
  uint64_t r0 = a.low << 50, r1 = (uint64_t)(A >> 14);
  uint64_t r2 = a.high >> 14;
  u128 p = (u128)first * b.low, q = (u128)first * b.high + (p >> 64);
  uint64_t p0 = (uint64_t)p, p1 = (uint64_t)q, p2 = (uint64_t)(q >> 64);
  uint64_t borrow = r0 < p0;
  u128 middle = (u128)r1 - p1 - borrow;
  uint64_t d1 = (uint64_t)middle, d2 = r2 - p2 - (uint64_t)(-(int64_t)(middle >> 64));
  double left = (double)d2 + (double)d1 * 0x1p-64;  // in units of 2^128
  double second = left * inverse * 0x1p50;
  u128 quotient = ((u128)first << 50) + (u128)(uint64_t)(second > 0 ? second : 0);
  // quotient / 2^100 = (a's significand) / (b's): as a fraction of 2^128 with exponent 28.
  return ls_normal(quotient, a.exponent - b.exponent + 28, 1);
}

// --- differences

// The most limbs that are subtracted in place: operands of up to 16 of them, and a distance of as many.
enum { LS_DIFFERENCE_LIMBS = 36 };

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

bool ls_measure(int64_t n, const void *x, int32_t xlimbs, const void *y, int32_t ylimbs, int64_t precision, int64_t emin,
                ls_wide *differences, ls_wide *ulps, ls_measured *m) {
  int64_t xstride = ls_big_stride(xlimbs), ystride = ls_big_stride(ylimbs);
  const ls_wide none = {0, 0, 0, 0};
  *m = (ls_measured){.scale = INT64_MIN};
  m->ulps.exponent = m->relative.exponent = m->squares.exponent = INT64_MIN;
  m->fourth_powers.exponent = m->reference_squares.exponent = INT64_MIN;
  for (int64_t i = 0; i < n; i++) {
    const ls_big *p = ls_at(x, i, xstride), *q = ls_at(y, i, ystride);
    bool px = ls_is_regular(p), qy = ls_is_regular(q);
    if ((!px && !ls_is_zero(p)) || (!qy && !ls_is_zero(q))) return false;
    ls_wide a = px ? ls_top(p) : none, b = qy ? ls_top(q) : none;
    if (qy) {
      if (q->exponent > m->scale) m->scale = q->exponent;
      ls_total_add_wide(&m->reference_squares, ls_square(b));
    }
    differences[i] = ulps[i] = none;
    ls_wide d, relative = {0, UINT64_C(1) << 63, 1, 0};
    if (!px && !qy) continue;
    if (!px || !qy) {
      d = px ? a : b;
    } else if (p->sign != q->sign) {
      d = ls_sum(a, b);
    } else {
      int order = ls_compare_magnitudes(p, q);
      if (order == 0) continue;
      d = order > 0 ? ls_subtracted(p, q) : ls_subtracted(q, p);
      relative = ls_quotient(d, ls_sum(a, b));
    }
    int64_t e = qy ? q->exponent - 1 : INT64_MIN;
    if (e < emin) e = emin;
    if (e == INT64_MIN) return false;
    ls_wide u = d;
    u.exponent -= e - precision + 1;
    differences[i] = d;
    ulps[i] = u;
    ls_wide square = ls_square(d);
    ls_total_add_wide(&m->ulps, u);
    ls_total_add_wide(&m->relative, relative);
    ls_total_add_wide(&m->squares, square);
    ls_total_add_wide(&m->fourth_powers, ls_square(square));
    m->differing++;
  }
  return true;
}
