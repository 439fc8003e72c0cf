// One table of array kernels per instruction-set path; elementary-arrays.c chooses among them. Members take a direction but
// LS_STOCHASTIC and mean what ls_elementary_array_f32 and _f64 mean; NULL: the scalar function, element by element.
#pragma once
#include "elementary.h"

typedef struct {
  void (*f32[7])(ls_direction d, int64_t count, const float *x, float *y);  // in the order of ls_unary, from LS_EXP
  void (*f64[7])(ls_direction d, int64_t count, const double *x, double *y);
  uint32_t (*probe)(void);
} ls_elementary_table;

extern const ls_elementary_table ls_plain_elementary_table, ls_avx2_elementary_table, ls_avx512_elementary_table,
    ls_neon_elementary_table;
