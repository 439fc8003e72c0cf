// Template: tiles of sums of products of integers held in binary64. A file that includes it defines PATH, TARGET, W (lanes
// of a vector), VECTORS (8 / W), ROWS, CASES and FMA(a, b, c), as for ieee_template.h, and NANOSECONDS (multiplyAdd of big_residue.h).
//
// Operands are below 2^24 and sums at most 2^53 in magnitude, so every product and every sum is exact, whether multiplied
// and added in one rounding or two: contraction, order and direction of rounding change nothing. The quotient of a
// reduction may come out one off; the residue is then another representative, within the bound below.
//
// Reduction of |s| <= 2^53 modulo p, 2^23 < p < 2^24 - 2^17: q = s/p rounded to an integer by adding and subtracting
// 1.5 * 2^52, with an error below 1/2 + 2^-21; s - q p is exact and at most p/2 + 8 < 2^23 - 2^16 + 16. Of 128
// products of such residues and one residue the sum is below 2^53 - 2^46.
#include "big_residue.h"

#define LS_JOIN(a, b) LS_JOIN2(a, b)
#define LS_JOIN2(a, b) ls_##a##_##b
#define NAME(x) LS_JOIN(PATH, residue_##x)
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("GCC unroll 8")

typedef double NAME(vector) __attribute__((vector_size(8 * W), aligned(8), may_alias));
#define V NAME(vector)

_Static_assert(W * VECTORS == ls_residue_width, "a tile is as wide as a panel");

INLINE TARGET void NAME(tile)(const int rows, int64_t terms, const double *a, int64_t aRow, int64_t aColumn,
                              const double *b, int64_t bRow, double *c, int64_t cRow, bool start,
                              const ls_modulus *moduli, int64_t step) {
  const V zero = {0};
  V s[ROWS][VECTORS];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < VECTORS; v++) s[r][v] = start ? zero : *(const V *)(c + r * cRow + v * W);
  for (int64_t t = 0; t < terms; t++) {
    V y[VECTORS];
    UNROLL for (int v = 0; v < VECTORS; v++) y[v] = *(const V *)(b + t * bRow + v * W);
    UNROLL for (int r = 0; r < rows; r++) {
      const V x = a[r * aRow + t * aColumn] - zero;
      UNROLL for (int v = 0; v < VECTORS; v++) s[r][v] = FMA(x, y[v], s[r][v]);
    }
  }
  if (moduli) {
    const V magic = 0x1.8p52 - zero;
    UNROLL for (int r = 0; r < rows; r++) {
      const V inverse = moduli[r * step].inverse - zero, minus = moduli[r * step].minus - zero;
      UNROLL for (int v = 0; v < VECTORS; v++) {
        const V q = FMA(s[r][v], inverse, magic) - magic;
        s[r][v] = FMA(q, minus, s[r][v]);
      }
    }
  }
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < VECTORS; v++) *(V *)(c + r * cRow + v * W) = s[r][v];
}

static TARGET void NAME(tileOf)(int rows, int64_t terms, const double *a, int64_t aRow, int64_t aColumn,
                                const double *b, int64_t bRow, double *c, int64_t cRow, bool start,
                                const ls_modulus *moduli, int64_t step) {
#define CASE(R)                                                                           \
  case R:                                                                                 \
    NAME(tile)(R, terms, a, aRow, aColumn, b, bRow, c, cRow, start, moduli, step);        \
    return;
  switch (rows) { CASES }
#undef CASE
}

static TARGET void NAME(multiply)(int64_t rows, int64_t columns, int64_t terms, const double *a, const double *b,
                                  double *c, bool start, const ls_modulus *modulus) {
  const int64_t tiles = ls_residue_tiles(rows, ROWS);
  for (int64_t j = 0; j < columns; j += ls_residue_width)
    for (int64_t tile = 0; tile < tiles; tile++) {
      const int64_t i = ls_residue_first(rows, tiles, tile), height = ls_residue_first(rows, tiles, tile + 1) - i;
      NAME(tileOf)((int)height, terms, a + i * terms, 1, height, b + j * terms, ls_residue_width,
                   c + j * rows + i * ls_residue_width, ls_residue_width, start, modulus, 0);
    }
}

static TARGET void NAME(transform)(int64_t rows, int64_t columns, int64_t terms, const double *table,
                                   int64_t tableRow, const double *in, int64_t inRow, double *out, int64_t outRow,
                                   bool start, const ls_modulus *moduli) {
  const int64_t tiles = ls_residue_tiles(rows, ROWS);
  for (int64_t j = 0; j < columns; j += ls_residue_width)
    for (int64_t tile = 0; tile < tiles; tile++) {
      const int64_t i = ls_residue_first(rows, tiles, tile), height = ls_residue_first(rows, tiles, tile + 1) - i;
      NAME(tileOf)((int)height, terms, table + i * tableRow, tableRow, 1, in + j, inRow, out + i * outRow + j, outRow,
                   start, moduli ? moduli + i : NULL, 1);
    }
}

// The quotient s / p, rounded; s minus that many p.
INLINE TARGET V NAME(reduce)(V s, const ls_modulus *modulus) {
  const V zero = {0}, magic = 0x1.8p52 - zero;
  const V q = FMA(s, modulus->inverse - zero, magic) - magic;
  return FMA(q, modulus->minus - zero, s);
}

INLINE TARGET void NAME(gatherTile)(const int rows, int64_t terms, const ls_residue_term *term, const double *a,
                                    const double *b, double *c, int64_t cRow, const ls_modulus *modulus) {
  const V zero = {0};
  V s[ROWS][VECTORS];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < VECTORS; v++) s[r][v] = zero;
  for (int64_t first = 0; first < terms || first == 0; first += ls_residue_terms) {
    const int64_t last = terms - first < ls_residue_terms ? terms : first + ls_residue_terms;
    for (int64_t t = first; t < last; t++) {
      const double *x = a + (int64_t)term[t].tap * rows, *y = b + term[t].offset;
      V here[VECTORS];
      UNROLL for (int v = 0; v < VECTORS; v++) here[v] = *(const V *)(y + v * W);
      UNROLL for (int r = 0; r < rows; r++) {
        const V factor = x[r] - zero;
        UNROLL for (int v = 0; v < VECTORS; v++) s[r][v] = FMA(factor, here[v], s[r][v]);
      }
    }
    UNROLL for (int r = 0; r < rows; r++)
      UNROLL for (int v = 0; v < VECTORS; v++) s[r][v] = NAME(reduce)(s[r][v], modulus);
  }
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < VECTORS; v++) *(V *)(c + r * cRow + v * W) = s[r][v];
}

static TARGET void NAME(gather)(int64_t rows, int64_t taps, int64_t terms, const ls_residue_term *term,
                                const double *a, const double *b, double *c, int64_t cRow,
                                const ls_modulus *modulus) {
  const int64_t tiles = ls_residue_tiles(rows, ROWS);
  for (int64_t tile = 0; tile < tiles; tile++) {
    const int64_t i = ls_residue_first(rows, tiles, tile), height = ls_residue_first(rows, tiles, tile + 1) - i;
    const double *x = a + i * taps;
    double *z = c + i * cRow;
#define CASE(R)                                                      \
  case R: NAME(gatherTile)(R, terms, term, x, b, z, cRow, modulus); break;
    switch (height) { CASES }
#undef CASE
  }
}

// Tiles of a correlation: at most 3 x 4 vectors.
INLINE TARGET void NAME(correlateTile)(const int rows, const int taps, int64_t pairs, const int32_t (*pair)[2],
                                       const double *g, int64_t gRow, const double *x, const int32_t *tap, double *c,
                                       int64_t cRow, const ls_modulus *modulus) {
  V s[3][4];
  const double *at[4];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int t = 0; t < taps; t++) s[r][t] = *(const V *)(c + r * cRow + t * W);
  UNROLL for (int t = 0; t < taps; t++) at[t] = x + tap[t];
  for (int64_t i = 0; i < pairs; i++) {
    const int64_t first = pair[i][0], second = pair[i][1];
    for (int v = 0; v < ls_residue_width; v += W) {
      V factor[3];
      UNROLL for (int r = 0; r < rows; r++) factor[r] = *(const V *)(g + r * gRow + first + v);
      UNROLL for (int t = 0; t < taps; t++) {
        const V here = *(const V *)(at[t] + second + v);
        UNROLL for (int r = 0; r < rows; r++) s[r][t] = FMA(factor[r], here, s[r][t]);
      }
    }
  }
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int t = 0; t < taps; t++) *(V *)(c + r * cRow + t * W) = NAME(reduce)(s[r][t], modulus);
}

static TARGET void NAME(correlate)(int64_t rows, int64_t taps, int64_t pairs, const int32_t (*pair)[2],
                                   const double *g, int64_t gRow, const double *x, const int32_t *tap, double *c,
                                   const ls_modulus *modulus) {
  const int64_t down = ls_residue_tiles(rows, 3), across = ls_residue_tiles(taps, 4);
  for (int64_t i = 0; i < down; i++) {
    const int64_t row = ls_residue_first(rows, down, i), height = ls_residue_first(rows, down, i + 1) - row;
    for (int64_t j = 0; j < across; j++) {
      const int64_t first = ls_residue_first(taps, across, j), width = ls_residue_first(taps, across, j + 1) - first;
      double *z = c + (row * taps + first) * W;
      const double *y = g + row * gRow;
#define TILE(R, T)                                                                                            \
  case 4 * R + T: NAME(correlateTile)(R, T, pairs, pair, y, gRow, x, tap + first, z, taps * W, modulus); break;
      switch (4 * height + width) {
        TILE(1, 1) TILE(1, 2) TILE(1, 3) TILE(1, 4) TILE(2, 1) TILE(2, 2) TILE(2, 3) TILE(2, 4)
        TILE(3, 1) TILE(3, 2) TILE(3, 3) TILE(3, 4)
      }
#undef TILE
    }
  }
}

typedef int32_t NAME(small) __attribute__((vector_size(4 * W), aligned(4), may_alias));
typedef int64_t NAME(whole) __attribute__((vector_size(8 * W), aligned(8), may_alias));

// s = h 2^base + l with |l| <= 2^(base - 1): every digit keeps its l and gets the h of the digit below. From |s| <= 2^53 that
// leaves less than 2^30 for base 24; for base 20 it takes two rounds. Carries of what is left are resolved in integers of 32
// bits; the last are dropped, as are numbers beyond the last digit.
static TARGET void NAME(resolve)(int64_t columns, int64_t digits, int base, double *sums, int64_t row,
                                 uint64_t *limbs) {
  const V zero = {0}, magic = 0x1.8p52 - zero;
  const V down = 1.0 / (double)(1 << base) - zero, minus = -(double)(1 << base) - zero;
  const NAME(small) mask = (1 << base) - 1 - (NAME(small)){0};
  for (int64_t j = 0; j < columns; j += W) {
    double *s = sums + j;
    if (base < 24) {
      V carry = zero;
      for (int64_t d = 0; d < digits; d++) {
        const V x = *(V *)(s + d * row), h = FMA(x, down, magic) - magic;
        *(V *)(s + d * row) = FMA(h, minus, x) + carry;
        carry = h;
      }
    }
    V below = zero;
    NAME(small) carry = {0};
    NAME(whole) word = {0};
    uint64_t *out = limbs + j;
    int have = 0;
    for (int64_t d = 0; d < digits; d++) {
      const V x = *(const V *)(s + d * row), h = FMA(x, down, magic) - magic;
      carry += __builtin_convertvector(FMA(h, minus, x) + below, NAME(small));
      below = h;
      const NAME(whole) digit = __builtin_convertvector(carry & mask, NAME(whole));
      carry >>= base;
      word |= digit << have;
      have += base;
      if (have >= 64) {
        *(NAME(whole) *)out = word;
        out += row;
        have -= 64;
        word = digit >> (base - have);
      }
    }
    // The digits hold the sign; what is left of the last limb repeats it.
    if (have > 0) {
      const NAME(whole) sign = word >> (have - 1) & 1;
      *(NAME(whole) *)out = word | (-sign << have);
    }
  }
}

const ls_residue_kernels NAME(kernels) = {
  ROWS, W, NANOSECONDS, NAME(multiply), NAME(transform), NAME(gather), NAME(correlate), NAME(resolve),
};
