// What the routes of the sweep share: MPFR variables, the table of the sines, the count of calls.
#pragma once
#include "definition.h"

enum { DEGREE = 5, BLOCK = 256 };

typedef struct {
  mpfr_t x, y, z, coefficients[DEGREE + 1];
  mpz_t integer;
  int fineExponent;                                             // of the table below; INT32_MIN before it is made
  int64_t fineSine[LS_SWEEP_TILE], fineCosine[LS_SWEEP_TILE];  // sin(i h), cos(i h) in units of 2^-62
  uint64_t calls;
} workspace;

static inline outcome settle_counted(workspace *w, ls_unary f, uint32_t argument) {
  w->calls += 1;
  return settle(f, argument);
}

// Results of the arguments from `first`, to out[0 ..].
void expect_series(workspace *w, ls_unary f, uint32_t first, outcome *out);   // one block
void expect_sines(workspace *w, ls_unary f, uint32_t first, outcome *out);    // one tile, 2^-12 <= |x| < infinity
