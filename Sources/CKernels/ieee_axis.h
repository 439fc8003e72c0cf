// Which taps of a convolution meet which positions, along one axis.
//
// A position of the target (the output; or the input, whose gradient is made) meets `count` taps: first, first + tapStep,
// ...; the first of them reads source position `source`, the next source + sourceStep, and so on. Positions with equal first
// and count form a class. None of their taps falls outside the image, so a kernel over a class never meets padding.
#pragma once
#include "operations.h"

typedef struct {
  int64_t target, source, kernel, stride, pad;
  int64_t tapStep, sourceStep;  // 1, 1 for the output; stride, -1 for the gradient of the input
} ls_axis;

typedef struct {
  int64_t first, count, source;
  int64_t next;  // next position of the same class, or -1
  bool leads;    // first of its class
} ls_taps;

static inline ls_axis ls_output_axis(int64_t out, int64_t in, int64_t kernel, int64_t stride, int64_t pad) {
  return (ls_axis){out, in, kernel, stride, pad, 1, 1};
}

static inline ls_axis ls_input_axis(int64_t out, int64_t in, int64_t kernel, int64_t stride, int64_t pad) {
  return (ls_axis){in, out, kernel, stride, pad, stride, -1};
}

static inline ls_taps ls_taps_at(const ls_axis *axis, int64_t position) {
  ls_taps taps = {0, 0, 0, -1, true};
  if (axis->sourceStep > 0) {  // 0 <= position*stride + tap - pad < source
    const int64_t start = position * axis->stride - axis->pad;
    const int64_t first = start < 0 ? -start : 0;
    const int64_t end = axis->source - start < axis->kernel ? axis->source - start : axis->kernel;
    if (first < end) taps.first = first, taps.count = end - first, taps.source = start + first;
  } else {  // position + pad - tap = stride * source position
    const int64_t reach = position + axis->pad, beyond = reach - (axis->source - 1) * axis->stride;
    const int64_t lowest = beyond > 0 ? beyond : 0;
    const int64_t first = lowest + (reach - lowest) % axis->stride;
    const int64_t last = reach < axis->kernel - 1 ? reach : axis->kernel - 1;
    if (lowest <= reach && first <= last)
      taps.first = first, taps.count = (last - first) / axis->stride + 1, taps.source = (reach - first) / axis->stride;
  }
  return taps;
}

// The taps of all positions, linked by class.
static inline void ls_classify(const ls_axis *axis, ls_taps *taps) {
  for (int64_t p = 0; p < axis->target; p++) taps[p] = ls_taps_at(axis, p);
  for (int64_t p = 0; p < axis->target; p++)
    for (int64_t q = p + 1; q < axis->target; q++)
      if (taps[q].first == taps[p].first && taps[q].count == taps[p].count) {
        taps[p].next = q;
        taps[q].leads = false;
        break;
      }
}
