// Seeded operands and digests, by integers alone, so that they are the same under every compiler and processor.
#pragma once
#include <stdint.h>
#include <string.h>

// SplitMix64 (Steele, Lea and Flood, 2014).
typedef struct { uint64_t state; } words;

static inline uint64_t next_word(words *w) {
  uint64_t z = w->state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

static inline int64_t below(words *w, int64_t n) { return (int64_t)(next_word(w) % (uint64_t)n); }

// FNV-1a over 64-bit words: enough to tell a changed bit.
typedef struct { uint64_t value; } digest;

static inline digest empty_digest(void) { return (digest){0xcbf29ce484222325}; }

static inline void add_word(digest *d, uint64_t word) {
  for (int i = 0; i < 64; i += 8) d->value = (d->value ^ (word >> i & 255)) * 0x100000001b3;
}

// All NaNs are one (contract, section 1).
static inline void add_f32(digest *d, float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  add_word(d, (bits & 0x7fffffff) > 0x7f800000 ? 0x7fc00000 : bits);
}

static inline void add_f64(digest *d, double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  add_word(d, (bits & INT64_MAX) > 0x7ff0000000000000 ? 0x7ff8000000000000 : bits);
}

// Operands. `wild` ones are any bit pattern of any magnitude: subnormals, zeros, infinities, NaN; the others lie around 1.
static inline float value_f32(words *w, int wild) {
  const uint64_t word = next_word(w);
  uint32_t bits = (uint32_t)word;
  if (wild)
    switch (word >> 60) {
      case 0: bits &= 0x80000000; break;                                          // zeros
      case 1: bits &= 0x807fffff; break;                                          // subnormals
      case 2: bits = word >> 56 & 1 ? bits & 0x80000000 | 0x7f800000 : bits; break; // infinities
      case 3: bits = bits & 0x80000000 | 0x3f800000; break;                       // units
      default: break;
    }
  else bits = bits & 0x807fffff | (uint32_t)(120 + (word >> 32) % 12) << 23;
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

static inline double value_f64(words *w, int wild) {
  const uint64_t word = next_word(w);
  uint64_t bits = next_word(w);
  const uint64_t sign = bits & (uint64_t)1 << 63;
  if (wild)
    switch (word >> 60) {
      case 0: bits = sign; break;
      case 1: bits &= 0x800fffffffffffff; break;
      case 2: bits = word & 1 ? sign | 0x7ff0000000000000 : bits; break;
      case 3: bits = sign | 0x3ff0000000000000; break;
      default: break;
    }
  else bits = bits & 0x800fffffffffffff | (1016 + word % 12) << 52;
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}
