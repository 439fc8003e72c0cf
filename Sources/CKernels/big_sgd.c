// SGD over records: the contract, section 4.
// Ranked promises: every operation of the formula rounded on its own, in the order written there; then speed.
#pragma STDC FP_CONTRACT OFF
#include "big_record.h"

// Four working values: the gradient with decay, a product, the buffer, the step.
typedef struct {
  ls_scratch gradient, product, buffer, step;
} workspace;

static void multiply(ls_scratch *z, mpfr_srcptr x, mpfr_srcptr y, const ls_big_format *f) {
  ls_settle(z->value, mpfr_mul(z->value, x, y, ls_rounding(f)), f);
}
static void add(ls_scratch *z, mpfr_srcptr x, mpfr_srcptr y, const ls_big_format *f) {
  ls_settle(z->value, mpfr_add(z->value, x, y, ls_rounding(f)), f);
}

static void update(ls_big *w, ls_big *v, const ls_big *g, const ls_big_sgd_constants *constants, workspace *at,
                   const ls_big_format *f) {
  mpfr_t weight, gradient, buffer, constant;
  ls_view(weight, w);
  ls_view(gradient, g);
  mpfr_srcptr d = gradient;  // what is descended along, so far
  if (constants->useDecay) {
    ls_view(constant, constants->decay);
    multiply(&at->product, constant, weight, f);
    add(&at->gradient, d, at->product.value, f);
    d = at->gradient.value;
  }
  if (constants->useMomentum) {
    ls_view(constant, constants->momentum);
    if (constants->firstUpdate) {
      ls_settle(at->buffer.value, mpfr_set(at->buffer.value, d, ls_rounding(f)), f);
    } else {
      ls_view(buffer, v);
      multiply(&at->product, constant, buffer, f);
      add(&at->buffer, at->product.value, d, f);
    }
    ls_store(v, at->buffer.value, f->limbs);
    if (constants->nesterov) {
      multiply(&at->product, constant, at->buffer.value, f);
      add(&at->step, d, at->product.value, f);
      d = at->step.value;
    } else {
      d = at->buffer.value;
    }
  }
  // w - (eta k) (d / k), k the exact integer.
  ls_settle(at->product.value, mpfr_div_si(at->product.value, d, constants->k, ls_rounding(f)), f);
  ls_view(constant, constants->rateTimesK);
  multiply(&at->step, constant, at->product.value, f);
  ls_settle(at->product.value, mpfr_sub(at->product.value, weight, at->step.value, ls_rounding(f)), f);
  ls_store(w, at->product.value, f->limbs);
}

void ls_big_sgd(int64_t count, void *w, void *v, const void *g, const ls_big_sgd_constants *constants,
                const ls_big_format *format) {
  int64_t stride = ls_big_stride(format->limbs);
  workspace at;
  ls_prepare(&at.gradient, format);
  ls_prepare(&at.product, format);
  ls_prepare(&at.buffer, format);
  ls_prepare(&at.step, format);
  ls_range found = ls_range_widen();
  for (int64_t i = 0; i < count; i++)
    update(ls_at_mutable(w, i, stride), constants->useMomentum ? ls_at_mutable(v, i, stride) : NULL, ls_at(g, i, stride),
           constants, &at, format);
  ls_range_set(found);
}
