// Timing of the peers written in C and C++: calls for a number of seconds, and the median time of one.
#pragma once
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// Calls once to warm up, then at least three times; prints the median time of a call in seconds.
static void report(double seconds, void (*call)(void)) {
  enum { MOST = 100000 };
  static double times[MOST];
  int count = 0;
  call();
  const double start = now();
  while (count < MOST && (count < 3 || now() - start < seconds)) {
    const double before = now();
    call();
    times[count++] = now() - before;
  }
  qsort(times, (size_t)count, sizeof times[0], by_size);
  printf("%.17g\n", times[count / 2]);
}

// Draws of Knuth's 64-bit linear congruential generator: high bits of the state.
static unsigned draw(unsigned below) {
  static unsigned long long state = 1;
  state = state * 6364136223846793005ull + 1442695040888963407ull;
  return (unsigned)((state >> 33) % below);
}

// Three times an operand: between 1/2 and 1, of either sign, spread over so many binades downwards.
static double triple_operand(unsigned binades) {
  double x = (double)((1u << 23) + draw(1u << 23)) * 0x1p-24;
  for (unsigned down = draw(binades); down > 0; down--) x /= 2;
  return draw(2) ? x : -x;
}
