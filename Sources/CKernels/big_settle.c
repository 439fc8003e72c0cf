// Into a format: the results that ls_settle does not find inside it, and stochastic rounding.
// Ranked promises: the number that the direction, the format's ends and its overflow rule dictate for the exact result; no
// state of the thread left changed.
#pragma STDC FP_CONTRACT OFF
#include "big_record.h"
#include "big_round.h"
#include <stdlib.h>

// --- formats without infinities: the largest number is 1.75 * 2^(IEEE's emax), or 7 * 2^(emax - 3) in MPFR's convention

static bool exceeds_finite(mpfr_srcptr z, const ls_big_format *format) {
  if (!mpfr_regular_p(z)) return mpfr_inf_p(z);
  mpfr_t magnitude = {*z};  // shares the limbs and is only read
  magnitude->_mpfr_sign = 1;
  return mpfr_cmp_ui_2exp(magnitude, 7, format->emax - 3) > 0;
}

// An infinity is either exact or where IEEE 754 delivers one; a number has been rounded with a wider exponent range.
static void settle_finite(mpfr_ptr z, const ls_big_format *format) {
  const int sign = z->_mpfr_sign;
  const ls_direction inward = sign < 0 ? LS_UP : LS_DOWN;
  const bool stays = !mpfr_inf_p(z) && (format->direction == LS_ZERO || format->direction == inward);
  if (!stays && format->overflow == LS_TO_NAN) {
    mpfr_set_nan(z);
    return;
  }
  mpfr_set_ui_2exp(z, 7, format->emax - 3, MPFR_RNDZ);
  z->_mpfr_sign = sign;
}

// --- stochastic rounding: contract, section 2

// 64 bits of the significand from `offset` bits below its top; zeros beyond both ends.
static uint64_t bits_at(mpfr_srcptr z, int64_t offset) {
  const int64_t limbs = ls_used_limbs((int32_t)z->_mpfr_prec), whole = offset >> 6, rest = offset & 63;
  const uint64_t high = whole < 0 || whole >= limbs ? 0 : z->_mpfr_d[limbs - 1 - whole];
  const uint64_t low = whole + 1 < 0 || whole + 1 >= limbs ? 0 : z->_mpfr_d[limbs - 2 - whole];
  return rest == 0 ? high : high << rest | low >> (64 - rest);
}

static bool any_bit_from(mpfr_srcptr z, int64_t offset) {
  for (int64_t i = offset > 0 ? offset : 0; i < z->_mpfr_prec; i += 64)
    if (bits_at(z, i) != 0) return true;
  return false;
}

// z: toward zero with LS_BIG_EXTRA bits more than the format; becomes the neighbour that the draw picks, with the format's
// precision and an unbounded greatest exponent.
static void settle_stochastically(mpfr_ptr z, int ternary, const ls_big_format *format) {
  const int64_t precision = format->precision;
  const int sign = z->_mpfr_sign;
  const bool vanished = mpfr_zero_p(z) && ternary != 0;  // below MPFR's own range
  if (!mpfr_regular_p(z) && !vanished) {
    z->_mpfr_prec = precision;
    return;
  }
  // Neighbours are 2^place apart.
  const int64_t exponent = vanished ? format->emin - 128 : z->_mpfr_exp;
  int64_t place = exponent - precision;
  if (place < format->emin - 1 && (format->subnormals || exponent < format->emin)) place = format->emin - 1;
  const int64_t kept = exponent - place;
  uint64_t fraction = 0;
  bool more = true;
  if (!vanished) {
    if (ternary != 0) z->_mpfr_d[0] |= (mp_limb_t)1 << (-z->_mpfr_prec & 63);  // to odd
    fraction = bits_at(z, kept);
    more = any_bit_from(z, kept + 64);
  }
  const bool away = format->word < fraction || (format->word == fraction && more);
  if (kept <= 0) {
    z->_mpfr_prec = precision;
    mpfr_set_ui_2exp(z, away, place, MPFR_RNDZ);
  } else {
    ls_scratch head;
    ls_clear(head.value, head.limbs, kept);
    mpfr_set(head.value, z, away ? MPFR_RNDA : MPFR_RNDZ);
    z->_mpfr_prec = precision;
    mpfr_set(z, head.value, MPFR_RNDZ);
  }
  z->_mpfr_sign = sign;
  if (mpfr_regular_p(z) && z->_mpfr_exp > format->emax) mpfr_set_inf(z, sign);
}

void ls_settle_outside(mpfr_ptr z, int ternary, const ls_big_format *format) {
  ls_range found = ls_range_widen();
  if (format->direction == LS_STOCHASTIC) {
    settle_stochastically(z, ternary, format);
  } else {
    ls_range_set((ls_range){format->emin, format->emax});
    ternary = mpfr_check_range(z, ternary, ls_rounding(format));
    if (format->subnormals) mpfr_subnormalize(z, ternary, ls_rounding(format));
  }
  if (format->overflow != LS_TO_INFINITY && exceeds_finite(z, format)) settle_finite(z, format);
  ls_range_set(found);
}

void ls_round_outside(ls_big *r, const uint64_t *limbs, int64_t size, int64_t low, bool sticky, int sign,
                      const ls_big_format *format) {
  // The magnitude with a limb below it for what is beneath, as an MPFR number: one rounding, by mpfr_set.
  mp_limb_t *exact = ls_allocate((size_t)(size + 1) * sizeof *exact);
  const int leading = __builtin_clzll(limbs[size - 1]);
  exact[0] = sticky;
  memcpy(exact + 1, limbs, (size_t)size * sizeof *exact);
  if (leading > 0) mpn_lshift(exact, exact, size + 1, (unsigned)leading);
  mpfr_t x;
  ls_clear(x, exact, 64 * (size + 1));
  x->_mpfr_sign = sign;
  x->_mpfr_exp = low + 64 * size - leading;
  ls_scratch z;
  ls_prepare(&z, format);
  const ls_range found = ls_range_widen();
  ls_settle(z.value, mpfr_set(z.value, x, ls_rounding(format)), format);
  ls_range_set(found);
  ls_store(r, z.value, format->limbs);
  free(exact);
}
