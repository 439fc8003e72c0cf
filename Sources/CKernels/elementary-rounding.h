// How the fast paths of the elementary functions decide a result. Promises, in order: a result that is delivered is
// correctly rounded; an argument that cannot be decided is reported, never guessed; speed.
//
// A fast path approximates f(x) to within a stated error. Rounding is monotone, so if both ends of that enclosure
// round alike, f(x) rounds so too. They do unless a point where rounding changes (a representable number in the
// directed modes, a midpoint to nearest) lies in the enclosure. The test is made on the bits below the last place, as
// integers. None of the functions has an exact or midpoint result except at arguments treated apart (Lindemann: e^a,
// log a, sin a and so on are transcendental for algebraic a but 0, or 1 for log).
#pragma once
#include <string.h>
#include "include/elementary.h"

#define LS_LIKELY(condition) __builtin_expect(!!(condition), 1)
// Cores are inlined both into the scalar and into the array forms; special cases into neither.
#define LS_INLINE static inline __attribute__((always_inline))
#define LS_COLD __attribute__((noinline, cold, unused))

#define LS_SIGN_F64 0x8000000000000000u
#define LS_INFINITY_F64 0x7ff0000000000000u
#define LS_NAN_F64 0x7ff8000000000000u
#define LS_SIGN_F32 0x80000000u
#define LS_INFINITY_F32 0x7f800000u
#define LS_NAN_F32 0x7fc00000u

LS_INLINE uint64_t ls_bits_f64(double x) { uint64_t b; memcpy(&b, &x, sizeof b); return b; }
LS_INLINE double ls_from_bits_f64(uint64_t b) { double x; memcpy(&x, &b, sizeof x); return x; }
LS_INLINE uint32_t ls_bits_f32(float x) { uint32_t b; memcpy(&b, &x, sizeof b); return b; }
LS_INLINE float ls_from_bits_f32(uint32_t b) { float x; memcpy(&x, &b, sizeof x); return x; }

// A direction: nearest is 0 or 1; away from zero, bit 0 for positive and bit 1 for negative results.
typedef struct { uint64_t nearest, away; } ls_rounding;

LS_INLINE ls_rounding ls_rounding_of(ls_direction d) {
  return (ls_rounding){d == LS_NEAREST, d == LS_UP ? 1 : d == LS_DOWN ? 2 : 0};
}
// 1 if results of this sign (0 or 1) are rounded away from zero.
LS_INLINE uint64_t ls_away(ls_rounding r, uint64_t sign) { return (r.away >> sign) & 1; }

// The rounding of x + t, where t is not zero but too small to cross a midpoint beside x; outward: t has the sign of x.
// Below a power of two the midpoint is at a relative distance of 2^-(p+1), so |t| < 2^-(p+1) |x| suffices.
LS_INLINE double ls_beside_f64(double x, bool outward, ls_rounding r) {
  uint64_t b = ls_bits_f64(x), away = ls_away(r, b >> 63);
  return ls_from_bits_f64(outward ? b + away : b - !(r.nearest | away));
}

LS_INLINE float ls_beside_f32(float x, bool outward, ls_rounding r) {
  uint32_t b = ls_bits_f32(x), away = (uint32_t)ls_away(r, b >> 31);
  return ls_from_bits_f32(outward ? b + away : b - !(r.nearest | away));
}

// A result beyond the largest finite number, or below half the least: sign is 0 or 1.
LS_INLINE uint64_t ls_overflow_f64(uint64_t sign, ls_rounding r) {
  return (sign << 63) | (LS_INFINITY_F64 - !(r.nearest | ls_away(r, sign)));
}
LS_INLINE uint64_t ls_underflow_f64(uint64_t sign, ls_rounding r) { return (sign << 63) | ls_away(r, sign); }
LS_INLINE uint32_t ls_overflow_f32(uint64_t sign, ls_rounding r) {
  return (uint32_t)(sign << 31) | (LS_INFINITY_F32 - !(r.nearest | ls_away(r, sign)));
}
LS_INLINE uint32_t ls_underflow_f32(uint64_t sign, ls_rounding r) {
  return (uint32_t)(sign << 31) | (uint32_t)ls_away(r, sign);
}

// Binary32 results come from binary64 approximations with a relative error below LS_F32_RELATIVE_ERROR = 2^-46.
// Significands are below 2, so the error is below 2^-45, which is 128 units of 2^-52, the last place of a significand.
#define LS_F32_ERROR_UNITS 128u

// sum is the significand cut after binary32's last place plus 29 bits. 0 in those bits, after adding a half to nearest,
// is where rounding changes.
LS_INLINE bool ls_decided_f32(uint64_t sum, uint64_t error) { return ((sum + error) & 0x1fffffff) > 2 * error; }

// y is beyond binary32's normal range. (At overflow nothing needs deciding: y is within its error of 2^128 or above.)
LS_COLD static bool ls_round_outside_f32(double y, ls_rounding r, float *result) {
  uint64_t b = ls_bits_f64(y), sign = b >> 63;
  int exponent = (int)((b >> 52) & 0x7ff) - 1023, shift = -126 - exponent;
  if (exponent > 127) { *result = ls_from_bits_f32(ls_overflow_f32(sign, r)); return true; }
  if (shift > 30) { *result = ls_from_bits_f32(ls_underflow_f32(sign, r)); return true; }
  uint64_t significand = ((b & 0xfffffffffffff) | 0x10000000000000) >> shift;  // cut off: less than one unit
  uint64_t sum = significand + (r.nearest << 28);
  *result = ls_from_bits_f32((uint32_t)(sign << 31) | (uint32_t)((sum >> 29) + ls_away(r, sign)));
  return ls_decided_f32(sum, (LS_F32_ERROR_UNITS >> shift) + 2);
}

// Round y, known to LS_F32_RELATIVE_ERROR, to binary32. False: undecided.
LS_INLINE bool ls_round_f32(double y, ls_rounding r, float *result) {
  const uint64_t rebias = (uint64_t)(1023 - 127) << 52, least = (uint64_t)1 << 52, range = (uint64_t)254 << 52;
  uint64_t b = ls_bits_f64(y), sign = b >> 63, t = (b & ~LS_SIGN_F64) - rebias;
  if (!LS_LIKELY(t - least < range)) return ls_round_outside_f32(y, r, result);
  uint64_t sum = t + (r.nearest << 28);
  *result = ls_from_bits_f32((uint32_t)(sign << 31) | (uint32_t)((sum >> 29) + ls_away(r, sign)));
  return LS_LIKELY(ls_decided_f32(sum, LS_F32_ERROR_UNITS));
}

// ls_elementary_f32 and _f64 where the quick kernels do not decide, in every direction.
float ls_elementary_careful_f32(ls_unary f, ls_direction d, float x);
double ls_elementary_careful_f64(ls_unary f, ls_direction d, double x);
// The reference, counted as a fallback.
float ls_elementary_fallback_f32(ls_unary f, ls_direction d, float x);
double ls_elementary_fallback_f64(ls_unary f, ls_direction d, double x);
