// Template (see ieee_template.h): functions of one and two operands, element by element: the formulas of the contract,
// sections 2 and 3a, every operation rounded by itself. Elementary functions run over blocks in a buffer.

#ifndef LS_BLOCK
#define LS_BLOCK 256
#endif

#define SIGN ((NAME(Mask))SPLAT((T)-0.0))
#define NEGATED(u) ((V)((NAME(Mask))(u) ^ SIGN))
#define MAGNITUDE(u) ((V)((NAME(Mask))(u) & ~SIGN))
// v where u > 0 or u is NaN, else +0
#define WHERE_POSITIVE(u, v) ((V)(((NAME(Mask))((u) > SPLAT(0)) | (NAME(Mask))((u) != (u))) & (NAME(Mask))(v)))

// y[i] = expression in u, the vector at x[i]
#define EACH(count, x, y, expression)                               \
  do {                                                              \
    const int64_t whole = (count) - (count) % W, rest = (count) % W; \
    for (int64_t i = 0; i < whole; i += W) {                        \
      const V u = LOAD((x) + i);                                    \
      STORE((y) + i, expression);                                   \
    }                                                               \
    if (rest) {                                                     \
      const V u = NAME(loadPart)((x) + whole, rest);                \
      NAME(storePart)((y) + whole, rest, expression);               \
    }                                                               \
  } while (0)

// out[i] = expression in u and v, the vectors at x[i] and y[i], or y[0] in every lane where it is repeated
#define EACH_PAIR(count, x, y, repeated, out, expression)                              \
  do {                                                                                 \
    const int64_t whole = (count) - (count) % W, rest = (count) % W;                   \
    const V same = (repeated) ? SPLAT((y)[0]) : SPLAT(0);                              \
    if (repeated)                                                                      \
      for (int64_t i = 0; i < whole; i += W) {                                         \
        const V u = LOAD((x) + i), v = same;                                           \
        STORE((out) + i, expression);                                                  \
      }                                                                                \
    else                                                                               \
      for (int64_t i = 0; i < whole; i += W) {                                         \
        const V u = LOAD((x) + i), v = LOAD((y) + i);                                  \
        STORE((out) + i, expression);                                                  \
      }                                                                                \
    if (rest) {                                                                        \
      const V u = NAME(loadPart)((x) + whole, rest);                                   \
      const V v = (repeated) ? same : NAME(loadPart)((y) + whole, rest);               \
      NAME(storePart)((out) + whole, rest, expression);                                \
    }                                                                                  \
  } while (0)

#define ELEMENTARY(f, count, x, y) \
  LS_JOIN(ls_elementary_through_, FORMAT)(&LS_TABLE(PATH), f, LS_NEAREST, count, x, y)

// 1 / (1 + exp(t)) in place; sigmoid(x) has t = -x.
static TARGET void NAME(logistic)(int64_t count, T *t) {
  const V one = SPLAT(1);
  ELEMENTARY(LS_EXP, count, t, t);
  EACH(count, t, t, one / (one + u));
}

// At most LS_BLOCK values of a composite function.
static TARGET void NAME(mapBlock)(ls_unary f, T constant, int64_t count, const T *x, T *y) {
  T t[LS_BLOCK];
  switch (f) {
    case LS_SIGMOID:
      EACH(count, x, y, NEGATED(u));
      NAME(logistic)(count, y);
      return;
    case LS_SOFTPLUS:
      EACH(count, x, t, NEGATED(MAGNITUDE(u)));
      ELEMENTARY(LS_EXP, count, t, t);
      ELEMENTARY(LS_LOG1P, count, t, t);
      EACH_PAIR(count, x, t, false, y, v + WHERE_POSITIVE(u, u));
      return;
    case LS_SWISH: {
      const V beta = SPLAT(constant);
      EACH(count, x, t, NEGATED(beta * u));
      NAME(logistic)(count, t);
      EACH_PAIR(count, x, t, false, y, u * v);
      return;
    }
    default: ELEMENTARY(f, count, x, y);
  }
}

static TARGET void NAME(map)(ls_unary f, T constant, int64_t count, const T *x, T *y) {
  switch (f) {
    case LS_NEGATE: EACH(count, x, y, NEGATED(u)); return;
    case LS_ABSOLUTE: EACH(count, x, y, MAGNITUDE(u)); return;
    case LS_RELU: EACH(count, x, y, WHERE_POSITIVE(u, u)); return;
    case LS_SQUARE_ROOT: EACH(count, x, y, SQRT(u)); return;
    default: break;
  }
  for (int64_t i = 0; i < count; i += LS_BLOCK) NAME(mapBlock)(f, constant, MINIMUM(LS_BLOCK, count - i), x + i, y + i);
}

// At most LS_BLOCK values; y is one value where it is repeated.
static TARGET void NAME(zipBlock)(ls_binary f, T constant, int64_t count, const T *x, const T *y, bool repeated, T *out) {
  const V one = SPLAT(1);
  switch (f) {
    case LS_ADD: EACH_PAIR(count, x, y, repeated, out, u + v); return;
    case LS_SUBTRACT: EACH_PAIR(count, x, y, repeated, out, u - v); return;
    case LS_MULTIPLY: EACH_PAIR(count, x, y, repeated, out, u * v); return;
    case LS_DIVIDE: EACH_PAIR(count, x, y, repeated, out, u / v); return;
    case LS_RELU_GRADIENT: EACH_PAIR(count, x, y, repeated, out, WHERE_POSITIVE(u, v)); return;
    case LS_SIGMOID_GRADIENT: EACH_PAIR(count, x, y, repeated, out, v * (u * (one - u))); return;
    case LS_TANH_GRADIENT: EACH_PAIR(count, x, y, repeated, out, v * (one - u * u)); return;
    default: break;
  }
  T t[LS_BLOCK];
  if (f == LS_SOFTPLUS_GRADIENT) {
    EACH(count, x, t, NEGATED(u));
    NAME(logistic)(count, t);
    EACH_PAIR(count, t, y, repeated, out, v * u);
    return;
  }
  T s[LS_BLOCK];  // swish: u = beta*x, s = sigmoid(u), then t = s * (1 + u*(1 - s)) and g*t
  const V beta = SPLAT(constant);
  EACH(count, x, t, beta * u);
  EACH(count, t, s, NEGATED(u));
  NAME(logistic)(count, s);
  EACH_PAIR(count, t, s, false, t, v * (one + u * (one - v)));
  EACH_PAIR(count, t, y, repeated, out, v * u);
}

static TARGET void NAME(zip)(ls_binary f, T constant, int64_t count, const T *x, const T *y, ls_broadcast repeat, T *out) {
  // Runs over which y is either one value or goes on.
  const bool scalar = repeat.period == 1, repeated = scalar || repeat.inner > 1;
  int64_t run = scalar ? count : repeated ? repeat.inner : repeat.period;
  T several[LS_BLOCK];  // a short row, written out as often as it fits
  if (!repeated && run < LS_BLOCK / 2 && run < count) {
    int64_t length = 0;
    for (; length + run <= LS_BLOCK; length += run)
      for (int64_t i = 0; i < run; i++) several[length + i] = y[i];
    y = several, run = length;
  }
  for (int64_t e = 0, block; e < count; e += block) {
    const int64_t into = scalar ? e : e % run;
    const T *meets = y + (scalar ? 0 : repeated ? e / run % repeat.period : into);
    block = MINIMUM(MINIMUM(LS_BLOCK, run - into), count - e);
    NAME(zipBlock)(f, constant, block, x + e, meets, repeated, out + e);
  }
}

#undef ELEMENTARY
