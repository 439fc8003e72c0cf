// What binary32 functions ought to give, for every argument there is, without asking MPFR about each. Promises, in
// order: an expected result is proven, whichever route found it; nothing here shares code with the functions under
// test; speed. How: Documentation/elementary-functions.md, "The sweep".
//
// Arguments go in tiles of 4096 consecutive encodings; tile t begins with encoding 4096 t.
#pragma once
#include "elementary.h"

#define LS_SWEEP_TILE 4096
#define LS_SWEEP_TILES (1 << 20)
#define LS_SWEEP_EXAMPLES 16

// LS_PROVEN uses monotonicity, series and addition theorems, and MPFR where they leave a doubt. LS_DEFINITION asks MPFR
// about every argument: the checker's own reference.
typedef enum { LS_PROVEN, LS_DEFINITION } ls_sweep_mode;

// The function under test: y[i] = f(x[i]) rounded in this direction.
typedef void (*ls_candidate_f32)(ls_unary f, ls_direction d, int64_t count, const float *x, float *y);

typedef struct { uint32_t argument, result, expected; ls_direction direction; } ls_disagreement;

typedef struct {
  uint64_t inputs, calls, wrong;  // arguments, calls of MPFR, results that are wrong (of four per argument and candidate)
  ls_disagreement examples[LS_SWEEP_EXAMPLES];  // the first of them
} ls_sweep_result;

// Encodings of the correctly rounded results of one tile: expected[d * LS_SWEEP_TILE + i], d to nearest, toward zero, up,
// down. Returns the number of calls of MPFR.
uint64_t ls_sweep_expect(ls_unary f, ls_sweep_mode mode, uint32_t tile, uint32_t *expected);

// Compare a candidate with that in all four directions on `tiles` tiles from the first. A null candidate stands for all of
// our own: ls_elementary_f32 and ls_elementary_array_f32 on every path of this machine (and one element at a time on the plain
// one); `wrong` then counts them all. f is one of LS_EXP to LS_COS, first + tiles <= LS_SWEEP_TILES.
ls_sweep_result ls_sweep_compare(ls_unary f, uint32_t first, uint32_t tiles, ls_candidate_f32 candidate);
