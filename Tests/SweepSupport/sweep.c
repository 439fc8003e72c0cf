// The routes to the expected results of a tile, and the comparison. Promises, in order: an expected result is proven;
// every encoding is compared; speed.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "ieee.h"
#include "workspace.h"

static workspace *make_workspace(void) {
  workspace *w = malloc(sizeof *w);
  if (!w) abort();
  mpfr_inits2(160, w->x, w->y, w->z, (mpfr_ptr)0);
  for (int k = 0; k <= DEGREE; k++) mpfr_init2(w->coefficients[k], 160);
  mpz_init(w->integer);
  w->fineExponent = INT32_MIN;
  w->calls = 0;
  return w;
}

static void free_workspace(workspace *w) {
  mpfr_clears(w->x, w->y, w->z, (mpfr_ptr)0);
  for (int k = 0; k <= DEGREE; k++) mpfr_clear(w->coefficients[k]);
  mpz_clear(w->integer);
  free(w);
}

static bool monotone(ls_unary f) { return f != LS_SIN && f != LS_COS; }

static bool outside_domain(ls_unary f, float x) { return f == LS_LOG ? x < 0 : f == LS_LOG1P ? x < -1 : false; }

static void fill(outcome *out, outcome value) {
  for (int i = 0; i < LS_SWEEP_TILE; i++) out[i] = value;
}

// For small |x| the result lies between x (or 1) and a number at a relative distance below 2^-25 from it:
//   sin    |x| - |x|^3/6 < |sin x| < |x|          tanh   |x| - |x|^3/3 < |tanh x| < |x|      for |x| < 2^-12
//   cos    1 - x^2/2 < cos x < 1, x^2/2 < 2^-25                                              for |x| < 2^-12
//   expm1  x < expm1 x < x + x^2 if x > 0, |x| - x^2/2 < |expm1 x| < |x| if x < 0            for |x| < 2^-25
//   log1p  |x| - x^2/2 < log1p x < |x| if x > 0, |x| < |log1p x| < |x| + x^2 if x < 0        for |x| < 2^-25
static bool beside(ls_unary f, uint32_t argument, outcome *result) {
  uint32_t magnitude = argument & ~SIGN, field = magnitude >> 23, negative = argument >> 31;
  u128 n = field ? (magnitude & 0x7fffff) | 0x800000 : magnitude;  // |x| = n 2^exponent
  int exponent = (int)(field ? field : 1) - 150;
  bool outward = (f == LS_EXPM1 && !negative) || (f == LS_LOG1P && negative);
  if (f == LS_COS) n = 0x800000, exponent = -23, negative = 0;
  u128 x = n << 100, distance = n << 75;
  return round_between(outward ? x : x - distance, outward ? x + distance : x, exponent - 100, negative, result);
}

static uint32_t beside_below(ls_unary f) {  // encoding of 2^-12 or 2^-25
  return f == LS_SIN || f == LS_COS || f == LS_TANH ? (127 - 12) << 23 : f == LS_EXP || f == LS_LOG ? 0 : (127 - 25) << 23;
}

static void expect(workspace *w, ls_unary f, ls_sweep_mode mode, uint32_t first, outcome *out) {
  const uint32_t last = first + (LS_SWEEP_TILE - 1), magnitude = first & ~SIGN;
  if (mode == LS_PROVEN && magnitude > INFINITE) return fill(out, same_everywhere(QUIET_NAN));
  if (mode == LS_DEFINITION || magnitude == INFINITE) {
    for (uint32_t i = 0; i < LS_SWEEP_TILE; i++) out[i] = settle_counted(w, f, first + i);
    return;
  }
  if (outside_domain(f, float_of(first)) && outside_domain(f, float_of(last)))
    return fill(out, same_everywhere(QUIET_NAN));
  if (magnitude < beside_below(f)) {
    for (uint32_t i = 0; i < LS_SWEEP_TILE; i++)
      if (magnitude + i == 0 || !beside(f, first + i, &out[i])) out[i] = settle_counted(w, f, first + i);
    return;
  }
  if (!monotone(f)) return expect_sines(w, f, first, out);
  // f and rounding are monotone: what both ends round to, all between them round to.
  outcome start = settle_counted(w, f, first), end = settle_counted(w, f, last);
  if (!memcmp(&start, &end, sizeof start) && !isnan(float_of(start.at[0]))) return fill(out, start);
  for (uint32_t i = 0; i < LS_SWEEP_TILE; i += BLOCK) expect_series(w, f, first + i, out + i);
}

static void separate(const outcome *out, uint32_t *expected) {
  for (int i = 0; i < LS_SWEEP_TILE; i++)
    for (int d = 0; d < 4; d++) expected[d * LS_SWEEP_TILE + i] = out[i].at[d];
}

uint64_t ls_sweep_expect(ls_unary f, ls_sweep_mode mode, uint32_t tile, uint32_t *expected) {
  outcome out[LS_SWEEP_TILE];
  workspace *w = make_workspace();
  expect(w, f, mode, tile * LS_SWEEP_TILE, out);
  separate(out, expected);
  uint64_t calls = w->calls;
  free_workspace(w);
  return calls;
}

static void note(ls_sweep_result *r, ls_direction d, const float *x, const float *y, const uint32_t *expected) {
  for (int i = 0; i < LS_SWEEP_TILE; i++) {
    ls_disagreement item = {0, 0, expected[i], d};
    memcpy(&item.argument, &x[i], sizeof item.argument);
    memcpy(&item.result, &y[i], sizeof item.result);
    if (item.result == item.expected) continue;
    if (r->wrong < LS_SWEEP_EXAMPLES) r->examples[r->wrong] = item;
    r->wrong += 1;
  }
}

static void values(ls_unary f, ls_direction d, int64_t count, const float *x, float *y) {
  for (int64_t i = 0; i < count; i++) y[i] = ls_elementary_f32(f, d, x[i]);
}

// Those of the plain path: an array of one element is a value.
static void plainValues(ls_unary f, ls_direction d, int64_t count, const float *x, float *y) {
  for (int64_t i = 0; i < count; i++) ls_elementary_array_f32(LS_PLAIN, f, d, 1, x + i, y + i);
}

// Our own forms: single values, each path's array kernel. Which path is a constant, so each has a function.
#define PATH(name, path)                                                                         \
  static void name(ls_unary f, ls_direction d, int64_t count, const float *x, float *y) {        \
    ls_elementary_array_f32(path, f, d, count, x, y);                                            \
  }
PATH(plain, LS_PLAIN)
PATH(avx2, LS_AVX2)
PATH(avx512, LS_AVX512)
PATH(neon, LS_NEON)

static const struct { ls_path path; ls_candidate_f32 form; } forms[] = {
  {LS_PLAIN, values}, {LS_PLAIN, plainValues}, {LS_PLAIN, plain}, {LS_AVX2, avx2}, {LS_AVX512, avx512}, {LS_NEON, neon},
};
enum { FORMS = sizeof forms / sizeof forms[0] };

ls_sweep_result ls_sweep_compare(ls_unary f, uint32_t first, uint32_t tiles, ls_candidate_f32 candidate) {
  static const ls_direction directions[] = {LS_NEAREST, LS_ZERO, LS_UP, LS_DOWN};
  outcome out[LS_SWEEP_TILE];
  uint32_t expected[4 * LS_SWEEP_TILE];
  float x[LS_SWEEP_TILE], y[LS_SWEEP_TILE];
  ls_sweep_result r = {0};
  workspace *w = make_workspace();
  for (uint32_t tile = first; tile - first < tiles; tile++) {
    expect(w, f, LS_PROVEN, tile * LS_SWEEP_TILE, out);
    separate(out, expected);
    for (uint32_t i = 0; i < LS_SWEEP_TILE; i++) x[i] = float_of(tile * LS_SWEEP_TILE + i);
    for (int d = 0; d < 4; d++) {
      const uint32_t *e = expected + d * LS_SWEEP_TILE;
      for (int form = 0; form < (candidate ? 1 : FORMS); form++) {
        if (!ls_path_available(forms[form].path)) continue;
        (candidate ? candidate : forms[form].form)(f, directions[d], LS_SWEEP_TILE, x, y);
        if (memcmp(y, e, sizeof y)) note(&r, directions[d], x, y, e);
      }
    }
    r.inputs += LS_SWEEP_TILE;
  }
  r.calls = w->calls;
  free_workspace(w);
  return r;
}
