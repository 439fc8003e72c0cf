#pragma STDC FP_CONTRACT OFF
#include "faulty.h"
#include <fenv.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
static bool set(unsigned bits) {
  _mm_setcsr(_mm_getcsr() | bits);
  return true;
}
bool faulty_flush_results(void) { return set(0x8000); }
bool faulty_flush_operands(void) { return set(0x0040); }
#elif defined(__aarch64__)
static uint64_t mode(void) {
  uint64_t value;
  __asm__ volatile("mrs %0, fpcr" : "=r"(value));
  return value;
}
// FZ flushes both.
bool faulty_flush_results(void) {
  __asm__ volatile("msr fpcr, %0" ::"r"(mode() | (uint64_t)1 << 24));
  return true;
}
bool faulty_flush_operands(void) { return faulty_flush_results(); }
#else
bool faulty_flush_results(void) { return false; }
bool faulty_flush_operands(void) { return false; }
#endif

void faulty_direction(int direction) {
  static const int directions[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
  fesetround(directions[direction]);
}

void faulty_reset(void) { fesetenv(FE_DFL_ENV); }
