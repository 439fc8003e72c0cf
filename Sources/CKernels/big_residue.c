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

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

// --- operands

typedef struct {
  int64_t line, lines, term, terms;
} block;

// Records of a block in the order in which tiles of `height` lines want them: [tile][term][line]. Lines beyond those
// there are, in a last tile, hold zeros, when `padded`.
static void fill(ls_residue_work *w, const ls_lines *lines, block at, int64_t height, bool padded,
                 const double *table, double *planes, int64_t plane) {
  ls_residue_writer writer = {w, ls_residue_digits(lines->bits), table, planes, plane, 0};
  const int64_t tiles = ls_residue_tiles(at.lines, height);
  for (int64_t tile = 0; tile < tiles; tile++) {
    const int64_t first = padded ? tile * height : ls_residue_first(at.lines, tiles, tile);
    const int64_t last = padded ? first + height : ls_residue_first(at.lines, tiles, tile + 1);
    for (int64_t t = at.term; t < at.term + at.terms; t++)
      for (int64_t i = first; i < last; i++) {
        if (i < at.lines) {
          const int64_t line = lines->indices[at.line + i];
          ls_residue_put(&writer, (const ls_big *)(lines->base + line * lines->line + t * lines->term),
                         lines->lines[line].low);
        } else {
          ls_residue_put(&writer, NULL, 0);
        }
      }
  }
  ls_residue_finish(&writer);
}

// --- results

// Results of a block, in planes of panels: `tall` rows, `wide` columns.
typedef struct {
  const ls_lines *rows, *columns;
  int64_t row, column;  // of the block's first result
  int64_t tall, wide;
} results;

// The `count` results, at most a strip, that begin with number `at`.
static void rebuild(ls_residue_work *w, const double *c, int64_t plane, const results *r, int64_t at, int64_t count,
                    const ls_residue_target *target, const ls_big_format *format) {
  ls_residue_rebuild(w, c + at, plane, count);
  for (int64_t e = 0; e < count; e += ls_residue_width) {
    const int64_t line = (at + e) / ls_residue_width, first = line / r->tall * ls_residue_width;
    const int64_t row = r->rows->indices[r->row + line % r->tall];
    for (int64_t lane = 0; lane < least(ls_residue_width, r->wide - first); lane++) {
      const int64_t column = r->columns->indices[r->column + first + lane];
      if (!ls_residue_round(w, e + lane, r->rows->lines[row].low + r->columns->lines[column].low,
                            ls_at_mutable(target->c, row * target->n + column, target->stride), format))
        target->zero(target->context, row, column);
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

void ls_residue_products(const ls_lines *rows, const ls_lines *columns, const ls_residue_target *target,
                         const ls_big_format *format) {
  const int64_t k = target->k;
  // |X| < k 2^(row + column), and k < 2^64 - clz.
  const int64_t bits = rows->bits + columns->bits + 64 - __builtin_clzll((uint64_t)k);
  const int64_t moduli = ls_moduli_needed(bits);
  const int64_t limit = side(moduli), width = ls_residue_width;
  const int64_t height = least(limit, rows->count), across = least(limit, (columns->count + width - 1) & -width);
  const int64_t depth = least(k, ls_residue_terms);
  const int64_t aPlane = ((height * depth + width - 1) & -width) + width, bPlane = across * depth + width;
  const int64_t cPlane = height * across + width;
  ls_residue_work w;
  double *a = ls_residue_begin(&w, bits, moduli * (aPlane + bPlane + cPlane), format);
  double *b = a + moduli * aPlane, *c = b + moduli * bPlane;

  for (int64_t i = 0; i < rows->count; i += height) {
    const int64_t tall = least(height, rows->count - i);
    for (int64_t j = 0; j < columns->count; j += across) {
      const int64_t wide = least(across, columns->count - j), padded = (wide + width - 1) & -width;
      for (int64_t t = 0; t < k; t += depth) {
        const int64_t terms = least(depth, k - t);
        // With one block in each of two directions the operand that does not change stays.
        if (j == 0 || k > depth)
          fill(&w, rows, (block){i, tall, t, terms}, w.kernels->rows, false, w.moduli->powers, a, aPlane);
        if (i == 0 || k > depth || columns->count > across)
          fill(&w, columns, (block){j, wide, t, terms}, width, true, w.moduli->weighted, b, bPlane);
        for (int64_t p = 0; p < moduli; p++)
          w.kernels->multiply(tall, padded, terms, a + p * aPlane, b + p * bPlane, c + p * cPlane, t == 0,
                              &w.moduli->moduli[p]);
      }
      const results r = {rows, columns, i, j, tall, wide};
      for (int64_t at = 0; at < tall * padded; at += ls_residue_strip)
        rebuild(&w, c, cPlane, &r, at, least(ls_residue_strip, tall * padded - at), target, format);
    }
  }
  ls_residue_end(&w);
}
