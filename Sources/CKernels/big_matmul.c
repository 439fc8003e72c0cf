// Matrix products of records.
// Ranked promises: every element is the dot product of its row and column, bit for bit, whatever the other elements are;
// scratch that does not grow with the output; then speed.
#pragma STDC FP_CONTRACT OFF
#include "big_residue.h"
#include <stdlib.h>

// The operands, and the terms of the element at hand.
typedef struct {
  int64_t m, n, k, stride;
  const char *a, *b;
  int64_t aRow, aColumn, bRow, bColumn;  // in bytes
  const ls_big **row, **column;
  char *c;
  ls_reducer *reducer;
} operands;

static void list_row(const operands *o, int64_t i) {
  for (int64_t l = 0; l < o->k; l++) o->row[l] = (const ls_big *)(o->a + i * o->aRow + l * o->aColumn);
}
static void list_column(const operands *o, int64_t j) {
  for (int64_t l = 0; l < o->k; l++) o->column[l] = (const ls_big *)(o->b + l * o->bRow + j * o->bColumn);
}

static void store(const operands *o, int64_t i, int64_t j) {
  ls_store(ls_at_mutable(o->c, i * o->n + j, o->stride), o->reducer->slots[0], o->reducer->format->limbs);
}

static void by_terms(const operands *o, int64_t i, int64_t j) {
  const ls_terms terms = {o->k, o->row, o->column};
  list_column(o, j);
  ls_reduce(o->reducer, &terms);
  store(o, i, j);
}

// --- exact: by residues where rows and columns allow, else by terms

// A sum that came out 0; only toward minus infinity do the signs of its terms matter.
static void zero(void *context, int64_t i, int64_t j) {
  const operands *o = context;
  ls_terms terms = {o->k, o->row, o->column};
  if (o->reducer->format->direction == LS_DOWN) {
    list_row(o, i);
    list_column(o, j);
  }
  ls_sum_zero(&terms, o->reducer->slots[0], o->reducer->format);
  store(o, i, j);
}

// Nanoseconds on an EPYC (Zen 3), fitted at 53 to 8192 bits; what decides is their ratio.
double ls_cost_by_terms(double k, int32_t limbs) {
  const double n = limbs;
  return 70 + k * (12 + n + n * n / (1 + n / 128));
}

double ls_cost_of_values(const ls_residue_costs *c, double values, int64_t digits) {
  return values * (10 + (double)digits + c->multiplyAdd * c->moduli * (double)(digits + 4));
}

double ls_cost_of_results(const ls_residue_costs *c, double results, double k) {
  return results * (30 + c->moduli * (1.8 + c->multiplyAdd * (c->moduli + k)));
}

// How many lines need how many digits, in at most `classes` classes of equal width; line `class` of a longer need is in
// none.
enum { classes = 48 };
typedef struct {
  int64_t width;  // digits
  int64_t lines[classes];
} census;

static census count_lines(int64_t count, const ls_line *lines) {
  census c = {1, {0}};
  int64_t most = 0;
  for (int64_t i = 0; i < count; i++) {
    const int64_t digits = ls_residue_digits(lines[i].bits);
    if (digits <= ls_residue_most && digits > most) most = digits;
  }
  c.width = most / classes + 1;
  for (int64_t i = 0; i < count; i++) {
    const int64_t class = lines[i].bits < 0 ? classes : ls_residue_digits(lines[i].bits) / c.width;
    if (class < classes) c.lines[class]++;
  }
  return c;
}

typedef struct {
  int64_t rowBits, columnBits;  // lines of at most so many; below 0 none
} limits;

// The limits that promise to cost least.
static limits choose(const operands *o, const ls_line *rows, const ls_line *columns) {
  const ls_big_format *format = o->reducer->format;
  const census r = count_lines(o->m, rows), s = count_lines(o->n, columns);
  const double window = ls_cost_by_terms((double)o->k, format->limbs);
  limits best = {-1, -1};
  double least = (double)o->m * (double)o->n * window;
  int64_t tall = 0;
  for (int64_t i = 0; i < classes; i++) {
    if (r.lines[i] == 0) continue;
    tall += r.lines[i];
    int64_t wide = 0;
    for (int64_t j = 0; j < classes; j++) {
      if (s.lines[j] == 0) continue;
      wide += s.lines[j];
      const int64_t rowDigits = (i + 1) * r.width - 1, columnDigits = (j + 1) * s.width - 1;
      const limits here = {rowDigits * ls_residue_digit, columnDigits * ls_residue_digit};
      const int64_t bits = here.rowBits + here.columnBits + 64 - __builtin_clzll((uint64_t)o->k);
      const int64_t moduli = ls_moduli_needed(bits);
      if (moduli > ls_residue_most) break;
      const ls_residue_costs cost = {ls_residue_kernels_of(format->path)->multiplyAdd, (double)moduli};
      const double terms = (double)o->k, results = (double)tall * (double)wide;
      const double price = ((double)o->m * (double)o->n - results) * window +
                           ls_cost_of_values(&cost, terms * (double)tall, rowDigits) +
                           ls_cost_of_values(&cost, terms * (double)wide, columnDigits) +
                           ls_cost_of_results(&cost, results, terms);
      if (price < least) {
        least = price;
        best = here;
      }
    }
  }
  return best;
}

// The lines within a limit.
static ls_lines select_lines(int64_t count, const ls_line *lines, int64_t bits, int32_t *indices, const char *base,
                             int64_t line, int64_t term) {
  ls_lines some = {0, indices, lines, base, line, term, 0};
  for (int64_t i = 0; i < count; i++) {
    if (lines[i].bits < 0 || lines[i].bits > bits) continue;
    indices[some.count++] = (int32_t)i;
    if (lines[i].bits > some.bits) some.bits = lines[i].bits;
  }
  return some;
}

static void exactly(operands *o) {
  const ls_big_format *format = o->reducer->format;
  ls_line *rows = ls_allocate((size_t)(o->m + o->n) * (sizeof *rows + sizeof(int32_t))), *columns = rows + o->m;
  int32_t *indices = (int32_t *)(columns + o->n);
  for (int64_t i = 0; i < o->m; i++) rows[i] = ls_line_scan(o->k, o->a + i * o->aRow, o->aColumn);
  for (int64_t j = 0; j < o->n; j++) columns[j] = ls_line_scan(o->k, o->b + j * o->bColumn, o->bRow);

  const limits most = choose(o, rows, columns);
  const ls_lines tall = select_lines(o->m, rows, most.rowBits, indices, o->a, o->aRow, o->aColumn);
  const ls_lines wide = select_lines(o->n, columns, most.columnBits, indices + o->m, o->b, o->bColumn, o->bRow);
  if (tall.count > 0 && wide.count > 0) {
    const ls_residue_target target = {o->c, o->n, o->k, o->stride, zero, o};
    ls_residue_products(&tall, &wide, &target, format);
  }
  for (int64_t i = 0; i < o->m; i++) {
    const bool within = rows[i].bits >= 0 && rows[i].bits <= most.rowBits;
    if (within && wide.count == o->n) continue;
    list_row(o, i);
    for (int64_t j = 0; j < o->n; j++)
      if (!within || columns[j].bits < 0 || columns[j].bits > most.columnBits) by_terms(o, i, j);
  }
  free(rows);
}

void ls_big_matmul(int64_t m, int64_t n, int64_t k, const void *a, int64_t aRow, int64_t aColumn, const void *b,
                   int64_t bRow, int64_t bColumn, void *c, ls_reduction reduction, int64_t block,
                   const ls_big_format *format) {
  int64_t stride = ls_big_stride(format->limbs);
  const ls_big **row = ls_allocate((size_t)k * 2 * sizeof *row);
  ls_reducer reducer;
  ls_reducer_begin(&reducer, reduction, block, format);
  operands o = {m,   n, k, stride, a, b, aRow * stride, aColumn * stride, bRow * stride, bColumn * stride,
                row, row + k, c, &reducer};
  ls_range found = ls_range_widen();
  // Scanning and turning a value into residues costs as much as adding a product or two into a window.
  if (reduction == LS_EXACT && k > 0 && m >= 3 && n >= 3)
    exactly(&o);
  else
    for (int64_t i = 0; i < m; i++) {
      list_row(&o, i);
      for (int64_t j = 0; j < n; j++) by_terms(&o, i, j);
    }
  ls_range_set(found);
  ls_reducer_end(&reducer);
  free(row);
}
