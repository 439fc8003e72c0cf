// Template (see ieee_template.h): gradient of a convolution's kernel. Promises, ranked: every tap is the chain over n, oh, ow
// of the outputs that see it inside the image; speed.
//
// Lanes are output channels, which share the positions that a tap meets; g is repacked as [n, oh, ow, output channel]. For one
// kernel row, the taps (kernel column, input channel) form rows of a register tile, which goes through all positions in
// order. Where the image's edge is seen by some kernel columns only, each row is asked; between, all take part. Samples are
// taken a chunk at a time so that the repacked g stays in cache; between chunks the partial chains rest in memory.

typedef struct {
  int64_t origin;      // of the channel and kernel column in a row of a sample of x, padding subtracted (can be negative)
  int64_t from, to;    // output columns that see it inside the image
} NAME(Tap);

typedef struct {
  int64_t samples, fromRow, toRow;                         // of the outputs
  int64_t outPlane, outWidth;                              // strides of the repacked g, in positions
  int64_t sample, row, column, firstRow;                   // strides of x between outputs, and the row output row 0 reads
} NAME(Sweep);

// s[r*vectors*W + lane] continues its chain.
LS_INLINE TARGET void NAME(sweepTile)(const int rows, const int vectors, const NAME(Sweep) *sweep, const NAME(Tap) *taps,
                                      const T *x, const T *g, T *sums) {
  V s[ROWS][VECTORS];
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < vectors; v++) s[r][v] = LOAD(sums + (r * vectors + v) * W);
  // Columns of all rows of the tile: [begin, end); of each of them: [left, right), empty where none is common.
  int64_t begin = taps[0].from, end = taps[0].to, left = begin, right = end;
  for (int r = 1; r < rows; r++) {
    begin = MINIMUM(begin, taps[r].from), left = MAXIMUM(left, taps[r].from);
    end = MAXIMUM(end, taps[r].to), right = MINIMUM(right, taps[r].to);
  }
  if (right <= left) left = right = end;
  for (int64_t n = 0; n < sweep->samples; n++)
    for (int64_t oh = sweep->fromRow; oh < sweep->toRow; oh++) {
      const T *y = g + (n * sweep->outPlane + oh * sweep->outWidth) * vectors * W;
      const int64_t base = n * sweep->sample + sweep->firstRow + oh * sweep->row;
      for (int64_t ow = begin; ow < end; ow++) {
        if (ow == left) {
          const T *p[ROWS];
          UNROLL for (int r = 0; r < rows; r++) p[r] = x + (base + taps[r].origin + left * sweep->column);
          const T *q = y + left * vectors * W;
          int64_t i = 0;
          for (; ow < right; ow++) {
            V z[VECTORS];
            UNROLL for (int v = 0; v < vectors; v++) z[v] = LOAD(q + v * W);
            UNROLL for (int r = 0; r < rows; r++) {
              const V u = SPLAT(p[r][i]);
              UNROLL for (int v = 0; v < vectors; v++) s[r][v] = FMA(u, z[v], s[r][v]);
            }
            q += vectors * W;
            i += sweep->column;
          }
          if (ow == end) break;
        }
        UNROLL for (int r = 0; r < rows; r++)
          if (ow >= taps[r].from && ow < taps[r].to) {
            const V u = SPLAT(x[base + taps[r].origin + ow * sweep->column]);
            UNROLL for (int v = 0; v < vectors; v++) s[r][v] = FMA(u, LOAD(y + (ow * vectors + v) * W), s[r][v]);
          }
      }
    }
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < vectors; v++) STORE(sums + (r * vectors + v) * W, s[r][v]);
}

static TARGET void NAME(sweepTaps)(int rows, int vectors, const NAME(Sweep) *sweep, const NAME(Tap) *taps, const T *x,
                                   const T *g, T *sums) {
#define CASE(R, N)                                      \
  case R:                                               \
    NAME(sweepTile)(R, N, sweep, taps, x, g, sums);     \
    return;
  if (vectors == VECTORS)
    switch (rows) { CASES(VECTORS) }
#if VECTORS > 1
  else
    switch (rows) { CASES(1) }
#endif
#undef CASE
}

// The definition of one tap, and what is left when there is no memory for the repacked g.
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

// Outputs o in from ..< to have 0 <= o*stride + tap - pad < size.
LS_INLINE void NAME(reach)(int64_t outputs, int64_t size, int64_t tap, int64_t stride, int64_t pad, int64_t *from,
                           int64_t *to) {
  const int64_t low = pad - tap, high = size - 1 + pad - tap;
  *from = low > 0 ? MINIMUM((low + stride - 1) / stride, outputs) : 0;
  *to = high < 0 ? 0 : MINIMUM(high / stride + 1, outputs);
  *to = MAXIMUM(*from, *to);
}

// One panel of output channels (lanes of them, of one group). g and x are at sample 0, at the panel's and the group's first
// channel; packed holds chunk samples of g; sums [kh][kw][input channel][lane].
static TARGET void NAME(gradientPanel)(const ls_convolution *c, int64_t lanes, int vectors, int64_t chunk, const T *g,
                                       const T *x, T *packed, T *sums) {
  const int64_t in = c->inChannels / c->groups, width = vectors * W, rows = c->kernelWidth * in;
  const int64_t outPlane = c->outHeight * c->outWidth, plane = c->inHeight * c->inWidth;
  for (int64_t i = 0; i < c->kernelHeight * rows * width; i++) sums[i] = 0;
  for (int64_t n = 0; n < c->batch; n += chunk) {
    const int64_t samples = MINIMUM(chunk, c->batch - n);
    for (int64_t i = 0; i < samples; i++)
      NAME(pack)(outPlane, lanes, width, g + (n + i) * c->outChannels * outPlane, 1, outPlane,
                 packed + i * outPlane * width);
    for (int64_t kh = 0; kh < c->kernelHeight; kh++) {
      NAME(Sweep) sweep = {
        samples, 0, 0, outPlane, c->outWidth, c->inChannels * plane, c->strideHeight * c->inWidth, c->strideWidth,
        (kh - c->padHeight) * c->inWidth,
      };
      NAME(reach)(c->outHeight, c->inHeight, kh, c->strideHeight, c->padHeight, &sweep.fromRow, &sweep.toRow);
      const int64_t tiles = (rows + ROWS - 1) / ROWS;
      for (int64_t tile = 0; tile < tiles; tile++) {
        const int64_t row = rows * tile / tiles;
        const int height = (int)(rows * (tile + 1) / tiles - row);
        NAME(Tap) taps[ROWS];
        for (int r = 0; r < height; r++) {
          const int64_t kw = (row + r) / in, channel = (row + r) % in;
          taps[r].origin = channel * plane + kw - c->padWidth;
          NAME(reach)(c->outWidth, c->inWidth, kw, c->strideWidth, c->padWidth, &taps[r].from, &taps[r].to);
        }
        NAME(sweepTaps)(height, vectors, &sweep, taps, x + n * c->inChannels * plane, packed,
                        sums + (kh * rows + row) * width);
      }
    }
  }
}

static TARGET void NAME(convolveKernelGradient)(const ls_convolution *c, int64_t first, int64_t last, const T *g,
                                                const T *x, T *dw) {
  const int64_t in = c->inChannels / c->groups, out = c->outChannels / c->groups;
  const int64_t outPlane = c->outHeight * c->outWidth, plane = c->inHeight * c->inWidth;
  const int64_t taps = c->kernelHeight * c->kernelWidth;
  if (first >= last || in <= 0 || taps <= 0) return;
  // Samples of which a tile's share of g and x fits the first-level cache.
  const int64_t cached = 24576 / (int64_t)sizeof(T) / (outPlane * WIDTH + plane * ROWS + 1);
  const int64_t chunk = MAXIMUM(1, MINIMUM(c->batch, cached));
  T *sums = malloc((size_t)(taps * in * WIDTH) * sizeof(T));
  T *packed = malloc((size_t)(chunk * outPlane * WIDTH + 1) * sizeof(T));
  for (int64_t channel = first, lanes; channel < last; channel += lanes) {
    const int64_t group = channel / out;
    lanes = MINIMUM(MINIMUM(WIDTH, last - channel), (group + 1) * out - channel);
    const T *ofG = g + channel * outPlane, *ofX = x + group * in * plane;
    if (sums && packed) NAME(gradientPanel)(c, lanes, lanes > W ? VECTORS : 1, chunk, ofG, ofX, packed, sums);
    const int64_t width = lanes > W ? WIDTH : W;
    for (int64_t lane = 0; lane < lanes; lane++)
      for (int64_t i = 0; i < in; i++)
        for (int64_t tap = 0; tap < taps; tap++) {
          const int64_t kh = tap / c->kernelWidth, kw = tap % c->kernelWidth;
          dw[((channel + lane) * in + i) * taps + tap] =
            sums && packed ? sums[((kh * c->kernelWidth + kw) * in + i) * width + lane]
                           : NAME(tapGradient)(c, ofG + lane * outPlane, ofX + i * plane, kh, kw);
        }
  }
  free(sums);
  free(packed);
}
