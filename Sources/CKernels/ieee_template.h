// The kernels, once, for every format and instruction-set path. A file that includes this one defines, for itself,
//   PATH, TARGET           a word for names; the attribute that turns the instructions on, or nothing
//   ROWS, VECTORS          the register block: ROWS x VECTORS accumulators
//   CASES(N)               CASE(1, N) CASE(2, N) ... CASE(ROWS, N)
// and for every inclusion
//   T, BITS, FORMAT        the format, the signed integer of its width, f32 or f64
//   W                      lanes of a vector
//   FMA(a, b, c)           on vectors, rounded once
//   FMA1(a, b, c)          on scalars
//   SPLAT(x), SQRT(x)      on vectors
//   LOW(a, b), HIGH(a, b)  a0 b0 a1 b1 ... from the lower and from the upper halves of each block of 16 bytes
//   BLOCKS_LOW, BLOCKS_HIGH  the same of whole blocks; never used where a vector is one block
// and gets the table ls_PATH_table_FORMAT. What it defined for the inclusion is undefined again at the end.
#ifndef LS_JOIN
#include <stdlib.h>
#include "elementary-table.h"
#include "ieee_divide.h"
#include "ieee_table.h"
#define LS_JOIN(a, b) LS_JOIN2(a, b)
#define LS_JOIN2(a, b) a##b
#define LS_NAME(path, x, format) LS_NAME2(path, x, format)
#define LS_NAME2(path, x, format) ls_##path##_##x##_##format
#define LS_TABLE(path) LS_TABLE2(path)
#define LS_TABLE2(path) ls_##path##_elementary_table
#endif
#define NAME(x) LS_NAME(PATH, x, FORMAT)

#include "ieee_lanes.h"
#include "ieee_matmul.h"
#include "ieee_chains.h"
#include "ieee_gather.h"
#include "ieee_kernel_gradient.h"
#include "ieee_elementwise.h"
#include "ieee_sums.h"
#include "ieee_runs.h"
#include "ieee_fusion.h"

static TARGET uint32_t NAME(probe)(void) { return ls_probe(); }

const LS_JOIN(ls_table_, FORMAT) NAME(table) = {
  NAME(matmul), NAME(dot), NAME(convolve), NAME(convolveInputGradient), NAME(convolveKernelGradient),
  NAME(map), NAME(zip), NAME(sum), NAME(gatherSum), NAME(scatterSum), NAME(maxima), NAME(sgd),
  NAME(fuse),
  NAME(probe),
};

#undef T
#undef BITS
#undef FORMAT
#undef NAME
#undef V
#undef W
#undef WIDTH
#undef LOAD
#undef STORE
#undef FMA
#undef FMA1
#undef SPLAT
#undef SQRT
#undef LOW
#undef HIGH
#undef BLOCKS_LOW
#undef BLOCKS_HIGH
