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

// A term of a gathered sum: its place among the taps of a, and where its values lie in b.
typedef struct {
  int32_t tap, offset;
} ls_residue_term;

typedef struct {
  int32_t rows;      // of a tile
  int32_t lanes;     // that a correlation sums apart
  float multiplyAdd; // measured nanoseconds of one product and sum, for the choice of a way (big_matmul.c)
  // c (rows x columns, a multiple of the width) = or += a b, reduced modulo one modulus. a: tiles of rows, shared out
  // evenly, each as [terms][rows]; b and c: panels of the width, each as [terms][width] and [rows][width].
  void (*multiply)(int64_t rows, int64_t columns, int64_t terms, const double *a, const double *b, double *c, bool start,
                   const ls_modulus *modulus);
  // out row r (columns, a multiple of the width) = or += the sum of table[r][t] * in row t; reduced modulo moduli[r]
  // unless that is NULL.
  void (*transform)(int64_t rows, int64_t columns, int64_t terms, const double *table, int64_t tableRow,
                    const double *in, int64_t inRow, double *out, int64_t outRow, bool start,
                    const ls_modulus *moduli);
  // c (rows x width) = the sum over any number of terms of a[tap] * b[offset ..< offset + width], reduced. a: tiles of
  // rows as above, each as [taps][rows].
  void (*gather)(int64_t rows, int64_t taps, int64_t terms, const ls_residue_term *term, const double *a,
                 const double *b, double *c, int64_t cRow, const ls_modulus *modulus);
  // c[i * taps + j], groups of `lanes` numbers whose sum is meant, += the sum over pairs of g[i * gRow + first ..< + width]
  // * x[tap[j] + second ..< + width]; reduced. At most ls_residue_terms * lanes / width pairs.
  void (*correlate)(int64_t rows, int64_t taps, int64_t pairs, const int32_t (*pair)[2], const double *g, int64_t gRow,
                    const double *x, const int32_t *tap, double *c, const ls_modulus *modulus);
  // Rows of sums (below 2^53) are digits in base 2^base, 2^20 or 2^24, with carries unresolved: the integers modulo
  // 2^(base * digits), in two's complement, as rows of limbs. The sums are used up.
  void (*resolve)(int64_t columns, int64_t digits, int base, double *sums, int64_t row, uint64_t *limbs);
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

// --- values and residues

// Values at a time; planes of them are apart by a length that does not fall onto the same sets of a cache.
enum { ls_residue_strip = 128, ls_residue_strip_row = ls_residue_strip + ls_residue_width };

// Working memory of a conversion one way or the other.
typedef struct {
  const ls_residue_kernels *kernels;
  const ls_moduli *moduli;
  int64_t bits;  // of the sums
  // A strip of values: their significands, each between `margin` limbs of zeros that stay; where their digits begin; signs;
  // the digits.
  uint64_t *significands;
  int64_t margin, limbs;
  int64_t starts[ls_residue_strip];
  double signs[ls_residue_strip];
  double *digits;
  int64_t filled;
  double *sums;     // digits of results; then the quotients q
  uint64_t *words;  // their limbs
  char *memory;
} ls_residue_work;

// For sums below 2^bits. Memory for `doubles` more, aligned for vectors, is what it returns. One allocation.
double *ls_residue_begin(ls_residue_work *w, int64_t bits, int64_t doubles, const ls_big_format *format);
void ls_residue_end(ls_residue_work *w);

// A row of values on their way into planes of residues, columns `at` and following.
typedef struct {
  ls_residue_work *work;
  int64_t digits;       // of every value
  const double *table;  // powers, or weighted
  double *planes;
  int64_t plane, at;
} ls_residue_writer;

// The next value, in units of 2^low; NULL for a zero.
void ls_residue_put(ls_residue_writer *writer, const ls_big *v, int64_t low);
// After the last; zeros fill up the width.
void ls_residue_finish(ls_residue_writer *writer);

// The integers that belong to `count` columns of planes of residues, at most a strip, a multiple of the width: as limbs.
// Integers are `ls_residue_limbs` long, in two's complement, limb i of column e at words[i * ls_residue_strip_row + e].
void ls_residue_rebuild(ls_residue_work *w, const double *c, int64_t plane, int64_t count);
// Column e of them times 2^low, rounded; false, with nothing written, if it is 0.
bool ls_residue_round(const ls_residue_work *w, int64_t e, int64_t low, ls_big *r, const ls_big_format *format);

static inline int64_t ls_residue_digits(int64_t bits) { return (bits + ls_residue_digit - 1) / ls_residue_digit; }

// --- products

// A line (row or column): every value of it is an integer below 2^bits in magnitude, times 2^low. bits < 0: an infinity or
// a NaN occurs.
typedef struct {
  int64_t low, bits;
} ls_line;

ls_line ls_line_scan(int64_t count, const void *x, int64_t step);
// The line of both.
ls_line ls_line_join(ls_line a, ls_line b);

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

// --- what the ways cost, in nanoseconds of one machine; what decides is their ratio

typedef struct {
  double multiplyAdd, moduli;
} ls_residue_costs;

double ls_cost_of_values(const ls_residue_costs *c, double values, int64_t digits);
// Products included.
double ls_cost_of_results(const ls_residue_costs *c, double results, double k);
// A sum of k products in the window.
double ls_cost_by_terms(double k, int32_t limbs);
