// Promises, ranked: the integers; no instruction that any processor of the family lacks; speed.
#pragma STDC FP_CONTRACT OFF
#define PATH plain
#define TARGET
#define W 2
#define VECTORS 4
#define ROWS 2
#define CASES CASE(1) CASE(2)
#define FMA(a, b, c) ((a) * (b) + (c))
#define NANOSECONDS 0.13f
#include "big_residue_template.h"
#include "ieee.h"

// Processors with AVX-512 have AVX2 too.
const ls_residue_kernels *ls_residue_kernels_of(ls_path path) {
#if defined(__x86_64__)
  if ((path == LS_AVX2 || path == LS_AVX512) && ls_path_available(LS_AVX2)) return &ls_avx2_residue_kernels;
#elif defined(__aarch64__)
  if (path == LS_NEON) return &ls_neon_residue_kernels;
#endif
  (void)path;
  return &ls_plain_residue_kernels;
}
