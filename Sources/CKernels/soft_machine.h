// Inside of the array kernels of software formats: one operation after another, each with its own draw where rounding is
// stochastic, and quick where that is safe.
// Ranked promises: the bits of the operations of soft.h, one by one; then speed.
//
// In formats of at most 24 bits inside binary32's range a product is exact in binary64 (48 bits, |exponent| < 300), and its
// sum with an addend, rounded to odd, rounds into the format like the exact one (significand.h). Results in the normal range
// of the format are made that way; all others, by soft.c. A draw is compared with 64 bits below the last, more than an odd
// bit can stand for: there the short way serves sums that binary64 holds, whose remaining bits are all there.
#pragma once
#include "include/soft.h"
#include "significand.h"

typedef struct {
  ls_soft_format format;        // with the draw of the next rounding
  bool usable, draws;
  bool zeros;                   // an exact sum that is 0 has the sign that binary64 gives it: not in LS_DOWN
  int drop;                     // bits of binary64 that the format lacks
  uint64_t positive, negative;  // what to add to a magnitude of this sign before cutting those off
  uint64_t tie;                 // 1 if to nearest: the last bit kept is added too
  uint64_t least, range;        // magnitudes as bit patterns: the least normal number, and from there to the last binade
  ls_soft_site site;
  uint64_t element, roundings;  // of the rounding that comes next
  uint64_t words[4];            // the block it belongs to, unless it is the first there
} ls_soft_machine;

static inline ls_soft_machine ls_soft_start(const ls_soft_format *f, const ls_soft_site *site) {
  const uint64_t unit = UINT64_C(1) << (53 - f->precision);
  ls_soft_machine m = {.format = *f, .drop = 53 - f->precision, .draws = f->direction == LS_STOCHASTIC,
                       .zeros = f->direction != LS_DOWN};
  if (site) m.site = *site;
  m.usable = f->precision <= 24 && f->emin >= -126 && f->emax <= 127;
  // The last binade, where rounding may overflow, goes the long way.
  m.least = (uint64_t)(f->emin + 1023) << 52;
  m.range = ((uint64_t)(f->emax + 1023) << 52) - m.least;
  switch (f->direction) {
  case LS_NEAREST: m.positive = m.negative = unit / 2 - 1, m.tie = 1; break;
  case LS_UP: m.positive = unit - 1; break;
  case LS_DOWN: m.negative = unit - 1; break;
  case LS_ZERO:
  case LS_STOCHASTIC: break;
  }
  return m;
}

// The next roundings are those of this element of the operation, `made` of them being made already.
static inline void ls_soft_begin(ls_soft_machine *m, int64_t element, uint64_t made) {
  m->element = m->site.firstElement + (uint64_t)element;
  m->roundings = made;
  if (m->draws && made % 4) ls_soft_block(&m->site, m->element, made / 4, m->words);
}

// Contract, section 2: word t mod 4 of block ⌊t/4⌋; every rounding has its own, exact ones too.
static inline void ls_soft_draw(ls_soft_machine *m) {
  if (!m->draws) return;
  if (m->roundings % 4 == 0) ls_soft_block(&m->site, m->element, m->roundings / 4, m->words);
  m->format.word = m->words[m->roundings++ % 4];
}

// x*y + z; the format's numbers, x*y exact in binary64 where the short way is usable.
static inline double ls_soft_step(ls_soft_machine *m, double x, double y, double z) {
  ls_soft_draw(m);
  if (m->usable) {
    const double product = x * y;
    if (m->draws) {
      const double sum = product + z, t = sum - product;
      const uint64_t bits = ls_double_bits(sum), magnitude = bits & ~((uint64_t)1 << 63);
      if (magnitude == 0) return sum;
      // Nothing lost; NaN, where something is infinite, is unequal to 0.
      if ((product - (sum - t)) + (z - t) == 0 && magnitude - m->least < m->range) {
        const uint64_t away = m->format.word < bits << (64 - m->drop);
        return ls_double_of(((bits >> m->drop) + away) << m->drop);
      }
    } else {
      const uint64_t bits = ls_double_bits(ls_add_to_odd(product, z)), sign = bits >> 63;
      const uint64_t magnitude = bits & ~((uint64_t)1 << 63);
      if (magnitude == 0 && m->zeros) return ls_double_of(bits);
      if (magnitude - m->least < m->range) {
        const uint64_t add = (sign ? m->negative : m->positive) + (bits >> m->drop & m->tie);
        return ls_double_of((bits + add) >> m->drop << m->drop);
      }
    }
  }
  return ls_soft_fma(x, y, z, &m->format);
}

// The operations, drawing. An addition is a step with the factor 1, as in soft.c.
static inline double ls_next_fma(ls_soft_machine *m, double a, double b, double c) { return ls_soft_step(m, a, b, c); }
static inline double ls_next_add(ls_soft_machine *m, double a, double b) { return ls_soft_step(m, a, 1, b); }
static inline double ls_next_subtract(ls_soft_machine *m, double a, double b) { return ls_soft_step(m, b, -1, a); }

static inline double ls_next_multiply(ls_soft_machine *m, double a, double b) {
  const double product = a * b;
  // A product that is 0 has a sign of its own, which a sum with 0 would lose; it takes the long way, like the subnormal ones.
  const uint64_t magnitude = ls_double_bits(product) & ~((uint64_t)1 << 63);
  if (m->usable && magnitude - m->least < m->range) return ls_soft_step(m, a, b, 0);
  ls_soft_draw(m);
  return ls_soft_multiply(a, b, &m->format);
}

static inline double ls_next_divide(ls_soft_machine *m, double a, double b) {
  ls_soft_draw(m);
  return ls_soft_divide(a, b, &m->format);
}
static inline double ls_next_square_root(ls_soft_machine *m, double x) {
  ls_soft_draw(m);
  return ls_soft_square_root(x, &m->format);
}
static inline double ls_next_elementary(ls_soft_machine *m, ls_unary f, double x) {
  ls_soft_draw(m);
  return ls_soft_elementary(f, x, &m->format);
}
static inline double ls_next_multiply_integer(ls_soft_machine *m, double a, int64_t k) {
  ls_soft_draw(m);
  return ls_soft_multiply_integer(a, k, &m->format);
}
static inline double ls_next_divide_integer(ls_soft_machine *m, double a, int64_t k) {
  ls_soft_draw(m);
  return ls_soft_divide_integer(a, k, &m->format);
}
