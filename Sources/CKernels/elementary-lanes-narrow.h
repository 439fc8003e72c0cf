// Template (see elementary-lanes.h): exp and log of binary32, to nearest, over 2W lanes of binary32, as unevaluated sums of
// two numbers. What they leave open goes to the lanes of binary64. A file that wants them defines
//   NARROW_MULADD(a, b, c)   a*b + c, rounded once
//   NARROW_LOOK_UP(table, n) table[n & 7] of each lane
//   NARROW_EVERY(mask)       every lane of a vector of 32-bit masks is set
// u = 2^-24.
typedef float NAME(Narrow) __attribute__((vector_size(8 * W)));
typedef int32_t NAME(NarrowBits) __attribute__((vector_size(8 * W)));
typedef uint32_t NAME(NarrowWords) __attribute__((vector_size(8 * W)));
typedef float NAME(UnalignedNarrow) __attribute__((vector_size(8 * W), aligned(4), may_alias));
// As NAME(Known), with u = 2^-24: |low| < |high| / 2, error > 2^-40 |low|.
typedef struct { NAME(Narrow) high, low, error; NAME(NarrowBits) k23, known; } NAME(KnownNarrow);

#define N NAME(Narrow)
#define NB NAME(NarrowBits)
#define NARROW(x) ((N){0} + (x))
#define NARROW_MAGNITUDE(x) ((N)((NB)(x) & INT32_MAX))

#ifndef NARROW_LOOK_UP
LS_INLINE TARGET N NAME(narrowLookUp)(const float *table, NB n) {
  float values[2 * W];
  UNROLL for (int i = 0; i < 2 * W; i++) values[i] = table[n[i] & 7];
  return *(NAME(UnalignedNarrow) *)values;
}
#define NARROW_LOOK_UP(table, n) NAME(narrowLookUp)(table, n)
#endif

// exp(x) = scale (high + low)(1 + r + q), x = (8k + j) ln2/8 + r, high + low = 2^(j/8), for |x| < 87, |8k + j| < 1005. r and
// the high part of ln2/8 are multiples of 2^-28, |r| < 0.0434 < 2^-4: r is exact but for its correction, which is below
// 2^-21 and good to 2^-46. `whole` is wrong by 2^-29. In units of 2^-35, half a last place of q < 2^-10, beside 1:
//   2.9  from `whole`, times r; 1.1 from rounding the square, times 1/2; 2.1 from P (2^-25 from its last rounding, 2^-31.4
//        before that, 2^-29.3 from the fit, times r^2 < 2^-9.05); 1 from rounding q: 7.1 in all
//   2    from rounding `rest`, whose other terms are exact or below 2^-22; 1 from low q, which is left out
//   2    from rounding the two ends.
// That is 12.1 high; the sum is above 0.956 high: 12.7 of it, below 13.
#define LS_NARROW_EXP_ERROR 0x1.ap-32f

LS_INLINE TARGET NAME(KnownNarrow) NAME(expNarrow)(N x) {
  const float *c = ls_narrow_exp;
  N shifted = NARROW_MULADD(x, NARROW(LS_NARROW_1_OVER_STEP), NARROW(0x1.8p23f)), k = shifted - 0x1.8p23f;
  N high = NARROW_LOOK_UP(ls_narrow_exp_high, (NB)shifted), low = NARROW_LOOK_UP(ls_narrow_exp_low, (NB)shifted);
  N r = NARROW_MULADD(k, NARROW(-LS_NARROW_STEP_HIGH), x), correction = k * -LS_NARROW_STEP_LOW;
  N whole = r + correction, square = whole * whole;
  N P = NARROW_MULADD(NARROW_MULADD(NARROW_MULADD(NARROW(c[3]), whole, NARROW(c[2])), whole, NARROW(c[1])), whole,
                      NARROW(c[0]));
  N q = NARROW_MULADD(square, P, correction);
  N product = high * r, below = NARROW_MULADD(high, r, -product), sum = high + product;
  N rest = NARROW_MULADD(high, q, (product - (sum - high)) + (below + NARROW_MULADD(low, r, low)));
  NB k23 = (NB)(((NAME(NarrowWords))shifted & ~7u) << 20);
  return (NAME(KnownNarrow)){sum, rest, sum * LS_NARROW_EXP_ERROR, k23, (NB)(NARROW_MAGNITUDE(x) < 87)};
}

// As in logSumF64: x = 2^k m, m in a cell with c near 1/m, r = m c - 1 exactly, |r| < 0.0704; base = k ln2 - log c is exact
// but for its low part. What is wrong is r^3 Q, `low`, and the ends:
//   |r|^3 (2u 0.37 from the square and the cube, 2^-26 twice from evaluating Q = 0.30 ... 0.37, 2^-25.2 from the fit)
//   three roundings at |r|^3 0.37: all |r|^3 below 2^-22.5 |r|^3 < 2^-26.3 r^2
//   four roundings at the low part of the base, |k| 1.44e-6 + 3.4e-6. If k is not 0, |log x| > 0.33 |k|: below 2^-38 of it.
//   If k = 0 and c is not 1, |log x| > 0.031 with a low part of 1.5e-6, or > 0.06 and 3.4e-6 at most where |log x| > 0.27:
//   below 2^-36.3. (Low parts are rounded to binary32: 2^-38.)
#define LS_NARROW_LOG_SQUARE_ERROR 0x1p-26f
#define LS_NARROW_LOG_ERROR 0x1p-36f

LS_INLINE TARGET NAME(KnownNarrow) NAME(logNarrow)(N x) {
  const float *c = ls_narrow_log;
  const int32_t start = 0x3f380000;  // 23/32
  NB offset = (NB)x - start, normal = (NB)((NAME(NarrowWords))x - 0x80800000) < INT32_MIN + 0x7f000000;
  N k = __builtin_convertvector(offset >> 23, N), m = (N)((offset & 0x7fffff) + start);
  NB cell = (NB)((NAME(NarrowWords))offset >> 20);
  N base = NARROW_MULADD(k, NARROW(LS_NARROW_LN2_HIGH), NARROW_LOOK_UP(ls_narrow_log_high, cell));
  N baseLow = NARROW_MULADD(k, NARROW(LS_NARROW_LN2_LOW), NARROW_LOOK_UP(ls_narrow_log_low, cell));
  N r = NARROW_MULADD(m, NARROW_LOOK_UP(ls_narrow_inverse, cell), NARROW(-1));
  N sum = base + r, lost = r - (sum - base);
  N square = r * r, half = square * 0.5f, cut = NARROW_MULADD(r, r, -square);
  N high = sum - half, lostToo = (sum - high) - half;
  N odd = NARROW_MULADD(NARROW_MULADD(NARROW(c[4]), square, NARROW_MULADD(NARROW(c[3]), r, NARROW(c[2]))), square,
                        NARROW_MULADD(NARROW(c[1]), r, NARROW(c[0])));
  N low = (lost + lostToo) + NARROW_MULADD(r * square, odd, NARROW_MULADD(cut, NARROW(-0.5f), baseLow));
  N error = NARROW_MULADD(square, NARROW(LS_NARROW_LOG_SQUARE_ERROR), NARROW_MAGNITUDE(high) * LS_NARROW_LOG_ERROR);
  return (NAME(KnownNarrow)){high, low, error, (NB){0}, normal};
}

// Vectors with an undecided lane are done again by lanes of binary64 (dearer than a lane or two one by one, but without a
// branch that nothing predicts), as are the last lanes and the other directions.
#define ARRAY_NARROW(core, wide)                                                                                    \
  static TARGET void NAME(core##Array)(ls_direction d, int64_t count, const float *x, float *y) {                   \
    int64_t i = 0;                                                                                                  \
    if (d == LS_NEAREST)                                                                                            \
      for (; i + 2 * W <= count; i += 2 * W) {                                                                      \
        const NAME(KnownNarrow) a = NAME(core)(*(const NAME(UnalignedNarrow) *)(x + i));                            \
        const N value = a.high + (a.low + a.error), other = a.high + (a.low - a.error);                             \
        if (LS_LIKELY(NARROW_EVERY((NB)(value == other) & a.known)))                                                \
          *(NAME(UnalignedNarrow) *)(y + i) = (N)((NB)value + a.k23);                                               \
        else NAME(wide##Array)(d, 2 * W, x + i, y + i);                                                             \
      }                                                                                                             \
    if (i < count) NAME(wide##Array)(d, count - i, x + i, y + i);                                                   \
  }

ARRAY_NARROW(expNarrow, expF32)
ARRAY_NARROW(logNarrow, logF32)
