// Template: single values of the elementary functions. Promises, ranked: a result that is delivered is correctly
// rounded; what cannot be decided, and special arguments, go to ls_elementary_careful_f32 and ls_elementary_careful_f64;
// speed.
//
// A file that includes this one defines PATH, TARGET, MULADD, RESIDUAL and PRODUCT_ERROR as for elementary-lanes.h, for
// numbers, and gets the table ls_PATH_elementary_values.
#include "elementary-rounding.h"
#include "elementary-table.h"
#include "elementary-tables-f32.h"
#include "elementary-tables-lanes.h"
#include "elementary-tables-values.h"
#include "probe.h"
#include <math.h>

LS_COLD float ls_elementary_careful_f32(ls_unary f, ls_direction d, float x);
LS_COLD double ls_elementary_careful_f64(ls_unary f, ls_direction d, double x);

#define NAME(x) NAME2(PATH, x)
#define NAME2(path, x) NAME3(path, x)
#define NAME3(path, x) ls_##path##_elementary_##x

// A vector of one lane, for the cores of binary64.
#define V double
#define B int64_t
typedef uint64_t NAME(Words);
#define BITS(x) ((int64_t)ls_bits_f64(x))
#define NUMBER(b) ls_from_bits_f64((uint64_t)(b))
#define MASK(comparison) (-(int64_t)(comparison))
#define SPLAT(x) (x)
#define SPLAT_BITS(x) ((int64_t)(x))
#define SIGN INT64_MIN
#define MAGNITUDE(x) __builtin_fabs(x)
#define AT_MOST(x, limit) ((x) > (limit) ? (limit) : (x))
#define AT_LEAST(x, limit) ((x) < (limit) ? (limit) : (x))
#define LOOK_UP_PAIR(table, n, a, b) (a = table[n].high, b = table[n].low)
#define LOOK_UP_CELL(table, n, a, b, c) (a = table[n].inverse, b = table[n].high, c = table[n].low)
#define LOOK_UP_ANGLE(table, n, a, b, c, d) \
  (a = table[n].sine, b = table[n].sineLow, c = table[n].cosine, d = table[n].cosineLow)
typedef struct { double high, low, error; int64_t k52, known, beside; } NAME(Known);  // as in elementary-lanes.h

#include "elementary-lanes-f64-exp.h"
#include "elementary-lanes-f64-log.h"
#include "elementary-lanes-f64-sine.h"
#include "elementary-values-f32.h"

// A range of |x|, as one unsigned difference of encodings.
#define WITHIN_F64(low, high) (ls_bits_f64(x) & ~LS_SIGN_F64) - ls_bits_f64(low) < ls_bits_f64(high) - ls_bits_f64(low)

// The exact value is 2^k (value + rest), rest not 0 and at most half a unit.
LS_INLINE TARGET double NAME(directed)(double value, double rest, int64_t k52, ls_direction d) {
  const uint64_t bits = ls_bits_f64(value), away = ls_away(ls_rounding_of(d), bits >> 63);
  const bool below = (BITS(rest) ^ BITS(value)) < 0;
  return NUMBER(bits + away - below + (uint64_t)k52);
}

// Each binary64 core on the arguments of a range where no result is subnormal or `beside`, and which are `known`; rounded as
// in roundF64.
#define VALUE_F64(core, f, range, isKnown)                                                                       \
  static TARGET double NAME(core##Value)(double x) {                                                     \
    if (LS_LIKELY(range)) {                                                                              \
      const NAME(Known) y = NAME(core)(x);                                                               \
      const double value = y.high + (y.low + y.error), other = y.high + (y.low - y.error);               \
      if (LS_LIKELY(value == other) && (isKnown)) return NUMBER(BITS(value) + y.k52);                    \
    }                                                                                                    \
    return ls_elementary_careful_f64(f, LS_NEAREST, x);                                                  \
  }                                                                                                      \
  static TARGET double NAME(core##Directed)(ls_direction d, double x) {                                  \
    if (LS_LIKELY(range)) {                                                                              \
      const NAME(Known) y = NAME(core)(x);                                                               \
      const double value = y.high + y.low, rest = y.low - (value - y.high);                              \
      if (LS_LIKELY(MAGNITUDE(rest) > y.error) && (isKnown)) return NAME(directed)(value, rest, y.k52, d); \
    }                                                                                                    \
    return ls_elementary_careful_f64(f, d, x);                                                           \
  }                                                                                                      \
  static TARGET bool NAME(core##Known)(double x, ls_lanes_approximation *a) {                            \
    const NAME(Known) y = NAME(core)(x);                                                                 \
    *a = (ls_lanes_approximation){y.high, y.low, y.error, y.k52 >> 52};                                  \
    return (range) && (isKnown);                                                                         \
  }
VALUE_F64(expF64, LS_EXP, WITHIN_F64(0, 708), true)
VALUE_F64(expm1F64, LS_EXPM1, WITHIN_F64(0x1p-54, 708), true)
VALUE_F64(logF64, LS_LOG, ls_bits_f64(x) - ls_bits_f64(0x1p-1022) < LS_INFINITY_F64 - ls_bits_f64(0x1p-1022), true)
VALUE_F64(log1pF64, LS_LOG1P, WITHIN_F64(0x1p-54, INFINITY) && x > -1, true)
VALUE_F64(tanhF64, LS_TANH, WITHIN_F64(0x1p-27, INFINITY), true)
VALUE_F64(sinF64, LS_SIN, WITHIN_F64(0x1p-27, 0x1p18), y.known)
VALUE_F64(cosF64, LS_COS, WITHIN_F64(0x1p-27, 0x1p18), y.known)

static TARGET uint32_t NAME(valuesProbe)(void) { return ls_probe(); }

#define SEVEN(S, form)                                                                                              \
  {NAME(exp##S##form), NAME(expm1##S##form), NAME(log##S##form), NAME(log1p##S##form), NAME(tanh##S##form), NAME(sin##S##form), \
   NAME(cos##S##form)}

const ls_elementary_values NAME(values) = {
  SEVEN(F32, Value),    SEVEN(F64, Value), SEVEN(F32, Directed), SEVEN(F64, Directed),
  SEVEN(F32, Known), SEVEN(F64, Known), NAME(valuesProbe),
};
