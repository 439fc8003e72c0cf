// Template (see ieee_template.h): a register tile of chains whose terms come in runs, the loop of the convolutions.
//
// A run is a row of a kernel (or of an image, in the gradient of a kernel): its terms stand a constant distance apart. Where
// runs begin is listed once for all the tiles that take the same steps. Runs of 3 and 5 terms, the usual kernels, are
// unrolled; others go four terms at a time.

#ifndef LS_CHAINS
#define LS_CHAINS
typedef struct {
  int32_t splat, vector;  // where the factors of its first term stand, in elements
  int32_t length;         // terms
} ls_run;

typedef struct {
  int64_t count;
  int64_t splatStep, vectorStep;  // from term to term
  const ls_run *runs;
} ls_runs;
#endif

// One term of groups*rows chains in each of vectors*W lanes: splats a[group] + i + row, vectors b[group] + j.
LS_INLINE TARGET void NAME(term)(const int rows, const int vectors, const int groups, const bool oneSplat,
                                 const T *const *a, int64_t i, const T *const *b, int64_t j, V *s) {
  if (oneSplat && rows < groups * vectors) {  // the smaller side waits in registers, the other passes by
    V u[ROWS];
    UNROLL for (int r = 0; r < rows; r++) u[r] = SPLAT(a[0][i + r]);
    UNROLL for (int g = 0; g < groups; g++)
      UNROLL for (int v = 0; v < vectors; v++) {
        const V y = LOAD(b[g] + j + v * W);
        UNROLL for (int r = 0; r < rows; r++)
          s[(g * rows + r) * vectors + v] = FMA(u[r], y, s[(g * rows + r) * vectors + v]);
      }
  } else if (oneSplat) {
    V y[ROWS * VECTORS];
    UNROLL for (int g = 0; g < groups; g++)
      UNROLL for (int v = 0; v < vectors; v++) y[g * vectors + v] = LOAD(b[g] + j + v * W);
    UNROLL for (int r = 0; r < rows; r++) {
      const V u = SPLAT(a[0][i + r]);
      UNROLL for (int g = 0; g < groups; g++)
        UNROLL for (int v = 0; v < vectors; v++)
          s[(g * rows + r) * vectors + v] = FMA(u, y[g * vectors + v], s[(g * rows + r) * vectors + v]);
    }
  } else {
    V y[VECTORS];
    UNROLL for (int v = 0; v < vectors; v++) y[v] = LOAD(b[0] + j + v * W);
    UNROLL for (int g = 0; g < groups; g++)
      UNROLL for (int r = 0; r < rows; r++) {
        const V u = SPLAT(a[g][i + r]);
        UNROLL for (int v = 0; v < vectors; v++)
          s[(g * rows + r) * vectors + v] = FMA(u, y[v], s[(g * rows + r) * vectors + v]);
      }
  }
}

// Row r of group g continues, or starts, its chains in c[g] + r*cRow. Groups have their own splats and share their vectors,
// or the other way round (oneSplat). length is that of all runs, or 0 if it is not one the caller has code for.
LS_INLINE TARGET void NAME(chains)(const int rows, const int vectors, const int groups, const bool oneSplat,
                                   const int length, const ls_runs *of, const T *const *splats,
                                   const T *const *lanes, T *const *c, int64_t cRow, bool start) {
  V s[ROWS * VECTORS];
  const V zero = SPLAT(0);
  const T *a[ROWS * VECTORS], *b[ROWS * VECTORS];
  UNROLL for (int g = 0; g < groups; g++) a[g] = splats[oneSplat ? 0 : g], b[g] = lanes[oneSplat ? g : 0];
  UNROLL for (int g = 0; g < groups; g++)
    UNROLL for (int r = 0; r < rows; r++)
      UNROLL for (int v = 0; v < vectors; v++)
        s[(g * rows + r) * vectors + v] = start ? zero : LOAD(c[g] + r * cRow + v * W);
  const int64_t iStep = of->splatStep, jStep = of->vectorStep;
  for (const ls_run *run = of->runs, *end = run + of->count; run < end; run++) {
    int64_t i = run->splat, j = run->vector;
    if (length > 0) {
      UNROLL for (int l = 0; l < length; l++)
        NAME(term)(rows, vectors, groups, oneSplat, a, i + l * iStep, b, j + l * jStep, s);
      continue;
    }
    int64_t l = run->length;
    if (groups == 1)  // more groups leave no registers for the places of four terms
      for (; l >= 4; l -= 4, i += 4 * iStep, j += 4 * jStep)
        UNROLL for (int q = 0; q < 4; q++)
          NAME(term)(rows, vectors, groups, oneSplat, a, i + q * iStep, b, j + q * jStep, s);
    for (; l > 0; l--, i += iStep, j += jStep) NAME(term)(rows, vectors, groups, oneSplat, a, i, b, j, s);
  }
  UNROLL for (int g = 0; g < groups; g++)
    UNROLL for (int r = 0; r < rows; r++)
      UNROLL for (int v = 0; v < vectors; v++) STORE(c[g] + r * cRow + v * W, s[(g * rows + r) * vectors + v]);
}
