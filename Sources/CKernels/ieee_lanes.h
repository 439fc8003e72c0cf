// Template (see ieee_template.h): vectors of W lanes, their loads and stores, and packing into panels.
#ifndef LS_INLINE
#define LS_INLINE static inline __attribute__((always_inline))
// Accumulators live in registers only if the loops over them are unrolled; gcc at -O2 does not by itself.
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif
#define MINIMUM(a, b) ((a) < (b) ? (a) : (b))
#define MAXIMUM(a, b) ((a) > (b) ? (a) : (b))
#endif

typedef T NAME(Vector) __attribute__((vector_size(W * sizeof(T))));
typedef T NAME(Unaligned) __attribute__((vector_size(W * sizeof(T)), aligned(sizeof(T)), may_alias));
typedef BITS NAME(Mask) __attribute__((vector_size(W * sizeof(T))));
#define V NAME(Vector)
#define WIDTH (VECTORS * W)  // columns of a full panel
#define LOAD(p) ((V) * (const NAME(Unaligned) *)(p))
#define STORE(p, v) (*(NAME(Unaligned) *)(p) = (v))

// The first count (below W) values; the other lanes are 0 and their results are thrown away.
LS_INLINE TARGET V NAME(loadPart)(const T *p, int64_t count) {
  T lanes[W] = {0};
  for (int64_t i = 0; i < count; i++) lanes[i] = p[i];
  return LOAD(lanes);
}

LS_INLINE TARGET void NAME(storePart)(T *p, int64_t count, V v) {
  T lanes[W];
  STORE(lanes, v);
  for (int64_t i = 0; i < count; i++) p[i] = lanes[i];
}

// Transpose W vectors: log2(W) perfect shuffles, of whole blocks of 16 bytes first, since instructions that move single
// values across blocks are dear.
LS_INLINE TARGET void NAME(transpose)(V t[W]) {
  UNROLL for (int stage = 1; stage < W; stage *= 2) {
    const bool ofBlocks = stage * 16 < W * (int)sizeof(T);
    V u[W];
    UNROLL for (int i = 0; i < W / 2; i++) {
      // Not by ?:, since compilers differ about the types of shuffles.
      if (ofBlocks) u[2 * i] = BLOCKS_LOW(t[i], t[i + W / 2]), u[2 * i + 1] = BLOCKS_HIGH(t[i], t[i + W / 2]);
      else u[2 * i] = LOW(t[i], t[i + W / 2]), u[2 * i + 1] = HIGH(t[i], t[i + W / 2]);
    }
    UNROLL for (int i = 0; i < W; i++) t[i] = u[i];
  }
}

// to[l*width + i] = from[i*column + l], W by W; columns beyond valid are 0.
LS_INLINE TARGET void NAME(turnIn)(const bool whole, int64_t k, int64_t valid, int64_t width, const T *from, int64_t column,
                                   T *to) {
  const V zero = SPLAT(0);
  for (int64_t l = 0; l < k; l += W) {
    l = MINIMUM(l, k - W);  // the last block may overlap the one before
    V t[W];
    UNROLL for (int i = 0; i < W; i++) t[i] = whole || i < valid ? LOAD(from + i * column + l) : zero;
    NAME(transpose)(t);
    UNROLL for (int i = 0; i < W; i++) STORE(to + (l + i) * width, t[i]);
  }
}

// The way back: to[i*column + l] = from[l*width + i] for i < valid.
LS_INLINE TARGET void NAME(turnOut)(const bool whole, int64_t k, int64_t valid, int64_t width, const T *from, T *to,
                                    int64_t column) {
  for (int64_t l = 0; l < k; l += W) {
    l = MINIMUM(l, k - W);
    V t[W];
    UNROLL for (int i = 0; i < W; i++) t[i] = LOAD(from + (l + i) * width);
    NAME(transpose)(t);
    UNROLL for (int i = 0; i < W; i++)
      if (whole || i < valid) STORE(to + i * column + l, t[i]);
  }
}

// to[l*width + j] = b[l*bRow + j*bColumn] for 0 <= l < k, 0 <= j < columns; 0 for columns <= j < width.
// width is a multiple of W.
static TARGET void NAME(pack)(int64_t k, int64_t columns, int64_t width, const T *b, int64_t bRow, int64_t bColumn,
                              T *to) {
  if (bColumn == 1 && columns == WIDTH && width == WIDTH) {  // each line of the cache once
    for (int64_t l = 0; l < k; l++)
      UNROLL for (int v = 0; v < VECTORS; v++) STORE(to + l * WIDTH + v * W, LOAD(b + l * bRow + v * W));
    return;
  }
  for (int64_t j = 0; j < width; j += W) {
    const int64_t valid = MAXIMUM(0, MINIMUM(W, columns - j));
    const T *from = b + j * bColumn;
    if (bColumn == 1 && valid == W)
      for (int64_t l = 0; l < k; l++) STORE(to + l * width + j, LOAD(from + l * bRow));
    else if (bRow == 1 && k >= W && valid == W)
      NAME(turnIn)(true, k, W, width, from, bColumn, to + j);
    else if (bRow == 1 && k >= W)
      NAME(turnIn)(false, k, valid, width, from, bColumn, to + j);
    else
      for (int64_t l = 0; l < k; l++)
        for (int i = 0; i < W; i++) to[l * width + j + i] = i < valid ? from[l * bRow + i * bColumn] : 0;
  }
}

// The way back from columns of k values each: b[j*bColumn + l] = from[l*width + j] for 0 <= l < k, 0 <= j < columns.
static TARGET void NAME(unpack)(int64_t k, int64_t columns, int64_t width, const T *from, T *b, int64_t bColumn) {
  for (int64_t j = 0; j < columns; j += W) {
    const int64_t valid = MINIMUM(W, columns - j);
    T *to = b + j * bColumn;
    if (k >= W && valid == W)
      NAME(turnOut)(true, k, W, width, from + j, to, bColumn);
    else if (k >= W)
      NAME(turnOut)(false, k, valid, width, from + j, to, bColumn);
    else
      for (int64_t l = 0; l < k; l++)
        for (int64_t i = 0; i < valid; i++) to[i * bColumn + l] = from[l * width + j + i];
  }
}
