// Template (see ieee_template.h): matrix product. Promises, ranked: every element is the chain over l = 0 ..< k; speed.
//
// A tile of ROWS x VECTORS*W elements of c stays in registers while l runs over a block of at most DEPTH values; between
// blocks the partial chains rest in c, exactly, so nothing is ever added up in another order. Columns of b are packed, once,
// into panels; one of them lies in the nearest caches while all rows of a slab of a, which stays in the second-level one, pass
// over it. Rows of a are packed as tiles wait for them, unless their elements are adjacent and meet few panels.

#ifndef LS_MATMUL_DEPTH
#define LS_MATMUL_DEPTH 512         // panel: 512 x 64 bytes = 32 KB
#define LS_MATMUL_SLAB (256 << 10)  // bytes of a that share a packed panel
#define LS_MATMUL_KEPT (1 << 20)    // bytes of packed panels that wait for the next slab

// How a tile finds its operands. Known steps make the loop short: its places are then parts of the instructions.
typedef enum { LS_ANY_STEPS, LS_ADJACENT, LS_PACKED } ls_steps;
#endif

// c (rows x vectors*W, row stride cRow) continues its chains by k terms, or starts them. LS_ADJACENT: aColumn is 1, b packed;
// LS_PACKED: both are.
LS_INLINE TARGET void NAME(tile)(const int rows, const int vectors, const ls_steps steps, int64_t k, const T *a,
                                 int64_t aRow, int64_t aColumn, const T *b, int64_t bRow, T *c, int64_t cRow, bool start) {
  const V zero = SPLAT(0);
  V s[ROWS][VECTORS];
  UNROLL for (int r = 0; r < rows; r++) __builtin_prefetch(c + r * cRow, 1);
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < vectors; v++) s[r][v] = start ? zero : LOAD(c + r * cRow + v * W);
  if (steps == LS_PACKED) aRow = 1;
  if (steps != LS_ANY_STEPS) aColumn = steps == LS_PACKED ? rows : 1, bRow = vectors * W;
  const T *p[ROWS];
  UNROLL for (int r = 0; r < rows; r++) p[r] = a + r * aRow;
  int64_t i = 0;
#define TERM(q)                                                                                     \
  {                                                                                                 \
    V y[VECTORS];                                                                                   \
    UNROLL for (int v = 0; v < vectors; v++) y[v] = LOAD(b + (q) * bRow + v * W);                   \
    UNROLL for (int r = 0; r < rows; r++) {                                                         \
      const V x = SPLAT(p[r][i + (q) * aColumn]);                                                   \
      UNROLL for (int v = 0; v < vectors; v++) s[r][v] = FMA(x, y[v], s[r][v]);                     \
    }                                                                                               \
  }
  if (steps != LS_ANY_STEPS)
    for (; k >= 4; k -= 4, i += 4 * aColumn, b += 4 * bRow) {
      TERM(0) TERM(1) TERM(2) TERM(3)
    }
  for (; k > 0; k--, i += aColumn, b += bRow) TERM(0)
#undef TERM
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < vectors; v++) STORE(c + r * cRow + v * W, s[r][v]);
}

static TARGET void NAME(tileOf)(int rows, int vectors, ls_steps steps, int64_t k, const T *a, int64_t aRow,
                                int64_t aColumn, const T *b, int64_t bRow, T *c, int64_t cRow, bool start) {
#define TILE(R, N, S) NAME(tile)(R, N, S, k, a, aRow, aColumn, b, bRow, c, cRow, start)
#define CASE(R, N)                                         \
  case R:                                                  \
    if (N == VECTORS && steps == LS_PACKED)                \
      TILE(R, N, LS_PACKED);                               \
    else if (N == VECTORS && steps == LS_ADJACENT)         \
      TILE(R, N, LS_ADJACENT);                             \
    else                                                   \
      TILE(R, N, LS_ANY_STEPS);                            \
    return;
  if (vectors == VECTORS)
    switch (rows) { CASES(VECTORS) }
#if VECTORS > 1
  else
    switch (rows) { CASES(1) }
#endif
#undef CASE
#undef TILE
}

// A last tile of one or two rows would wait for its own chains: the last two share what is left.
#define TILES(rows) (((rows) + ROWS - 1) / ROWS)
static inline int64_t NAME(firstRow)(int64_t rows, int64_t tile) {
  const int64_t tiles = TILES(rows), first = tile * ROWS;
  return tile == tiles ? rows : tile > 0 && tile == tiles - 1 ? (first - ROWS + rows + 1) / 2 : first;
}

// Copies rows of a so that every tile reads memory in order. Writes up to W - 1 values beyond: whole vectors, what they
// bring too much the next ones replace.
static TARGET void NAME(packRows)(int64_t rows, int64_t terms, const T *a, int64_t aRow, int64_t aColumn, T *to) {
  enum { vectors = (ROWS + W - 1) / W, together = 8 };
  int64_t tile = 0;
  // Columns: some whole tiles at a time, which share lines of the cache, as far as vectors stay inside the rows.
  const int64_t whole = aRow == 1 && rows >= ROWS + vectors * W ? (rows - vectors * W) / ROWS : 0;
  for (int64_t count; tile < whole; tile += count) {
    count = MINIMUM(together, whole - tile);
    const T *from = a + tile * ROWS;
    T *into = to + tile * ROWS * terms;
    for (int64_t l = 0; l < terms - 1; l++)
      for (int64_t t = 0; t < count; t++)
        UNROLL for (int v = 0; v < vectors; v++)
          STORE(into + t * ROWS * terms + l * ROWS + v * W, LOAD(from + l * aColumn + t * ROWS + v * W));
    for (int64_t t = 0; t < count; t++)
      for (int64_t i = 0; i < ROWS; i++) into[((t + 1) * terms - 1) * ROWS + i] = from[(terms - 1) * aColumn + t * ROWS + i];
  }
  for (; tile < TILES(rows); tile++) {
    const int64_t first = NAME(firstRow)(rows, tile), count = NAME(firstRow)(rows, tile + 1) - first;
    const T *from = a + first * aRow;
    T *into = to + first * terms;
    if (aColumn == 1 && terms >= W)
      for (int64_t i = (count - 1) / W * W; i >= 0; i -= W)
        if (count == ROWS && i == 0) NAME(turnIn)(false, terms, ROWS, ROWS, from, aRow, into);
        else NAME(turnIn)(false, terms, count - i, count, from + i * aRow, aRow, into + i);
    else
      for (int64_t l = 0; l < terms; l++)
        for (int64_t i = 0; i < count; i++) *into++ = from[i * aRow + l * aColumn];
  }
}

// One panel of at most vectors*W columns of b, all rows of a slab. Where packed is not null it is read in place of a.
static TARGET void NAME(multiplyPanel)(int64_t rows, int64_t columns, int vectors, int64_t terms, const T *a, int64_t aRow,
                                       int64_t aColumn, const T *packed, const T *b, int64_t bRow, T *c, int64_t cRow,
                                       bool start) {
  const int64_t width = vectors * W;
  T edge[ROWS * WIDTH] __attribute__((aligned(64)));  // where a vector would reach beyond the columns
  for (int64_t tile = 0; tile < TILES(rows); tile++) {
    const int64_t i = NAME(firstRow)(rows, tile);
    const int count = (int)(NAME(firstRow)(rows, tile + 1) - i);
    const T *from = packed ? packed + i * terms : a + i * aRow;
    const ls_steps steps = bRow != width ? LS_ANY_STEPS : packed ? LS_PACKED : aColumn == 1 ? LS_ADJACENT : LS_ANY_STEPS;
    const int64_t row = packed ? 1 : aRow, column = packed ? count : aColumn;
    T *to = c + i * cRow;
    if (columns == width) {
      NAME(tileOf)(count, vectors, steps, terms, from, row, column, b, bRow, to, cRow, start);
      continue;
    }
    for (int r = 0; r < count; r++)
      for (int64_t j = 0; j < width; j++) edge[r * width + j] = start || j >= columns ? 0 : to[r * cRow + j];
    NAME(tileOf)(count, vectors, steps, terms, from, row, column, b, bRow, edge, width, start);
    for (int r = 0; r < count; r++)
      for (int64_t j = 0; j < columns; j++) to[r * cRow + j] = edge[r * width + j];
  }
}

static TARGET void NAME(matmul)(int64_t m, int64_t n, int64_t k, const T *a, int64_t aRow, int64_t aColumn, const T *b,
                                int64_t bRow, int64_t bColumn, T *c) {
  if (m <= 0 || n <= 0) return;
  if (k <= 0) {
    for (int64_t i = 0; i < m * n; i++) c[i] = 0;
    return;
  }
  if (n == 1 && m > 1) {  // one column: the same chains as one row of the transposed product
    NAME(matmul)(1, m, k, b, 0, bRow, a, aColumn, aRow, c);
    return;
  }
  T panel[LS_MATMUL_DEPTH * WIDTH] __attribute__((aligned(64)));
  const int64_t blocks = (k + LS_MATMUL_DEPTH - 1) / LS_MATMUL_DEPTH;
  const int64_t depth = (k + blocks - 1) / blocks, most = LS_MATMUL_SLAB / (int64_t)sizeof(T) / depth;
  const int64_t slabs = (m + most - 1) / most, height = (m + slabs - 1) / slabs;
  // Rows of a are copied where it pays and memory is there; otherwise they are read in place.
  T *packed = NULL;
  if (m > 1 && n > (aColumn == 1 ? 15 : 2) * WIDTH) packed = malloc((size_t)(depth * height + W) * sizeof(T));
  // Panels are packed once where memory is there, and for every slab otherwise.
  const int64_t wide = LS_MATMUL_KEPT / ((int64_t)sizeof(T) * depth * WIDTH) * WIDTH;
  T *kept = NULL, *panels = NULL;
  if (slabs > 1) kept = malloc((size_t)(depth * MINIMUM(n + WIDTH, wide)) * sizeof(T) + 64);
  if (kept) panels = (T *)(((uintptr_t)kept + 63) / 64 * 64);
  for (int64_t block = 0; block < blocks; block++) {
    const int64_t l = k * block / blocks, terms = k * (block + 1) / blocks - l;
    for (int64_t first = 0; first < n; first += wide)
      for (int64_t slab = 0; slab < slabs; slab++) {
        const int64_t i = m * slab / slabs, rows = m * (slab + 1) / slabs - i;
        const T *x = a + i * aRow + l * aColumn;
        if (packed) NAME(packRows)(rows, terms, x, aRow, aColumn, packed);
        for (int64_t j = first; j < MINIMUM(n, first + wide); j += WIDTH) {
          const int64_t columns = MINIMUM(WIDTH, n - j);
          const int vectors = columns > W ? VECTORS : 1;
          const T *y = b + l * bRow + j * bColumn;
          int64_t yRow = bRow;
          if (bColumn != 1 || columns < vectors * W || m > ROWS) {
            T *to = panels ? panels + (j - first) * depth : panel;
            if (!panels || slab == 0) NAME(pack)(terms, columns, vectors * W, y, bRow, bColumn, to);
            y = to, yRow = vectors * W;
          }
          NAME(multiplyPanel)(rows, columns, vectors, terms, x, aRow, aColumn, packed, y, yRow, c + i * n + j, n,
                              block == 0);
        }
      }
  }
  free(kept);
  free(packed);
}

#undef TILES

static TARGET T NAME(dot)(int64_t count, const T *a, const T *b) {
  T s = 0;
  for (int64_t i = 0; i < count; i++) s = FMA1(a[i], b[i], s);
  return s;
}
