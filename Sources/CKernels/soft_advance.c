// One term of many chains in a software format.
// Ranked promises: the bits of ls_soft_step for each; then speed.
//
// Four chains at a time by the short way of soft_machine.h, which needs no branch; if one of them leaves it, all four are done
// again one by one. Vectors are the compiler's own, so the same text serves every processor; x86 has a second copy for AVX2.
#pragma STDC FP_CONTRACT OFF
#include "include/ieee.h"
#include "soft_reduction.h"
#include "host_places.h"

enum { W = 4 };
typedef double values __attribute__((vector_size(8 * W), aligned(8)));
typedef uint64_t words __attribute__((vector_size(8 * W), aligned(8)));
typedef int64_t integers __attribute__((vector_size(8 * W), aligned(8)));

static inline __attribute__((always_inline)) void advance(ls_soft_machine *m, int64_t count, const double *x, int64_t step,
                                                          double factor, double *sums) {
  int64_t i = 0;
  if (m->usable) {
    const words none = {0}, one = none + 1, sign = one << 63, drop = none + (uint64_t)m->drop, tie = none + m->tie;
    const words positive = none + m->positive, negative = none + m->negative;
    const integers least = (integers)(none + m->least), range = (integers)(none + m->range);
    const words zeros = none + (m->zeros ? ~UINT64_C(0) : 0);
    const values zero = {0};
    for (; i + W <= count; i += W) {
      values u, s;
      if (step == 1)
        memcpy(&u, x + i, sizeof u);
      else
        for (int lane = 0; lane < W; lane++) u[lane] = x[(i + lane) * step];
      memcpy(&s, sums + i, sizeof s);
      // The sum to odd, as in ls_add_to_odd.
      const values product = u * factor, sum = product + s, t = sum - product;
      const values error = (product - (sum - t)) + (s - t);
      words bits = (words)sum;
      const words move = (words)((error > zero) | (error < zero)) & (words)((bits & one) == none);
      bits += (one - (((bits ^ (words)error) >> 63) << 1)) & move;
      const words magnitude = bits & ~sign, down = none - (bits >> 63);
      const integers above = (integers)magnitude - least;
      const words vanished = (words)(magnitude == none) & zeros;
      const words good = (words)((above >= 0) & (above < range)) | vanished;
      const words add = (negative & down) + (positive & ~down) + (bits >> drop & tie);
      const words rounded = (bits + (add & ~vanished)) >> drop << drop;
      if (good[0] & good[1] & good[2] & good[3])
        memcpy(sums + i, &rounded, sizeof rounded);
      else
        for (int lane = 0; lane < W; lane++)
          sums[i + lane] = ls_soft_step(m, x[(i + lane) * step], factor, sums[i + lane]);
    }
  }
  for (; i < count; i++) sums[i] = ls_soft_step(m, x[i * step], factor, sums[i]);
}

#if defined(__x86_64__)
static __attribute__((target("avx2"))) void advance_avx2(ls_soft_machine *m, int64_t count, const double *x, int64_t step,
                                                         double factor, double *sums) {
  advance(m, count, x, step, factor, sums);
}
#endif

void ls_soft_advance(ls_soft_machine *m, int64_t count, const double *x, int64_t step, double factor, double *sums) {
#if defined(__x86_64__)
  const ls_path path = m->format.path;
  if ((path == LS_AVX2 || path == LS_AVX512) && ls_path_available(LS_AVX2))
    return advance_avx2(m, count, x, step, factor, sums);
#endif
  advance(m, count, x, step, factor, sums);
}

uint32_t ls_probe_soft(void) { return ls_probe(); }
