// Along one axis of a convolution: which source positions the taps of a target position meet.
// Positions whose taps meet sources in the same pattern are one class: one list of terms serves them all, from different
// starting points.
#pragma once
#include "big_record.h"

typedef struct {
  int64_t positions, taps, sources;
  int32_t *source;   // [positions][taps], -1 where there is none
  int32_t *first;    // of each position: the first source it meets, 0 if none
  int32_t *last;     // one beyond the last
  int32_t *class;    // of each position
  int32_t *example;  // of each class: a position
  int64_t classes;
} ls_big_axis;

// Forward (of the output) or back (of the input): positions and sources change places.
void ls_big_axis_begin(ls_big_axis *axis, int64_t inputs, int64_t outputs, int64_t taps, int64_t stride, int64_t padding,
                       bool back);
void ls_big_axis_end(ls_big_axis *axis);

// Sources that a position of the class meets.
int64_t ls_big_axis_met(const ls_big_axis *axis, int64_t class);
