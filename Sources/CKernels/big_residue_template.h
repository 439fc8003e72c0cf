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
                                  double *c, int64_t cRow, bool start, const ls_modulus *modulus) {
  const int64_t tiles = ls_residue_tiles(rows, ROWS);
  for (int64_t j = 0; j < columns; j += ls_residue_width)
    for (int64_t tile = 0; tile < tiles; tile++) {
      const int64_t i = ls_residue_first(rows, tiles, tile), height = ls_residue_first(rows, tiles, tile + 1) - i;
      NAME(tileOf)((int)height, terms, a + i * terms, 1, height, b + j * terms, ls_residue_width, c + i * cRow + j,
                   cRow, start, modulus, 0);
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

const ls_residue_kernels NAME(kernels) = {ROWS, NANOSECONDS, NAME(multiply), NAME(transform)};
