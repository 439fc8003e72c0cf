// Axes of convolutions, sorted into classes.
// Ranked promises: every tap of every position, and no other; then few classes.
#pragma STDC FP_CONTRACT OFF
#include "big_axis.h"
#include <stdlib.h>

static bool alike(const ls_big_axis *axis, int64_t i, int64_t j) {
  for (int64_t t = 0; t < axis->taps; t++) {
    const int32_t a = axis->source[i * axis->taps + t], b = axis->source[j * axis->taps + t];
    if ((a < 0) != (b < 0) || (a >= 0 && a - axis->first[i] != b - axis->first[j])) return false;
  }
  return true;
}

void ls_big_axis_begin(ls_big_axis *axis, int64_t inputs, int64_t outputs, int64_t taps, int64_t stride, int64_t padding,
                       bool back) {
  const int64_t positions = back ? inputs : outputs, sources = back ? outputs : inputs;
  int32_t *memory = ls_allocate((size_t)(positions * (taps + 4)) * sizeof *memory);
  *axis = (ls_big_axis){positions, taps, sources, memory, memory + positions * taps, memory + positions * (taps + 1),
                        memory + positions * (taps + 2), memory + positions * (taps + 3), 0};
  for (int64_t i = 0; i < positions; i++) {
    axis->first[i] = axis->last[i] = 0;
    for (int64_t t = 0; t < taps; t++) {
      int64_t source = back ? i + padding - t : i * stride + t - padding;
      if (back) source = source >= 0 && source % stride == 0 ? source / stride : -1;
      if (source < 0 || source >= sources) source = -1;
      axis->source[i * taps + t] = (int32_t)source;
      if (source < 0) continue;
      if (axis->last[i] == 0 || source < axis->first[i]) axis->first[i] = (int32_t)source;
      if (source >= axis->last[i]) axis->last[i] = (int32_t)source + 1;
    }
    int64_t class = 0;
    while (class < axis->classes && !alike(axis, i, axis->example[class])) class++;
    if (class == axis->classes) axis->example[axis->classes++] = (int32_t)i;
    axis->class[i] = (int32_t)class;
  }
}

void ls_big_axis_end(ls_big_axis *axis) { free(axis->source); }

int64_t ls_big_axis_met(const ls_big_axis *axis, int64_t class) {
  int64_t met = 0;
  for (int64_t t = 0; t < axis->taps; t++) met += axis->source[axis->example[class] * axis->taps + t] >= 0;
  return met;
}
