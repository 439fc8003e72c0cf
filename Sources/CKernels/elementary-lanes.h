// Template: elementary functions over the lanes of vectors of binary64. Promises, ranked: a lane that is delivered is
// correctly rounded; a lane that cannot be decided is reported; speed. Undecided lanes and special arguments are computed
// again by ls_elementary_f32 and ls_elementary_f64, so results never depend on the path.
//
// A file that includes this one defines
//   PATH, TARGET           a word for names; the attribute that turns the instructions on, or nothing
//   W                      lanes of a vector, at least 2
//   MULADD(a, b, c)        a*b + c, rounded once or twice
//   RESIDUAL(a, b, c)      a*b + c, rounded once, where a*b cancels c: a*b rounded, plus c, is a number of the format
//   PRODUCT_ERROR(a, b, p) a*b - p for p = a*b rounded; a, b and p of moderate magnitude
//   AT_MOST, AT_LEAST      (x, limit): the lesser, the greater; NaN where x is NaN
//   LOOK_UP_PAIR           (table, n, a, b): the members of table[n] of each lane; LOOK_UP_CELL for (table, n, a, b, c) and
//                          LOOK_UP_ANGLE for (table, n, a, b, c, d)
//   EVERY(mask)            every lane of a vector of 64-bit masks is set
//   VALUES                 the table of single values (elementary-values.h) for the last few elements of an array
// (from AT_MOST to EVERY: if it has something better than what stands below) and gets the table ls_PATH_elementary_table. The
// cores of binary64 serve single values too: there a lane is a number, and the words BITS, NUMBER and MASK mean what they say.
#include "elementary-rounding.h"
#include "elementary-table.h"
#include "elementary-tables-f32.h"
#include "elementary-tables-lanes.h"
#include "probe.h"
#include <math.h>

#define NAME(x) NAME2(PATH, x)
#define NAME2(path, x) NAME3(path, x)
#define NAME3(path, x) ls_##path##_elementary_##x

#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

typedef double NAME(Doubles) __attribute__((vector_size(8 * W)));
typedef int64_t NAME(Bits) __attribute__((vector_size(8 * W)));
typedef uint64_t NAME(Words) __attribute__((vector_size(8 * W)));
typedef float NAME(Floats) __attribute__((vector_size(4 * W)));
typedef int32_t NAME(Halves) __attribute__((vector_size(4 * W)));
typedef double NAME(UnalignedDoubles) __attribute__((vector_size(8 * W), aligned(8), may_alias));
typedef float NAME(UnalignedFloats) __attribute__((vector_size(4 * W), aligned(4), may_alias));
#define V NAME(Doubles)
#define B NAME(Bits)

#define BITS(x) ((B)(x))
#define NUMBER(b) ((V)(b))
#define MASK(comparison) ((B)(comparison))
#define SPLAT(x) ((V){0} + (x))
#define SPLAT_BITS(x) ((B){0} + (int64_t)(x))
#define SIGN SPLAT_BITS(INT64_MIN)
#define MAGNITUDE(x) ((V)((B)(x) & ~SIGN))
#define WITH_SIGN_OF(x, s) ((V)((B)(x) | ((B)(s) & SIGN)))
#define SELECT(mask, a, b) ((V)(((mask) & (B)(a)) | (~(mask) & (B)(b))))
// NaN, which no test decides, where the mask is not set.
#define ONLY(mask, x) ((V)((B)(x) | ~(mask)))

#ifndef AT_MOST
#define AT_MOST(x, limit) SELECT((B)((x) > (limit)), limit, x)
#define AT_LEAST(x, limit) SELECT((B)((x) < (limit)), limit, x)
#endif
#ifndef EVERY
LS_INLINE TARGET bool NAME(every)(B mask) {
  int64_t all = -1;
  UNROLL for (int i = 0; i < W; i++) all &= mask[i];
  return all != 0;
}
#define EVERY(mask) NAME(every)(mask)
#endif
#ifndef LOOK_UP_PAIR
LS_INLINE TARGET void NAME(lookUpPair)(const ls_lanes_pair *table, B n, V *a, V *b) {
  double high[W], low[W];
  UNROLL for (int i = 0; i < W; i++) high[i] = table[n[i]].high, low[i] = table[n[i]].low;
  *a = *(NAME(UnalignedDoubles) *)high, *b = *(NAME(UnalignedDoubles) *)low;
}
LS_INLINE TARGET void NAME(lookUpCell)(const ls_lanes_cell *table, B n, V *a, V *b, V *c) {
  double inverse[W], high[W], low[W];
  UNROLL for (int i = 0; i < W; i++)
    inverse[i] = table[n[i]].inverse, high[i] = table[n[i]].high, low[i] = table[n[i]].low;
  *a = *(NAME(UnalignedDoubles) *)inverse, *b = *(NAME(UnalignedDoubles) *)high, *c = *(NAME(UnalignedDoubles) *)low;
}
LS_INLINE TARGET void NAME(lookUpAngle)(const ls_lanes_angle *table, B n, V *a, V *b, V *c, V *d) {
  double sine[W], sineLow[W], cosine[W], cosineLow[W];
  UNROLL for (int i = 0; i < W; i++) {
    sine[i] = table[n[i]].sine, sineLow[i] = table[n[i]].sineLow;
    cosine[i] = table[n[i]].cosine, cosineLow[i] = table[n[i]].cosineLow;
  }
  *a = *(NAME(UnalignedDoubles) *)sine, *b = *(NAME(UnalignedDoubles) *)sineLow;
  *c = *(NAME(UnalignedDoubles) *)cosine, *d = *(NAME(UnalignedDoubles) *)cosineLow;
}
#define LOOK_UP_PAIR(table, n, a, b) NAME(lookUpPair)(table, n, &(a), &(b))
#define LOOK_UP_CELL(table, n, a, b, c) NAME(lookUpCell)(table, n, &(a), &(b), &(c))
#define LOOK_UP_ANGLE(table, n, a, b, c, d) NAME(lookUpAngle)(table, n, &(a), &(b), &(c), &(d))
#endif

// What a core knows of f(x) before it is rounded, in binary64: between 2^k (high + low - error) and 2^k (high + low + error),
// |low| < |high| / 2, error > 2^-70 |low|, in lanes that are `known`; beside x, less than a quarter of its last place away,
// in lanes that are `beside`. k52: k in the place of the exponent, to be added to a number's bits.
typedef struct { V high, low, error; B k52, known, beside; } NAME(Known);

// The rounded result, and which lanes are decided.
typedef struct { NAME(Floats) value; B decided; } NAME(RoundedF32);
typedef struct { V value; B decided; } NAME(RoundedF64);

// What to add to the bits of a result to nearest, when the exact value is its magnitude plus `rest`, not 0 and less than
// a unit: 0, 1 or -1, as the direction says for this sign.
LS_INLINE TARGET B NAME(correction)(V rest, V sign, ls_rounding r) {
  const int64_t awayPositive = -(int64_t)ls_away(r, 0), awayNegative = -(int64_t)ls_away(r, 1);
  const B negative = (B)sign < 0, away = (negative & awayNegative) | (~negative & awayPositive);
  return ((B)(rest < 0) & ~away) - ((B)(rest > 0) & away);
}

// Beside a number the directed modes are left open.
LS_INLINE TARGET NAME(RoundedF64) NAME(roundF64)(NAME(Known) y, V x, ls_rounding r, bool nearest) {
  if (nearest) {
    V value = y.high + (y.low + y.error), other = y.high + (y.low - y.error);
    return (NAME(RoundedF64)){SELECT(y.beside, x, (V)((B)value + y.k52)), y.beside | (y.known & (B)(value == other))};
  }
  V value = y.high + y.low, rest = y.low - (value - y.high);
  B step = NAME(correction)((V)((B)rest ^ ((B)value & SIGN)), value, r);
  return (NAME(RoundedF64)){(V)((B)value + step + y.k52), ~y.beside & y.known & (B)(MAGNITUDE(rest) > y.error)};
}

#include "elementary-lanes-f32.h"
#include "elementary-lanes-f64-exp.h"
#include "elementary-lanes-f64-log.h"
#include "elementary-lanes-f64-sine.h"
#include "elementary-lanes-arrays.h"
