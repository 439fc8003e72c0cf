// Sums and dot products over listed terms: the contract, section 3, one function a name.
// A term is a record x, or a pair whose product it is; the lists hold them in index order, so that every kernel (strides,
// axes, gathered rows) brings its order as a list and the reductions are written once.
#pragma once
#include "big_record.h"

// b == NULL makes a sum.
typedef struct {
  int64_t count;
  const ls_big *const *a, *const *b;
} ls_terms;

// --- exact sums over a window

// A fixed-point accumulator in two's complement; `size` limbs of it are in use by the sum at hand.
typedef struct {
  mp_limb_t *window, *product;
  int64_t capacity;
} ls_window;

// Limbs that a window may use for records of this capacity, and those that its product and the shift of it need.
int64_t ls_window_limbs(int32_t limbs);
int64_t ls_window_product_limbs(int32_t limbs);

// z = +0 and the terms, added exactly, rounded once into the format.
void ls_sum_exactly(const ls_terms *terms, ls_window *window, mpfr_ptr z, const ls_big_format *format);

// The value of a sum that holds an infinity or a NaN. False if it holds none.
bool ls_sum_special(const ls_terms *terms, mpfr_ptr z);

// z = an exact sum that came out 0.
void ls_sum_zero(const ls_terms *terms, mpfr_ptr z, const ls_big_format *format);

// z = (limbs as a two's complement integer) * 2^low, not 0, rounded once into the format. The limbs are used up.
void ls_round_integer(mpfr_ptr z, mp_limb_t *limbs, int64_t size, int64_t low, const ls_big_format *format);

// --- any reduction

typedef struct {
  const ls_big_format *format;
  ls_reduction reduction;
  int64_t block;
  mpfr_t *slots;  // working values, all of the format's precision
  ls_window window;
  ls_big *chain;  // the sum of a chain of short numbers
  void *memory;
} ls_reducer;

// Scratch for any number of reductions; one allocation.
void ls_reducer_begin(ls_reducer *reducer, ls_reduction reduction, int64_t block,
                      const ls_big_format *format);
void ls_reducer_end(ls_reducer *reducer);

// The result is in slots[0].
void ls_reduce(ls_reducer *reducer, const ls_terms *terms);
