// Quotients of numbers of at most 8 limbs, one function for every number of limbs; square roots.
// Ranked promises: the bits of MPFR; then speed.
//
// As many limbs as the format has are computed exactly, with their remainder: it says whether the bit below is set and
// whether anything follows, which is all that rounding asks for.
#pragma STDC FP_CONTRACT OFF
#include "big_short.h"

typedef unsigned __int128 wide;

// --- quotients: digit by digit in base 2^64 (D. E. Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D),
// each digit from three limbs by two through a reciprocal (N. Moller, T. Granlund, Improved division by invariant integers,
// IEEE Trans. Comput. 60, 2011).

// floor((2^192 - 1) / d) - 2^64 for d = (high, low), high >= 2^63.
static inline uint64_t reciprocal_of(uint64_t high, uint64_t low) {
  uint64_t v = (uint64_t)((((wide)~high << 64) | ~UINT64_C(0)) / high);
  uint64_t p = high * v + low;
  if (p < low) {
    v--;
    if (p >= high) {
      v--;
      p -= high;
    }
    p -= high;
  }
  const wide t = (wide)v * low;
  p += (uint64_t)(t >> 64);
  if (p < (uint64_t)(t >> 64)) {
    v--;
    if ((((wide)p << 64) | (uint64_t)t) >= (((wide)high << 64) | low)) v--;
  }
  return v;
}

// The quotient of (u2, u1, u0) by d, (u2, u1) < d; the remainder is left out.
static inline uint64_t three_by_two(uint64_t u2, uint64_t u1, uint64_t u0, uint64_t high, uint64_t low, uint64_t v) {
  const wide d = ((wide)high << 64) | low;
  const wide q = (wide)v * u2 + (((wide)u2 << 64) | u1);
  uint64_t digit = (uint64_t)(q >> 64);
  const uint64_t r1 = u1 - digit * high;
  wide r = (((wide)r1 << 64) | u0) - (wide)low * digit - d;
  digit++;
  if ((uint64_t)(r >> 64) >= (uint64_t)q) {
    digit--;
    r += d;
  }
  return digit + (r >= d);
}

// u (n limbs) -= q * y; what is borrowed beyond.
LS_ALWAYS uint64_t subtract_multiple(const int n, uint64_t *u, const uint64_t *y, uint64_t q) {
  uint64_t carry = 0;
  for (int i = 0; i < n; i++) {
    const wide t = (wide)q * y[i] + carry;
    carry = (uint64_t)(t >> 64) + (u[i] < (uint64_t)t);
    u[i] -= (uint64_t)t;
  }
  return carry;
}

LS_ALWAYS void add_back(const int n, uint64_t *u, const uint64_t *y) {
  uint64_t carry = 0;
  for (int i = 0; i < n; i++) carry = ls_limb_add(&u[i], u[i], y[i], carry);
}

// q (n limbs) = u / y, u of 2n limbs and below 2^(64 n) y, the top bit of y set; the n lower limbs of u become the remainder.
LS_ALWAYS void divide_limbs(const int n, uint64_t *q, uint64_t *u, const uint64_t *y) {
  const uint64_t high = y[n - 1], low = n > 1 ? y[n - 2] : 0, v = reciprocal_of(high, low);
  for (int i = n - 1; i >= 0; i--) {
    uint64_t *here = u + i;  // n + 1 limbs, below 2^64 y
    const uint64_t top = here[n], next = here[n - 1], third = n > 1 ? here[n - 2] : 0;
    // Where the first two limbs are those of y, which exceeds the remainder, the digit is the greatest.
    uint64_t digit = ~UINT64_C(0);
    if (top < high || (n > 1 && top == high && next < low)) digit = three_by_two(top, next, third, high, low, v);
    const uint64_t borrowed =
      n > 4 ? mpn_submul_1((mp_limb_t *)here, (const mp_limb_t *)y, n, digit) : subtract_multiple(n, here, y, digit);
    // At most one too large: then the remainder is negative.
    if (borrowed > top) {
      digit--;
      add_back(n, here, y);
    }
    q[i] = digit;
  }
}

LS_ALWAYS bool quotient(const int n, ls_big *r, const ls_big *x, const ls_big *y, const ls_big_format *format) {
  if (!ls_is_regular(x) || !ls_is_regular(y) || x->precision != format->precision || y->precision != format->precision)
    return false;
  // Limbs of the quotient above one of the bits that follow; a 1 above where x's significand is the greater.
  uint64_t w[LS_SHORT_LIMBS + 2], u[2 * LS_SHORT_LIMBS], twice[LS_SHORT_LIMBS], difference[LS_SHORT_LIMBS];
  uint64_t borrow = 0;
  for (int i = 0; i < n; i++) {
    u[i] = 0;
    borrow = ls_limb_subtract(&u[n + i], x->limbs[i], y->limbs[i], borrow);
  }
  w[n + 1] = !borrow;
  if (borrow)
    for (int i = 0; i < n; i++) u[n + i] = x->limbs[i];
  divide_limbs(n, w + 1, u, y->limbs);
  uint64_t carry = 0, any = 0, rest = 0;
  for (int i = 0; i < n; i++) {
    any |= u[i];
    twice[i] = u[i] << 1 | carry;
    carry = u[i] >> 63;
  }
  borrow = 0;
  for (int i = 0; i < n; i++) {
    borrow = ls_limb_subtract(&difference[i], twice[i], y->limbs[i], borrow);
    rest |= difference[i];
  }
  const bool half = carry || !borrow;
  w[0] = (uint64_t)half << 63 | ((half ? rest : any) != 0);
  return ls_round_inside(r, w, n + 1 + (w[n + 1] != 0), x->exponent - y->exponent - 64 * (n + 1), false,
                         x->sign * y->sign, n, format);
}

// --- square roots, of any number of limbs: MPFR 4.2.0 takes some of 64 n - 1 bits, n > 6, for exact that are not

bool ls_root(ls_big *r, const ls_big *x, const ls_big_format *format) {
  if (!ls_is_regular(x) || x->sign < 0 || x->precision != format->precision) return false;
  // The integer root s of m * 2^(64 n), m halved where the exponent is odd: n limbs, the top bit set. The rest is at most
  // 2 s, and s + 1/2 is exceeded where it is more than s, never met.
  const int n = ls_used_limbs(format->precision);
  const bool odd = x->exponent & 1;
  mp_limb_t m[2 * LS_BIG_LIMBS_MAX], rest[2 * LS_BIG_LIMBS_MAX], w[LS_BIG_LIMBS_MAX + 2];
  for (int i = 0; i < n; i++) m[i] = 0;
  for (int i = 0; i < n; i++) m[n + i] = x->limbs[i];
  if (odd) mpn_rshift(m + n - 1, m + n - 1, n + 1, 1);
  const mp_size_t size = mpn_sqrtrem(w + 1, rest, m, 2 * n);
  const bool half = size > n || (size == n && mpn_cmp(rest, w + 1, n) > 0);
  w[0] = (mp_limb_t)half << 63 | (size > 0);
  ls_round_magnitude(r, (const uint64_t *)w, n + 1, (x->exponent + odd) / 2 - 64 * (n + 1), false, 1, n, format);
  return true;
}

#define SHORT(N)                                                                                               \
  static bool quotient##N(ls_big *r, const ls_big *x, const ls_big *y, const ls_big_format *format) {           \
    return quotient(N, r, x, y, format);                                                                       \
  }
SHORT(1) SHORT(2) SHORT(3) SHORT(4) SHORT(5) SHORT(6) SHORT(7) SHORT(8)

static bool no_quotient(ls_big *r, const ls_big *x, const ls_big *y, const ls_big_format *format) {
  (void)r, (void)x, (void)y, (void)format;
  return false;
}

ls_short_product ls_short_quotient_of(const ls_big_format *format) {
  static const ls_short_product all[] = {no_quotient, quotient1, quotient2, quotient3, quotient4,
                                         quotient5,   quotient6, quotient7, quotient8};
  return all[ls_short_limbs(format)];
}
