// Promises, ranked: the bits of the careful functions on any processor, without fma; speed of single values.
#pragma STDC FP_CONTRACT OFF

#define PATH plain
#define TARGET
#define MULADD(a, b, c) ((a) * (b) + (c))
#define RESIDUAL(a, b, c) residual(a, b, c)
#define PRODUCT_ERROR(a, b, p) productError(a, b, p)

// a*b - p by Dekker's splitting: exact unless something over- or underflows.
static inline __attribute__((always_inline)) double productError(double a, double b, double p) {
  const double as = a * 134217729, a1 = as - (as - a), a2 = a - a1;
  const double bs = b * 134217729, b1 = bs - (bs - b), b2 = b - b1;
  return a2 * b2 - (((p - a1 * b1) - a2 * b1) - a1 * b2);
}

static inline __attribute__((always_inline)) double residual(double a, double b, double c) {
  const double product = a * b;
  return (c + product) + productError(a, b, product);
}

#include "elementary-values.h"
