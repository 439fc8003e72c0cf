// Promises, ranked: the bits of the scalar functions; speed on arm64.
#pragma STDC FP_CONTRACT OFF
#if defined(__aarch64__)
#include <arm_neon.h>

#define PATH neon
#define TARGET
#define W 2
#define MULADD(a, b, c) vfmaq_f64(c, a, b)
#define RESIDUAL(a, b, c) vfmaq_f64(c, a, b)
#define PRODUCT_ERROR(a, b, p) vfmaq_f64(-(p), a, b)
#define AT_MOST(x, limit) vminq_f64(x, limit)
#define AT_LEAST(x, limit) vmaxq_f64(x, limit)
#define EVERY(mask) (vminvq_u32((uint32x4_t)(mask)) != 0)
#define NARROW_MULADD(a, b, c) vfmaq_f32(c, a, b)
#define NARROW_EVERY(mask) (vminvq_u32((uint32x4_t)(mask)) != 0)
#define VALUES ls_fma_elementary_values
#include "elementary-lanes.h"
#endif
