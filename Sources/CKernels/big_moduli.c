// Moduli and what belongs to them.
// Ranked promises: exact tables; one copy of each for all threads; then speed, which comes from making them once.
#pragma STDC FP_CONTRACT OFF
#include "big_residue.h"
#include <stdatomic.h>
#include <stdlib.h>

// Differences of the primes below 2^24 - 2^17, the first from that bound. So far below 2^24 that 128 products of residues
// and their rounding errors stay below 2^53 (big_residue_template.h).
static const uint8_t differences[ls_residue_most] = {
  45, 46, 30, 50, 34, 8, 4, 26, 70, 2, 6, 6, 10, 6, 2, 6, 4, 38, 40, 18, 30, 14, 10, 12, 36, 2, 28, 8, 40, 26, 4, 6,
  6, 2, 42, 16, 44, 6, 24, 6, 12, 36, 12, 4, 8, 10, 2, 28, 20, 22, 14, 12, 10, 8, 4, 42, 6, 20, 10, 2, 10, 6, 56, 4,
  12, 42, 8, 22, 6, 12, 20, 22, 60, 6, 6, 18, 8, 18, 6, 6, 12, 18, 42, 6, 36, 10, 20, 4, 14, 12, 58, 20, 6, 40, 12,
  18, 2, 4, 18, 12, 36, 18, 2, 12, 10, 6, 20, 6, 4, 12, 14, 4, 12, 12, 2, 16, 2, 12, 18, 6, 6, 10, 14, 24, 10, 20,
  16, 2, 22, 2, 16, 24, 14, 4, 6, 24, 2, 34, 6, 8, 10, 60, 2, 4, 2, 10, 32, 22, 48, 12, 30, 6, 2, 6, 24, 12, 34, 2,
  10, 2, 10, 2, 4, 24, 26, 6, 46, 2, 16, 2, 28, 2, 12, 30, 16, 6, 6, 8, 16, 18, 6, 6, 14, 12, 12, 12, 60, 24, 6, 64,
  42, 8, 30, 12, 42, 28, 24, 6, 12, 20, 6, 22, 20, 10, 2, 30, 10, 2, 10, 18, 2, 36, 10, 20, 28, 44, 10, 2, 4, 32, 12,
  16, 24, 30, 2, 6, 22, 8, 18, 30, 60, 10, 6, 6, 14, 6, 34, 26, 4, 8, 12, 4, 2, 10, 8, 6, 6, 22, 30, 6, 20, 6, 6, 10,
  8, 4, 6, 30, 12, 8, 10, 20, 12, 52, 26, 4, 8, 4, 18, 2, 4, 20, 36, 10, 48, 32, 40, 6, 14, 4, 14, 6, 16, 8, 18, 30,
  22, 6, 12, 8, 10, 56, 4, 24, 12, 14, 12, 12, 6, 24, 18, 4, 6, 32, 18, 24, 4, 24, 32, 4, 6, 8, 12, 28, 20, 30, 18,
  18, 16, 38, 28, 8, 4, 2, 16, 18, 2, 22, 2, 16, 2, 28, 50, 30, 4, 26, 28, 12, 8, 6, 18, 18, 18, 4, 36, 20, 40, 2,
  10, 14, 28, 6, 6, 18, 12, 68, 6, 10, 2, 4, 20, 16, 2, 10, 2, 10, 44, 4, 36, 2, 4, 8, 18, 18, 10, 20, 10, 24, 2, 16,
  8, 6, 66, 4, 8, 6, 12, 4, 24, 6, 14, 4, 18, 2, 10, 42, 8, 28, 8, 16, 18, 6, 6, 8, 12, 46, 2, 28, 24, 6, 14, 36, 22,
  6, 12, 20, 24, 18, 16, 44, 10, 32, 24, 24, 12, 16, 8, 40, 12, 12, 12, 20, 10, 30, 8, 18, 10, 8, 22, 30, 14, 34, 12,
  14, 24, 10, 30, 12, 30, 2, 18, 12, 12, 16, 2, 16, 20, 6, 28, 38, 10, 2, 16, 26, 36, 4, 14, 4, 2, 16, 8, 34, 6, 32,
  40, 14, 16, 14, 10, 30, 26, 4, 14, 16, 14, 10, 12, 14, 24, 4, 2, 28, 2, 54, 22, 12, 2, 18, 6, 42, 10, 14, 18, 12,
  10, 18, 2, 4, 42, 8, 4, 8,};
enum { firstBound = (1 << 24) - (1 << 17) };

// Every modulus exceeds 2^23.98, as the last, 2^23.987, shows.
int64_t ls_moduli_needed(int64_t bits) { return ((bits + 2) * 50 + 1198) / 1199; }

static uint64_t inverse_of(uint64_t x, uint64_t p) {
  int64_t a = (int64_t)p, b = (int64_t)(x % p), s = 0, t = 1;
  while (b != 0) {
    const int64_t q = a / b, rest = a - q * b, next = s - q * t;
    a = b, b = rest, s = t, t = next;
  }
  return (uint64_t)(s < 0 ? s + (int64_t)p : s);
}

static double symmetric(uint64_t x, uint64_t p) { return (double)(int64_t)(2 * x > p ? x - p : x); }

// Digit d of a number of `size` limbs.
static double digit_of(const mp_limb_t *limbs, int64_t size, int64_t bit, int bits) {
  const int64_t i = bit / 64;
  const int shift = (int)(bit % 64);
  uint64_t x = i < size ? limbs[i] >> shift : 0;
  if (shift > 0 && i + 1 < size) x |= limbs[i + 1] << (64 - shift);
  return (double)(x & ((UINT64_C(1) << bits) - 1));
}

static ls_moduli *make(int32_t count) {
  ls_moduli *m = ls_allocate(sizeof *m);
  m->count = count;
  // count residues below 2^23 times digits below 2^base, and count/2 times one digit, within 2^53.
  m->base = count <= 60 ? 24 : 20;
  m->digits = (24 * count + m->base - 1) / m->base;
  const size_t square = (size_t)count * (size_t)count;
  m->powers = ls_allocate((2 * square + (size_t)m->digits * ((size_t)count + 1)) * sizeof(double));
  m->weighted = m->powers + square;
  m->cofactors = m->weighted + square;

  mp_limb_t *product = ls_allocate(2 * ((size_t)count + 1) * sizeof *product), *cofactor = product + count + 1;
  int64_t size = 1;
  uint64_t p = firstBound;
  product[0] = 1;
  for (int32_t i = 0; i < count; i++) {
    p -= differences[i];
    m->moduli[i] = (ls_modulus){-(double)p, 1 / (double)p};
    m->reciprocals[i] = 1 / (double)p;
    product[size] = mpn_mul_1(product, product, size, p);
    size += product[size] != 0;
  }
  const int64_t columns = count + 1;
  for (int32_t i = 0; i < count; i++) {
    p = (uint64_t)-m->moduli[i].minus;
    mpn_divrem_1(cofactor, 0, product, size, p);
    const uint64_t weight = inverse_of(mpn_mod_1(cofactor, size, p), p);
    uint64_t power = 1;
    for (int32_t d = 0; d < count; d++) {
      m->powers[(int64_t)i * count + d] = symmetric(power, p);
      m->weighted[(int64_t)i * count + d] = symmetric(power * weight % p, p);
      power = (power << ls_residue_digit) % p;
    }
    for (int32_t d = 0; d < m->digits; d++)
      m->cofactors[d * columns + i] = digit_of(cofactor, size, (int64_t)d * m->base, m->base);
  }
  for (int32_t d = 0; d < m->digits; d++)
    m->cofactors[d * columns + count] = -digit_of(product, size, (int64_t)d * m->base, m->base);
  free(product);
  return m;
}

const ls_moduli *ls_moduli_of(int32_t count) {
  static _Atomic(ls_moduli *) made[ls_residue_most + 1];
  ls_moduli *m = atomic_load_explicit(&made[count], memory_order_acquire);
  if (m != NULL) return m;
  ls_moduli *none = NULL;
  m = make(count);
  if (atomic_compare_exchange_strong(&made[count], &none, m)) return m;
  free(m->powers);
  free(m);
  return none;
}
