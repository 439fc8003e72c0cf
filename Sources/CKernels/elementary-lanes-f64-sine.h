// Template (see elementary-lanes.h, elementary-values.h): sin and cos of binary64, as unevaluated sums of two numbers. u = 2^-53.

// x = n pi/128 + r, r = high + low, |r| < 0.01228 < 2^-6.34. The three parts of pi/128 reach down to 2^-141. With |x| < 2^18,
// |n| < 2^24:
//   first = x - n A1: a multiple of 2^-59 (of the last place of x, if n = 0) below 2^-6, so exact
//   n A2: 24 bits and 29, below 2^-35, so exact; if |high| >= 2^-33, `first` is larger, and first - n A2 = high + (low so far)
//   n A3 below 2^-67, and low below 2^-59: rounded by 2^-112, which is 2^-79 of r.
typedef struct { V high, low; B n; } NAME(Angle);

LS_INLINE TARGET NAME(Angle) NAME(angle)(V x) {
  NAME(Angle) r;
  V shifted = MULADD(x, SPLAT(LS_LANES_1_OVER_ANGLE), SPLAT(0x1.8p52)), n = shifted - 0x1.8p52;
  V first = RESIDUAL(n, SPLAT(-LS_LANES_ANGLE_1), x), product = n * LS_LANES_ANGLE_2;
  r.high = first - product;
  r.low = MULADD(n, SPLAT(-LS_LANES_ANGLE_3), (first - r.high) - product);
  r.n = BITS(shifted);
  return r;
}

// sin(a + r) = S + C r + S (cos r - 1) + C (sin r - r), S and C each a sum of two numbers, for cos x with a + pi/2. sum + lost =
// S + C high: S = 0 or |S| > 0.0245 > 1.9997 |C high|, so that sum - S is exact, and the rest of the product one number, but for
// 2^-106 |S|. What is wrong, with z = r^2 < 2^-12.69, z/2 < 2^-13.69:
//   S (cos r - 1): 3u z/2 from rounding z, the sum in the bracket and z times that; fit 2^-57.3 z: below 3.1u z/2 |S|
//   C (sin r - r): 5u r z/6 (z, the bracket, r z, product, sum with low) and 2^-56.5 r z: below 2^-65.8 |r|
//   S (cos r - cos high): low r < 1.01 u z: 2.1u z/2 |S|; C (sin r - sin high - low): u z/2 |r|
//   low S times cos r - 1, left out: u z/2 |S|; low C times sin r - r, left out: nothing beside that
//   roundings of the product and the sum with S, of the sum with lost, and of the two ends: 4 times u (z/2 |S| + z/6 |r|)
// In all 10.2u z/2 |S| < 2^-63.3 |S|, and less than 2^-64.4 |r|.
#define LS_LANES_SINE_ERROR 0x1.ap-64
#define LS_LANES_SINE_SMALL_ERROR 0x1.8p-65

LS_INLINE TARGET NAME(Known) NAME(sineF64)(V x, int64_t quarter) {
  const double *s = ls_lanes_f64_sine, *c = ls_lanes_f64_cosine;
  NAME(Angle) r = NAME(angle)(x);
  V S, lowS, C, lowC;
  LOOK_UP_ANGLE(ls_lanes_angles, (r.n + quarter) & 255, S, lowS, C, lowC);
  V z = r.high * r.high;
  V cosine = z * MULADD(z, MULADD(z, SPLAT(c[2]), SPLAT(c[1])), SPLAT(c[0]));
  V sine = MULADD(r.high * z, MULADD(z, MULADD(z, SPLAT(s[2]), SPLAT(s[1])), SPLAT(s[0])), r.low);
  V sum = MULADD(C, r.high, S), lost = RESIDUAL(C, r.high, S - sum);
  V low = lost + MULADD(S, cosine, MULADD(C, sine, MULADD(lowC, r.high, lowS)));
  V error = MULADD(MAGNITUDE(S), SPLAT(LS_LANES_SINE_ERROR), MAGNITUDE(r.high) * LS_LANES_SINE_SMALL_ERROR);
  return (NAME(Known)){sum, low, error, SPLAT_BITS(0), MASK(MAGNITUDE(x) < 0x1p18) & MASK(MAGNITUDE(r.high) >= 0x1p-33),
                       SPLAT_BITS(0)};
}

LS_INLINE TARGET NAME(Known) NAME(sinF64)(V x) { return NAME(sineF64)(x, 0); }
LS_INLINE TARGET NAME(Known) NAME(cosF64)(V x) { return NAME(sineF64)(x, 64); }
