// Template (see ieee_template.h): gradient of a convolution's kernel. Promises, ranked: every tap is the chain over n, oh, ow
// of the outputs that see it inside the image; speed.
//
// Lanes are output channels, which share the positions that a tap meets; g is repacked with them innermost, a chunk of
// samples or of rows of one sample at a time, so that it stays in the nearest caches while all taps pass over it. Between
// chunks the chains rest in memory.
//
// Rows of a register tile are taps of a kernel row, [kernel column][input channel], each with its own pointer into x. At the
// image's edge, which some kernel columns see and others do not, each row is asked; between, all take part. Where rows of
// outputs are short, beginning one takes as long as its terms: then x is repacked as well, with its channels innermost, rows
// of a tile are input channels of one tap, which need one pointer together, and a row of outputs is a run of terms
// (ieee_chains.h), cut to the columns that see the tap.

#ifndef LS_KERNEL_GRADIENT
#define LS_KERNEL_GRADIENT
#define LS_GRADIENT_CHUNK (64 << 10)  // bytes of both operands
#define LS_GRADIENT_ROW 8             // outputs in a row so short that x is repacked

// Outputs o in from ..< to have 0 <= o*stride + tap - pad < size.
static inline void ls_reach(int64_t outputs, int64_t size, int64_t tap, int64_t stride, int64_t pad, int64_t *from,
                            int64_t *to) {
  const int64_t low = pad - tap, high = size - 1 + pad - tap;
  *from = low > 0 ? MINIMUM((low + stride - 1) / stride, outputs) : 0;
  *to = high < 0 ? 0 : MINIMUM(high / stride + 1, outputs);
  *to = MAXIMUM(*from, *to);
}
#endif

typedef struct {
  int64_t origin;    // of the channel and kernel column in a row of x, padding subtracted (can be negative)
  int64_t from, to;  // output columns that see it inside the image
} NAME(Tap);

typedef struct {
  const ls_convolution *shape;
  int64_t samples, fromRow, toRow;  // the chunk's outputs,
  int64_t top, bottom;              // and the rows of x that they read
  int64_t pitch, block;             // values of the repacked x from position to position, from block to block of channels
  int vectors;
  ls_run *runs;
  const NAME(Tap) *taps;            // of a kernel row
  const T *x, *g;
} NAME(Chunk);

static TARGET void NAME(gradientTile)(int rows, int vectors, int groups, const ls_runs *runs, const T *const *x,
                                      const T *const *g, T *const *sums) {
#define CHAINS(R, N, G) NAME(chains)(R, N, G, false, 0, runs, x, g, sums, N * W, false)
#define CASE(R, N)                              \
  case R:                                       \
    if (groups == 1 || N == VECTORS)            \
      CHAINS(R, N, 1);                          \
    else                                        \
      CHAINS(R, N, VECTORS / N);                \
    return;
  if (vectors == VECTORS)
    switch (rows) { CASES(VECTORS) }
#if VECTORS > 1
  else
    switch (rows) { CASES(1) }
#endif
#undef CASE
#undef CHAINS
}

// From output (n, oh, ow) on. x stands at kernel row and column 0, which may be outside the image.
static TARGET ls_run NAME(runAt)(const NAME(Chunk) *chunk, int64_t n, int64_t oh, int64_t ow, int64_t length) {
  const ls_convolution *c = chunk->shape;
  const int64_t row = n * (chunk->bottom - chunk->top) + oh * c->strideHeight - c->padHeight - chunk->top;
  const int64_t position = (n * (chunk->toRow - chunk->fromRow) + oh - chunk->fromRow) * c->outWidth + ow;
  return (ls_run){
    (int32_t)((row * c->inWidth + ow * c->strideWidth - c->padWidth) * chunk->pitch),
    (int32_t)(position * chunk->vectors * W), (int32_t)length,
  };
}

// All taps of a chunk, each in tiles of its input channels. sums: [kernel row][kernel column][input channel][lane].
static TARGET void NAME(gradientByChannels)(const NAME(Chunk) *chunk, T *sums) {
  const ls_convolution *c = chunk->shape;
  const int64_t in = c->inChannels / c->groups, lanes = chunk->vectors * W, most = ROWS * VECTORS / chunk->vectors;
  for (int64_t kh = 0; kh < c->kernelHeight; kh++) {
    int64_t top, bottom;
    ls_reach(c->outHeight, c->inHeight, kh, c->strideHeight, c->padHeight, &top, &bottom);
    top = MAXIMUM(top, chunk->fromRow), bottom = MINIMUM(bottom, chunk->toRow);
    for (int64_t kw = 0; kw < c->kernelWidth; kw++, sums += in * lanes) {
      int64_t left, right, count = 0;
      ls_reach(c->outWidth, c->inWidth, kw, c->strideWidth, c->padWidth, &left, &right);
      for (int64_t n = 0; left < right && n < chunk->samples; n++)
        for (int64_t oh = top; oh < bottom; oh++) chunk->runs[count++] = NAME(runAt)(chunk, n, oh, left, right - left);
      if (count == 0) continue;
      const ls_runs runs = {count, c->strideWidth * chunk->pitch, lanes, chunk->runs};
      for (int64_t first = 0; first < in; first += chunk->pitch) {
        const int64_t channels = MINIMUM(chunk->pitch, in - first), tiles = (channels + most - 1) / most;
        const T *x = chunk->x + first / chunk->pitch * chunk->block + (kh * c->inWidth + kw) * chunk->pitch;
        for (int64_t tile = 0; tile < tiles; tile++) {
          // Two groups of rows where one vector of lanes leaves room for them; they may share a row.
          const int64_t from = channels * tile / tiles, rows = channels * (tile + 1) / tiles - from;
          const int groups = rows > ROWS ? 2 : 1;
          const int64_t half = (rows + groups - 1) / groups, second = from + rows - half;
          const T *const xs[2] = {x + from, x + second};
          T *const to[2] = {sums + (first + from) * lanes, sums + (first + second) * lanes};
          NAME(gradientTile)((int)half, chunk->vectors, groups, &runs, xs, &chunk->g, to);
        }
      }
    }
  }
}

// Output rows from ..< to of a chunk of one sample; x is at the row that output row `from` reads. A second group is the same
// taps of the next kernel row, whose sums stand sumsRow further.
LS_INLINE TARGET void NAME(sweepTile)(const int rows, const int vectors, const int groups, const NAME(Chunk) *chunk,
                                      int64_t from, int64_t to, const NAME(Tap) *taps, const T *x, T *sums,
                                      int64_t sumsRow) {
  const int64_t step = chunk->shape->strideWidth, inWidth = chunk->shape->inWidth;
  V s[VECTORS][ROWS][VECTORS];
  UNROLL for (int g = 0; g < groups; g++)
    UNROLL for (int r = 0; r < rows; r++)
      UNROLL for (int v = 0; v < vectors; v++) s[g][r][v] = LOAD(sums + g * sumsRow + (r * vectors + v) * W);
  // Columns of all rows of the tile: [begin, end); of each of them: [left, right), empty where none is common.
  int64_t begin = taps[0].from, end = taps[0].to, left = begin, right = end;
  for (int r = 1; r < rows; r++) {
    begin = MINIMUM(begin, taps[r].from), left = MAXIMUM(left, taps[r].from);
    end = MAXIMUM(end, taps[r].to), right = MINIMUM(right, taps[r].to);
  }
  if (right <= left) left = right = end;
  for (int64_t oh = from; oh < to; oh++, x += chunk->shape->strideHeight * inWidth) {
    const T *y = chunk->g + (oh - chunk->fromRow) * chunk->shape->outWidth * vectors * W;
    for (int64_t ow = begin; ow < end; ow++) {
      if (ow == left) {
        const T *p[ROWS];
        UNROLL for (int r = 0; r < rows; r++) p[r] = x + (taps[r].origin + left * step);
        const T *q = y + left * vectors * W;
        int64_t i = 0;
        for (; ow < right; ow++) {
          V z[VECTORS];
          UNROLL for (int v = 0; v < vectors; v++) z[v] = LOAD(q + v * W);
          UNROLL for (int g = 0; g < groups; g++)
            UNROLL for (int r = 0; r < rows; r++) {
              const V u = SPLAT(p[r][i + g * inWidth]);
              UNROLL for (int v = 0; v < vectors; v++) s[g][r][v] = FMA(u, z[v], s[g][r][v]);
            }
          q += vectors * W;
          i += step;
        }
        if (ow == end) break;
      }
      UNROLL for (int r = 0; r < rows; r++)
        if (ow >= taps[r].from && ow < taps[r].to)
          UNROLL for (int g = 0; g < groups; g++) {
            const V u = SPLAT(x[taps[r].origin + ow * step + g * inWidth]);
            UNROLL for (int v = 0; v < vectors; v++)
              s[g][r][v] = FMA(u, LOAD(y + (ow * vectors + v) * W), s[g][r][v]);
          }
    }
  }
  UNROLL for (int g = 0; g < groups; g++)
    UNROLL for (int r = 0; r < rows; r++)
      UNROLL for (int v = 0; v < vectors; v++) STORE(sums + g * sumsRow + (r * vectors + v) * W, s[g][r][v]);
}

// Some taps of kernel row kh, and of the next one where groups is 2. x is at the sample's first row.
static TARGET void NAME(sweep)(int rows, int groups, const NAME(Chunk) *chunk, int64_t kh, int64_t from, int64_t to,
                               const NAME(Tap) *taps, const T *x, T *sums, int64_t sumsRow) {
  if (from >= to) return;
  x += (from * chunk->shape->strideHeight + kh - chunk->shape->padHeight) * chunk->shape->inWidth;
#define SWEEP(R, N, G) NAME(sweepTile)(R, N, G, chunk, from, to, taps, x, sums, sumsRow)
#define CASE(R, N)                              \
  case R:                                       \
    if (groups == 1 || N == VECTORS)            \
      SWEEP(R, N, 1);                           \
    else                                        \
      SWEEP(R, N, VECTORS / N);                 \
    return;
  if (chunk->vectors == VECTORS)
    switch (rows) { CASES(VECTORS) }
#if VECTORS > 1
  else
    switch (rows) { CASES(1) }
#endif
#undef CASE
#undef SWEEP
}

// All taps of a chunk of one sample, each kernel row in tiles of any taps; two kernel rows together, as far as both are
// inside the image, where one vector of lanes leaves room for them. x is at the group's first channel of the sample.
static TARGET void NAME(gradientByTaps)(const NAME(Chunk) *chunk, const T *x, T *sums) {
  const ls_convolution *c = chunk->shape;
  const int64_t rows = c->inChannels / c->groups * c->kernelWidth;
  const int64_t tiles = (rows + ROWS - 1) / ROWS, sumsRow = rows * chunk->vectors * W;
  for (int64_t kh = 0, together; kh < c->kernelHeight; kh += together) {
    int64_t from[2], to[2];
    together = MINIMUM(VECTORS / chunk->vectors, c->kernelHeight - kh);
    for (int64_t g = 0; g < together; g++) {
      ls_reach(c->outHeight, c->inHeight, kh + g, c->strideHeight, c->padHeight, &from[g], &to[g]);
      from[g] = MAXIMUM(from[g], chunk->fromRow), to[g] = MINIMUM(to[g], chunk->toRow);
    }
    for (int64_t tile = 0; tile < tiles; tile++) {
      const int64_t first = rows * tile / tiles, count = rows * (tile + 1) / tiles - first;
      T *of = sums + kh * sumsRow + first * chunk->vectors * W;
#define SWEEP(GROUPS, G, FROM, TO) \
  NAME(sweep)((int)count, GROUPS, chunk, kh + G, FROM, TO, chunk->taps + first, x, of + G * sumsRow, sumsRow)
      if (together == 1) {
        SWEEP(1, 0, from[0], to[0]);
      } else {  // the second row begins and ends sooner
        const int64_t both = MINIMUM(MAXIMUM(from[0], from[1]), to[1]), end = MAXIMUM(both, MINIMUM(to[0], to[1]));
        SWEEP(1, 1, from[1], both);
        SWEEP(2, 0, both, end);
        SWEEP(1, 0, MAXIMUM(from[0], end), to[0]);
      }
#undef SWEEP
    }
  }
}

// The definition of one tap, and what is left when there is no memory for repacked operands.
static TARGET T NAME(tapGradient)(const ls_convolution *c, const T *g, const T *x, int64_t kh, int64_t kw) {
  T s = 0;
  for (int64_t n = 0; n < c->batch; n++)
    for (int64_t oh = 0; oh < c->outHeight; oh++)
      for (int64_t ow = 0; ow < c->outWidth; ow++) {
        const int64_t ih = oh * c->strideHeight + kh - c->padHeight, iw = ow * c->strideWidth + kw - c->padWidth;
        if (ih < 0 || ih >= c->inHeight || iw < 0 || iw >= c->inWidth) continue;
        s = FMA1(g[(n * c->outChannels * c->outHeight + oh) * c->outWidth + ow],
                 x[(n * c->inChannels * c->inHeight + ih) * c->inWidth + iw], s);
      }
  return s;
}

// Some output channels of one group. g and x are at sample 0, at their channels; dw at the first of them.
// False if there is no memory.
static TARGET bool NAME(gradientGroup)(const ls_convolution *c, int64_t channels, const T *g, const T *x, T *dw) {
  const int64_t in = c->inChannels / c->groups, taps = c->kernelHeight * c->kernelWidth * in;
  const int64_t outPlane = c->outHeight * c->outWidth, plane = c->inHeight * c->inWidth;
  const int64_t panels = (channels + WIDTH - 1) / WIDTH, lanes = channels > W ? WIDTH : W;
  const bool whole = c->outWidth > LS_GRADIENT_ROW || in * (lanes / W) < 8;  // 8 chains are in flight at a time
  const int64_t pitch = MINIMUM(WIDTH, (in + W - 1) / W * W);
  const int64_t ofOutput = whole ? pitch : pitch * c->strideHeight * c->strideWidth;  // values of x that belong to an output
  const int64_t positions = LS_GRADIENT_CHUNK / (int64_t)sizeof(T) / (ofOutput + lanes);
  const int64_t rows = MINIMUM(c->outHeight, MAXIMUM(1, positions / MAXIMUM(1, c->outWidth)));
  const int64_t samples = whole || rows < c->outHeight ? 1 : MAXIMUM(1, MINIMUM(c->batch, positions / MAXIMUM(1, outPlane)));
  const int64_t inRows = MINIMUM(c->inHeight, (rows - 1) * c->strideHeight + c->kernelHeight);
  const int64_t ofBlock = (samples * inRows * c->inWidth * pitch + 31) / 16 * 16;  // and a line more
  const int64_t ofX = whole ? 0 : (in + pitch - 1) / pitch * ofBlock;
  const int64_t ofG = (samples * rows * c->outWidth * lanes + 15) / 16 * 16;
  if (ofX > INT32_MAX || ofG > INT32_MAX) return false;
  T *memory = malloc((size_t)(ofX + ofG + panels * taps * lanes) * sizeof(T) + 64);
  ls_run *runs = malloc((size_t)(rows * samples + 1) * sizeof(ls_run));
  NAME(Tap) *const ofRow = malloc((size_t)(c->kernelWidth * in) * sizeof(NAME(Tap))), *tap = ofRow;
  if (!memory || !runs || !ofRow) {
    free(memory);
    free(runs);
    free(ofRow);
    return false;
  }
  T *xs = (T *)(((uintptr_t)memory + 63) / 64 * 64), *gs = xs + ofX, *sums = gs + ofG;
  for (int64_t i = 0; i < panels * taps * lanes; i++) sums[i] = 0;
  for (int64_t kw = 0; kw < c->kernelWidth; kw++)
    for (int64_t channel = 0; channel < in; channel++, tap++) {
      tap->origin = channel * plane + kw - c->padWidth;
      ls_reach(c->outWidth, c->inWidth, kw, c->strideWidth, c->padWidth, &tap->from, &tap->to);
    }
  for (int64_t n = 0; n < c->batch; n += samples)
    for (int64_t from = 0; from < c->outHeight; from += rows) {
      NAME(Chunk) chunk = {
        c, MINIMUM(samples, c->batch - n), from, MINIMUM(from + rows, c->outHeight), 0, 0, pitch, ofBlock, 1, runs, ofRow,
        xs, gs,
      };
      chunk.top = MINIMUM(MAXIMUM(0, from * c->strideHeight - c->padHeight), c->inHeight);
      chunk.bottom = MAXIMUM(
        chunk.top, MINIMUM(c->inHeight, (chunk.toRow - 1) * c->strideHeight - c->padHeight + c->kernelHeight));
      const int64_t ofRows = (chunk.bottom - chunk.top) * c->inWidth, toRows = (chunk.toRow - from) * c->outWidth;
      for (int64_t i = 0; !whole && i < chunk.samples; i++)
        for (int64_t channel = 0; channel < in; channel += pitch)
          NAME(pack)(ofRows, MINIMUM(pitch, in - channel), pitch,
                     x + ((n + i) * c->inChannels + channel) * plane + chunk.top * c->inWidth, 1, plane,
                     xs + channel / pitch * ofBlock + i * ofRows * pitch);
      for (int64_t panel = 0; panel < panels; panel++) {
        const int64_t count = MINIMUM(WIDTH, channels - panel * WIDTH);
        chunk.vectors = count > W ? VECTORS : 1;
        for (int64_t i = 0; i < chunk.samples; i++)
          NAME(pack)(toRows, count, chunk.vectors * W,
                     g + ((n + i) * c->outChannels + panel * WIDTH) * outPlane + from * c->outWidth, 1, outPlane,
                     gs + i * toRows * chunk.vectors * W);
        T *to = sums + panel * taps * lanes;
        if (whole) NAME(gradientByTaps)(&chunk, x + n * c->inChannels * plane, to);
        else NAME(gradientByChannels)(&chunk, to);
      }
    }
  for (int64_t channel = 0; channel < channels; channel++) {
    const int64_t panel = channel / WIDTH, width = channels - panel * WIDTH > W ? WIDTH : W;
    for (int64_t i = 0; i < in; i++)
      for (int64_t tap = 0; tap < taps / in; tap++)
        dw[channel * taps + i * (taps / in) + tap] = sums[panel * taps * lanes + (tap * in + i) * width + channel % WIDTH];
  }
  free(memory);
  free(runs);
  free(ofRow);
  return true;
}

static TARGET void NAME(convolveKernelGradient)(const ls_convolution *c, int64_t first, int64_t last, const T *g,
                                                const T *x, T *dw) {
  const int64_t in = c->inChannels / c->groups, out = c->outChannels / c->groups;
  const int64_t outPlane = c->outHeight * c->outWidth, plane = c->inHeight * c->inWidth;
  const int64_t taps = c->kernelHeight * c->kernelWidth;
  if (in <= 0 || taps <= 0) return;
  for (int64_t channel = first, end; channel < last; channel = end) {
    const int64_t group = channel / out;
    end = MINIMUM(last, (group + 1) * out);
    const T *ofG = g + channel * outPlane, *ofX = x + group * in * plane;
    T *to = dw + channel * in * taps;
    if (NAME(gradientGroup)(c, end - channel, ofG, ofX, to)) continue;
    for (int64_t i = 0; i < (end - channel) * in; i++)
      for (int64_t tap = 0; tap < taps; tap++)
        to[i * taps + tap] = NAME(tapGradient)(c, ofG + i / in * outPlane, ofX + i % in * plane, tap / c->kernelWidth,
                                               tap % c->kernelWidth);
  }
}
