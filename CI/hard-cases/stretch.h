// A stretch of neighbouring arguments on which a function is a polynomial: F(n) = |f(x + n s)| in units of half a last
// place of binary64, with s the distance of neighbours, as c0 + c1 n + ... + c5 n^5. What counts is F modulo 1: nearly
// an integer means nearly a number of the format or a midpoint between two.
//
// Intervals of 2^log2Length arguments follow each other by forward differences of F and of its slope, in units of
// 2^-128 modulo 1. Nothing is proven here: this finds candidates, and MPFR judges them.
#pragma once
#include <mpfr.h>
#include "walk.h"

enum { DEGREE = 5, INTERVALS = 256 };

typedef enum { EXP, EXPM1, LOG, LOG1P, TANH, SIN, COS, FUNCTIONS } function;

int evaluate(function f, mpfr_t y, const mpfr_t x, mpfr_rnd_t direction);

typedef struct {
  mpfr_t x, y, z, c[DEGREE + 1];
  int log2Length;
  u128 value[DEGREE + 1], slope[DEGREE + 1];  // forward differences, at the current interval
  double square, squareStep, squareStep2, cube;  // F'' / 2 by interval number, and F'''/6
} stretch;

void stretch_init(stretch *s);

// Start at x = sign (2^52 + index) 2^(exponent - 52). log2Length is chosen so that an interval has about one candidate,
// but `longest` at most. False: no normal result there.
int stretch_start(stretch *s, function f, int negative, int exponent, uint64_t index, int longest);
