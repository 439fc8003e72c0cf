// Exact sums of products modulo primes: what the parts of big_residue*.c know of one another. The method is told in
// big_residue.c.
#pragma once
#include "big_reduction.h"

// --- moduli

// Bits of a digit of an operand; terms of a product that are summed before they are reduced; outputs that a tile is wide;
// the most moduli.
enum { ls_residue_digit = 24, ls_residue_terms = 128, ls_residue_width = 8, ls_residue_most = 512 };

// -p and 1/p.
typedef struct {
  double minus, inverse;
} ls_modulus;

// The first `count` moduli, M their product, and everything that depends on nothing else.
typedef struct {
  int32_t count;
  int32_t base;    // bits of a digit of a result
  int32_t digits;  // of M
  ls_modulus moduli[ls_residue_most];
  double reciprocals[ls_residue_most];
  // Row p, column d: 2^(24 d) mod p; and that times the inverse of M/p, mod p. `count` columns.
  double *powers, *weighted;
  // Row d, column i: digit d of M/p_i; in the last column, number `count`, that of -M.
  double *cofactors;
} ls_moduli;

// Shared by all threads, made on first use, never freed.
const ls_moduli *ls_moduli_of(int32_t count);

// The least count of moduli whose product exceeds 4 * 2^bits; more than ls_residue_most where there are too few.
int64_t ls_moduli_needed(int64_t bits);

// --- kernels on planes of binary64 integers, all sums exact

typedef struct {
  int32_t rows;      // of a tile
  float multiplyAdd; // measured nanoseconds of one product and sum, for the choice of a way (big_matmul.c)
  // c (rows x columns, a multiple of the width) = or += a b, reduced modulo one modulus. a: tiles of rows, shared out
  // evenly, each as [terms][rows]; b: panels of the width, each as [terms][width].
  void (*multiply)(int64_t rows, int64_t columns, int64_t terms, const double *a, const double *b, double *c,
                   int64_t cRow, bool start, const ls_modulus *modulus);
  // out row r (columns, a multiple of the width) = or += the sum of table[r][t] * in row t; reduced modulo moduli[r]
  // unless that is NULL.
  void (*transform)(int64_t rows, int64_t columns, int64_t terms, const double *table, int64_t tableRow,
                    const double *in, int64_t inRow, double *out, int64_t outRow, bool start,
                    const ls_modulus *moduli);
} ls_residue_kernels;

extern const ls_residue_kernels ls_plain_residue_kernels;
#if defined(__x86_64__)
extern const ls_residue_kernels ls_avx2_residue_kernels;
#elif defined(__aarch64__)
extern const ls_residue_kernels ls_neon_residue_kernels;
#endif
const ls_residue_kernels *ls_residue_kernels_of(ls_path path);

// Rows are shared out evenly among tiles.
static inline int64_t ls_residue_tiles(int64_t rows, int64_t most) { return (rows + most - 1) / most; }
static inline int64_t ls_residue_first(int64_t rows, int64_t tiles, int64_t tile) { return rows * tile / tiles; }

// --- products

// A line (row or column): every value of it is an integer below 2^bits in magnitude, times 2^low. bits < 0: an infinity or
// a NaN occurs.
typedef struct {
  int64_t low, bits;
} ls_line;

ls_line ls_line_scan(int64_t count, const void *x, int64_t step);

// Lines `indices` of an operand: record l of line i lies at base + i * line + l * term (bytes).
typedef struct {
  int64_t count;
  const int32_t *indices;
  const ls_line *lines;
  const char *base;
  int64_t line, term;
  int64_t bits;  // the most of these lines
} ls_lines;

// c[i * n + j] = the exact sum over k terms, rounded once, for the rows and columns listed; zero(context, i, j) makes
// those sums that are 0.
typedef struct {
  char *c;
  int64_t n, k, stride;
  void (*zero)(void *context, int64_t i, int64_t j);
  void *context;
} ls_residue_target;
void ls_residue_products(const ls_lines *rows, const ls_lines *columns, const ls_residue_target *target,
                         const ls_big_format *format);
