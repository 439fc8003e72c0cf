// Promises, ranked: the bits of the careful functions; speed of single values on processors with fma.
#pragma STDC FP_CONTRACT OFF
#if defined(__x86_64__) || defined(__aarch64__)

#define PATH fma
#if defined(__x86_64__)
#define TARGET __attribute__((target("avx2,fma")))
#else
#define TARGET
#endif
#define MULADD(a, b, c) __builtin_fma(a, b, c)
#define RESIDUAL(a, b, c) __builtin_fma(a, b, c)
#define PRODUCT_ERROR(a, b, p) __builtin_fma(a, b, -(p))
#include "elementary-values.h"
#endif
