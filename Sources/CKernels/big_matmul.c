// Matrix products of records.
// Ranked promises: every element is the dot product of its row and column, bit for bit, whatever the other elements are;
// scratch that does not grow with the output; then speed.
#pragma STDC FP_CONTRACT OFF
#include "big_fixed.h"
#include "ieee.h"
#include <stdlib.h>

// The operands, and the terms of the element at hand.
typedef struct {
  int64_t m, n, k, stride;
  const char *a, *b;
  int64_t aRow, aColumn, bRow, bColumn;  // in bytes
  const ls_big **row, **column;
} operands;

static void list_row(const operands *o, int64_t i) {
  for (int64_t l = 0; l < o->k; l++) o->row[l] = (const ls_big *)(o->a + i * o->aRow + l * o->aColumn);
}
static void list_column(const operands *o, int64_t j) {
  for (int64_t l = 0; l < o->k; l++) o->column[l] = (const ls_big *)(o->b + l * o->bRow + j * o->bColumn);
}

static void by_terms(const operands *o, ls_reducer *reducer, char *c) {
  ls_terms terms = {o->k, o->row, o->column};
  for (int64_t i = 0; i < o->m; i++) {
    list_row(o, i);
    for (int64_t j = 0; j < o->n; j++) {
      list_column(o, j);
      ls_reduce(reducer, &terms);
      ls_store(ls_at_mutable(c, i * o->n + j, o->stride), reducer->slots[0], reducer->format->limbs);
    }
  }
}

// --- exact, by integers where rows and columns allow

// Columns held as integers at a time: enough of them to repay the rows' conversion, few enough to stay in cache.
enum { columnsHeld = 64 };

// Rows ..< m against columns first ..< last.
static void exact_tile(const operands *o, ls_reducer *reducer, ls_path path, char *c, int64_t first, int64_t last) {
  const ls_big_format *format = reducer->format;
  ls_fixed_shape shapes[columnsHeld];
  int32_t words = 0;
  for (int64_t j = first; j < last; j++) {
    ls_fixed_shape shape = ls_fixed_scan(o->k, o->b + j * o->bColumn, o->bRow, format->limbs, path);
    if (shape.words > words) words = shape.words;
    shapes[j - first] = shape;
  }
  int64_t size = ls_fixed_line_length(o->k, words), rowSize = ls_fixed_line_length(o->k, ls_fixed_most_words);
  uint64_t *columns = ls_allocate((size_t)((last - first) * size + rowSize) * sizeof *columns);
  uint64_t *row = columns + (last - first) * size;
  for (int64_t j = first; j < last; j++)
    if (shapes[j - first].words > 0)
      ls_fixed_fill(columns + (j - first) * size, shapes[j - first], o->k, o->b + j * o->bColumn, o->bRow);

  mp_limb_t product[ls_fixed_product_length];
  ls_terms terms = {o->k, o->row, o->column};
  mpfr_ptr z = reducer->slots[0];
  for (int64_t i = 0; i < o->m; i++) {
    list_row(o, i);
    ls_fixed_shape shape = ls_fixed_scan(o->k, o->a + i * o->aRow, o->aColumn, format->limbs, path);
    if (shape.words > 0) ls_fixed_fill(row, shape, o->k, o->a + i * o->aRow, o->aColumn);
    for (int64_t j = first; j < last; j++) {
      ls_fixed_shape other = shapes[j - first];
      int64_t limbs = 0;
      if (shape.words > 0 && other.words > 0)
        limbs = ls_fixed_dot(o->k, row, shape, columns + (j - first) * size, other, path, product);
      if (limbs > 0) {
        ls_round_integer(z, product, limbs, shape.low + other.low, format);
      } else {  // zero, or not by integers
        list_column(o, j);
        ls_reduce(reducer, &terms);
      }
      ls_store(ls_at_mutable(c, i * o->n + j, o->stride), z, format->limbs);
    }
  }
  free(columns);
}

static void exactly(const operands *o, ls_reducer *reducer, char *c) {
  // Processors with AVX-512 have AVX2 too.
  bool wide = reducer->format->path == LS_AVX2 || reducer->format->path == LS_AVX512;
  ls_path path = wide && ls_path_available(LS_AVX2) ? LS_AVX2 : LS_PLAIN;
  for (int64_t first = 0; first < o->n; first += columnsHeld)
    exact_tile(o, reducer, path, c, first, o->n - first > columnsHeld ? first + columnsHeld : o->n);
}

void ls_big_matmul(int64_t m, int64_t n, int64_t k, const void *a, int64_t aRow, int64_t aColumn, const void *b,
                   int64_t bRow, int64_t bColumn, void *c, ls_reduction reduction, int64_t block,
                   const ls_big_format *format) {
  int64_t stride = ls_big_stride(format->limbs);
  const ls_big **row = ls_allocate((size_t)k * 2 * sizeof *row);
  operands o = {m,   n, k, stride, a, b, aRow * stride, aColumn * stride, bRow * stride, bColumn * stride,
                row, row + k};
  ls_reducer reducer;
  ls_reducer_begin(&reducer, reduction, block, format);
  ls_range found = ls_range_widen();
  // Turning a value into an integer costs more than adding one product into a window: it must serve several products.
  if (reduction == LS_EXACT && k > 0 && m >= 3 && n >= 3)
    exactly(&o, &reducer, c);
  else
    by_terms(&o, &reducer, c);
  ls_range_set(found);
  ls_reducer_end(&reducer);
  free(row);
}
