// Template (see elementary-lanes.h): binary32. Each core gives a binary64 approximation whose relative error is below
// LS_LANES_F32_ERROR = 2^-35.7, for every finite argument that it does not answer by NaN. u = 2^-53; a MULADD is wrong by u
// times its result and u times the product at most. The largest errors are those of the fits.

// --- exp, expm1, tanh

typedef struct { V scale, p; } NAME(Power);  // exp(x) = scale (1 + p)

// x = k ln2 + r, scale = 2^k, p = exp(r) - 1, |r| < 0.347. |x| < 128: the product k ln2 is wrong by less than 2^-45, and r
// and p with it; if k = 0, r is x itself. The fit is wrong by 2^-35 r^2, evaluation by 8u r^2: absolutely p by 2^-38 and, if
// k = 0, relatively by 2^-35 |r| / (1 - |r|/2) < 2^-36.2.
LS_INLINE TARGET NAME(Power) NAME(power)(V x) {
  const double *c = ls_lanes_f32_exp;
  V shifted = MULADD(x, SPLAT(LS_LANES_1_OVER_LN2), SPLAT(0x1.8p52)), k = shifted - 0x1.8p52;
  V r = MULADD(k, SPLAT(-LS_LANES_LN2), x), r2 = r * r, r4 = r2 * r2;
  V low = MULADD(MULADD(SPLAT(c[3]), r, SPLAT(c[2])), r2, MULADD(SPLAT(c[1]), r, SPLAT(c[0])));
  V high = MULADD(SPLAT(c[6]), r2, MULADD(SPLAT(c[5]), r, SPLAT(c[4])));
  V p = MULADD(MULADD(high, r4, low), r2, r);
  // the low bits of the sum are k in two's complement; a NaN stays one, since p is NaN
  return (NAME(Power)){(V)(((NAME(Words))shifted + 1023) << 52), p};
}

// Below exp(-110) < 2^-150 / 2 and above exp(90) > 2^128 every result is that of the limit.
LS_INLINE TARGET V NAME(expF32)(V x) {
  NAME(Power) e = NAME(power)(AT_LEAST(AT_MOST(x, SPLAT(90)), SPLAT(-110)));
  return MULADD(e.scale, e.p, e.scale);
}

// If k is not 0, |expm1 x| > 0.207 scale (least for k = 1): the error of p, at that end 2^-35 r^2 < 2^-38.05, is relatively
// below 2^-35.77; that of scale - 1 and of the sum weigh a few u. From x = -40 down the result is that beside -1.
LS_INLINE TARGET V NAME(expm1Magnitude)(V x) {
  NAME(Power) e = NAME(power)(x);
  return MULADD(e.scale, e.p, e.scale - 1);
}

LS_INLINE TARGET V NAME(expm1F32)(V x) {
  return WITH_SIGN_OF(NAME(expm1Magnitude)(AT_LEAST(AT_MOST(x, SPLAT(90)), SPLAT(-40))), x);
}

// E/(E + 2) with E = expm1(2 |x|): the error of E counts 2/(E + 2) < 1. From |x| = 10 on, 1 - tanh |x| < 2^-27: beside 1.
LS_INLINE TARGET V NAME(tanhF32)(V x) {
  V size = AT_MOST(MAGNITUDE(x), SPLAT(10)), e = NAME(expm1Magnitude)(size + size);
  return WITH_SIGN_OF(e / (e + 2), x);
}

// --- log, log1p

typedef struct { V k, m; B whole; } NAME(Split);  // x = 2^k m, m in [2^(1/2)/2, 2^(1/2)), whole where k = 0

LS_INLINE TARGET NAME(Split) NAME(split)(V x) {
  const int64_t start = 0x3fe6a09e667f3bcd;  // 2^(1/2)/2
  B raised = (B)x + (0x3ff0000000000000 - start), exponent = (B)((NAME(Words))raised >> 52);
  V k = (V)(exponent | 0x4330000000000000) - (0x1p52 + 1023);
  return (NAME(Split)){k, (V)((raised & 0xfffffffffffff) + start), exponent == 1023};
}

// k ln2 + log(1 + f) = k ln2 + 2 atanh(s), s = f/(f + 2), |s| < 0.172: 2s + 2s^3 Q. The fit is wrong by 2^-37.9 s^2
// < 2^-42.9, roundings by 4u. If k is not 0, |k ln2| < 2.1 |log|, and its error of 2u counts as often.
LS_INLINE TARGET V NAME(logSum)(V k, V f) {
  const double *c = ls_lanes_f32_log;
  V s = f / (f + 2), z = s * s, z2 = z * z, twice = s + s;
  V Q = MULADD(MULADD(SPLAT(c[4]), z2, MULADD(SPLAT(c[3]), z, SPLAT(c[2]))), z2, MULADD(SPLAT(c[1]), z, SPLAT(c[0])));
  return MULADD(k, SPLAT(LS_LANES_LN2), MULADD(twice * z, Q, twice));
}

LS_INLINE TARGET V NAME(logF32)(V x) {
  NAME(Split) s = NAME(split)(x);
  return ONLY((B)(x > 0) & (B)(x < INFINITY), NAME(logSum)(s.k, s.m - 1));
}

// Where k = 0, f is x itself; elsewhere |x| > 0.29, and the rounding of 1 + x weighs no more than 3u.
LS_INLINE TARGET V NAME(log1pF32)(V x) {
  NAME(Split) s = NAME(split)(1 + x);
  V y = NAME(logSum)(s.k, SELECT(s.whole, x, s.m - 1));
  return ONLY((B)(x > -1) & (B)(x < INFINITY), WITH_SIGN_OF(y, x));
}

// --- sin, cos

// x - k P1 is exact as in ls_sine_core; the rest of pi/2 and its product are wrong by 2^-66.4 together, which is 2^-37 of the
// least r, 2^-29.3; the difference by u. The fits are wrong by 2^-44.9 r^2 and, beside cos r > 0.7, 2^-41.2 r^2, r^2 < 0.62.
LS_INLINE TARGET V NAME(sineOrCosine)(V x, int64_t cosine) {
  const double *s = ls_lanes_f32_sine, *c = ls_lanes_f32_cosine;
  V shifted = MULADD(x, SPLAT(LS_F32_TWO_OVER_PI), SPLAT(0x1.8p52)), k = shifted - 0x1.8p52;
  V r = MULADD(k, SPLAT(-LS_LANES_HALF_PI_REST), MULADD(k, SPLAT(-LS_F32_HALF_PI_1), x));
  V z = r * r, z2 = z * z;
  V S = MULADD(MULADD(SPLAT(s[4]), z2, MULADD(SPLAT(s[3]), z, SPLAT(s[2]))), z2, MULADD(SPLAT(s[1]), z, SPLAT(s[0])));
  V C = MULADD(MULADD(SPLAT(c[4]), z2, MULADD(SPLAT(c[3]), z, SPLAT(c[2]))), z2, MULADD(SPLAT(c[1]), z, SPLAT(c[0])));
  V one = SPLAT(1), sine = r * MULADD(S, z, one), cosines = MULADD(C, z, one);
  B quadrant = (B)shifted + cosine;
  V y = SELECT(-(quadrant & 1), cosines, sine);
  return ONLY((B)(MAGNITUDE(x) < 0x1p20), (V)((B)y ^ ((quadrant & 2) << 62)));
}

LS_INLINE TARGET V NAME(sinF32)(V x) { return NAME(sineOrCosine)(x, 0); }
LS_INLINE TARGET V NAME(cosF32)(V x) { return NAME(sineOrCosine)(x, 1); }

// --- rounding

// The exact value lies between the ends y (1 - e) and y (1 + e), as long as 2^-1000 < |y| or y = 0; if both round alike, so
// does it. e is a little more than the bound, for the roundings of the ends. Conversions round to nearest, subnormal results
// and overflow included.
#define LS_LANES_F32_MARGIN (LS_LANES_F32_ERROR * (1 + 0x1p-10))

LS_INLINE TARGET NAME(RoundedF32) NAME(roundF32)(V y, ls_rounding r, bool nearest) {
  const V e = SPLAT(LS_LANES_F32_MARGIN);
  if (nearest) {
    NAME(Floats) value = __builtin_convertvector(MULADD(y, e, y), NAME(Floats));
    NAME(Floats) other = __builtin_convertvector(MULADD(y, -e, y), NAME(Floats));
    return (NAME(RoundedF32)){value, __builtin_convertvector((NAME(Halves))(value == other), B)};
  }
  NAME(Floats) value = __builtin_convertvector(y, NAME(Floats));
  V rest = MAGNITUDE(y) - MAGNITUDE(__builtin_convertvector(value, V));  // exact; after an overflow -inf
  B step = NAME(correction)(rest, y, r);
  value = (NAME(Floats))((NAME(Halves))value + __builtin_convertvector(step, NAME(Halves)));
  return (NAME(RoundedF32)){value, (B)(MAGNITUDE(rest) > e * MAGNITUDE(y))};
}
