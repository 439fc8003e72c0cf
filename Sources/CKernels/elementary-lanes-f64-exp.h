// Template (see elementary-lanes.h, elementary-values.h): exp, expm1 and tanh of binary64, as unevaluated sums of two numbers.
// u = 2^-53.

// exp(x) = 2^k (high + low)(1 + r + q), x = (256k + j) ln2/256 + r, high + low = 2^(j/256), square = r^2. The
// high part of ln2/256 is a multiple of 2^-61, and x of 2^-62 where 256k + j is not 0: r, below 2^-9.5, is exact but for its
// correction, which is part of q.
typedef struct { V high, low, r, q, square; B k52; } NAME(WidePower);  // k52: k in the place of the exponent

LS_INLINE TARGET NAME(WidePower) NAME(widePower)(V x) {
  const double *c = ls_lanes_f64_exp;
  NAME(WidePower) e;
  V shifted = MULADD(x, SPLAT(LS_LANES_1_OVER_STEP), SPLAT(0x1.8p52)), k = shifted - 0x1.8p52;
  e.r = RESIDUAL(k, SPLAT(-LS_LANES_STEP_HIGH), x);
  V correction = k * -LS_LANES_STEP_LOW, r = e.r + correction;
  e.square = r * r;
  V high = MULADD(SPLAT(c[3]), r, SPLAT(c[2])), low = MULADD(SPLAT(c[1]), r, SPLAT(c[0]));
  e.q = MULADD(e.square, MULADD(high, e.square, low), correction);
  const B n = BITS(shifted);
  e.k52 = (B)(((NAME(Words))n & ~(uint64_t)255) << 44);
  LOOK_UP_PAIR(ls_lanes_exp_table, n & 255, e.high, e.low);
  return e;
}

// The bounds, relative to `high` (exp) and to high r^2 (expm1), with |r| < 2^-9.52 and r^2 < 2^-19.04:
//   q  2^-63 |r| from rounding r (u r^2), u/2 r^2 from the square, u r^2 from P, 2^-50.5 r^2 from its fit, u/2 r^2 from the
//      product and u/2 r^2 from the sum (and u of the correction, 2^-97): 3.5 u r^2 + 2^-50.5 r^2
//   u/2 r^2 each from high q, from its two sums with small terms, from low q, which is left out, and from rounding the ends
//      in roundF64: 2.5 u r^2. The other sums are exact, or of terms below 2^-50: 2^-100.
// That is 2^-49.45 r^2 < 2^-68.49. In exp, high < 2, and the rest of `sum` = high + high r, rounded once, is one number: sum -
// high is exact, since they are near each other.
#define LS_LANES_EXP_ERROR 0x1.8p-68

LS_INLINE TARGET NAME(Known) NAME(expF64)(V x) {
  NAME(WidePower) e = NAME(widePower)(x);
  V sum = MULADD(e.high, e.r, e.high), lost = RESIDUAL(e.high, e.r, e.high - sum);
  V low = lost + MULADD(e.high, e.q, MULADD(e.low, e.r, e.low));
  return (NAME(Known)){sum, low, SPLAT(LS_LANES_EXP_ERROR), e.k52, MASK(MAGNITUDE(x) < 708), SPLAT_BITS(0)};
}

// exp(x) - 1. high - 1 and high r are sums of two numbers; the second may be added after the first, because |high - 1| >
// 2^-8.54 high if it is not 0. The terms beside high r^2 in the bound above are below 2^-96 high, and |sum| > 2^-9.6 high if
// the correction is not 0.
#define LS_LANES_EXPM1_ERROR 0x1.8p-50

LS_INLINE TARGET NAME(Known) NAME(expm1Sum)(V x) {
  NAME(WidePower) e = NAME(widePower)(x);
  V scale = NUMBER(e.k52 + ((int64_t)1023 << 52)), high = e.high * scale, low = e.low * scale;
  V less = high - 1, taken = less - high, lost = (high - (less - taken)) - (1 + taken);
  V product = high * e.r, below = PRODUCT_ERROR(high, e.r, product), sum = less + product;
  V rest = (product - (sum - less)) + MULADD(high, e.q, lost + (below + MULADD(low, e.r, low)));
  V error = MULADD(high * e.square, SPLAT(LS_LANES_EXPM1_ERROR), MAGNITUDE(sum) * 0x1p-80);
  return (NAME(Known)){sum, rest, error, SPLAT_BITS(0), SPLAT_BITS(-1), SPLAT_BITS(0)};
}

// At -40 and below: beside -1. |x| < 2^-54: x^2/2 beside x.
LS_INLINE TARGET NAME(Known) NAME(expm1F64)(V x) {
  NAME(Known) y = NAME(expm1Sum)(AT_LEAST(x, SPLAT(-40)));
  y.known = MASK(x < 708);
  y.beside = MASK(MAGNITUDE(x) < 0x1p-54);
  return y;
}

// E/(E + 2), E = expm1(2|x|), both as sums of two numbers: quotient + (E - quotient D)/D. The error of E counts by
// 2/(E + 2)^2 < 1/D; what the second step leaves is below 2^-100 of the quotient. From |x| = 20 on: beside 1. |x| < 2^-27:
// x^3/3 beside x.
LS_INLINE TARGET NAME(Known) NAME(tanhF64)(V x) {
  V size = AT_MOST(MAGNITUDE(x), SPLAT(20));
  NAME(Known) s = NAME(expm1Sum)(size + size);
  V E = s.high + s.low, below = s.low - (E - s.high);
  V D = E + 2, taken = D - E, lost = (E - (D - taken)) + (2 - taken) + below;
  V inverse = 1 / D, quotient = E * inverse;
  V rest = (RESIDUAL(-quotient, D, E) + (below - quotient * lost)) * inverse;
  V error = MULADD(s.error, inverse, quotient * 0x1p-80);
  B sign = BITS(x) & SIGN;
  return (NAME(Known)){NUMBER(BITS(quotient) ^ sign), NUMBER(BITS(rest) ^ sign), error, SPLAT_BITS(0), SPLAT_BITS(-1),
                       MASK(MAGNITUDE(x) < 0x1p-27)};
}
