// Between values and their residues.
// Ranked promises: exact both ways, one rounding into the format at the end; nothing allocated but in ls_residue_begin; then
// speed. The method is told in big_residue.c.
#pragma STDC FP_CONTRACT OFF
#include "big_residue.h"
#include "big_round.h"
#include "big_short.h"
#include <stdlib.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "digits are read from limbs as bytes");

enum { strip = ls_residue_strip, stripRow = ls_residue_strip_row };

// --- lines

ls_line ls_line_scan(int64_t count, const void *x, int64_t step) {
  int64_t low = INT64_MAX, high = INT64_MIN;
  for (int64_t t = 0; t < count; t++) {
    const ls_big *v = ls_at(x, t, step);
    if (!ls_is_regular(v)) {
      if (ls_is_zero(v)) continue;
      return (ls_line){0, -1};
    }
    // Low zero bits do not count: values that came from binary32 are short whatever their records' precision.
    int32_t used = ls_used_limbs(v->precision), first = 0;
    while (v->limbs[first] == 0) first++;
    const int64_t least = v->exponent - 64 * (int64_t)(used - first) + __builtin_ctzll(v->limbs[first]);
    if (least < low) low = least;
    if (v->exponent > high) high = v->exponent;
  }
  return low == INT64_MAX ? (ls_line){0, 0} : (ls_line){low, high - low};
}

ls_line ls_line_join(ls_line a, ls_line b) {
  if (a.bits <= 0 && b.bits >= 0) return a.bits < 0 ? a : b;
  if (b.bits <= 0) return b.bits < 0 ? b : a;
  const int64_t low = a.low < b.low ? a.low : b.low;
  const int64_t high = a.low + a.bits > b.low + b.bits ? a.low + a.bits : b.low + b.bits;
  return (ls_line){low, high - low};
}

// --- working memory

static int64_t digits_of_results(const ls_residue_work *w) { return (w->bits + w->moduli->base) / w->moduli->base; }
static int64_t limbs_of_results(const ls_residue_work *w) {
  return (digits_of_results(w) * w->moduli->base + 63) / 64;
}

double *ls_residue_begin(ls_residue_work *w, int64_t bits, int64_t doubles, const ls_big_format *format) {
  const int64_t moduli = ls_moduli_needed(bits);
  w->kernels = ls_residue_kernels_of(format->path);
  w->moduli = ls_moduli_of((int32_t)moduli);
  w->bits = bits;
  w->filled = 0;
  w->limbs = format->limbs;
  // Digits reach from before the significand (its unit is above 2^low) to beyond it (it has low zeros), and are read as
  // 32 bits.
  w->margin = (ls_residue_digit * moduli + 63) / 64 + 2;
  const int64_t digits = w->moduli->digits > moduli ? w->moduli->digits : moduli;
  const int64_t significands = strip * (w->limbs + 2 * w->margin), sums = (digits + 1) * stripRow;
  const int64_t words = limbs_of_results(w) * stripRow;
  w->memory = ls_allocate((size_t)(doubles + 2 * sums + significands + words) * sizeof(double) + 64);
  double *more = (double *)(((uintptr_t)w->memory + 63) & ~(uintptr_t)63);
  w->digits = more + doubles;
  w->sums = w->digits + sums;
  w->significands = (uint64_t *)(w->sums + sums);
  w->words = w->significands + significands;
  memset(w->significands, 0, (size_t)significands * sizeof(uint64_t));
  return more;
}

void ls_residue_end(ls_residue_work *w) { free(w->memory); }

// --- values to residues

static inline uint64_t *significand_of(const ls_residue_work *w, int64_t e) {
  return w->significands + e * (w->limbs + 2 * w->margin) + w->margin;
}

static inline void take(ls_residue_work *w, const ls_big *v, int64_t low) {
  uint64_t *at = significand_of(w, w->filled);
  int64_t start = 0;
  double sign = 1;
  if (v == NULL || ls_is_zero(v)) {
    for (int64_t i = 0; i < w->limbs; i++) at[i] = 0;
  } else {
    for (int64_t i = 0; i < w->limbs; i++) at[i] = v->limbs[i];
    start = low - (v->exponent - 64 * (int64_t)ls_used_limbs(v->precision));
    sign = v->sign;
  }
  w->starts[w->filled] = start;
  w->signs[w->filled++] = sign;
}

// The residues of the strip, into the next columns of the planes.
static void flush(ls_residue_writer *writer) {
  ls_residue_work *w = writer->work;
  while (w->filled & (ls_residue_width - 1)) take(w, NULL, 0);
  for (int64_t e = 0; e < w->filled; e++) {
    const int64_t start = w->starts[e];
    const char *bytes = (const char *)significand_of(w, e) + (start >> 3);
    const double sign = w->signs[e];
    double *to = w->digits + e;
    for (int64_t d = 0; d < writer->digits; d++) {
      uint32_t x;
      memcpy(&x, bytes + 3 * d, sizeof x);
      to[d * stripRow] = sign * (double)(int32_t)(x >> (start & 7) & ((1 << ls_residue_digit) - 1));
    }
  }
  // Digits below 2^24 times residues below 2^23: 60 of them and a residue are within 2^53.
  const int64_t most = 60, moduli = w->moduli->count;
  int64_t d = 0;
  do {
    const int64_t terms = writer->digits - d < most ? writer->digits - d : most;
    w->kernels->transform(moduli, w->filled, terms, writer->table + d, moduli, w->digits + d * stripRow, stripRow,
                          writer->planes + writer->at, writer->plane, d == 0, w->moduli->moduli);
    d += most;
  } while (d < writer->digits);
  writer->at += w->filled;
  w->filled = 0;
}

void ls_residue_put(ls_residue_writer *writer, const ls_big *v, int64_t low) {
  take(writer->work, v, low);
  if (writer->work->filled == strip) flush(writer);
}

void ls_residue_finish(ls_residue_writer *writer) {
  if (writer->work->filled > 0) flush(writer);
}

// --- residues to values

void ls_residue_rebuild(ls_residue_work *w, const double *c, int64_t plane, int64_t count) {
  const int64_t digits = digits_of_results(w), moduli = w->moduli->count;
  double *quotients = w->sums + digits * stripRow;
  w->kernels->transform(1, count, moduli, w->moduli->reciprocals, 0, c, plane, quotients, 0, true, NULL);
  for (int64_t e = 0; e < count; e++) quotients[e] = (quotients[e] + 0x1.8p52) - 0x1.8p52;
  w->kernels->transform(digits, count, moduli, w->moduli->cofactors, moduli + 1, c, plane, w->sums, stripRow, true,
                        NULL);
  w->kernels->transform(digits, count, 1, w->moduli->cofactors + moduli, moduli + 1, quotients, 0, w->sums, stripRow,
                        false, NULL);
  w->kernels->resolve(count, digits, w->moduli->base, w->sums, stripRow, w->words);
}

LS_ALWAYS void round_into(const int used, ls_big *r, const uint64_t *limbs, int64_t size, int64_t low, int sign,
                          const ls_big_format *format) {
  ls_round_magnitude(r, limbs, size, low, false, sign, used, format);
}

bool ls_residue_round(const ls_residue_work *w, int64_t e, int64_t low, ls_big *r, const ls_big_format *format) {
  uint64_t limbs[(ls_residue_most * ls_residue_digit + 63) / 64 + 2];
  const uint64_t *words = w->words + e;
  int64_t size = limbs_of_results(w);
  const bool negative = words[(size - 1) * stripRow] >> 63 != 0;
  const uint64_t flip = negative ? ~UINT64_C(0) : 0;
  uint64_t carry = negative;
  for (int64_t i = 0; i < size; i++) carry = ls_limb_add(&limbs[i], words[i * stripRow] ^ flip, 0, carry);
  while (size > 0 && limbs[size - 1] == 0) size--;
  if (size == 0) return false;
  const int sign = negative ? -1 : 1;
  switch (ls_used_limbs(format->precision)) {
  case 1: round_into(1, r, limbs, size, low, sign, format); break;
  case 2: round_into(2, r, limbs, size, low, sign, format); break;
  case 3: round_into(3, r, limbs, size, low, sign, format); break;
  case 4: round_into(4, r, limbs, size, low, sign, format); break;
  case 8: round_into(8, r, limbs, size, low, sign, format); break;
  default: round_into(ls_used_limbs(format->precision), r, limbs, size, low, sign, format);
  }
  return true;
}
