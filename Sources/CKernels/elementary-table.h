// One table of array kernels per instruction-set path; elementary-arrays.c chooses among them.
#pragma once
#include "elementary.h"
#include "host_places.h"

// Single values, in the order of ls_unary, from LS_EXP: to nearest, and in the other directions.
typedef struct {
  float (*f32[7])(float x);
  double (*f64[7])(double x);
  float (*directed_f32[7])(ls_direction d, float x);
  double (*directed_f64[7])(ls_direction d, double x);
  // What they know before they round.
  bool (*knownF32[7])(double x, ls_lanes_approximation *a), (*knownF64[7])(double x, ls_lanes_approximation *a);
  uint32_t (*probe)(void);
} ls_elementary_values;

extern const ls_elementary_values ls_plain_elementary_values, ls_fma_elementary_values;

// Each: y[i] = f(x[i]), x and y may be the same memory.
typedef struct {
  void (*f32[7])(ls_direction d, int64_t count, const float *x, float *y);
  void (*f64[7])(ls_direction d, int64_t count, const double *x, double *y);
  // What the kernels know before they round; NULL where there is none.
  bool (*known[3][7])(double x, ls_lanes_approximation *a);
  const ls_elementary_values *values;  // that suit the path
  uint32_t (*probe)(void);
} ls_elementary_table;

extern const ls_elementary_table ls_plain_elementary_table, ls_avx2_elementary_table, ls_avx512_elementary_table,
    ls_neon_elementary_table;

// Relative error of the binary64 approximations in lanes of binary32 functions: elementary-lanes-f32.h.
#define LS_LANES_F32_ERROR 0x1.4p-36

// ls_elementary_array_f32 and _f64 with a table at hand.
void ls_elementary_through_f32(const ls_elementary_table *table, ls_unary f, ls_direction d, int64_t count, const float *x,
                               float *y);
void ls_elementary_through_f64(const ls_elementary_table *table, ls_unary f, ls_direction d, int64_t count,
                               const double *x, double *y);
