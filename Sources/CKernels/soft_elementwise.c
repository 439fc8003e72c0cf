// Elementwise functions and the update of SGD in software formats.
// Ranked promises: element by element the operations of the contract, sections 2, 3a and 4, each rounded by itself in the
// order written there (which numbers the draws); outputs independent of one another; speed.
#pragma STDC FP_CONTRACT OFF
#include "soft_machine.h"
#include <math.h>

static bool positive_or_nan(double x) { return !(x <= 0); }

// 1 / (1 + exp(-x))
static double sigmoid(ls_soft_machine *m, double x) {
  const double e = ls_next_elementary(m, LS_EXP, -x);
  return ls_next_divide(m, 1, ls_next_add(m, 1, e));
}

static double apply(ls_soft_machine *m, ls_unary f, double beta, double x) {
  switch (f) {
  case LS_NEGATE: return -x;
  case LS_ABSOLUTE: return fabs(x);
  case LS_RELU: return positive_or_nan(x) ? x : 0;
  case LS_SQUARE_ROOT: return ls_next_square_root(m, x);
  case LS_SIGMOID: return sigmoid(m, x);
  case LS_SOFTPLUS: {
    const double e = ls_next_elementary(m, LS_EXP, -fabs(x)), l = ls_next_elementary(m, LS_LOG1P, e);
    return ls_next_add(m, l, positive_or_nan(x) ? x : 0);
  }
  case LS_SWISH: {
    const double s = sigmoid(m, ls_next_multiply(m, beta, x));
    return ls_next_multiply(m, x, s);
  }
  default: return ls_next_elementary(m, f, x);
  }
}

void ls_soft_map(ls_unary f, double constant, int64_t first, int64_t last, const double *x, double *y,
                 const ls_soft_format *format, const ls_soft_site *site) {
  ls_soft_machine m = ls_soft_start(format, site);
  for (int64_t i = first; i < last; i++) {
    ls_soft_begin(&m, i, 0);
    y[i] = apply(&m, f, constant, x[i]);
  }
}

static double apply_pair(ls_soft_machine *m, ls_binary f, double beta, double x, double y) {
  switch (f) {
  case LS_ADD: return ls_next_add(m, x, y);
  case LS_SUBTRACT: return ls_next_subtract(m, x, y);
  case LS_MULTIPLY: return ls_next_multiply(m, x, y);
  case LS_DIVIDE: return ls_next_divide(m, x, y);
  case LS_RELU_GRADIENT: return positive_or_nan(x) ? y : 0;
  case LS_SIGMOID_GRADIENT: {
    const double t = ls_next_subtract(m, 1, x), u = ls_next_multiply(m, x, t);
    return ls_next_multiply(m, y, u);
  }
  case LS_TANH_GRADIENT: {
    const double t = ls_next_multiply(m, x, x), u = ls_next_subtract(m, 1, t);
    return ls_next_multiply(m, y, u);
  }
  case LS_SOFTPLUS_GRADIENT: return ls_next_multiply(m, y, sigmoid(m, x));
  case LS_SWISH_GRADIENT: break;
  }
  const double u = ls_next_multiply(m, beta, x), s = sigmoid(m, u);
  double t = ls_next_subtract(m, 1, s);
  t = ls_next_multiply(m, u, t);
  t = ls_next_add(m, 1, t);
  t = ls_next_multiply(m, s, t);
  return ls_next_multiply(m, y, t);
}

void ls_soft_zip(ls_binary f, double constant, int64_t first, int64_t last, const double *x, const double *y,
                 ls_broadcast repeat, double *out, const ls_soft_format *format, const ls_soft_site *site) {
  ls_soft_machine m = ls_soft_start(format, site);
  for (int64_t i = first; i < last; i++) {
    ls_soft_begin(&m, i, 0);
    out[i] = apply_pair(&m, f, constant, x[i], y[i / repeat.inner % repeat.period]);
  }
}

void ls_soft_sgd(int64_t first, int64_t last, double *w, double *v, const double *g,
                 const ls_soft_sgd_constants *constants, const ls_soft_format *format, const ls_soft_site *site) {
  const ls_soft_sgd_constants c = *constants;
  ls_soft_machine m = ls_soft_start(format, site);
  for (int64_t i = first; i < last; i++) {
    ls_soft_begin(&m, i, 0);
    double gradient = g[i];
    if (c.useDecay) gradient = ls_next_add(&m, gradient, ls_next_multiply(&m, c.decay, w[i]));
    double d = gradient;
    if (c.useMomentum) {
      v[i] = c.firstUpdate ? gradient : ls_next_add(&m, ls_next_multiply(&m, c.momentum, v[i]), gradient);
      d = c.nesterov ? ls_next_add(&m, gradient, ls_next_multiply(&m, c.momentum, v[i])) : v[i];
    }
    const double rate = ls_next_multiply_integer(&m, c.rate, c.k), quotient = ls_next_divide_integer(&m, d, c.k);
    w[i] = ls_next_subtract(&m, w[i], ls_next_multiply(&m, rate, quotient));
  }
}
