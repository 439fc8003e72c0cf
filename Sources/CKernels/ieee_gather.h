// Template (see ieee_template.h): convolution and the gradient of its input. Both collect, for each position of a target
// plane, products of taps and source positions: chain over source channel, kernel row, kernel column.
//
// Whole blocks of samples are made by ieee_gather_samples.h. For those that are left, lanes are target channels, which share
// their taps, so padding needs no masks: weights are repacked as [source channel, kh, kw, target channel], and positions are
// taken class by class (ieee_axis.h), ROWS at a time, each with VECTORS*W channels in registers. Results wait in a buffer
// until whole runs of a target plane can be written: planes are often a power of two apart, where single columns would push
// each other out of the cache. For the same reason source planes are first copied a little further apart.

#ifndef LS_GATHER
#include "ieee_axis.h"
#define LS_GATHER
typedef struct {
  int64_t groups, sourceChannels, targetChannels;        // channels of one group
  int64_t weightGroup, weightSource, weightTarget;       // strides of the weights, by channel
  ls_axis height, width;
} ls_gather;
#endif
#include "ieee_gather_samples.h"

typedef struct {
  int64_t channels, rows, columns;                    // loops, outermost first
  int64_t sourceChannel, sourceRow, sourceColumn;     // strides of the source
  int64_t weightChannel, weightRow, weightColumn;     // strides of the packed weights
} NAME(Nest);

// out[r*vectors*W + lane] = chain over the nest of x[r][...] * w[... + lane]. Adjacent rows have x[r] = x[0] + r, which
// saves registers for pointers and so allows more rows.
LS_INLINE TARGET void NAME(gatherTile)(const int rows, const int vectors, const bool adjacent, const NAME(Nest) *nest,
                                       const T *const *x, const T *w, T *out) {
  V s[ROWS * VECTORS];
  UNROLL for (int i = 0; i < rows * vectors; i++) s[i] = SPLAT(0);
  const T *p[ROWS * VECTORS];
  UNROLL for (int r = 0; r < rows; r++) p[r] = adjacent ? x[0] + r : x[r];
  for (int64_t channel = 0; channel < nest->channels; channel++)
    for (int64_t row = 0; row < nest->rows; row++) {
      int64_t i = channel * nest->sourceChannel + row * nest->sourceRow;
      const T *q = w + channel * nest->weightChannel + row * nest->weightRow;
      for (int64_t column = nest->columns; column > 0; column--) {
        V y[VECTORS];
        UNROLL for (int v = 0; v < vectors; v++) y[v] = LOAD(q + v * W);
        UNROLL for (int r = 0; r < rows; r++) {
          const V u = SPLAT(p[r][i]);
          UNROLL for (int v = 0; v < vectors; v++) s[r * vectors + v] = FMA(u, y[v], s[r * vectors + v]);
        }
        i += nest->sourceColumn;
        q += nest->weightColumn;
      }
    }
  UNROLL for (int i = 0; i < rows * vectors; i++) STORE(out + i * W, s[i]);
}

// The results of up to count positions, and how many they were.
static TARGET int NAME(gatherRows)(int count, int vectors, const NAME(Nest) *nest, const T *const *x, const T *w, T *out) {
#define ADJACENT(R) (count >= (R) && x[(R) - 1] - x[0] == (R) - 1)
#define CASE(R, N)                                        \
  case R:                                                 \
    NAME(gatherTile)(R, N, false, nest, x, w, out);       \
    return R;
  if (vectors == VECTORS) {
    if (ADJACENT(ROWS)) {
      NAME(gatherTile)(ROWS, VECTORS, true, nest, x, w, out);
      return ROWS;
    }
    switch (MINIMUM(ROWS, count)) { CASES(VECTORS) }
  }
#if VECTORS > 1
  if (ADJACENT(ROWS * VECTORS)) {
    NAME(gatherTile)(ROWS * VECTORS, 1, true, nest, x, w, out);
    return ROWS * VECTORS;
  }
  switch (MINIMUM(ROWS, count)) { CASES(1) }
#endif
#undef CASE
#undef ADJACENT
  return count;  // not reached: count is positive
}

// y[p][lane*plane] = values[p*width + lane] for count positions in rising order.
static TARGET void NAME(scatter)(int count, T *const *y, int64_t plane, int64_t lanes, int64_t width, const T *values) {
  int p = 0;
  while (p < count) {
    if (p + W > count || y[p + W - 1] != y[p] + W - 1) {
      for (int64_t lane = 0; lane < lanes; lane++) y[p][lane * plane] = values[p * width + lane];
      p++;
      continue;
    }
    for (int64_t lane = 0; lane < lanes; lane += W) {
      V t[W];
      UNROLL for (int i = 0; i < W; i++) t[i] = LOAD(values + (p + i) * width + lane);
      NAME(transpose)(t);
      UNROLL for (int i = 0; i < W; i++)
        if (lane + i < lanes) STORE(y[p] + (lane + i) * plane, t[i]);
    }
    p += W;
  }
}

// One panel of target channels, one class of positions (led by row0, column0), some samples. x is at the first sample, its
// planes sourcePlane apart; y at the panel's first channel of the first sample; w the packed panel.
static TARGET void NAME(gatherClass)(const ls_gather *shape, const ls_taps *rowTaps, const ls_taps *columnTaps,
                                     int64_t row0, int64_t column0, int64_t samples, const T *x, int64_t sourcePlane,
                                     int64_t sourceSample, const T *w, T *y, int64_t lanes, int vectors) {
  enum { waiting = 8 * ROWS };
  const ls_axis *height = &shape->height, *width = &shape->width;
  const int64_t panel = vectors * W, plane = height->target * width->target;
  const int64_t sample = shape->groups * shape->targetChannels * plane;
  const ls_taps rows = rowTaps[row0], columns = columnTaps[column0];
  const NAME(Nest) nest = {
    shape->sourceChannels, rows.count, columns.count,
    sourcePlane, height->sourceStep * width->source, width->sourceStep,
    height->kernel * width->kernel * panel, height->tapStep * width->kernel * panel, width->tapStep * panel,
  };
  w += (rows.first * width->kernel + columns.first) * panel;
  const T *from[waiting];
  T *to[waiting];
  T out[waiting * WIDTH] __attribute__((aligned(64)));
  int filled = 0;
  for (int64_t n = 0; n < samples; n++)
    for (int64_t i = row0; i >= 0; i = rowTaps[i].next)
      for (int64_t j = column0; j >= 0; j = columnTaps[j].next) {
        from[filled] = x + n * sourceSample + rowTaps[i].source * width->source + columnTaps[j].source;
        to[filled] = y + n * sample + i * width->target + j;
        if (++filled < waiting) continue;
        for (int done = 0; done < filled;)
          done += NAME(gatherRows)(filled - done, vectors, &nest, from + done, w, out + done * panel);
        NAME(scatter)(filled, to, plane, lanes, panel, out);
        filled = 0;
      }
  for (int done = 0; done < filled;)
    done += NAME(gatherRows)(filled - done, vectors, &nest, from + done, w, out + done * panel);
  NAME(scatter)(filled, to, plane, lanes, panel, out);
}

// The definition, and what is left when there is no memory for the tables.
static TARGET T NAME(gatherOne)(const ls_gather *shape, const T *x, const T *w, int64_t i, int64_t j) {
  const ls_axis *height = &shape->height, *width = &shape->width;
  const ls_taps rows = ls_taps_at(height, i), columns = ls_taps_at(width, j);
  T s = 0;
  for (int64_t source = 0; source < shape->sourceChannels; source++)
    for (int64_t row = 0; row < rows.count; row++)
      for (int64_t column = 0; column < columns.count; column++) {
        const int64_t kh = rows.first + row * height->tapStep, kw = columns.first + column * width->tapStep;
        const int64_t h = rows.source + row * height->sourceStep, v = columns.source + column * width->sourceStep;
        s = FMA1(x[(source * height->source + h) * width->source + v],
                 w[source * shape->weightSource + kh * width->kernel + kw], s);
      }
  return s;
}

static TARGET void NAME(gatherPlainly)(const ls_gather *shape, int64_t first, int64_t last, const T *x, const T *w, T *y) {
  const int64_t targets = shape->targetChannels, plane = shape->height.target * shape->width.target;
  const int64_t sourceGroup = shape->sourceChannels * shape->height.source * shape->width.source;
  for (int64_t n = first; n < last; n++)
    for (int64_t channel = 0; channel < shape->groups * targets; channel++)
      for (int64_t p = 0; p < plane; p++) {
        const int64_t group = channel / targets;
        y[(n * shape->groups * targets + channel) * plane + p] = NAME(gatherOne)(
          shape, x + (n * shape->groups + group) * sourceGroup,
          w + group * shape->weightGroup + channel % targets * shape->weightTarget, p / shape->width.target,
          p % shape->width.target);
      }
}

// One group; x and y are at its first channels of sample 0.
static TARGET void NAME(gatherGroup)(const ls_gather *shape, const ls_taps *rows, const ls_taps *columns, int64_t first,
                                     int64_t last, int64_t chunk, int64_t apart, const T *x, const T *packed, T *copy,
                                     T *y) {
  const ls_axis *height = &shape->height, *width = &shape->width;
  const int64_t plane = height->target * width->target, sourcePlane = height->source * width->source;
  const int64_t taps = shape->sourceChannels * height->kernel * width->kernel, targets = shape->targetChannels;
  for (int64_t n = first; n < last; n += chunk) {
    const int64_t samples = MINIMUM(chunk, last - n);
    for (int64_t i = 0; i < samples; i++)
      for (int64_t channel = 0; channel < shape->sourceChannels; channel++)
        memcpy(copy + (i * shape->sourceChannels + channel) * apart,
               x + ((n + i) * shape->groups * shape->sourceChannels + channel) * sourcePlane,
               (size_t)sourcePlane * sizeof(T));
    for (int64_t channel = 0; channel < targets; channel += WIDTH) {
      const int64_t lanes = MINIMUM(WIDTH, targets - channel);
      for (int64_t i = 0; i < height->target; i++)
        for (int64_t j = 0; j < width->target; j++)
          if (rows[i].leads && columns[j].leads)
            NAME(gatherClass)(shape, rows, columns, i, j, samples, copy, apart, shape->sourceChannels * apart,
                              packed + channel * taps, y + (n * shape->groups * targets + channel) * plane, lanes,
                              lanes > W ? VECTORS : 1);
    }
  }
}

static TARGET void NAME(gather)(const ls_gather *shape, int64_t first, int64_t last, const T *x, const T *w, T *y) {
  const ls_axis *height = &shape->height, *width = &shape->width;
  const int64_t taps = height->kernel * width->kernel, targets = shape->targetChannels, sources = shape->sourceChannels;
  const int64_t plane = height->target * width->target, sourcePlane = height->source * width->source;
  if (first >= last || plane <= 0 || targets <= 0) return;
  first = NAME(gatherBlocks)(shape, VECTORS, first, last, x, w, y);
  if (VECTORS > 1) first = NAME(gatherBlocks)(shape, 1, first, last, x, w, y);
  if (first >= last) return;
  const int64_t apart = sourcePlane + 64 / (int64_t)sizeof(T);  // one cache line more
  const int64_t cached = 131072 / (int64_t)sizeof(T) / (sources * apart + 1);
  const int64_t chunk = MAXIMUM(1, MINIMUM(cached, last - first));
  ls_taps *rows = malloc((size_t)(height->target + width->target) * sizeof(ls_taps));
  T *packed = malloc((size_t)(sources * taps * (targets + WIDTH)) * sizeof(T));
  T *copy = malloc((size_t)(chunk * sources * apart + 1) * sizeof(T));
  if (rows && packed && copy) {
    ls_taps *columns = rows + height->target;
    ls_classify(height, rows);
    ls_classify(width, columns);
    for (int64_t group = 0; group < shape->groups; group++) {
      for (int64_t channel = 0; channel < targets; channel += WIDTH) {
        const int64_t lanes = MINIMUM(WIDTH, targets - channel), panel = lanes > W ? WIDTH : W;
        const T *weights = w + group * shape->weightGroup + channel * shape->weightTarget;
        for (int64_t source = 0; source < sources; source++)
          NAME(pack)(taps, lanes, panel, weights + source * shape->weightSource, 1, shape->weightTarget,
                     packed + (channel * sources + source * panel) * taps);
      }
      NAME(gatherGroup)(shape, rows, columns, first, last, chunk, apart, x + group * sources * sourcePlane, packed, copy,
                        y + group * targets * plane);
    }
  } else {
    NAME(gatherPlainly)(shape, first, last, x, w, y);
  }
  free(rows);
  free(packed);
  free(copy);
}

static TARGET void NAME(convolve)(const ls_convolution *c, int64_t first, int64_t last, const T *x, const T *w, T *y) {
  const int64_t in = c->inChannels / c->groups, out = c->outChannels / c->groups;
  const int64_t taps = c->kernelHeight * c->kernelWidth;
  const ls_gather shape = {
    c->groups, in, out, in * out * taps, taps, in * taps,
    ls_output_axis(c->outHeight, c->inHeight, c->kernelHeight, c->strideHeight, c->padHeight),
    ls_output_axis(c->outWidth, c->inWidth, c->kernelWidth, c->strideWidth, c->padWidth),
  };
  NAME(gather)(&shape, first, last, x, w, y);
}

static TARGET void NAME(convolveInputGradient)(const ls_convolution *c, int64_t first, int64_t last, const T *g,
                                               const T *w, T *dx) {
  const int64_t in = c->inChannels / c->groups, out = c->outChannels / c->groups;
  const int64_t taps = c->kernelHeight * c->kernelWidth;
  const ls_gather shape = {
    c->groups, out, in, in * out * taps, in * taps, taps,
    ls_input_axis(c->outHeight, c->inHeight, c->kernelHeight, c->strideHeight, c->padHeight),
    ls_input_axis(c->outWidth, c->inWidth, c->kernelWidth, c->strideWidth, c->padWidth),
  };
  NAME(gather)(&shape, first, last, g, w, dx);
}
