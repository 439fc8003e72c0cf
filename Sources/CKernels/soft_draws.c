// The draws of stochastic rounding: Philox4x64-10 (Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3",
// SC 2011, section 3.3), keyed by the place of a rounding (contract, section 2).
#pragma STDC FP_CONTRACT OFF
#include "include/soft.h"

__extension__ typedef unsigned __int128 product;

void ls_soft_block(const ls_soft_site *site, uint64_t element, uint64_t block, uint64_t words[4]) {
  enum { purpose = 4 };  // of the stream: rounding (contract, section 5)
  uint64_t k0 = site->seed, k1 = purpose;
  uint64_t c0 = block, c1 = element, c2 = site->operation, c3 = site->step;
  for (int round = 0; round < 10; round++) {
    const product a = (product)c0 * UINT64_C(0xD2E7470EE14C6C93), b = (product)c2 * UINT64_C(0xCA5A826395121157);
    c0 = (uint64_t)(b >> 64) ^ c1 ^ k0;
    c1 = (uint64_t)b;
    c2 = (uint64_t)(a >> 64) ^ c3 ^ k1;
    c3 = (uint64_t)a;
    k0 += UINT64_C(0x9E3779B97F4A7C15);
    k1 += UINT64_C(0xBB67AE8584CAA73B);
  }
  words[0] = c0, words[1] = c1, words[2] = c2, words[3] = c3;
}
