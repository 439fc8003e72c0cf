// Exact sums of products by the Chinese remainder theorem.
// Ranked promises: the exact sums, each rounded once; memory in proportion to rows, columns and precision, not to the
// output; then speed, which is that of products of binary64 matrices: one for every 24 bits of a result.
//
// Values become integers in units of their row or column. A sum of products is then an integer X, below 2^bits in
// magnitude, times 2^(row's low + column's low), and X is known from its residues modulo primes p_1 ... p_N whose product
// M exceeds 4 |X|:
//   1. Digits of 24 bits of the values, times 2^(24 d) mod p, summed and reduced: the residues, symmetric about 0.
//   2. For each prime the product of the matrices of residues, in binary64, exact (big_residue_template.h). Columns
//      carry the factor (M/p)^-1 mod p beside, so that the results are the c_i of
//   3. X = sum c_i (M/p_i) - q M, with q = sum c_i / p_i rounded to an integer: its error is far below the distance of
//      X/M, less than 1/4, from 1/2. The digits of X are summed as in step 1 and their carries resolved.
// (J. von zur Gathen, J. Gerhard, Modern Computer Algebra, 3rd ed., section 5.5; binary64 as the ring of residues:
// J.-G. Dumas, P. Giorgi, C. Pernet, Dense Linear Algebra over Word-Size Prime Fields, ACM TOMS 35(3), 2008.)
#pragma STDC FP_CONTRACT OFF
#include "big_residue.h"
#include "big_round.h"
#include <stdlib.h>

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

// --- values to residues

// Values at a time; planes of them are apart by a length that does not fall onto the same sets of a cache.
enum { strip = 128, stripRow = strip + ls_residue_width };

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "digits are read from limbs as bytes");

typedef struct {
  const ls_residue_kernels *kernels;
  const ls_moduli *moduli;
  int64_t bits;              // of the sums
  // A strip of values: their significands, each between `margin` limbs of zeros that stay; where their digits begin; signs;
  // the digits.
  uint64_t *significands;
  int64_t margin, limbs;
  int64_t starts[strip];
  double signs[strip];
  double *digits;
  int64_t filled;
  double *a, *b, *c;         // planes of residues, aPlane, bPlane and cPlane apart
  int64_t aPlane, bPlane, cPlane;
  double *sums;              // digits of results; then the quotients q
} workspace;

static inline uint64_t *significand_of(const workspace *w, int64_t e) {
  return w->significands + e * (w->limbs + 2 * w->margin) + w->margin;
}

// The next value of the strip, in units of 2^low; NULL for a zero.
static inline void take(workspace *w, const ls_big *v, int64_t low) {
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

// The residues of the strip, as columns `at` ..< at + filled of the planes.
static void flush(workspace *w, int64_t digits, const double *table, double *planes, int64_t plane, int64_t at) {
  while (w->filled & (ls_residue_width - 1)) take(w, NULL, 0);
  for (int64_t e = 0; e < w->filled; e++) {
    const int64_t start = w->starts[e];
    const char *bytes = (const char *)significand_of(w, e) + (start >> 3);
    const double sign = w->signs[e];
    double *to = w->digits + e;
    for (int64_t d = 0; d < digits; d++) {
      uint32_t x;
      memcpy(&x, bytes + 3 * d, sizeof x);
      to[d * stripRow] = sign * (double)(int32_t)(x >> (start & 7) & ((1 << ls_residue_digit) - 1));
    }
  }
  // Digits below 2^24 times residues below 2^23: 60 of them and a residue are within 2^53.
  const int64_t most = 60, moduli = w->moduli->count;
  int64_t d = 0;
  do {
    const int64_t terms = digits - d < most ? digits - d : most;
    w->kernels->transform(moduli, w->filled, terms, table + d, moduli, w->digits + d * stripRow, stripRow, planes + at,
                          plane, d == 0, w->moduli->moduli);
    d += most;
  } while (d < digits);
  w->filled = 0;
}

typedef struct {
  int64_t line, lines, term, terms;
} block;

// Records of a block in the order in which tiles of `height` lines want them: [tile][term][line]. Lines beyond those
// there are, in a last tile, hold zeros, when `padded`.
static void fill(workspace *w, const ls_lines *lines, block at, int64_t height, bool padded, const double *table,
                 double *planes, int64_t plane) {
  const int64_t digits = (lines->bits + ls_residue_digit - 1) / ls_residue_digit;
  const int64_t tiles = ls_residue_tiles(at.lines, height);
  int64_t done = 0;
  for (int64_t tile = 0; tile < tiles; tile++) {
    const int64_t first = padded ? tile * height : ls_residue_first(at.lines, tiles, tile);
    const int64_t last = padded ? first + height : ls_residue_first(at.lines, tiles, tile + 1);
    for (int64_t t = at.term; t < at.term + at.terms; t++)
      for (int64_t i = first; i < last; i++) {
        if (i < at.lines) {
          const int64_t line = lines->indices[at.line + i];
          take(w, (const ls_big *)(lines->base + line * lines->line + t * lines->term), lines->lines[line].low);
        } else {
          take(w, NULL, 0);
        }
        if (w->filled == strip) {
          flush(w, digits, table, planes, plane, done);
          done += strip;
        }
      }
  }
  if (w->filled > 0) flush(w, digits, table, planes, plane, done);
}

// --- residues to values

// The digits of sum e, carries resolved, as a two's complement integer of `limbs` limbs; false if it is 0.
static bool pack(const workspace *w, int64_t e, int64_t digits, int64_t limbs, uint64_t *out) {
  const int base = w->moduli->base;
  const int64_t mask = (INT64_C(1) << base) - 1;
  int64_t carry = 0, size = 0;
  uint64_t word = 0, any = 0;
  int have = 0;
  for (int64_t d = 0; d < digits; d++) {
    carry += (int64_t)w->sums[d * stripRow + e];
    const uint64_t digit = (uint64_t)(carry & mask);
    carry >>= base;
    word |= digit << have;
    have += base;
    if (have >= 64) {
      out[size++] = word;
      any |= word;
      have -= 64;
      word = digit >> (base - have);
    }
  }
  // The digits hold the sign; what is left of the last limb repeats it.
  const bool negative = have > 0 ? word >> (have - 1) & 1 : out[size - 1] >> 63;
  if (size < limbs) {
    if (have > 0 && negative) word |= ~UINT64_C(0) << have;
    out[size++] = word;
    any |= word;
  }
  return any != 0;
}

// Results of a block whose planes hold rows of `wide` columns, of which `within` count: `count` of them, at most a strip,
// beginning with number `at`.
typedef struct {
  const ls_lines *rows, *columns;
  int64_t row, column;  // of the block's first result
  int64_t wide, within;
} results;

static void rebuild(workspace *w, const results *r, int64_t at, int64_t count, const ls_residue_target *target,
                    const ls_big_format *format) {
  const int64_t digits = (w->bits + 1 + w->moduli->base - 1) / w->moduli->base;
  const int64_t limbs = (digits * w->moduli->base + 63) / 64, moduli = w->moduli->count;
  const double *c = w->c + at;
  double *quotients = w->sums + digits * stripRow;
  w->kernels->transform(1, count, moduli, w->moduli->reciprocals, 0, c, w->cPlane, quotients, 0, true, NULL);
  for (int64_t e = 0; e < count; e++) quotients[e] = (quotients[e] + 0x1.8p52) - 0x1.8p52;
  w->kernels->transform(digits, count, moduli, w->moduli->cofactors, moduli + 1, c, w->cPlane, w->sums, stripRow, true,
                        NULL);
  w->kernels->transform(digits, count, 1, w->moduli->cofactors + moduli, moduli + 1, quotients, 0, w->sums, stripRow,
                        false, NULL);
  const int used = ls_used_limbs(format->precision);
  uint64_t sum[(ls_residue_most * ls_residue_digit + 63) / 64 + 2];
  int64_t i = at / r->wide, j = at % r->wide;
  for (int64_t e = 0; e < count; e++) {
    if (j < r->within) {
      const int64_t row = r->rows->indices[r->row + i], column = r->columns->indices[r->column + j];
      if (!pack(w, e, digits, limbs, sum)) {
        target->zero(target->context, row, column);
      } else {
        int64_t size = limbs;
        const bool negative = sum[size - 1] >> 63 != 0;
        if (negative) mpn_neg((mp_limb_t *)sum, (const mp_limb_t *)sum, size);
        while (sum[size - 1] == 0) size--;
        ls_round_magnitude(ls_at_mutable(target->c, row * target->n + column, target->stride), sum, size,
                           r->rows->lines[row].low + r->columns->lines[column].low, false, negative ? -1 : 1, used,
                           format);
      }
    }
    if (++j == r->wide) {
      j = 0;
      i++;
    }
  }
}

// --- blocks

// The planes of a block of results in the second or third level of a cache.
static int64_t side(int64_t moduli) {
  int64_t s = 64;
  while (s < 256 && (s + 32) * (s + 32) * moduli <= (1 << 21)) s += 32;
  return s;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

void ls_residue_products(const ls_lines *rows, const ls_lines *columns, const ls_residue_target *target,
                         const ls_big_format *format) {
  const int64_t k = target->k;
  // |X| < k 2^(row + column), and k < 2^64 - clz.
  const int64_t bits = rows->bits + columns->bits + 64 - __builtin_clzll((uint64_t)k);
  const int64_t moduli = ls_moduli_needed(bits);
  workspace w = {.kernels = ls_residue_kernels_of(format->path), .moduli = ls_moduli_of((int32_t)moduli), .bits = bits};

  const int64_t limit = side(moduli), width = ls_residue_width;
  const int64_t height = least(limit, rows->count), across = least(limit, (columns->count + width - 1) & -width);
  const int64_t depth = least(k, ls_residue_terms);
  w.aPlane = ((height * depth + width - 1) & -width) + width;
  w.bPlane = across * depth + width;
  w.cPlane = height * across + width;
  const int64_t planes = (w.moduli->digits > moduli ? w.moduli->digits : moduli) + 1;
  w.limbs = format->limbs;
  // Digits reach from before the significand (its unit is above 2^low) to beyond it (it has low zeros), and are read as
  // 32 bits.
  w.margin = (ls_residue_digit * moduli + 63) / 64 + 2;
  const int64_t significands = strip * (w.limbs + 2 * w.margin);
  const int64_t doubles = moduli * (w.aPlane + w.bPlane + w.cPlane) + 2 * planes * stripRow;
  char *memory = ls_allocate((size_t)(doubles + significands) * sizeof(double) + 64);
  w.a = (double *)(((uintptr_t)memory + 63) & ~(uintptr_t)63);
  w.b = w.a + moduli * w.aPlane;
  w.c = w.b + moduli * w.bPlane;
  w.digits = w.c + moduli * w.cPlane;
  w.sums = w.digits + planes * stripRow;
  w.significands = (uint64_t *)(w.sums + planes * stripRow);
  memset(w.significands, 0, (size_t)significands * sizeof(uint64_t));

  for (int64_t i = 0; i < rows->count; i += height) {
    const int64_t tall = least(height, rows->count - i);
    for (int64_t j = 0; j < columns->count; j += across) {
      const int64_t wide = least(across, columns->count - j), padded = (wide + width - 1) & -width;
      for (int64_t t = 0; t < k; t += depth) {
        const int64_t terms = least(depth, k - t);
        // With one block in each of two directions the operand that does not change stays.
        if (j == 0 || k > depth)
          fill(&w, rows, (block){i, tall, t, terms}, w.kernels->rows, false, w.moduli->powers, w.a, w.aPlane);
        if (i == 0 || k > depth || columns->count > across)
          fill(&w, columns, (block){j, wide, t, terms}, width, true, w.moduli->weighted, w.b, w.bPlane);
        for (int64_t p = 0; p < moduli; p++)
          w.kernels->multiply(tall, padded, terms, w.a + p * w.aPlane, w.b + p * w.bPlane, w.c + p * w.cPlane, padded,
                              t == 0, &w.moduli->moduli[p]);
      }
      const results r = {rows, columns, i, j, padded, wide};
      for (int64_t at = 0; at < tall * padded; at += strip)
        rebuild(&w, &r, at, least(strip, tall * padded - at), target, format);
    }
  }
  free(memory);
}
