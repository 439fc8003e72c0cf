// Promises, ranked: the bits of the scalar functions on any processor, without fma; speed. Two lanes of 16 bytes are part of
// the base instruction sets, or become scalars in the compiler.
#pragma STDC FP_CONTRACT OFF

#define PATH plain
#define TARGET
#define W 2
#define MULADD(a, b, c) ((a) * (b) + (c))
#define RESIDUAL(a, b, c) residual(a, b, c)
#define PRODUCT_ERROR(a, b, p) productError(a, b, p)

typedef double double2 __attribute__((vector_size(16)));

// a*b - p by Dekker's splitting: exact unless something over- or underflows.
static inline __attribute__((always_inline)) double2 productError(double2 a, double2 b, double2 p) {
  const double2 as = a * 134217729, a1 = as - (as - a), a2 = a - a1;
  const double2 bs = b * 134217729, b1 = bs - (bs - b), b2 = b - b1;
  return a2 * b2 - (((p - a1 * b1) - a2 * b1) - a1 * b2);
}

static inline __attribute__((always_inline)) double2 residual(double2 a, double2 b, double2 c) {
  const double2 product = a * b;
  return (c + product) + productError(a, b, product);
}

#define VALUES ls_plain_elementary_values
#include "elementary-lanes.h"
