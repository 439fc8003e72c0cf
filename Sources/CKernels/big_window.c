// Exact sums: every term is added into a fixed-point window that spans them all, and the window is rounded once.
// Ranked promises: the correctly rounded sum (the value mpfr_sum gives over +0 and the terms); memory that does not grow
// with the spread of the exponents; then speed.
//
// The window is one long integer in two's complement, counted in units of 2^low, low the lowest bit of any term. Its
// size follows from a scan: the highest bit of any term, plus a limb for growth and the sign.
// (Kulisch's long accumulator, cut to the terms at hand: U. Kulisch, Computer Arithmetic and Validity, 2nd ed., ch. 8.)
// Terms spread too widely for a window of bounded size go to mpfr_sum, as exact products.
#pragma STDC FP_CONTRACT OFF
#include "big_reduction.h"
#include "big_short.h"
#include <stdlib.h>

// Four products of full length and 64 limbs: beyond it, mpfr_sum.
int64_t ls_window_limbs(int32_t limbs) { return 8 * (int64_t)limbs + 64; }
int64_t ls_window_product_limbs(int32_t limbs) { return 2 * (int64_t)limbs + 1; }

// --- terms

bool ls_sum_special(const ls_terms *terms, mpfr_ptr z) {
  bool nan = false, positive = false, negative = false;
  for (int64_t i = 0; i < terms->count; i++) {
    const ls_big *a = terms->a[i], *b = terms->b == NULL ? NULL : terms->b[i];
    bool infinite = ls_is_infinite(a) || (b != NULL && ls_is_infinite(b));
    bool zero = ls_is_zero(a) || (b != NULL && ls_is_zero(b));
    nan = nan || ls_is_nan(a) || (b != NULL && ls_is_nan(b)) || (infinite && zero);
    bool minus = (a->sign < 0) != (b != NULL && b->sign < 0);
    if (infinite) *(minus ? &negative : &positive) = true;
  }
  if (nan || (positive && negative)) {
    z->_mpfr_exp = __MPFR_EXP_NAN;
    z->_mpfr_sign = 1;
    return true;
  }
  if (!positive && !negative) return false;
  z->_mpfr_exp = __MPFR_EXP_INF;
  z->_mpfr_sign = positive ? 1 : -1;
  return true;
}

// IEEE 754-2019, section 6.3: zeros of both signs, +0 always among them, or numbers that cancel, make -0 toward minus
// infinity and +0 in the other directions. Either way a negative term occurs; without one all terms are +0, and so is
// their sum.
void ls_sum_zero(const ls_terms *terms, mpfr_ptr z, const ls_big_format *format) {
  bool negative = false;
  if (format->direction == LS_DOWN)
    for (int64_t i = 0; i < terms->count && !negative; i++) {
      const ls_big *a = terms->a[i], *b = terms->b == NULL ? NULL : terms->b[i];
      negative = (a->sign < 0) != (b != NULL && b->sign < 0);
    }
  z->_mpfr_exp = __MPFR_EXP_ZERO;
  z->_mpfr_sign = negative ? -1 : 1;
}

// Unit of the last used limb.
static inline int64_t unit(const ls_big *x) { return x->exponent - 64 * (int64_t)ls_used_limbs(x->precision); }

typedef struct {
  bool special, zero;   // an infinity or NaN occurs; no term but zeros occurs
  int64_t low, high;    // 2^low divides every term, and each is below 2^high
} extent;

static extent scan(const ls_terms *terms) {
  extent e = {false, true, INT64_MAX, INT64_MIN};
  for (int64_t i = 0; i < terms->count; i++) {
    const ls_big *a = terms->a[i], *b = terms->b == NULL ? NULL : terms->b[i];
    if (!ls_is_regular(a) || (b != NULL && !ls_is_regular(b))) {
      e.special = e.special || !(ls_is_regular(a) || ls_is_zero(a)) ||
                  (b != NULL && !(ls_is_regular(b) || ls_is_zero(b)));
      continue;
    }
    int64_t low = unit(a) + (b == NULL ? 0 : unit(b)), high = a->exponent + (b == NULL ? 0 : b->exponent);
    e.zero = false;
    if (low < e.low) e.low = low;
    if (high > e.high) e.high = high;
  }
  return e;
}

// --- the window

// The product (or the record) times 2^shift, shift < 64: its limbs in `product`, their number returned.
static int64_t shifted_term(mp_limb_t *product, const ls_big *a, const ls_big *b, unsigned shift) {
  const mp_limb_t *x = (const mp_limb_t *)a->limbs;
  int64_t size = ls_used_limbs(a->precision);
  if (b != NULL) {
    const mp_limb_t *y = (const mp_limb_t *)b->limbs;
    int64_t other = ls_used_limbs(b->precision);
    if (size == other)
      mpn_mul_n(product, x, y, size);
    else if (size > other)
      mpn_mul(product, x, size, y, other);
    else
      mpn_mul(product, y, other, x, size);
    size += other;
    x = product;
  }
  if (shift > 0)
    product[size] = mpn_lshift(product, x, size, shift);
  else {
    if (x != product) memcpy(product, x, (size_t)size * sizeof *product);
    product[size] = 0;
  }
  return size + 1;
}

// Adds z (n limbs) * 2^shift, or subtracts it: its complement is added, and 1.
LS_ALWAYS void add_short(const int n, mp_limb_t *at, const mp_limb_t *end, const uint64_t *z, unsigned shift, bool minus) {
  const uint64_t flip = minus ? ~UINT64_C(0) : 0;
  uint64_t carry = minus, sum;
  for (int i = 0; i <= n; i++) {
    const uint64_t here = i < n ? z[i] : 0, below = i > 0 ? z[i - 1] : 0;
    carry = ls_limb_add(&sum, at[i], (here << shift | below >> 1 >> (63 - shift)) ^ flip, carry);
    at[i] = sum;
  }
  // The complement is ones further up: with a carry nothing changes there, without one 1 is to be subtracted.
  at += n + 1;
  if (!minus)
    for (; carry && at < end; at++) carry = ++*at == 0;
  else
    for (carry = !carry; carry && at < end; at++) carry = (*at)-- == 0;
}

// A term of n-limb records; false if it is not one.
LS_ALWAYS bool accumulate_short(const int n, mp_limb_t *at, const mp_limb_t *end, const ls_big *a, const ls_big *b,
                                unsigned shift) {
  if (ls_used_limbs(a->precision) != n) return false;
  if (b == NULL) {
    add_short(n, at, end, a->limbs, shift, a->sign < 0);
    return true;
  }
  if (ls_used_limbs(b->precision) != n) return false;
  uint64_t z[2 * LS_SHORT_LIMBS];
  ls_limbs_multiply(n, z, a->limbs, b->limbs);
  add_short(2 * n, at, end, z, shift, a->sign != b->sign);
  return true;
}

static bool accumulate_term(mp_limb_t *at, const mp_limb_t *end, const ls_big *a, const ls_big *b, unsigned shift) {
  switch (ls_used_limbs(a->precision)) {
  case 1: return accumulate_short(1, at, end, a, b, shift);
  case 2: return accumulate_short(2, at, end, a, b, shift);
  case 3: return accumulate_short(3, at, end, a, b, shift);
  case 4: return accumulate_short(4, at, end, a, b, shift);
  case 5: return accumulate_short(5, at, end, a, b, shift);
  case 6: return accumulate_short(6, at, end, a, b, shift);
  case 7: return accumulate_short(7, at, end, a, b, shift);
  case 8: return accumulate_short(8, at, end, a, b, shift);
  default: return false;
  }
}

static void accumulate(const ls_terms *terms, ls_window *w, int64_t low, int64_t size) {
  memset(w->window, 0, (size_t)size * sizeof *w->window);
  for (int64_t i = 0; i < terms->count; i++) {
    const ls_big *a = terms->a[i], *b = terms->b == NULL ? NULL : terms->b[i];
    if (!ls_is_regular(a) || (b != NULL && !ls_is_regular(b))) continue;
    int64_t offset = unit(a) + (b == NULL ? 0 : unit(b)) - low;
    mp_limb_t *at = w->window + offset / 64;
    if (accumulate_term(at, w->window + size, a, b, (unsigned)(offset & 63))) continue;
    int64_t length = shifted_term(w->product, a, b, (unsigned)(offset & 63));
    // Two's complement: a carry or borrow may run to the top, and past it is lost, as it should be.
    mp_limb_t *above = at + length;
    int64_t rest = size - offset / 64 - length;
    if ((a->sign < 0) != (b != NULL && b->sign < 0))
      mpn_sub_1(above, above, rest, mpn_sub_n(at, at, w->product, length));
    else
      mpn_add_1(above, above, rest, mpn_add_n(at, at, w->product, length));
  }
}

void ls_round_integer(mpfr_ptr z, mp_limb_t *limbs, int64_t size, int64_t low, const ls_big_format *format) {
  bool negative = limbs[size - 1] >> 63 != 0;
  if (negative) mpn_neg(limbs, limbs, size);
  while (limbs[size - 1] == 0) size--;
  int leading = __builtin_clzll(limbs[size - 1]);
  if (leading > 0) mpn_lshift(limbs, limbs, size, (unsigned)leading);
  // The integer itself as an MPFR number, so that the one rounding is mpfr_set's.
  mpfr_t exact;
  ls_clear(exact, limbs, 64 * size);
  exact->_mpfr_sign = negative ? -1 : 1;
  exact->_mpfr_exp = low + 64 * size - leading;
  ls_settle(z, mpfr_set(z, exact, ls_rounding(format)), format);
}

// --- spreads beyond any window

static void sum_spread(const ls_terms *terms, mpfr_ptr z, const ls_big_format *format) {
  int64_t count = terms->count, limbs = 0;
  for (int64_t i = 0; terms->b != NULL && i < count; i++)
    limbs += ls_used_limbs(terms->a[i]->precision + terms->b[i]->precision);
  size_t heads = (size_t)(count + 1) * sizeof(mpfr_t), list = (size_t)(count + 1) * sizeof(mpfr_ptr);
  char *memory = ls_allocate(heads + list + (size_t)limbs * sizeof(mp_limb_t));
  mpfr_t *term = (mpfr_t *)memory;
  mpfr_ptr *pointers = (mpfr_ptr *)(memory + heads);
  mp_limb_t *next = (mp_limb_t *)(memory + heads + list), none;
  ls_clear(term[count], &none, 1);  // the +0
  pointers[count] = term[count];
  for (int64_t i = 0; i < count; i++) {
    pointers[i] = term[i];
    ls_view(term[i], terms->a[i]);
    if (terms->b == NULL) continue;
    mpfr_t a, b;
    ls_view(a, terms->a[i]);
    ls_view(b, terms->b[i]);
    int32_t precision = terms->a[i]->precision + terms->b[i]->precision;
    ls_clear(term[i], next, precision);
    next += ls_used_limbs(precision);
    mpfr_mul(term[i], a, b, MPFR_RNDN);  // exact: the product fits, and its exponent is within twice the format's
  }
  ls_settle(z, mpfr_sum(z, pointers, (unsigned long)count + 1, ls_rounding(format)), format);
  free(memory);
}

void ls_sum_exactly(const ls_terms *terms, ls_window *window, mpfr_ptr z, const ls_big_format *format) {
  extent e = scan(terms);
  if (e.special && ls_sum_special(terms, z)) return;
  if (e.zero) {
    ls_sum_zero(terms, z, format);
    return;
  }
  // Each term is below 2^(high - low), so fewer than 2^63 of them and a sign need high - low + 64 bits: the limbs that
  // hold one term, and one more, which the carry out of a term shifted into place also needs.
  int64_t size = (e.high - e.low) / 64 + 2;
  if (size > window->capacity) {
    sum_spread(terms, z, format);
    return;
  }
  accumulate(terms, window, e.low, size);
  int64_t used = size;
  while (used > 0 && window->window[used - 1] == 0) used--;
  if (used == 0)
    ls_sum_zero(terms, z, format);
  else
    ls_round_integer(z, window->window, size, e.low, format);
}
