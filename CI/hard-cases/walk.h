// Which of the numbers a + b m, m = 0 ... count - 1, lie just above an integer? In time proportional to their number and
// to log count (three-distance theorem; Lefevre, 1998; the descent is Euclid's algorithm on b and 1).
#pragma once
#include <stdint.h>

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 i128;

// The least x >= 0 with low <= b x mod modulus <= high, 0 < low <= high < modulus, b < modulus; or `none`, which may also
// stand for an x above `most`.
static const uint64_t none = UINT64_MAX;

static inline uint64_t first_in(uint64_t b, u128 modulus, u128 low, u128 high, uint64_t most) {
  if (b == 0) return none;
  if ((u128)b * 2 > modulus) {  // walk downwards: b - modulus is shorter
    b = (uint64_t)(modulus - b);
    u128 l = modulus - high;
    high = modulus - low;
    low = l;
  }
  uint64_t t = (uint64_t)((low + b - 1) / b);
  if ((u128)t * b <= high) return t <= most ? t : none;
  // x steps go round y times: the least y for which [low, high] + modulus y holds a multiple of b.
  uint64_t mostTurns = (uint64_t)((u128)b * most / modulus) + 1;
  u128 l = high % b, h = low % b;
  uint64_t y = first_in((uint64_t)(modulus % b), b, b - l, h ? b - h : b, mostTurns);
  if (y == none) return none;
  u128 x = (low + modulus * y + b - 1) / b;
  return x <= most ? (uint64_t)x : none;
}

// The least m with (a + b m) mod 2^64 < length, or none if it is above `most`.
static inline uint64_t first_hit(uint64_t a, uint64_t b, uint64_t length, uint64_t most) {
  if (a < length) return 0;
  uint64_t low = -a;
  return first_in(b, (u128)1 << 64, low, (u128)low + length - 1, most);
}
