// The kernel's gradient of a convolution with exact sums, modulo primes (big_residue.c).
// Ranked promises: every output is the sum of its products, padding left out, rounded once; memory bounded by bands of rows
// and samples in groups of a width; then speed: each value becomes residues once for all the taps that meet it.
//
// A vector holds one position of several samples, as in big_convolution.c; here they belong to the same sum. Lanes are
// summed apart and added in the end, which changes nothing: sums are exact. Zeros stand around the image, so that every tap
// sees all positions of a band; only where a sum is 0 might they show, and there the terms are looked at.
#pragma STDC FP_CONTRACT OFF
#include "big_residue.h"
#include <stdlib.h>

enum { width = ls_residue_width };
static const int64_t sumDoubles = 1 << 20, bandDoubles = 1 << 21;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

typedef struct {
  const ls_convolution *shape;
  const ls_big_format *format;
  int64_t stride, inputs, outputs, taps;  // channels of a group
  int64_t first, last;                    // output channels
  const char *g, *x;
  char *dw;
  ls_line *rows, *columns;                // of output channels first ..< last; of all input channels
} correlation;

static const ls_big *g_at(const correlation *o, int64_t n, int64_t channel, int64_t row, int64_t column) {
  const ls_convolution *s = o->shape;
  return ls_at(o->g, ((n * s->outChannels + channel) * s->outHeight + row) * s->outWidth + column, o->stride);
}

// NULL on the padding.
static const ls_big *x_at(const correlation *o, int64_t n, int64_t channel, int64_t row, int64_t column) {
  const ls_convolution *s = o->shape;
  if (row < 0 || row >= s->inHeight || column < 0 || column >= s->inWidth) return NULL;
  return ls_at(o->x, ((n * s->inChannels + channel) * s->inHeight + row) * s->inWidth + column, o->stride);
}

static void store_zero(const correlation *o, int64_t channel, int64_t input, int64_t tap, ls_big *r) {
  const ls_convolution *s = o->shape;
  ls_store_zero(r, o->format->precision, o->format->limbs);
  if (o->format->direction != LS_DOWN) return;
  const int64_t down = tap / s->kernelWidth - s->padHeight, right = tap % s->kernelWidth - s->padWidth;
  for (int64_t n = 0; n < s->batch; n++)
    for (int64_t i = 0; i < s->outHeight; i++)
      for (int64_t j = 0; j < s->outWidth; j++) {
        const ls_big *x = x_at(o, n, input, i * s->strideHeight + down, j * s->strideWidth + right);
        if (x != NULL && x->sign != g_at(o, n, channel, i, j)->sign) r->sign = -1;
      }
}

// --- the lines, and whether residues are the way

typedef struct {
  int64_t row, column, sum;  // the most bits
} extents;

static bool scan(const correlation *o, extents *bits) {
  const ls_convolution *s = o->shape;
  const int64_t plane = s->outHeight * s->outWidth, image = s->inHeight * s->inWidth;
  *bits = (extents){0, 0, 0};
  for (int64_t c = o->first; c < o->last; c++) {
    ls_line line = {0, 0};
    for (int64_t n = 0; n < s->batch && line.bits >= 0; n++)
      line = ls_line_join(line, ls_line_scan(plane, g_at(o, n, c, 0, 0), o->stride));
    if (line.bits < 0) return false;
    bits->row = most(bits->row, line.bits);
    o->rows[c - o->first] = line;
  }
  for (int64_t c = 0; c < s->inChannels; c++) {
    ls_line line = {0, 0};
    for (int64_t n = 0; n < s->batch && line.bits >= 0; n++)
      line = ls_line_join(line, ls_line_scan(image, x_at(o, n, c, 0, 0), o->stride));
    if (line.bits < 0) return false;
    bits->column = most(bits->column, line.bits);
    o->columns[c] = line;
  }
  const int64_t k = s->batch * plane;
  bits->sum = bits->row + bits->column + 64 - __builtin_clzll((uint64_t)k);
  const int64_t moduli = ls_moduli_needed(bits->sum);
  const double terms = (double)((s->batch + width - 1) / width * width), results = (double)((o->last - o->first) * o->inputs * o->taps);
  const ls_residue_costs cost = {ls_residue_kernels_of(o->format->path)->multiplyAdd, (double)moduli};
  const double price =
    ls_cost_of_values(&cost, terms * (double)((o->last - o->first) * plane), ls_residue_digits(bits->row)) +
    ls_cost_of_values(&cost, terms * (double)(o->inputs * image), ls_residue_digits(bits->column)) +
    ls_cost_of_results(&cost, results, terms * (double)plane);
  return moduli <= ls_residue_most && price < results * ls_cost_by_terms((double)k, o->format->limbs);
}

// --- bands

typedef struct {
  ls_residue_work work;
  int64_t height, depth, across;  // rows of outputs of a band; rows and columns of the image with zeros around
  int64_t gPlane, xPlane, cPlane;
  double *g, *x, *c;
  int32_t *taps, (*pairs)[2];
} workshop;

// Output channels channel ..< channel + tall of a group and its inputs, in rows row ..< row + rows of samples n ..< n + width.
static void fill(const correlation *o, workshop *s, const extents *bits, int64_t channel, int64_t tall, int64_t n,
                 int64_t row, int64_t rows) {
  const ls_convolution *shape = o->shape;
  ls_residue_writer writer = {&s->work, ls_residue_digits(bits->row), s->work.moduli->powers, s->g, s->gPlane, 0};
  for (int64_t c = channel; c < channel + tall; c++)
    for (int64_t i = row; i < row + rows; i++)
      for (int64_t j = 0; j < shape->outWidth; j++)
        for (int64_t lane = n; lane < n + width; lane++)
          ls_residue_put(&writer, lane < shape->batch ? g_at(o, lane, c, i, j) : NULL, o->rows[c - o->first].low);
  ls_residue_finish(&writer);
  writer = (ls_residue_writer){&s->work, ls_residue_digits(bits->column), s->work.moduli->weighted, s->x, s->xPlane, 0};
  const int64_t input = channel / o->outputs * o->inputs;
  for (int64_t c = input; c < input + o->inputs; c++)
    for (int64_t i = 0; i < s->depth; i++)
      for (int64_t j = 0; j < s->across; j++)
        for (int64_t lane = n; lane < n + width; lane++) {
          const ls_big *x = NULL;
          if (lane < shape->batch)
            x = x_at(o, lane, c, row * shape->strideHeight + i - shape->padHeight, j - shape->padWidth);
          ls_residue_put(&writer, x, o->columns[c].low);
        }
  ls_residue_finish(&writer);
}

static void add_band(const correlation *o, workshop *s, int64_t tall, int64_t rows) {
  const int64_t places = rows * o->shape->outWidth, lanes = s->work.kernels->lanes;
  const int64_t chunk = ls_residue_terms * lanes / width;
  for (int64_t i = 0; i < places; i++) {
    const int64_t row = i / o->shape->outWidth * o->shape->strideHeight;
    const int64_t column = i % o->shape->outWidth * o->shape->strideWidth;
    s->pairs[i][0] = (int32_t)(i * width);
    s->pairs[i][1] = (int32_t)((row * s->across + column) * width);
  }
  for (int64_t p = 0; p < s->work.moduli->count; p++)
    for (int64_t i = 0; i < places; i += chunk)
      s->work.kernels->correlate(tall, o->inputs * o->taps, least(chunk, places - i), s->pairs + i,
                                 s->g + p * s->gPlane, places * width, s->x + p * s->xPlane, s->taps,
                                 s->c + p * s->cPlane, &s->work.moduli->moduli[p]);
}

// Adds the lanes and rounds the sums of channels channel ..< channel + tall.
static void finish(const correlation *o, workshop *s, int64_t channel, int64_t tall) {
  const int64_t lanes = s->work.kernels->lanes, across = o->inputs * o->taps, count = tall * across;
  const int64_t padded = (count + width - 1) & -(int64_t)width;
  for (int64_t p = 0; p < s->work.moduli->count; p++) {
    double *c = s->c + p * s->cPlane;
    const ls_modulus *modulus = &s->work.moduli->moduli[p];
    for (int64_t e = 0; e < count; e++) {
      double sum = 0;
      for (int64_t lane = 0; lane < lanes; lane++) sum += c[e * lanes + lane];
      const double q = (sum * modulus->inverse + 0x1.8p52) - 0x1.8p52;
      c[e] = q * modulus->minus + sum;
    }
    for (int64_t e = count; e < padded; e++) c[e] = 0;
  }
  for (int64_t at = 0; at < padded; at += ls_residue_strip) {
    const int64_t here = least(ls_residue_strip, padded - at);
    ls_residue_rebuild(&s->work, s->c + at, s->cPlane, here);
    for (int64_t e = 0; e < here && at + e < count; e++) {
      const int64_t output = channel + (at + e) / across, place = (at + e) % across;
      const int64_t input = channel / o->outputs * o->inputs + place / o->taps;
      ls_big *out = ls_at_mutable(o->dw, output * across + place, o->stride);
      if (!ls_residue_round(&s->work, e, o->rows[output - o->first].low + o->columns[input].low, out, o->format))
        store_zero(o, output, input, place % o->taps, out);
    }
  }
}

static bool correlate(const correlation *o) {
  const ls_convolution *shape = o->shape;
  extents bits;
  if (!scan(o, &bits)) return false;
  const int64_t moduli = ls_moduli_needed(bits.sum), across = o->inputs * o->taps;
  const ls_residue_kernels *kernels = ls_residue_kernels_of(o->format->path);
  const int64_t tall = least(least(o->outputs, o->last - o->first), most(3, sumDoubles / (moduli * across * kernels->lanes)));
  workshop s = {.height = shape->outHeight, .across = (shape->outWidth - 1) * shape->strideWidth + shape->kernelWidth};
  for (;; s.height = (s.height + 1) / 2) {
    s.depth = (s.height - 1) * shape->strideHeight + shape->kernelHeight;
    s.gPlane = tall * s.height * shape->outWidth * width + width;
    s.xPlane = o->inputs * s.depth * s.across * width + width;
    if (s.height == 1 || moduli * (s.gPlane + s.xPlane) <= bandDoubles) break;
  }
  if (s.xPlane > INT32_MAX || s.gPlane > INT32_MAX) return false;
  s.cPlane = tall * across * kernels->lanes + width;
  s.g = ls_residue_begin(&s.work, bits.sum, moduli * (s.gPlane + s.xPlane + s.cPlane), o->format);
  s.x = s.g + moduli * s.gPlane;
  s.c = s.x + moduli * s.xPlane;
  s.taps = ls_allocate((size_t)(across + 2 * s.height * shape->outWidth) * sizeof *s.taps);
  s.pairs = (int32_t(*)[2])(s.taps + across);
  for (int64_t t = 0; t < across; t++) {
    const int64_t row = t / o->taps * s.depth + t % o->taps / shape->kernelWidth;
    s.taps[t] = (int32_t)((row * s.across + t % shape->kernelWidth) * width);
  }
  for (int64_t channel = o->first; channel < o->last;) {
    // No block reaches into the next group.
    const int64_t end = least(o->last, (channel / o->outputs + 1) * o->outputs), now = least(tall, end - channel);
    memset(s.c, 0, (size_t)(moduli * s.cPlane) * sizeof *s.c);
    for (int64_t n = 0; n < shape->batch; n += width)
      for (int64_t row = 0; row < shape->outHeight; row += s.height) {
        const int64_t rows = least(s.height, shape->outHeight - row);
        fill(o, &s, &bits, channel, now, n, row, rows);
        add_band(o, &s, now, rows);
      }
    finish(o, &s, channel, now);
    channel += now;
  }
  free(s.taps);
  ls_residue_end(&s.work);
  return true;
}

bool ls_big_convolve_kernel_gradient(const ls_convolution *shape, int64_t first, int64_t last, const void *g,
                                     const void *x, void *dw, const ls_big_format *format) {
  if (first >= last) return true;
  if (shape->batch == 0 || format->direction == LS_STOCHASTIC) return false;
  correlation o = {
    .shape = shape, .format = format, .stride = ls_big_stride(format->limbs),
    .inputs = shape->inChannels / shape->groups, .outputs = shape->outChannels / shape->groups,
    .taps = shape->kernelHeight * shape->kernelWidth, .first = first, .last = last, .g = g, .x = x, .dw = dw,
  };
  o.rows = ls_allocate((size_t)(last - first + shape->inChannels) * sizeof *o.rows);
  o.columns = o.rows + (last - first);
  const bool made = correlate(&o);
  free(o.rows);
  return made;
}
