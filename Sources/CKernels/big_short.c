// Sums, products and fma of numbers of at most 8 limbs, one function for every number of limbs.
// Ranked promises: the bits of MPFR; then speed, which is that of the limbs' own operations.
#pragma STDC FP_CONTRACT OFF
#include "big_short.h"

LS_ALWAYS bool ordinary(const ls_big *x, const ls_big_format *format) {
  return ls_is_regular(x) && x->precision == format->precision;
}

LS_ALWAYS bool product(const int n, ls_big *r, const ls_big *x, const ls_big *y, const ls_big_format *format) {
  if (!ordinary(x, format) || !ordinary(y, format)) return false;
  uint64_t z[2 * LS_SHORT_LIMBS], m[LS_SHORT_LIMBS];
  ls_limbs_multiply(n, z, x->limbs, y->limbs);
  // At least 1/4: doubled where the top bit is not set, added to itself under a mask.
  const uint64_t mask = (z[2 * n - 1] >> 63) - 1, below = n > 1 ? z[n - 2] : 0;
  uint64_t next, carry = ls_limb_add(&next, z[n - 1], z[n - 1] & mask, below >> 63 & mask);
  for (int i = 0; i < n; i++) carry = ls_limb_add(&m[i], z[n + i], z[n + i] & mask, carry);
  uint64_t rest = below + (below & mask);
  for (int i = 0; i < n - 2; i++) rest |= z[i];
  int64_t exponent = x->exponent + y->exponent + (int64_t)mask;
  const int sign = x->sign == y->sign ? 1 : -1;
  if (!ls_round_significand(m, &exponent, next, rest != 0, sign, n, format)) return false;
  ls_store_limbs(r, m, exponent, sign, n, format);
  return true;
}

// v (n + 1 limbs) = the limbs of b with a limb of zeros below, shifted right by d; is anything but zeros shifted out?
LS_ALWAYS bool shift_right(const int n, uint64_t *v, const uint64_t *b, int64_t d) {
  if (d < 64) {
    v[0] = ls_shift_down(b[0], 0, (int)d);
    for (int i = 1; i < n; i++) v[i] = ls_shift_down(b[i], b[i - 1], (int)d);
    v[n] = b[n - 1] >> d;
    return false;
  }
  for (int i = 0; i <= n; i++) v[i] = 0;
  const int64_t whole = d >> 6, s = d & 63;
  if (whole > n) return true;
  uint64_t wide[4 * LS_SHORT_LIMBS + 2] = {0};
  for (int i = 0; i < n; i++) wide[i + 1] = b[i];
  uint64_t lost = wide[whole] << 1 << (63 - s);
  if (s == 0) lost = 0;
  for (int64_t i = 0; i < whole; i++) lost |= wide[i];
  for (int i = 0; i <= n; i++) v[i] = ls_shift_down(wide[i + whole + 1], wide[i + whole], (int)s);
  return lost != 0;
}

// A magnitude of some limbs times 2^(exponent - 64 limbs), not 0, and its sign.
typedef struct {
  const uint64_t *limbs;
  int64_t exponent;
  int sign;
} operand;

// r = x + y, both of n limbs and one or two bits short of their exponents at most, rounded to `used` limbs. Signs are as good
// as random, so sums and differences take the same way.
LS_ALWAYS bool sum_of(const int n, const int used, ls_big *r, operand x, operand y, const ls_big_format *format) {
  const bool swap = x.exponent < y.exponent;
  const uint64_t *a = swap ? y.limbs : x.limbs, *b = swap ? x.limbs : y.limbs;
  const int64_t top = swap ? y.exponent : x.exponent, bottom = swap ? x.exponent : y.exponent;
  int sign = swap ? y.sign : x.sign;
  // One limb below those of a; what lies lower matters only as being there: it is less than the last bit kept, and where
  // there is anything (b is shifted by more than a limb) the difference loses few leading bits.
  uint64_t v[2 * LS_SHORT_LIMBS + 1], z[2 * LS_SHORT_LIMBS + 3], m[LS_SHORT_LIMBS];
  uint64_t *w = z + 1;  // n + 1 limbs and the carry; z[0] is 0
  const bool sticky = shift_right(n, v, b, top - bottom), minus = x.sign != y.sign;
  const uint64_t flip = -(uint64_t)minus;
  uint64_t carry = ls_limb_add(&w[0], v[0] ^ flip, 0, minus & !sticky);
  for (int i = 0; i < n; i++) carry = ls_limb_add(&w[i + 1], a[i], v[i + 1] ^ flip, carry);
  if (minus && !carry) {  // exponents equal or nearly so, b the greater
    uint64_t one = 1;
    for (int i = 0; i <= n; i++) one = ls_limb_add(&w[i], ~w[i], 0, one);
    sign = -sign;
  }
  const uint64_t over = carry & !minus;
  const int64_t low = top - 64 * (n + 1);
  if (over == 0 && w[n] == 0) {
    int64_t size = n;
    while (size > 0 && w[size - 1] == 0) size--;
    return size > 0 && ls_round_inside(r, w, size, low, sticky, sign, used, format);
  }
  // From the carry, where there is one, else from limb n.
  z[0] = 0;
  w[n + 1] = over;
  const int shift = __builtin_clzll(over ? 1 : w[n]);
  const uint64_t *from = w + over + n - used;
  int64_t exponent = top + 64 * (int64_t)over - shift;
  for (int i = 0; i < used; i++) m[i] = ls_shift_up(from[i + 1], from[i], shift);
  const uint64_t next = ls_shift_up(from[0], from[-1], shift);
  uint64_t rest = from[-1] << shift;
  for (int i = 0; i < n - used; i++) rest |= w[i - 1 + (int64_t)over];
  if (!ls_round_significand(m, &exponent, next, sticky | (rest != 0), sign, used, format)) return false;
  ls_store_limbs(r, m, exponent, sign, used, format);
  return true;
}

LS_ALWAYS bool sum(const int n, ls_big *r, const ls_big *x, const ls_big *y, int flip, const ls_big_format *format) {
  if (!ordinary(x, format) || !ordinary(y, format)) return false;
  return sum_of(n, n, r, (operand){x->limbs, x->exponent, x->sign}, (operand){y->limbs, y->exponent, flip * y->sign},
                format);
}

LS_ALWAYS bool fma_of(const int n, ls_big *r, const ls_big *x, const ls_big *y, const ls_big_format *format) {
  if (!ordinary(x, format) || !ordinary(y, format) || !ordinary(r, format)) return false;
  // The addend with zeros below it is as long as the product.
  uint64_t z[2 * LS_SHORT_LIMBS], c[2 * LS_SHORT_LIMBS];
  ls_limbs_multiply(n, z, x->limbs, y->limbs);
  for (int i = 0; i < n; i++) {
    c[i] = 0;
    c[n + i] = r->limbs[i];
  }
  return sum_of(2 * n, n, r, (operand){z, x->exponent + y->exponent, x->sign * y->sign},
                (operand){c, r->exponent, r->sign}, format);
}

#define SHORT(N)                                                                                                \
  static bool sum##N(ls_big *r, const ls_big *x, const ls_big *y, int flip, const ls_big_format *format) {       \
    return sum(N, r, x, y, flip, format);                                                                       \
  }                                                                                                             \
  static bool product##N(ls_big *r, const ls_big *x, const ls_big *y, const ls_big_format *format) {             \
    return product(N, r, x, y, format);                                                                         \
  }                                                                                                             \
  static bool fma##N(ls_big *r, const ls_big *x, const ls_big *y, const ls_big_format *format) {                 \
    return fma_of(N, r, x, y, format);                                                                          \
  }
SHORT(1) SHORT(2) SHORT(3) SHORT(4) SHORT(5) SHORT(6) SHORT(7) SHORT(8)

static bool no_sum(ls_big *r, const ls_big *x, const ls_big *y, int flip, const ls_big_format *format) {
  (void)r, (void)x, (void)y, (void)flip, (void)format;
  return false;
}
static bool no_product(ls_big *r, const ls_big *x, const ls_big *y, const ls_big_format *format) {
  (void)r, (void)x, (void)y, (void)format;
  return false;
}

ls_short_sum ls_short_sum_of(const ls_big_format *format) {
  static const ls_short_sum all[] = {no_sum, sum1, sum2, sum3, sum4, sum5, sum6, sum7, sum8};
  return all[ls_short_limbs(format)];
}

ls_short_product ls_short_product_of(const ls_big_format *format) {
  static const ls_short_product all[] = {no_product, product1, product2, product3, product4,
                                         product5,   product6, product7, product8};
  return all[ls_short_limbs(format)];
}

ls_short_product ls_short_fma_of(const ls_big_format *format) {
  static const ls_short_product all[] = {no_product, fma1, fma2, fma3, fma4, fma5, fma6, fma7, fma8};
  return all[ls_short_limbs(format)];
}
