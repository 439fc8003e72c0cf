// Exact dot products as integer arithmetic.
// Ranked promises: the exact sum; memory in proportion to the values; then speed, which is why this exists beside the
// window: values are shifted into place once a line instead of once a product, and no sum is branched on.
//
// A line's values share one unit 2^low: A_t, the value in that unit, is an integer below 2^(56 p - 1) in magnitude, p its
// words. It is held with an offset, A'_t = A_t + 2^(56 p - 1) >= 0, so that products need no signs:
//   sum A_t B_t = sum A'_t B'_t - 2^(56 p - 1) sum B'_t - 2^(56 q - 1) sum A'_t + count 2^(56 (p + q) - 2),
// where the sums of one line are formed once for all its partners. (Zero points of quantised products do the same:
// B. Jacob et al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, CVPR
// 2018, section 2.3.) Words of 56 bits leave room for carries: columns of products are summed without any.
// Word i of all values lies in one run of memory, padded by zeros (which add nothing) to a multiple of four.
#pragma STDC FP_CONTRACT OFF
#include "big_fixed.h"

enum { bits = ls_fixed_word_bits };
static const uint64_t wordMask = (UINT64_C(1) << bits) - 1;

// A line of p words costs p products for each word of its partner, whatever its values hold; a window costs the products
// of the values' own limbs and some thirty more for shifting and adding. Measured at 64 to 1024 bits, integers win while
// the spread adds no more than these words, and on the plain path only up to 512 bits.
static int64_t most_words(int32_t recordLimbs, ls_path path) {
  int64_t needed = (64 * (int64_t)recordLimbs + bits - 1) / bits;
  int64_t worthwhile = path == LS_AVX2 ? needed + 5 : needed + 1;
  int64_t most = path == LS_AVX2 ? ls_fixed_most_words : 10;
  return worthwhile < most ? worthwhile : most;
}

ls_fixed_shape ls_fixed_scan(int64_t count, const void *x, int64_t step, int32_t recordLimbs, ls_path path) {
  int64_t low = INT64_MAX, high = INT64_MIN;
  for (int64_t t = 0; t < count; t++) {
    const ls_big *v = ls_at(x, t, step);
    if (ls_is_zero(v)) continue;
    if (!ls_is_regular(v)) return (ls_fixed_shape){0, 0};
    // Low zero bits do not count: values that came from binary32 are short whatever their records' precision.
    int32_t used = ls_used_limbs(v->precision), first = 0;
    while (v->limbs[first] == 0) first++;
    int64_t least = v->exponent - 64 * (int64_t)(used - first) + __builtin_ctzll(v->limbs[first]);
    if (least < low) low = least;
    if (v->exponent > high) high = v->exponent;
  }
  if (low == INT64_MAX) return (ls_fixed_shape){0, 1};
  int64_t words = (high - low) / bits + 1;  // magnitudes are below 2^(high - low); one bit for the offset
  return words <= most_words(recordLimbs, path) ? (ls_fixed_shape){low, (int32_t)words} : (ls_fixed_shape){0, 0};
}

static inline int64_t padded(int64_t count) { return (count + 3) & ~INT64_C(3); }

// The planes of words, then the sum of the line in words + 1 words.
int64_t ls_fixed_line_length(int64_t count, int32_t words) { return padded(count) * words + words + 1; }

// 64 bits of the significand, `bit` the lowest of them; zeros on either side of it.
static inline uint64_t significand_bits(const ls_big *v, int64_t used, int64_t bit) {
  int64_t i = bit >> 6;
  unsigned shift = (unsigned)(bit & 63);
  uint64_t here = i >= 0 && i < used ? v->limbs[i] : 0;
  uint64_t above = i + 1 >= 0 && i + 1 < used ? v->limbs[i + 1] : 0;
  return here >> shift | (above << 1) << (63 - shift);  // the second is above << (64 - shift), defined for shift 0
}

// Shifted into place, negated if negative, offset.
static void place(uint64_t *at, int64_t step, ls_fixed_shape shape, const ls_big *v) {
  int64_t used = ls_is_zero(v) ? 0 : ls_used_limbs(v->precision);
  int64_t bit = used == 0 ? 0 : shape.low - (v->exponent - 64 * used);
  uint64_t flip = v->sign < 0 ? wordMask : 0, carry = flip & 1;
  for (int32_t i = 0; i < shape.words; i++, bit += bits) {
    uint64_t word = ((significand_bits(v, used, bit) & wordMask) ^ flip) + carry;
    carry = word >> bits;
    at[i * step] = word & wordMask;
  }
  at[(shape.words - 1) * step] ^= UINT64_C(1) << (bits - 1);
}

void ls_fixed_fill(uint64_t *line, ls_fixed_shape shape, int64_t count, const void *x, int64_t step) {
  int64_t length = padded(count);
  for (int64_t t = 0; t < count; t++) place(line + t, length, shape, ls_at(x, t, step));
  uint64_t *sum = line + length * shape.words, carry = 0;
  for (int32_t i = 0; i < shape.words; i++) {
    uint64_t *plane = line + i * length;
    for (int64_t t = count; t < length; t++) plane[t] = 0;
    ls_column column = (ls_column)carry;
    for (int64_t t = 0; t < count; t++) column += plane[t];
    sum[i] = (uint64_t)column & wordMask;
    carry = (uint64_t)(column >> bits);
  }
  sum[shape.words] = carry;
}

// Leaves 56 bits in each column but the last, which keeps the sign; columns may be negative. Called after every chunk:
// 256 * 32 products below 2^112 stay within 2^125, so a column has room for them and for what was carried into it.
static void carry_columns(ls_column *columns, int32_t last) {
  for (int32_t c = 0; c < last; c++) {
    columns[c + 1] += columns[c] >> bits;
    columns[c] &= wordMask;
  }
}

// 64 bits of every 8/7 words; what is left over is less than a limb.
static int64_t pack(const ls_column *words, int32_t count, mp_limb_t *limbs) {
  unsigned __int128 pending = 0;
  int filled = 0;
  int64_t size = 0;
  mp_limb_t any = 0;
  for (int32_t c = 0; c < count; c++) {
    pending |= (unsigned __int128)((uint64_t)words[c] & wordMask) << filled;
    filled += bits;
    if (filled < 64) continue;
    limbs[size++] = (mp_limb_t)pending;
    any |= (mp_limb_t)pending;
    pending >>= 64;
    filled -= 64;
  }
  return any == 0 ? 0 : size;
}

void ls_fixed_products_plain(int64_t count, int64_t step, const uint64_t *x, int32_t xWords, const uint64_t *y,
                             int32_t yWords, ls_column *columns) {
  for (int32_t i = 0; i < xWords; i++)
    for (int32_t j = 0; j < yWords; j++) {
      const uint64_t *u = x + i * step, *v = y + j * step;
      unsigned __int128 sum = 0;
      for (int64_t t = 0; t < count; t++) sum += (unsigned __int128)u[t] * v[t];
      columns[i + j] += (ls_column)sum;
    }
}

static void products(int64_t count, int64_t step, const uint64_t *x, int32_t xWords, const uint64_t *y, int32_t yWords,
                     ls_path path, ls_column *columns) {
#if defined(__x86_64__)
  if (path == LS_AVX2) {
    ls_fixed_products_avx2(count, step, x, xWords, y, yWords, columns);
    return;
  }
#endif
  (void)path;
  ls_fixed_products_plain(count, step, x, xWords, y, yWords, columns);
}

int64_t ls_fixed_dot(int64_t count, const uint64_t *lineA, ls_fixed_shape a, const uint64_t *lineB, ls_fixed_shape b,
                     ls_path path, mp_limb_t *product) {
  ls_column columns[2 * ls_fixed_most_words + 2];
  int32_t p = a.words, q = b.words;
  int64_t length = padded(count);
  for (int32_t c = 0; c < p + q + 2; c++) columns[c] = 0;
  for (int64_t t = 0; t < length; t += ls_fixed_chunk) {
    int64_t chunk = length - t < ls_fixed_chunk ? length - t : ls_fixed_chunk;
    products(chunk, length, lineA + t, p, lineB + t, q, path, columns);
    carry_columns(columns, p + q);
  }
  // The offsets' shares, of the formula above: 2^(56 p - 1) is half of column p's unit.
  const uint64_t *sumA = lineA + length * p, *sumB = lineB + length * q;
  for (int32_t i = 0; i <= p; i++) columns[i + q - 1] -= (ls_column)sumA[i] << (bits - 1);
  for (int32_t j = 0; j <= q; j++) columns[j + p - 1] -= (ls_column)sumB[j] << (bits - 1);
  columns[p + q - 1] += (ls_column)count << (bits - 2);
  // One column more than the sum fills while count < 2^48: it repeats the sign, and what packing leaves over is of it.
  carry_columns(columns, p + q + 1);
  return pack(columns, p + q + 2, product);
}
