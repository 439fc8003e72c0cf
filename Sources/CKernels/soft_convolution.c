// Convolution and its gradients in software formats.
// Ranked promises: the terms and roundings of the contract, section 3, padding never met; outputs independent of one another;
// speed. Chains without draws advance side by side: each tap is met by a whole row of outputs before the next one is. A chain
// sees its taps in the same order that way, since the taps are the outer loops. Otherwise the terms of each output are listed.
#pragma STDC FP_CONTRACT OFF
#include "ieee_axis.h"
#include "soft_reduction.h"

static int64_t minimum(int64_t a, int64_t b) { return a < b ? a : b; }

// Output positions p with 0 <= p*stride + tap - pad < in.
typedef struct {
  int64_t first, last;
} range;
static range met(int64_t out, int64_t in, int64_t stride, int64_t pad, int64_t tap) {
  const int64_t start = pad - tap, beyond = in - 1 - tap + pad;
  const range r = {start > 0 ? (start + stride - 1) / stride : 0, beyond < 0 ? 0 : minimum(out, beyond / stride + 1)};
  return r;
}

// y of sample n, output channel oc (or dx of input channel ic), every chain of the plane at once.
static void output_plane(const ls_convolution *s, int64_t n, int64_t oc, const double *x, const double *w, double *y,
                         ls_soft_machine *m) {
  const int64_t in = s->inChannels / s->groups, group = oc / (s->outChannels / s->groups);
  for (int64_t i = 0; i < s->outHeight * s->outWidth; i++) y[i] = 0;
  for (int64_t c = 0; c < in; c++) {
    const double *plane = x + (n * s->inChannels + group * in + c) * s->inHeight * s->inWidth;
    for (int64_t kh = 0; kh < s->kernelHeight; kh++) {
      const range rows = met(s->outHeight, s->inHeight, s->strideHeight, s->padHeight, kh);
      for (int64_t kw = 0; kw < s->kernelWidth; kw++) {
        const range columns = met(s->outWidth, s->inWidth, s->strideWidth, s->padWidth, kw);
        const double weight = w[((oc * in + c) * s->kernelHeight + kh) * s->kernelWidth + kw];
        for (int64_t oh = rows.first; oh < rows.last; oh++)
          ls_soft_advance(m, columns.last - columns.first,
                          plane + (oh * s->strideHeight + kh - s->padHeight) * s->inWidth
                            + columns.first * s->strideWidth + kw - s->padWidth,
                          s->strideWidth, weight, y + oh * s->outWidth + columns.first);
      }
    }
  }
}

static void input_plane(const ls_convolution *s, int64_t n, int64_t ic, const double *g, const double *w, double *dx,
                        ls_soft_machine *m) {
  const int64_t in = s->inChannels / s->groups, out = s->outChannels / s->groups, group = ic / in;
  for (int64_t i = 0; i < s->inHeight * s->inWidth; i++) dx[i] = 0;
  for (int64_t oc = group * out; oc < (group + 1) * out; oc++) {
    const double *plane = g + (n * s->outChannels + oc) * s->outHeight * s->outWidth;
    for (int64_t kh = 0; kh < s->kernelHeight; kh++) {
      const range rows = met(s->outHeight, s->inHeight, s->strideHeight, s->padHeight, kh);
      for (int64_t kw = 0; kw < s->kernelWidth; kw++) {
        const range columns = met(s->outWidth, s->inWidth, s->strideWidth, s->padWidth, kw);
        const double weight = w[((oc * in + ic % in) * s->kernelHeight + kh) * s->kernelWidth + kw];
        for (int64_t oh = rows.first; oh < rows.last; oh++) {
          double *row = dx + (oh * s->strideHeight + kh - s->padHeight) * s->inWidth + kw - s->padWidth;
          const double *from = plane + oh * s->outWidth;
          if (s->strideWidth == 1)
            ls_soft_advance(m, columns.last - columns.first, from + columns.first, 1, weight, row + columns.first);
          else
            for (int64_t ow = columns.first; ow < columns.last; ow++)
              row[ow * s->strideWidth] = ls_soft_step(m, from[ow], weight, row[ow * s->strideWidth]);
        }
      }
    }
  }
}

// dw of output channel oc: all its taps together meet one output position after the other.
static void kernel_channel(const ls_convolution *s, int64_t oc, const double *g, const double *x, double *dw,
                           ls_soft_machine *m) {
  const int64_t in = s->inChannels / s->groups, group = oc / (s->outChannels / s->groups);
  const int64_t window = s->kernelHeight * s->kernelWidth;
  for (int64_t i = 0; i < in * window; i++) dw[i] = 0;
  for (int64_t n = 0; n < s->batch; n++)
    for (int64_t oh = 0; oh < s->outHeight; oh++) {
      const int64_t top = oh * s->strideHeight - s->padHeight;
      const int64_t h0 = top < 0 ? -top : 0, h1 = minimum(s->kernelHeight, s->inHeight - top);
      for (int64_t ow = 0; ow < s->outWidth; ow++) {
        const int64_t left = ow * s->strideWidth - s->padWidth;
        const int64_t w0 = left < 0 ? -left : 0, w1 = minimum(s->kernelWidth, s->inWidth - left);
        const double gradient = g[((n * s->outChannels + oc) * s->outHeight + oh) * s->outWidth + ow];
        for (int64_t c = 0; c < in; c++) {
          const double *plane = x + (n * s->inChannels + group * in + c) * s->inHeight * s->inWidth;
          for (int64_t kh = h0; kh < h1; kh++)
            ls_soft_advance(m, w1 - w0, plane + (top + kh) * s->inWidth + left + w0, 1, gradient,
                            dw + c * window + kh * s->kernelWidth + w0);
        }
      }
    }
}

// The terms of output (or input) position i, j of one channel: over the source's channels, kernel rows, kernel columns.
static void list(ls_soft_terms *terms, int64_t channels, const ls_axis *height, const ls_axis *width, int64_t i, int64_t j,
                 const double *source, const double *weights, int64_t weightStep) {
  const ls_taps rows = ls_taps_at(height, i), columns = ls_taps_at(width, j);
  terms->count = 0;
  for (int64_t c = 0; c < channels; c++)
    for (int64_t r = 0; r < rows.count; r++)
      for (int64_t q = 0; q < columns.count; q++) {
        const int64_t kh = rows.first + r * height->tapStep, kw = columns.first + q * width->tapStep;
        const int64_t h = rows.source + r * height->sourceStep, v = columns.source + q * width->sourceStep;
        terms->left[terms->count] = source[(c * height->source + h) * width->source + v];
        terms->right[terms->count++] = weights[c * weightStep + kh * width->kernel + kw];
      }
}

void ls_soft_convolve(const ls_convolution *s, int64_t first, int64_t last, const double *x, const double *w, double *y,
                      const ls_soft_reduction *reduction, const ls_soft_format *format, const ls_soft_site *site) {
  const int64_t in = s->inChannels / s->groups, out = s->outChannels / s->groups;
  const int64_t window = s->kernelHeight * s->kernelWidth, plane = s->outHeight * s->outWidth;
  const ls_axis height = ls_output_axis(s->outHeight, s->inHeight, s->kernelHeight, s->strideHeight, s->padHeight);
  const ls_axis width = ls_output_axis(s->outWidth, s->inWidth, s->kernelWidth, s->strideWidth, s->padWidth);
  ls_soft_machine m = ls_soft_start(format, site);
  ls_soft_terms terms = ls_soft_terms_for(in * window);
  for (int64_t n = first; n < last; n++)
    for (int64_t oc = 0; oc < s->outChannels; oc++) {
      const int64_t start = (n * s->outChannels + oc) * plane;
      if (ls_soft_side_by_side(reduction, format)) {
        output_plane(s, n, oc, x, w, y + start, &m);
        continue;
      }
      for (int64_t p = 0; p < plane; p++) {
        list(&terms, in, &height, &width, p / s->outWidth, p % s->outWidth,
             x + (n * s->inChannels + oc / out * in) * s->inHeight * s->inWidth, w + oc * in * window, window);
        ls_soft_begin(&m, start + p, 0);
        y[start + p] = ls_soft_reduce(&m, reduction, &terms, true);
      }
    }
  ls_soft_terms_free(&terms);
}

void ls_soft_convolve_input_gradient(const ls_convolution *s, int64_t first, int64_t last, const double *g, const double *w,
                                     double *dx, const ls_soft_reduction *reduction, const ls_soft_format *format,
                                     const ls_soft_site *site) {
  const int64_t in = s->inChannels / s->groups, out = s->outChannels / s->groups;
  const int64_t window = s->kernelHeight * s->kernelWidth, plane = s->inHeight * s->inWidth;
  const ls_axis height = ls_input_axis(s->outHeight, s->inHeight, s->kernelHeight, s->strideHeight, s->padHeight);
  const ls_axis width = ls_input_axis(s->outWidth, s->inWidth, s->kernelWidth, s->strideWidth, s->padWidth);
  ls_soft_machine m = ls_soft_start(format, site);
  ls_soft_terms terms = ls_soft_terms_for(out * window);
  for (int64_t n = first; n < last; n++)
    for (int64_t ic = 0; ic < s->inChannels; ic++) {
      const int64_t start = (n * s->inChannels + ic) * plane, channel = ic / in * out;
      if (ls_soft_side_by_side(reduction, format)) {
        input_plane(s, n, ic, g, w, dx + start, &m);
        continue;
      }
      for (int64_t p = 0; p < plane; p++) {
        list(&terms, out, &height, &width, p / s->inWidth, p % s->inWidth,
             g + (n * s->outChannels + channel) * s->outHeight * s->outWidth, w + (channel * in + ic % in) * window,
             in * window);
        ls_soft_begin(&m, start + p, 0);
        dx[start + p] = ls_soft_reduce(&m, reduction, &terms, true);
      }
    }
  ls_soft_terms_free(&terms);
}

// The terms of one weight: over samples, output rows, output columns.
static void list_positions(ls_soft_terms *terms, const ls_convolution *s, int64_t oc, int64_t ic, int64_t kh, int64_t kw,
                           const double *g, const double *x) {
  const range rows = met(s->outHeight, s->inHeight, s->strideHeight, s->padHeight, kh);
  const range columns = met(s->outWidth, s->inWidth, s->strideWidth, s->padWidth, kw);
  terms->count = 0;
  for (int64_t n = 0; n < s->batch; n++)
    for (int64_t oh = rows.first; oh < rows.last; oh++)
      for (int64_t ow = columns.first; ow < columns.last; ow++) {
        const int64_t h = oh * s->strideHeight + kh - s->padHeight, v = ow * s->strideWidth + kw - s->padWidth;
        terms->left[terms->count] = g[((n * s->outChannels + oc) * s->outHeight + oh) * s->outWidth + ow];
        terms->right[terms->count++] = x[((n * s->inChannels + ic) * s->inHeight + h) * s->inWidth + v];
      }
}

void ls_soft_convolve_kernel_gradient(const ls_convolution *s, int64_t first, int64_t last, const double *g,
                                      const double *x, double *dw, const ls_soft_reduction *reduction,
                                      const ls_soft_format *format, const ls_soft_site *site) {
  const int64_t in = s->inChannels / s->groups, out = s->outChannels / s->groups;
  const int64_t window = s->kernelHeight * s->kernelWidth;
  ls_soft_machine m = ls_soft_start(format, site);
  ls_soft_terms terms = ls_soft_terms_for(s->batch * s->outHeight * s->outWidth);
  for (int64_t oc = first; oc < last; oc++) {
    if (ls_soft_side_by_side(reduction, format)) {
      kernel_channel(s, oc, g, x, dw + oc * in * window, &m);
      continue;
    }
    for (int64_t t = 0; t < in * window; t++) {
      list_positions(&terms, s, oc, oc / out * in + t / window, t % window / s->kernelWidth, t % s->kernelWidth, g, x);
      ls_soft_begin(&m, oc * in * window + t, 0);
      dw[oc * in * window + t] = ls_soft_reduce(&m, reduction, &terms, true);
    }
  }
  ls_soft_terms_free(&terms);
}
