// Promises, ranked: the integers of the plain path; speed on arm64.
#pragma STDC FP_CONTRACT OFF
#if defined(__aarch64__)
#include <arm_neon.h>

#define PATH neon
#define TARGET
#define W 2
#define VECTORS 4
#define ROWS 6
#define CASES CASE(1) CASE(2) CASE(3) CASE(4) CASE(5) CASE(6)
#define FMA(a, b, c) vfmaq_f64(c, a, b)
#define NANOSECONDS 0.08f
#include "big_residue_template.h"
#endif
