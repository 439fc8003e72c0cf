// From an exact magnitude in limbs to a record, rounded once, without a call of MPFR where the result is an ordinary number
// of the format.
//
// The magnitude is an integer of `size` limbs times 2^low, and where `sticky` a positive amount below 2^low more. The
// significand's limbs are shifted out of it; the bit below them and what lies beneath decide, as IEEE 754 has it.
#pragma once
#include "big_record.h"

#define LS_ALWAYS static inline __attribute__((always_inline))

// high << s with the top of low behind it, and low >> s with the bottom of high before it, s < 64. In two shifts: compilers
// make one double shift of the plain expression, which takes six operations on some processors.
LS_ALWAYS uint64_t ls_shift_up(uint64_t high, uint64_t low, int s) {
  low >>= 1;
  __asm__("" : "+r"(low));
  return high << s | low >> (63 - s);
}
LS_ALWAYS uint64_t ls_shift_down(uint64_t high, uint64_t low, int s) {
  high <<= 1;
  __asm__("" : "+r"(high));
  return low >> s | high << (63 - s);
}

// The results near or beyond the ends of the format, and stochastic rounding: by MPFR. limbs has room for one limb more.
void ls_round_outside(ls_big *r, const uint64_t *limbs, int64_t size, int64_t low, bool sticky, int sign,
                      const ls_big_format *format);

// Does the direction take an inexact result away from zero, given the bit below the last (half), what is beneath it
// (rest) and the last bit (odd)?
LS_ALWAYS bool ls_rounds_away(ls_direction direction, int sign, bool half, bool rest, bool odd) {
  // Half of all results are rounded away, and no processor can tell which: without branches on the bits.
  switch (direction) {
  case LS_NEAREST: return half & (rest | odd);
  case LS_UP: return (sign > 0) & (half | rest);
  case LS_DOWN: return (sign < 0) & (half | rest);
  default: return false;
  }
}

// Rounds the significand m, its top bit set, followed by the bits of `next` and, where there is a rest, by more; false if MPFR
// must look at the result. `used` is ls_used_limbs(format->precision), a constant where it is called for speed.
LS_ALWAYS bool ls_round_significand(uint64_t *m, int64_t *exponent, uint64_t next, bool rest, int sign, int used,
                                    const ls_big_format *format) {
  const int spare = 64 * used - format->precision;  // bits of the last limb below the significand
  bool half;
  if (spare == 0) {
    half = next >> 63 != 0;
    rest = rest | (next << 1 != 0);
  } else {
    const uint64_t below = m[0] & ((UINT64_C(1) << spare) - 1), middle = UINT64_C(1) << (spare - 1);
    half = (below & middle) != 0;
    rest = rest | ((next | (below & (middle - 1))) != 0);
    m[0] -= below;
  }
  const bool away = ls_rounds_away(format->direction, sign, half, rest, (m[0] >> spare & 1) != 0);
  uint64_t carry = (uint64_t)away << spare;
  for (int i = 0; i < used; i++) {
    m[i] += carry;
    carry = m[i] < carry;
  }
  if (carry) {
    m[used - 1] = UINT64_C(1) << 63;
    ++*exponent;
  }
  const int64_t least = format->subnormals ? format->emin + format->precision - 1 : format->emin;
  return *exponent >= least && *exponent <= format->emax - (format->overflow != LS_TO_INFINITY) &&
         format->direction != LS_STOCHASTIC;
}

// The significand m and its exponent; false if MPFR must look at it. limbs[size - 1] is not 0.
LS_ALWAYS bool ls_round_limbs(uint64_t *m, int64_t *rounded, const uint64_t *limbs, int64_t size, int64_t low,
                              bool sticky, int sign, int used, const ls_big_format *format) {
  const int shift = __builtin_clzll(limbs[size - 1]);
  *rounded = low + 64 * size - shift;
  for (int i = 0; i < used; i++) {
    const int64_t at = size - used + i;
    m[i] = ls_shift_up(at >= 0 ? limbs[at] : 0, at > 0 ? limbs[at - 1] : 0, shift);
  }
  // One word with the bits that follow, and whether any follow those.
  const int64_t at = size - used - 1;
  uint64_t next = 0;
  if (at >= 0) next = ls_shift_up(limbs[at], at > 0 ? limbs[at - 1] : 0, shift);
  bool rest = sticky;
  if (at > 0) {
    rest = rest || limbs[at - 1] << shift != 0;
    for (int64_t i = at - 2; i >= 0 && !rest; i--) rest = limbs[i] != 0;
  }
  return ls_round_significand(m, rounded, next, rest, sign, used, format);
}

LS_ALWAYS void ls_store_limbs(ls_big *r, const uint64_t *m, int64_t exponent, int sign, int used,
                              const ls_big_format *format) {
  r->exponent = exponent;
  r->sign = sign;
  r->precision = format->precision;
  for (int i = 0; i < used; i++) r->limbs[i] = m[i];
  for (int i = used; i < format->limbs; i++) r->limbs[i] = 0;
}

// Rounds into a record, which may be what limbs was made from, but not limbs itself; false, with nothing written, as above.
LS_ALWAYS bool ls_round_inside(ls_big *r, const uint64_t *limbs, int64_t size, int64_t low, bool sticky, int sign,
                               int used, const ls_big_format *format) {
  uint64_t m[LS_BIG_LIMBS_MAX];
  int64_t exponent;
  if (!ls_round_limbs(m, &exponent, limbs, size, low, sticky, sign, used, format)) return false;
  ls_store_limbs(r, m, exponent, sign, used, format);
  return true;
}

// The same, whatever the result.
LS_ALWAYS void ls_round_magnitude(ls_big *r, const uint64_t *limbs, int64_t size, int64_t low, bool sticky, int sign,
                                  int used, const ls_big_format *format) {
  if (!ls_round_inside(r, limbs, size, low, sticky, sign, used, format))
    ls_round_outside(r, limbs, size, low, sticky, sign, format);
}
