// The named reductions, and the kernels that list terms for them.
// Ranked promises: the roundings of the contract, section 3, in its order; outputs independent of one another; one block
// of scratch a call; then speed.
#pragma STDC FP_CONTRACT OFF
#include "big_reduction.h"
#include "big_short.h"
#include <stdlib.h>

// --- working values

void ls_reducer_begin(ls_reducer *reducer, ls_reduction reduction, int64_t block, const ls_big_format *format) {
  // Kahan keeps five values, the others fewer; pairwise one for each halving of a count below 2^63, and one more.
  int64_t slots = reduction == LS_PAIRWISE ? 64 : 5, limbs = ls_used_limbs(format->precision);
  int64_t window = 0, product = 0;
  if (reduction == LS_EXACT) {
    window = ls_window_limbs(format->limbs);
    product = ls_window_product_limbs(format->limbs);
  }
  size_t heads = (size_t)slots * sizeof(mpfr_t);
  reducer->memory = ls_allocate(heads + (size_t)(slots * limbs + window + product) * sizeof(mp_limb_t) +
                                 (size_t)ls_big_stride(format->limbs));
  reducer->slots = reducer->memory;
  mp_limb_t *next = (mp_limb_t *)((char *)reducer->memory + heads);
  for (int64_t i = 0; i < slots; i++, next += limbs) ls_clear(reducer->slots[i], next, format->precision);
  reducer->window = (ls_window){next, next + window, window};
  reducer->chain = (ls_big *)(next + window + product);
  reducer->format = format;
  reducer->reduction = reduction;
  reducer->block = block > 0 ? block : 1;
}

void ls_reducer_end(ls_reducer *reducer) { free(reducer->memory); }

static void set_zero(mpfr_ptr z) {
  z->_mpfr_exp = __MPFR_EXP_ZERO;
  z->_mpfr_sign = 1;
}
static void add(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr y, const ls_big_format *f) {
  ls_settle(z, mpfr_add(z, x, y, ls_rounding(f)), f);
}
static void subtract(mpfr_ptr z, mpfr_srcptr x, mpfr_srcptr y, const ls_big_format *f) {
  ls_settle(z, mpfr_sub(z, x, y, ls_rounding(f)), f);
}

// A leaf: the record, or the rounded product.
static void leaf(mpfr_ptr z, const ls_terms *terms, int64_t i, const ls_big_format *f) {
  mpfr_t a, b;
  ls_view(a, terms->a[i]);
  if (terms->b == NULL) {
    ls_settle(z, mpfr_set(z, a, ls_rounding(f)), f);
  } else {
    ls_view(b, terms->b[i]);
    ls_settle(z, mpfr_mul(z, a, b, ls_rounding(f)), f);
  }
}

// --- the reductions

static void chain_term(mpfr_ptr z, mpfr_srcptr from, const ls_terms *terms, int64_t i, const ls_big_format *f) {
  mpfr_t a, b;
  ls_view(a, terms->a[i]);
  if (terms->b == NULL) {
    add(z, from, a, f);
  } else {
    ls_view(b, terms->b[i]);
    ls_settle(z, mpfr_fma(z, a, b, from, ls_rounding(f)), f);
  }
}

// z = +0, then each term added to it, products fused. Short numbers keep the sum in a record; MPFR makes what they leave to it.
static void chain(mpfr_ptr z, ls_big *s, const ls_terms *terms, int64_t first, int64_t last, const ls_big_format *f) {
  const ls_short_sum sum = ls_short_sum_of(f);
  const ls_short_product fma = ls_short_fma_of(f);
  mpfr_t view;
  set_zero(z);
  if (ls_short_limbs(f) == 0) {
    for (int64_t i = first; i < last; i++) chain_term(z, z, terms, i, f);
    return;
  }
  ls_store_zero(s, f->precision, f->limbs);
  for (int64_t i = first; i < last; i++) {
    if (terms->b == NULL ? sum(s, s, terms->a[i], 1, f) : fma(s, terms->a[i], terms->b[i], f)) continue;
    ls_view(view, s);
    chain_term(z, view, terms, i, f);
    ls_store(s, z, f->limbs);
  }
  ls_view(view, s);
  mpfr_set(z, view, MPFR_RNDN);
}

// slots[0] = the leaves first ..< last, at least one; the slots above it are working values.
static void pairwise(mpfr_t *slots, const ls_terms *terms, int64_t first, int64_t last, const ls_big_format *f) {
  int64_t count = last - first;
  if (count == 1) {
    leaf(slots[0], terms, first, f);
    return;
  }
  int64_t half = INT64_C(1) << (63 - __builtin_clzll((uint64_t)count - 1));  // largest power of two below count
  pairwise(slots, terms, first, first + half, f);
  pairwise(slots + 1, terms, first + half, last, f);
  add(slots[0], slots[0], slots[1], f);
}

static void blocked(mpfr_t *slots, ls_big *s, const ls_terms *terms, int64_t block, const ls_big_format *f) {
  set_zero(slots[0]);
  for (int64_t first = 0; first < terms->count; first += block) {
    int64_t last = terms->count - first > block ? first + block : terms->count;
    chain(slots[1], s, terms, first, last, f);
    add(slots[0], slots[0], slots[1], f);
  }
}

static void kahan(mpfr_t *slots, const ls_terms *terms, const ls_big_format *f) {
  mpfr_ptr s = slots[0], c = slots[1], p = slots[2], y = slots[3], t = slots[4];
  set_zero(s);
  set_zero(c);
  for (int64_t i = 0; i < terms->count; i++) {
    leaf(p, terms, i, f);
    subtract(y, p, c, f);
    add(t, s, y, f);
    subtract(c, t, s, f);
    subtract(c, c, y, f);
    mpfr_set(s, t, MPFR_RNDN);
  }
}

void ls_reduce(ls_reducer *reducer, const ls_terms *terms) {
  const ls_big_format *f = reducer->format;
  mpfr_t *slots = reducer->slots;
  if (terms->count <= 0) {
    set_zero(slots[0]);
    return;
  }
  switch (reducer->reduction) {
  case LS_SEQUENTIAL: chain(slots[0], reducer->chain, terms, 0, terms->count, f); break;
  case LS_PAIRWISE: pairwise(slots, terms, 0, terms->count, f); break;
  case LS_BLOCKED: blocked(slots, reducer->chain, terms, reducer->block, f); break;
  case LS_KAHAN: kahan(slots, terms, f); break;
  case LS_EXACT: ls_sum_exactly(terms, &reducer->window, slots[0], f); break;
  }
}

// --- the kernels

void ls_big_sum(int64_t count, const void *x, int64_t xStride, void *out, ls_reduction reduction, int64_t block,
                const ls_big_format *format) {
  int64_t stride = ls_big_stride(format->limbs);
  const ls_big **list = ls_allocate((size_t)count * sizeof *list);
  for (int64_t i = 0; i < count; i++) list[i] = ls_at(x, i * xStride, stride);
  ls_terms terms = {count, list, NULL};
  ls_reducer reducer;
  ls_reducer_begin(&reducer, reduction, block, format);
  ls_range found = ls_range_widen();
  ls_reduce(&reducer, &terms);
  ls_range_set(found);
  ls_store(out, reducer.slots[0], format->limbs);
  ls_reducer_end(&reducer);
  free(list);
}

void ls_big_dot(int64_t count, const void *a, int64_t aStride, const void *b, int64_t bStride, void *out,
                ls_reduction reduction, int64_t block, const ls_big_format *format) {
  ls_big_matmul(1, 1, count, a, 0, aStride, b, bStride, 0, out, reduction, block, format);
}

void ls_big_sum_axes(int64_t A, int64_t B, int64_t C, int64_t first, int64_t last, const void *x, void *out,
                     ls_reduction reduction, int64_t block, const ls_big_format *format) {
  int64_t stride = ls_big_stride(format->limbs);
  const ls_big **list = ls_allocate((size_t)(A * C) * sizeof *list);
  ls_terms terms = {A * C, list, NULL};
  ls_reducer reducer;
  ls_reducer_begin(&reducer, reduction, block, format);
  ls_range found = ls_range_widen();
  for (int64_t b = first; b < last; b++) {
    for (int64_t a = 0; a < A; a++)
      for (int64_t c = 0; c < C; c++) list[a * C + c] = ls_at(x, (a * B + b) * C + c, stride);
    ls_reduce(&reducer, &terms);
    ls_store(ls_at_mutable(out, b, stride), reducer.slots[0], format->limbs);
  }
  ls_range_set(found);
  ls_reducer_end(&reducer);
  free(list);
}

// No terms, or a number of the format that stays itself: what most lists of a pooling's gradient are.
static bool sum_is_plain(ls_big *r, const ls_terms *terms, const ls_big_format *f) {
  if (terms->count > 1) return false;
  if (terms->count == 0) {
    ls_store_zero(r, f->precision, f->limbs);
    return true;
  }
  const ls_big *x = terms->a[0];
  const int64_t leastNormal = f->subnormals ? f->emin + f->precision - 1 : f->emin;
  if (!ls_is_regular(x) || x->precision != f->precision || x->exponent < leastNormal || x->exponent >= f->emax)
    return false;
  memmove(r, x, (size_t)ls_big_stride(f->limbs));
  return true;
}

void ls_big_gather_sum(int64_t first, int64_t last, const int32_t *offsets, const int32_t *indices, const void *x,
                       void *out, ls_reduction reduction, int64_t block, const ls_big_format *format) {
  int64_t stride = ls_big_stride(format->limbs), longest = 0;
  for (int64_t r = first; r < last; r++)
    if (offsets[r + 1] - offsets[r] > longest) longest = offsets[r + 1] - offsets[r];
  const ls_big **list = ls_allocate((size_t)longest * sizeof *list);
  ls_reducer reducer;
  ls_reducer_begin(&reducer, reduction, block, format);
  ls_range found = ls_range_widen();
  for (int64_t r = first; r < last; r++) {
    int64_t count = offsets[r + 1] - offsets[r];
    for (int64_t i = 0; i < count; i++) list[i] = ls_at(x, indices[offsets[r] + i], stride);
    ls_terms terms = {count, list, NULL};
    if (sum_is_plain(ls_at_mutable(out, r, stride), &terms, format)) continue;
    ls_reduce(&reducer, &terms);
    ls_store(ls_at_mutable(out, r, stride), reducer.slots[0], format->limbs);
  }
  ls_range_set(found);
  ls_reducer_end(&reducer);
  free(list);
}
