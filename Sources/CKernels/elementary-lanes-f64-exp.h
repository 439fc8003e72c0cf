// Template (see elementary-lanes.h): exp, expm1 and tanh of binary64, as unevaluated sums of two numbers. u = 2^-53.

// exp(x) = scale (high + low)(1 + r + q), scale a power of two, high + low = 2^(j/256), square = r^2 rounded.
typedef struct { V scale, high, low, r, q, square; } NAME(WidePower);

LS_INLINE TARGET NAME(WidePower) NAME(widePower)(V x) {
  const double *c = ls_lanes_f64_exp;
  NAME(WidePower) e;
  V shifted = MULADD(x, SPLAT(LS_LANES_1_OVER_STEP), SPLAT(0x1.8p52)), k = shifted - 0x1.8p52;
  e.r = RESIDUAL(k, SPLAT(-LS_LANES_STEP_HIGH), x);
  V correction = k * -LS_LANES_STEP_LOW, r = e.r + correction;
  e.square = r * r;
  V high = MULADD(SPLAT(c[4]), e.square, MULADD(SPLAT(c[3]), r, SPLAT(c[2])));
  e.q = MULADD(e.square, MULADD(high, e.square, MULADD(SPLAT(c[1]), r, SPLAT(c[0]))), correction);
  e.scale = (V)((((NAME(Words))shifted >> 8) + 1023) << 52);
  LOOK_UP_PAIR(ls_lanes_exp_table, (B)shifted & 255, e.high, e.low);
  return e;
}

#ifndef LS_LANES_EXP_ERROR
#define LS_LANES_EXP_ERROR 0x1p-68
#endif

LS_INLINE TARGET NAME(RoundedF64) NAME(expF64)(V x, ls_rounding r, bool nearest) {
  NAME(WidePower) e = NAME(widePower)(x);
  V product = e.high * e.r, below = PRODUCT_ERROR(e.high, e.r, product), sum = e.high + product;
  V low = (product - (sum - e.high)) + (below + MULADD(e.high, e.q, MULADD(e.low, e.r, e.low)));
  NAME(RoundedF64) y = NAME(roundF64)(sum, low, SPLAT(LS_LANES_EXP_ERROR), r, nearest);
  return (NAME(RoundedF64)){y.value * e.scale, y.decided & (B)(MAGNITUDE(x) < 708)};
}

typedef struct { V high, low, error; } NAME(Sum);

#define LS_LANES_EXPM1_ERROR 0x1p-50

LS_INLINE TARGET NAME(Sum) NAME(expm1Sum)(V x) {
  NAME(WidePower) e = NAME(widePower)(x);
  V high = e.high * e.scale, low = e.low * e.scale;
  V less = high - 1, taken = less - high, lost = (high - (less - taken)) - (1 + taken);
  V product = high * e.r, below = PRODUCT_ERROR(high, e.r, product), sum = less + product;
  V rest = (product - (sum - less)) + (lost + (below + MULADD(high, e.q, MULADD(low, e.r, low))));
  return (NAME(Sum)){sum, rest, MULADD(high * e.square, SPLAT(LS_LANES_EXPM1_ERROR), MAGNITUDE(sum) * 0x1p-80)};
}

// f(x) is beside x, less than a quarter of a unit away, where |x| < limit.
LS_INLINE TARGET NAME(RoundedF64) NAME(besideF64)(V x, double limit, NAME(RoundedF64) y, bool nearest) {
  B small = (B)(MAGNITUDE(x) < limit);
  if (!nearest) return (NAME(RoundedF64)){y.value, y.decided & ~small};
  return (NAME(RoundedF64)){SELECT(small, x, y.value), y.decided | small};
}

LS_INLINE TARGET NAME(RoundedF64) NAME(expm1F64)(V x, ls_rounding r, bool nearest) {
  NAME(Sum) s = NAME(expm1Sum)(AT_LEAST(x, SPLAT(-40)));
  NAME(RoundedF64) y = NAME(roundF64)(s.high, s.low, s.error, r, nearest);
  y.decided &= (B)(x < 708);
  return NAME(besideF64)(x, 0x1p-54, y, nearest);
}

LS_INLINE TARGET NAME(RoundedF64) NAME(tanhF64)(V x, ls_rounding r, bool nearest) {
  V size = AT_MOST(MAGNITUDE(x), SPLAT(20));
  NAME(Sum) s = NAME(expm1Sum)(size + size);
  V E = s.high + s.low, below = s.low - (E - s.high);
  V D = E + 2, taken = D - E, lost = (E - (D - taken)) + (2 - taken) + below;
  V inverse = 1 / D, quotient = E * inverse;
  V rest = (RESIDUAL(-quotient, D, E) + (below - quotient * lost)) * inverse;
  V error = MULADD(s.error, inverse, quotient * 0x1p-80);
  NAME(RoundedF64) y = NAME(roundF64)(quotient, rest, error, r, nearest);
  y.value = WITH_SIGN_OF(y.value, x);
  return NAME(besideF64)(x, 0x1p-27, y, nearest);
}
