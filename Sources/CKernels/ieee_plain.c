// Promises, ranked: the meaning of every kernel on any processor, fma in software; speed. Vectors of 16 bytes are part of the
// base instruction sets, or become scalars in the compiler.
#pragma STDC FP_CONTRACT OFF
#include "ieee.h"
#if defined(__x86_64__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define PATH plain
#define TARGET
#define ROWS 2
#define VECTORS 1
#define CASES(N) CASE(1, N) CASE(2, N)

typedef float float4 __attribute__((vector_size(16)));
typedef double double2 __attribute__((vector_size(16)));
typedef double double4 __attribute__((vector_size(32)));
typedef int64_t integer2 __attribute__((vector_size(16)));
typedef int64_t integer4 __attribute__((vector_size(32)));
typedef uint64_t word2 __attribute__((vector_size(16)));
typedef uint64_t word4 __attribute__((vector_size(32)));

// Four ls_fma_soft_f32: see there.
static inline float4 fmaFloat4(float4 a, float4 b, float4 c) {
  const double4 x = __builtin_convertvector(a, double4) * __builtin_convertvector(b, double4);
  const double4 y = __builtin_convertvector(c, double4);
  const double4 sum = x + y, t = sum - x, error = (x - (sum - t)) + (y - t);
  const integer4 inexact = (integer4)(error > 0) | (integer4)(error < 0);
  const integer4 even = ((integer4)sum & 1) - 1;
  const integer4 step = 1 - (integer4)(((word4)sum ^ (word4)error) >> 63) * 2;
  return __builtin_convertvector((double4)((integer4)sum + (step & inexact & even)), float4);
}

// Two ls_fma_soft_f64: see there. Lanes of other magnitudes are computed one at a time.
static inline double2 fmaDouble2(double2 a, double2 b, double2 c) {
  const integer2 clear = {INT64_MAX, INT64_MAX};
  const double2 p = (double2)((integer2)a & clear), q = (double2)((integer2)b & clear), r = (double2)((integer2)c & clear);
  const integer2 safe = (integer2)(p > 0x1p-450) & (integer2)(p < 0x1p450) & (integer2)(q > 0x1p-450) &
                        (integer2)(q < 0x1p450) & (integer2)(r < 0x1p1000);
  if (!(safe[0] & safe[1])) return (double2){ls_fma_soft_f64(a[0], b[0], c[0]), ls_fma_soft_f64(a[1], b[1], c[1])};
  const double2 as = 134217729 * a, a1 = as - (as - a), a2 = a - a1;
  const double2 bs = 134217729 * b, b1 = bs - (bs - b), b2 = b - b1;
  const double2 high = a * b, low = a2 * b2 - (((high - a1 * b1) - a2 * b1) - a1 * b2);
  const double2 s = c + low, st = s - c, sError = (c - (s - st)) + (low - st);
  const double2 t = high + s, tt = t - high, tError = (high - (t - tt)) + (s - tt);
  const double2 sum = tError + sError, u = sum - tError, error = (tError - (sum - u)) + (sError - u);
  const integer2 inexact = (integer2)(error > 0) | (integer2)(error < 0);
  const integer2 even = ((integer2)sum & 1) - 1;
  const integer2 step = 1 - (integer2)(((word2)sum ^ (word2)error) >> 63) * 2;
  return t + (double2)((integer2)sum + (step & inexact & even));
}

// Not libm's square root, which may set errno.
#if defined(__x86_64__)
static inline float4 rootFloat4(float4 x) { return _mm_sqrt_ps(x); }
static inline double2 rootDouble2(double2 x) { return _mm_sqrt_pd(x); }
#elif defined(__aarch64__)
static inline float4 rootFloat4(float4 x) { return vsqrtq_f32(x); }
static inline double2 rootDouble2(double2 x) { return vsqrtq_f64(x); }
#else
static inline float4 rootFloat4(float4 x) {
  return (float4){__builtin_sqrtf(x[0]), __builtin_sqrtf(x[1]), __builtin_sqrtf(x[2]), __builtin_sqrtf(x[3])};
}
static inline double2 rootDouble2(double2 x) { return (double2){__builtin_sqrt(x[0]), __builtin_sqrt(x[1])}; }
#endif

#define T float
#define BITS int32_t
#define FORMAT f32
#define W 4
#define FMA(a, b, c) fmaFloat4(a, b, c)
#define FMA1(a, b, c) ls_fma_soft_f32(a, b, c)
#define SPLAT(x) ((V){x, x, x, x})
#define SQRT(x) rootFloat4(x)
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define BLOCKS_LOW(a, b) (a)
#define BLOCKS_HIGH(a, b) (b)
#include "ieee_template.h"

#define T double
#define BITS int64_t
#define FORMAT f64
#define W 2
#define FMA(a, b, c) fmaDouble2(a, b, c)
#define FMA1(a, b, c) ls_fma_soft_f64(a, b, c)
#define SPLAT(x) ((V){x, x})
#define SQRT(x) rootDouble2(x)
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 2)
#define HIGH(a, b) __builtin_shufflevector(a, b, 1, 3)
#define BLOCKS_LOW(a, b) (a)
#define BLOCKS_HIGH(a, b) (b)
#include "ieee_template.h"
