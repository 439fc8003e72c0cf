// One argument, settled by MPFR. Promises, in order: the correctly rounded results in all four directions, special
// values included; one call of MPFR.
#pragma once
#include <stdint.h>
#define MPFR_USE_INTMAX_T
#include <mpfr.h>
#include "sweep-rounding.h"

static inline float float_of(uint32_t bits) { float x; __builtin_memcpy(&x, &bits, sizeof x); return x; }

// y = f(x) in this direction; MPFR's ternary value.
int apply_mpfr(ls_unary f, mpfr_t y, const mpfr_t x, mpfr_rnd_t direction);

outcome settle(ls_unary f, uint32_t argument);
