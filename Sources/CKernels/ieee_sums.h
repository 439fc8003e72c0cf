// Template (see ieee_template.h): sums along axes, sums of gathered values, and the update of SGD. Every sum is the chain of
// additions in index order from +0; lanes are different sums.

// out[b] = sum over a of x[a*B + b], first <= b < last
static TARGET void NAME(sumColumns)(int64_t A, int64_t B, int64_t first, int64_t last, const T *x, T *out) {
  int64_t b = first;
  for (; b + 4 * W <= last; b += 4 * W) {
    V s[4];
    UNROLL for (int v = 0; v < 4; v++) s[v] = SPLAT(0);
    for (int64_t a = 0; a < A; a++) UNROLL for (int v = 0; v < 4; v++) s[v] = s[v] + LOAD(x + a * B + b + v * W);
    UNROLL for (int v = 0; v < 4; v++) STORE(out + b + v * W, s[v]);
  }
  for (; b < last; b += W) {
    const int64_t lanes = MINIMUM(W, last - b);
    V s = SPLAT(0);
    for (int64_t a = 0; a < A; a++)
      s = s + (lanes == W ? LOAD(x + a * B + b) : NAME(loadPart)(x + a * B + b, lanes));
    NAME(storePart)(out + b, lanes, s);
  }
}

// s (W chains) continues by count terms: lane i from from[i], for i < lanes.
LS_INLINE TARGET V NAME(addLanes)(int64_t lanes, int64_t count, const T *const *from, V s) {
  const V zero = SPLAT(0);
  int64_t c = 0;
  for (; c + W <= count; c += W) {
    V t[W];
    UNROLL for (int i = 0; i < W; i++) t[i] = i < lanes ? LOAD(from[i] + c) : zero;
    NAME(transpose)(t);
    UNROLL for (int i = 0; i < W; i++) s = s + t[i];
  }
  for (; c < count; c++) {
    T t[W] = {0};
    for (int64_t i = 0; i < lanes; i++) t[i] = from[i][c];
    s = s + LOAD(t);
  }
  return s;
}

static TARGET void NAME(sum)(int64_t A, int64_t B, int64_t C, int64_t first, int64_t last, const T *x, T *out) {
  if (C == 1) {
    NAME(sumColumns)(A, B, first, last, x, out);
    return;
  }
  for (int64_t b = first; b < last; b += W) {
    const int64_t lanes = MINIMUM(W, last - b);
    V s = SPLAT(0);
    for (int64_t a = 0; a < A; a++) {
      const T *from[W];
      for (int64_t i = 0; i < lanes; i++) from[i] = x + (a * B + b + i) * C;
      s = NAME(addLanes)(lanes, C, from, s);
    }
    NAME(storePart)(out + b, lanes, s);
  }
}

static TARGET void NAME(gatherSum)(int64_t rows, const int32_t *offsets, const int32_t *indices, const T *x, T *out) {
  for (int64_t r = 0; r < rows; r++) {
    T s = 0;
    for (int64_t j = offsets[r]; j < offsets[r + 1]; j++) s = s + x[indices[j]];
    out[r] = s;
  }
}

// out[p] = sum of x[r] over the r with positions[r] == p, in order: additions to one p come in the order of r.
static TARGET void NAME(scatterSum)(int64_t rows, const int32_t *positions, const T *x, int64_t first, int64_t last, T *out) {
  for (int64_t p = first; p < last; p++) out[p] = 0;
  for (int64_t r = 0; r < rows; r++)
    if (positions[r] >= first && positions[r] < last) out[positions[r]] = out[positions[r]] + x[r];
}

// kept[r] = the index of row r's maximum: the first value, replaced by one that is greater, or NaN where it is not.
static TARGET int32_t NAME(maximum)(int64_t count, const int32_t *indices, const T *x) {
  int32_t best = indices[0];
  T largest = x[best];
  for (int64_t j = 1; j < count; j++) {
    const T value = x[indices[j]];
    const bool taken = (value > largest) | ((value != value) & (largest == largest));
    best = taken ? indices[j] : best;
    largest = taken ? value : largest;
  }
  return best;
}

// W rows of equally many indices: kept[i] for row i.
LS_INLINE TARGET void NAME(maximumLanes)(int64_t count, const int32_t *const *rows, const T *x, int32_t shift, int32_t *kept) {
  NAME(Mask) best;
  V largest;
  UNROLL for (int i = 0; i < W; i++) best[i] = rows[i][0], largest[i] = x[rows[i][0]];
  for (int64_t j = 1; j < count; j++) {
    NAME(Mask) index;
    V value;
    UNROLL for (int i = 0; i < W; i++) index[i] = rows[i][j], value[i] = x[rows[i][j]];
    const NAME(Mask) taken =
      (NAME(Mask))(value > largest) | ((NAME(Mask))(value != value) & (NAME(Mask))(largest == largest));
    best = (index & taken) | (best & ~taken);
    largest = (V)(((NAME(Mask))value & taken) | ((NAME(Mask))largest & ~taken));
  }
  UNROLL for (int i = 0; i < W; i++) kept[i] = (int32_t)best[i] + shift;
}

static TARGET void NAME(maxima)(int64_t rows, const int32_t *offsets, const int32_t *indices, int64_t first, int64_t last,
                                int64_t stride, const T *x, int32_t *kept) {
  for (int64_t copy = first; copy < last; copy++) {
    const T *from = x + copy * stride;
    const int32_t shift = (int32_t)(copy * stride);
    int32_t *to = kept + copy * rows;
    for (int64_t r = 0; r < rows;) {
      const int32_t *row[W];
      const int64_t count = offsets[r + 1] - offsets[r];
      bool alike = r + W <= rows;
      for (int i = 0; i < W && alike; i++) {
        row[i] = indices + offsets[r + i];
        alike = offsets[r + i + 1] - offsets[r + i] == count;
      }
      if (alike) NAME(maximumLanes)(count, row, from, shift, to + r);
      else to[r] = NAME(maximum)(count, indices + offsets[r], from) + shift;
      r += alike ? W : 1;
    }
  }
}

// One block of the update, every operation rounded on its own (contract, section 4). Dividing by 1 is exact and left out.
static TARGET void NAME(sgdBlock)(int64_t count, T *w, T *buffer, const T *g, const LS_JOIN(ls_sgd_constants_, FORMAT) *constants) {
  const V decay = SPLAT(constants->decay), momentum = SPLAT(constants->momentum), rate = SPLAT(constants->rateTimesK);
  T t[LS_BLOCK];
  const T *d = g;  // what the weights are moved by
  if (constants->useDecay) {
    EACH_PAIR(count, g, w, false, t, u + decay * v);
    d = t;
  }
  if (constants->useMomentum) {
    if (constants->firstUpdate) EACH(count, d, buffer, u);
    else EACH_PAIR(count, d, buffer, false, buffer, momentum * v + u);
    if (constants->nesterov) {
      EACH_PAIR(count, d, buffer, false, t, u + momentum * v);
      d = t;
    } else {
      d = buffer;
    }
  }
  if (constants->k != 1) {
    if ((int64_t)(T)constants->k == constants->k) {
      const V divisor = SPLAT((T)constants->k);
      EACH(count, d, t, u / divisor);
    } else {  // the format lacks k
      for (int64_t i = 0; i < count; i++) t[i] = LS_JOIN(ls_divide_, FORMAT)(d[i], constants->k);
    }
    d = t;
  }
  EACH_PAIR(count, w, d, false, w, u - rate * v);
}

static TARGET void NAME(sgd)(int64_t count, T *w, T *v, const T *g, const LS_JOIN(ls_sgd_constants_, FORMAT) *constants) {
  for (int64_t i = 0; i < count; i += LS_BLOCK)
    NAME(sgdBlock)(MINIMUM(LS_BLOCK, count - i), w + i, constants->useMomentum ? v + i : v, g + i, constants);
}

#undef EACH
#undef EACH_PAIR
