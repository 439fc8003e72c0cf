#pragma STDC FP_CONTRACT ON
#include "faulty.h"
#include "probe.h"

#if defined(__x86_64__)
bool faulty_contraction_available(void) { return __builtin_cpu_supports("fma"); }
__attribute__((target("fma"))) uint32_t faulty_contraction_probe(void) { return ls_probe(); }
#else
bool faulty_contraction_available(void) {
#if defined(__aarch64__)
  return true;
#else
  return false;
#endif
}
uint32_t faulty_contraction_probe(void) { return ls_probe(); }
#endif
