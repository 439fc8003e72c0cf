// Convolutions with exact sums, forward and of the input's gradient, modulo primes (big_residue.c).
// Ranked promises: every output is the sum of its products, padding left out, rounded once; memory bounded by bands of rows
// and samples in groups of a width; then speed: each value becomes residues once for all the windows that hold it.
//
// The samples of a group lie side by side, so a vector holds one position of several samples: any stride and any
// padding read whole vectors, and taps that meet nothing are not in the list. Target positions that meet the source in the
// same pattern share a list (big_axis.h). The units of a sample's values are its own.
#pragma STDC FP_CONTRACT OFF
#include "big_axis.h"
#include "big_residue.h"
#include <stdlib.h>

enum { width = ls_residue_width };
static const int64_t weightDoubles = 1 << 20, bandDoubles = 1 << 21;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

// Targets are gathered from sources: outputs from inputs, or the gradient of inputs from that of outputs. Channels are those
// of a group.
typedef struct {
  const ls_big_format *format;
  int64_t stride;
  ls_big_axis rows, columns;
  int64_t groups, targets, sources, taps;
  int64_t weightTarget, weightSource;  // between weights of neighbouring channels, in records
  int64_t first, last;                 // samples
  const char *source, *weights;
  char *target;
  ls_line *samples, *channels;         // of sources; of weights, [group][target]
} gathering;

static const ls_big *source_at(const gathering *o, int64_t n, int64_t group, int64_t c, int64_t row, int64_t column) {
  const int64_t channel = (n * o->groups + group) * o->sources + c;
  return ls_at(o->source, (channel * o->rows.sources + row) * o->columns.sources + column, o->stride);
}

static const ls_big *weight_at(const gathering *o, int64_t group, int64_t target, int64_t c, int64_t tap) {
  const int64_t channels = o->targets * o->sources * o->taps;
  return ls_at(o->weights, group * channels + target * o->weightTarget + c * o->weightSource + tap, o->stride);
}

// --- lists of terms

typedef struct {
  int64_t *starts;  // of list class of row * classes of columns + class of column, and the end of the last
  ls_residue_term *terms;
} term_lists;

// Source channels are `channel` doubles apart, rows and columns as in a band.
static term_lists list_terms(const gathering *o, int64_t channel) {
  const ls_big_axis *rows = &o->rows, *columns = &o->columns;
  int64_t down = 0, across = 0;
  for (int64_t i = 0; i < rows->classes; i++) down += ls_big_axis_met(rows, i);
  for (int64_t j = 0; j < columns->classes; j++) across += ls_big_axis_met(columns, j);
  term_lists l = {ls_allocate((size_t)(rows->classes * columns->classes + 1) * sizeof(int64_t)),
                  ls_allocate((size_t)(down * across * o->sources) * sizeof(ls_residue_term))};
  int64_t list = 0, end = 0;
  for (int64_t i = 0; i < rows->classes; i++)
    for (int64_t j = 0; j < columns->classes; j++) {
      l.starts[list++] = end;
      const int64_t row = rows->example[i], column = columns->example[j];
      for (int64_t c = 0; c < o->sources; c++)
        for (int64_t kh = 0; kh < rows->taps; kh++) {
          const int64_t r = rows->source[row * rows->taps + kh];
          for (int64_t kw = 0; r >= 0 && kw < columns->taps; kw++) {
            const int64_t s = columns->source[column * columns->taps + kw];
            if (s < 0) continue;
            const int64_t place = (r - rows->first[row]) * columns->sources + s - columns->first[column];
            l.terms[end++] = (ls_residue_term){(int32_t)(c * o->taps + kh * columns->taps + kw),
                                               (int32_t)(c * channel + place * width)};
          }
        }
    }
  l.starts[list] = end;
  return l;
}

// --- what a sum that came out 0 is: its sign shows toward minus infinity only

static void store_zero(const gathering *o, int64_t n, int64_t group, int64_t target, int64_t row, int64_t column,
                       ls_big *r) {
  ls_store_zero(r, o->format->precision, o->format->limbs);
  if (o->format->direction != LS_DOWN) return;
  for (int64_t c = 0; c < o->sources; c++)
    for (int64_t tap = 0; tap < o->taps; tap++) {
      const int64_t i = o->rows.source[row * o->rows.taps + tap / o->columns.taps];
      const int64_t j = o->columns.source[column * o->columns.taps + tap % o->columns.taps];
      if (i >= 0 && j >= 0 && source_at(o, n, group, c, i, j)->sign != weight_at(o, group, target, c, tap)->sign)
        r->sign = -1;
    }
}

// --- the lines, and whether residues are the way

static bool scan(const gathering *o, int64_t *bits) {
  const int64_t plane = o->rows.sources * o->columns.sources * o->sources * o->groups;
  int64_t sourceBits = 0, weightBits = 0;
  for (int64_t n = o->first; n < o->last; n++) {
    const ls_line line = ls_line_scan(plane, source_at(o, n, 0, 0, 0, 0), o->stride);
    if (line.bits < 0) return false;
    sourceBits = most(sourceBits, line.bits);
    o->samples[n - o->first] = line;
  }
  for (int64_t group = 0; group < o->groups; group++)
    for (int64_t target = 0; target < o->targets; target++) {
      ls_line line = {0, 0};
      for (int64_t c = 0; c < o->sources; c++)
        line = ls_line_join(line, ls_line_scan(o->taps, weight_at(o, group, target, c, 0), o->stride));
      if (line.bits < 0) return false;
      weightBits = most(weightBits, line.bits);
      o->channels[group * o->targets + target] = line;
    }
  const int64_t k = o->sources * o->taps;
  *bits = sourceBits + weightBits + 64 - __builtin_clzll((uint64_t)k);
  const int64_t moduli = ls_moduli_needed(*bits);
  const double samples = (double)(o->last - o->first), groups = (double)((o->last - o->first + width - 1) / width * width);
  const double results = (double)(o->groups * o->targets * o->rows.positions * o->columns.positions);
  const ls_residue_costs cost = {ls_residue_kernels_of(o->format->path)->multiplyAdd, (double)moduli};
  const double price = ls_cost_of_values(&cost, groups * (double)plane, ls_residue_digits(sourceBits)) +
                       ls_cost_of_results(&cost, groups * results, (double)k);
  return moduli <= ls_residue_most && price < samples * results * ls_cost_by_terms((double)k, o->format->limbs);
}

// --- bands

// What does not change while bands of a group's sources meet a block of its targets.
typedef struct {
  ls_residue_work work;
  int64_t height, depth;  // rows of targets and of sources of a band
  int64_t aPlane, bPlane, cPlane;
  double *a, *b, *c;
  term_lists lists;
} workshop;

// First source row of the band whose first row of targets is given; `depth` rows from it are there.
static int64_t first_source(const gathering *o, const workshop *s, int64_t row) {
  int64_t first = o->rows.sources;
  for (int64_t r = row; r < least(row + s->height, o->rows.positions); r++)
    if (o->rows.last[r] > 0) first = least(first, o->rows.first[r]);
  return least(first, o->rows.sources - s->depth);
}

// The most source rows that `height` rows of targets need.
static int64_t depth_of(const gathering *o, int64_t height) {
  int64_t depth = 1;
  for (int64_t row = 0; row < o->rows.positions; row += height) {
    int64_t first = o->rows.sources, last = 0;
    for (int64_t r = row; r < least(row + height, o->rows.positions); r++) {
      if (o->rows.last[r] == 0) continue;
      first = least(first, o->rows.first[r]);
      last = most(last, o->rows.last[r]);
    }
    depth = most(depth, last - first);
  }
  return depth;
}

// Weights of targets target ..< target + tall, as tiles of them want: [tile][term][target].
static void fill_weights(const gathering *o, workshop *s, int64_t group, int64_t target, int64_t tall, int64_t digits) {
  ls_residue_writer writer = {&s->work, digits, s->work.moduli->powers, s->a, s->aPlane, 0};
  const int64_t tiles = ls_residue_tiles(tall, s->work.kernels->rows);
  for (int64_t tile = 0; tile < tiles; tile++)
    for (int64_t t = 0; t < o->sources * o->taps; t++)
      for (int64_t i = ls_residue_first(tall, tiles, tile); i < ls_residue_first(tall, tiles, tile + 1); i++)
        ls_residue_put(&writer, weight_at(o, group, target + i, t / o->taps, t % o->taps),
                       o->channels[group * o->targets + target + i].low);
  ls_residue_finish(&writer);
}

static void fill_sources(const gathering *o, workshop *s, int64_t group, int64_t n, int64_t row, int64_t digits) {
  ls_residue_writer writer = {&s->work, digits, s->work.moduli->weighted, s->b, s->bPlane, 0};
  for (int64_t c = 0; c < o->sources; c++)
    for (int64_t i = row; i < row + s->depth; i++)
      for (int64_t j = 0; j < o->columns.sources; j++)
        for (int64_t lane = n; lane < n + width; lane++)
          if (lane < o->last)
            ls_residue_put(&writer, source_at(o, lane, group, c, i, j), o->samples[lane - o->first].low);
          else
            ls_residue_put(&writer, NULL, 0);
  ls_residue_finish(&writer);
}

static void round_band(const gathering *o, workshop *s, int64_t group, int64_t target, int64_t tall, int64_t n,
                       int64_t row, int64_t rows) {
  const int64_t places = rows * o->columns.positions, count = tall * places * width;
  for (int64_t at = 0; at < count; at += ls_residue_strip) {
    const int64_t here = least(ls_residue_strip, count - at);
    ls_residue_rebuild(&s->work, s->c + at, s->cPlane, here);
    for (int64_t e = 0; e < here; e += width) {
      const int64_t line = (at + e) / width, i = line / places, place = line % places;
      const int64_t channel = group * o->targets + target + i, channels = o->groups * o->targets;
      const int64_t r = row + place / o->columns.positions, column = place % o->columns.positions;
      for (int64_t lane = n; lane < least(n + width, o->last); lane++) {
        const int64_t first = (lane * channels + channel) * o->rows.positions + r;
        ls_big *out = ls_at_mutable(o->target, first * o->columns.positions + column, o->stride);
        const int64_t low = o->samples[lane - o->first].low + o->channels[channel].low;
        if (!ls_residue_round(&s->work, e + lane - n, low, out, o->format))
          store_zero(o, lane, group, target + i, r, column, out);
      }
    }
  }
}

static void multiply_band(const gathering *o, workshop *s, int64_t tall, int64_t row, int64_t rows, int64_t source) {
  const int64_t cRow = rows * o->columns.positions * width;
  for (int64_t p = 0; p < s->work.moduli->count; p++) {
    double *c = s->c + p * s->cPlane;
    for (int64_t r = row; r < row + rows; r++)
      for (int64_t column = 0; column < o->columns.positions; column++, c += width) {
        const int64_t list = o->rows.class[r] * o->columns.classes + o->columns.class[column];
        const int64_t place = o->rows.last[r] == 0 ? 0 : (o->rows.first[r] - source) * o->columns.sources;
        s->work.kernels->gather(
          tall, o->sources * o->taps, s->lists.starts[list + 1] - s->lists.starts[list],
          s->lists.terms + s->lists.starts[list], s->a + p * s->aPlane,
          s->b + p * s->bPlane + (place + o->columns.first[column]) * width, c, cRow, &s->work.moduli->moduli[p]);
      }
  }
}

static bool gather(gathering *o) {
  int64_t bits;
  if (!scan(o, &bits)) return false;
  int64_t sourceBits = 0, weightBits = 0;
  for (int64_t n = o->first; n < o->last; n++) sourceBits = most(sourceBits, o->samples[n - o->first].bits);
  for (int64_t i = 0; i < o->groups * o->targets; i++) weightBits = most(weightBits, o->channels[i].bits);
  const int64_t moduli = ls_moduli_needed(bits), k = o->sources * o->taps;
  const int64_t tiled = ls_residue_kernels_of(o->format->path)->rows;
  const int64_t tall = least(o->targets, most(tiled, weightDoubles / (moduli * k)));
  workshop s = {.height = o->rows.positions};
  for (;; s.height = (s.height + 1) / 2) {
    s.depth = depth_of(o, s.height);
    s.bPlane = o->sources * s.depth * o->columns.sources * width + width;
    s.cPlane = tall * s.height * o->columns.positions * width + width;
    if (s.height == 1 || moduli * (s.bPlane + s.cPlane) <= bandDoubles) break;
  }
  if (s.bPlane > INT32_MAX || k > INT32_MAX) return false;
  s.aPlane = ((tall * k + width - 1) & -width) + width;
  s.a = ls_residue_begin(&s.work, bits, moduli * (s.aPlane + s.bPlane + s.cPlane), o->format);
  s.b = s.a + moduli * s.aPlane;
  s.c = s.b + moduli * s.bPlane;
  s.lists = list_terms(o, s.depth * o->columns.sources * width);
  for (int64_t group = 0; group < o->groups; group++)
    for (int64_t target = 0; target < o->targets; target += tall) {
      const int64_t now = least(tall, o->targets - target);
      fill_weights(o, &s, group, target, now, ls_residue_digits(weightBits));
      for (int64_t n = o->first; n < o->last; n += width)
        for (int64_t row = 0; row < o->rows.positions; row += s.height) {
          const int64_t rows = least(s.height, o->rows.positions - row), source = first_source(o, &s, row);
          fill_sources(o, &s, group, n, source, ls_residue_digits(sourceBits));
          multiply_band(o, &s, now, row, rows, source);
          round_band(o, &s, group, target, now, n, row, rows);
        }
    }
  free(s.lists.starts);
  free(s.lists.terms);
  ls_residue_end(&s.work);
  return true;
}

static bool convolve(const ls_convolution *shape, int64_t first, int64_t last, const void *source, const void *weights,
                     void *target, bool back, const ls_big_format *format) {
  if (first >= last) return true;
  if (format->direction == LS_STOCHASTIC) return false;
  const int64_t taps = shape->kernelHeight * shape->kernelWidth;
  const int64_t inputs = shape->inChannels / shape->groups, outputs = shape->outChannels / shape->groups;
  gathering o = {
    .format = format, .stride = ls_big_stride(format->limbs), .groups = shape->groups, .taps = taps,
    .targets = back ? inputs : outputs, .sources = back ? outputs : inputs,
    .weightTarget = back ? taps : inputs * taps, .weightSource = back ? inputs * taps : taps,
    .first = first, .last = last, .source = source, .weights = weights, .target = target,
  };
  ls_big_axis_begin(&o.rows, shape->inHeight, shape->outHeight, shape->kernelHeight, shape->strideHeight,
                    shape->padHeight, back);
  ls_big_axis_begin(&o.columns, shape->inWidth, shape->outWidth, shape->kernelWidth, shape->strideWidth,
                    shape->padWidth, back);
  o.samples = ls_allocate((size_t)(last - first + o.groups * o.targets) * sizeof *o.samples);
  o.channels = o.samples + (last - first);
  const bool made = gather(&o);
  free(o.samples);
  ls_big_axis_end(&o.rows);
  ls_big_axis_end(&o.columns);
  return made;
}

bool ls_big_convolve(const ls_convolution *shape, int64_t first, int64_t last, const void *x, const void *w, void *y,
                     const ls_big_format *format) {
  return convolve(shape, first, last, x, w, y, false, format);
}

bool ls_big_convolve_input_gradient(const ls_convolution *shape, int64_t first, int64_t last, const void *g,
                                    const void *w, void *dx, const ls_big_format *format) {
  return convolve(shape, first, last, g, w, dx, true, format);
}
