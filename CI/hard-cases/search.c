// Find arguments whose results are hard to round: nearer to a binary64 number or to a midpoint than chance would have
// it. CI/find-hard-cases says how to run it.
//
// On an interval F(n) is a + b n and a square that bends it by |F''| N^2 / 8, less than 1/N. Points n with a + b n modulo
// 1 in a window of that size are found by the three-distance walk; for the few that are, F is evaluated to second and
// third order, and the nearest ones of a segment are kept and judged by MPFR.
#pragma STDC FP_CONTRACT OFF
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "stretch.h"

enum { KEPT = 4 };

typedef struct { double distance; uint64_t index; } candidate;
typedef struct { function f; int negative, exponent; uint64_t first, count; } segment;

static const char *const names[] = {"exp", "expm1", "log", "log1p", "tanh", "sin", "cos"};
static uint64_t seed;

static uint64_t word(void) {  // SplitMix64
  uint64_t z = seed += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static void keep(candidate *best, double distance, uint64_t index) {
  int i = KEPT - 1;
  if (distance >= best[i].distance) return;
  for (; i > 0 && distance < best[i - 1].distance; i--) best[i] = best[i - 1];
  best[i] = (candidate){distance, index};
}

static uint64_t turns(double part) { return (uint64_t)(int64_t)(part * 0x1p62) << 2; }

static void search_interval(const stretch *s, double square, uint64_t first, candidate *best) {
  double length = ldexp(1, s->log2Length), bend = fabs(square) * length * length / 4;
  double margin = fabs(s->cube) * length * length * length + length * 0x1p-62 + 0x1p-48;
  double window = bend + 2 * margin;
  if (!(window < 0.25)) return;
  uint64_t a = (uint64_t)(s->value[0] >> 64) + turns(margin + (square < 0 ? bend : 0));
  uint64_t b = (uint64_t)(s->slope[0] >> 64) + turns(square * length), size = turns(window);
  for (uint64_t n = 0, last = ((uint64_t)1 << s->log2Length) - 1; n <= last; n++) {
    uint64_t hit = first_hit(a + b * n, b, size, last - n);
    if (hit == none) return;
    n += hit;
    double m = (double)n, curved = m * m * (square + s->cube * m);
    u128 v = s->value[0] + s->slope[0] * n + ((u128)(i128)(curved * 0x1p100) << 28);
    double distance = (double)((i128)v < 0 ? -v : v) * 0x1p-128;
    keep(best, distance, first + n);
  }
}

// A line of the fixture. 700 bits are far more than any result agrees with a midpoint to.
static void print_case(segment g, uint64_t index) {
  mpfr_t x, y, result, difference;
  mpfr_inits2(53, x, result, (mpfr_ptr)0);
  mpfr_inits2(700, y, difference, (mpfr_ptr)0);
  mpfr_set_ui_2exp(x, ((uint64_t)1 << 52) + index, g.exponent - 52, MPFR_RNDN);
  if (g.negative) mpfr_neg(x, x, MPFR_RNDN);
  evaluate(g.f, y, x, MPFR_RNDN);
  double argument = mpfr_get_d(x, MPFR_RNDN);
  evaluate(g.f, result, x, MPFR_RNDD);
  double down = mpfr_get_d(result, MPFR_RNDN);
  evaluate(g.f, result, x, MPFR_RNDN);
  double nearest = mpfr_get_d(result, MPFR_RNDN);
  // distance to the nearest multiple of half a last place, in last places
  mpfr_mul_2si(difference, y, 54 - mpfr_get_exp(y), MPFR_RNDN);
  mpfr_rint(y, difference, MPFR_RNDN);
  mpfr_sub(difference, difference, y, MPFR_RNDN);
  long bits = mpfr_zero_p(difference) ? 0 : 1 - mpfr_get_exp(difference);
  if (bits > 0) printf("%s %a %a %a %ld\n", names[g.f], argument, down, nearest, bits);
  mpfr_clears(x, y, result, difference, (mpfr_ptr)0);
}

// At most 2^effort intervals of the segment, from a random place if that is not all of it.
static void search_segment(stretch *s, segment g, int effort) {
  candidate best[KEPT];
  for (int i = 0; i < KEPT; i++) best[i].distance = 1;
  int longest = 31;
  while (longest > 1 && ((uint64_t)INTERVALS << longest) > g.count) longest--;
  if (!stretch_start(s, g.f, g.negative, g.exponent, g.first, longest)) return;
  double reach = ldexp(1, effort + s->log2Length);
  uint64_t points = reach < (double)g.count ? (uint64_t)reach : g.count;
  uint64_t from = g.first + (points < g.count ? word() % (g.count - points) : 0), done = 0;
  while (done < points && stretch_start(s, g.f, g.negative, g.exponent, from + done, longest)) {
    for (int j = 0; j < INTERVALS; j++) {
      double square = s->square + j * (s->squareStep + j * s->squareStep2);
      search_interval(s, square, from + done, best);
      done += (uint64_t)1 << s->log2Length;
      for (int k = 0; k < DEGREE; k++) s->value[k] += s->value[k + 1], s->slope[k] += s->slope[k + 1];
    }
  }
  if (!done) return;
  double start = ldexp((double)(((uint64_t)1 << 52) + from), g.exponent - 52);
  printf("# %s from %a, 2^%.1f arguments\n", names[g.f], g.negative ? -start : start, log2((double)done));
  for (int i = 0; i < KEPT; i++)
    if (best[i].distance < 1) print_case(g, best[i].index);
  fflush(stdout);
}

// Binades of |x| from 2^low to 2^high; of the last, only this part.
static void search_binades(stretch *s, function f, int negative, int low, int high, double part, int effort) {
  const uint64_t all = (uint64_t)1 << 52;
  for (int e = low; e <= high; e++)
    search_segment(s, (segment){f, negative, e, 0, e < high ? all : (uint64_t)((double)all * part)}, effort);
}

static void search_function(stretch *s, function f, int effort) {
  switch (f) {
    case EXP:
      for (int negative = 0; negative <= 1; negative++) search_binades(s, f, negative, -53, 9, 0.38, effort);
      return;
    case EXPM1:
      search_binades(s, f, 0, -53, 9, 0.38, effort);
      search_binades(s, f, 1, -53, 5, 0.15, effort);
      return;
    case LOG:
      for (int k = 1; k <= 40; k++) {  // beside 1: 1 + 2^-k and 1 - 2^-k outward
        const uint64_t width = (uint64_t)1 << (52 - k);
        search_segment(s, (segment){f, 0, 0, width, width}, effort);
        search_segment(s, (segment){f, 0, -1, ((uint64_t)1 << 52) - 2 * width, width}, effort);
      }
      for (int e = -1000; e <= 1000; e += e < -20 || e >= 20 ? 98 : 4)
        if (e != 0) search_binades(s, f, 0, e, e, 1, effort);
      return;
    case LOG1P:
      search_binades(s, f, 0, -53, 9, 1, effort);
      search_binades(s, f, 1, -53, -1, 1, effort);
      for (int e = 20; e <= 1000; e += 98) search_binades(s, f, 0, e, e, 1, effort);
      return;
    case TANH: search_binades(s, f, 0, -27, 4, 0.19, effort); return;
    default: search_binades(s, f, 0, -27, 5, 1, effort);
  }
}

int main(int count, char **arguments) {
  int effort = count == 3 ? atoi(arguments[2]) : 0, f = 0;
  while (f < FUNCTIONS && count == 3 && strcmp(arguments[1], names[f])) f++;
  if (count != 3 || f == FUNCTIONS || effort < 8 || effort > 40) {
    fprintf(stderr, "usage: search exp|expm1|log|log1p|tanh|sin|cos EFFORT, at most 2^EFFORT intervals (8 to 40) a segment\n");
    return 2;
  }
  seed = (uint64_t)f + 1;
  stretch s;
  stretch_init(&s);
  search_function(&s, (function)f, effort);
  return 0;
}
