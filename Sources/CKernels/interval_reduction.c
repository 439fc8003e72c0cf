// Exact sums and dot products of intervals: for each bound the terms that make it are listed, and the sum of arbitrary
// precision does the rest.
// Ranked promises: the exact sums of the least and of the greatest terms, each rounded outward once; outputs independent of one
// another; one block of scratch a call; then speed.
#pragma STDC FP_CONTRACT OFF
#include "big_reduction.h"
#include "interval_bounds.h"
#include <stdlib.h>

typedef struct {
  ls_outward o;
  ls_reducer reducer;
  const ls_big **list;  // four lists of `room` records: factors of the least terms, of the greatest ones
  int64_t room;
  int64_t count;
  bool nai;
} summation;

static void begin(summation *s, int64_t room, const ls_big_format *format) {
  s->o = ls_outward_of(format);
  s->room = room;
  s->list = ls_allocate((size_t)(4 * room) * sizeof *s->list);
  ls_reducer_begin(&s->reducer, LS_EXACT, 1, &s->o.down);
}
static void end(summation *s) {
  ls_reducer_end(&s->reducer);
  free(s->list);
}

static inline void start(summation *s) {
  s->count = 0;
  s->nai = false;
}

static inline void term(summation *s, const void *x) {
  s->nai = s->nai || ls_is_nai(x);
  s->list[s->count] = ls_lower(x);
  s->list[2 * s->room + s->count] = ls_upper(x, s->o.down.limbs);
  s->count++;
}

static inline void product(summation *s, const void *a, const void *b) {
  int32_t limbs = s->o.down.limbs;
  if (ls_is_nai(a) || ls_is_nai(b)) {
    s->nai = true;
    return;
  }
  ls_pair least = ls_least_product(a, b, limbs), greatest = ls_greatest_product(a, b, limbs);
  s->list[s->count] = least.a;
  s->list[s->room + s->count] = least.b;
  s->list[2 * s->room + s->count] = greatest.a;
  s->list[3 * s->room + s->count] = greatest.b;
  s->count++;
}

static void finish(summation *s, bool products, void *out) {
  mpfr_ptr z = s->reducer.slots[0];
  int64_t stride = ls_big_stride(s->o.down.limbs);
  for (int side = 0; side < 2; side++) {
    const ls_big **a = s->list + 2 * side * s->room;
    ls_terms terms = {s->count, a, products ? a + s->room : NULL};
    s->reducer.format = side == 0 ? &s->o.down : &s->o.up;
    if (s->nai)
      mpfr_set_nan(z);
    else
      ls_reduce(&s->reducer, &terms);
    ls_store_bound(ls_at_mutable(out, side, stride), z, s->o.down.limbs);
  }
}

// --- the kernels

void ls_interval_sum_axes(int64_t A, int64_t B, int64_t C, const void *x, void *out, const ls_big_format *format) {
  int64_t stride = ls_interval_stride(format->limbs);
  summation s;
  begin(&s, A * C, format);
  ls_range found = ls_range_widen();
  for (int64_t b = 0; b < B; b++) {
    start(&s);
    for (int64_t a = 0; a < A; a++)
      for (int64_t c = 0; c < C; c++) term(&s, ls_at(x, (a * B + b) * C + c, stride));
    finish(&s, false, ls_at_mutable(out, b, stride));
  }
  ls_range_set(found);
  end(&s);
}

void ls_interval_gather_sum(int64_t rows, const int32_t *offsets, const int32_t *indices, const void *x, void *out,
                            const ls_big_format *format) {
  int64_t stride = ls_interval_stride(format->limbs), longest = 0;
  for (int64_t r = 0; r < rows; r++)
    if (offsets[r + 1] - offsets[r] > longest) longest = offsets[r + 1] - offsets[r];
  summation s;
  begin(&s, longest, format);
  ls_range found = ls_range_widen();
  for (int64_t r = 0; r < rows; r++) {
    start(&s);
    for (int64_t i = offsets[r]; i < offsets[r + 1]; i++) term(&s, ls_at(x, indices[i], stride));
    finish(&s, false, ls_at_mutable(out, r, stride));
  }
  ls_range_set(found);
  end(&s);
}

void ls_interval_matmul(int64_t m, int64_t n, int64_t k, const void *a, int64_t aRow, int64_t aColumn, const void *b,
                        int64_t bRow, int64_t bColumn, void *c, const ls_big_format *format) {
  int64_t stride = ls_interval_stride(format->limbs);
  summation s;
  begin(&s, k, format);
  ls_range found = ls_range_widen();
  for (int64_t i = 0; i < m; i++)
    for (int64_t j = 0; j < n; j++) {
      start(&s);
      for (int64_t l = 0; l < k; l++)
        product(&s, ls_at(a, i * aRow + l * aColumn, stride), ls_at(b, l * bRow + j * bColumn, stride));
      finish(&s, true, ls_at_mutable(c, i * n + j, stride));
    }
  ls_range_set(found);
  end(&s);
}
