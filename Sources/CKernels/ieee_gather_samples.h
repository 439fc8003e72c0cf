// Template (see ieee_template.h): convolution and the gradient of its input for whole blocks of samples. Chains as in
// ieee_gather.h.
//
// Lanes are samples: all of them take the same taps, wherever the image's edge is and however few the channels are. Source
// planes are repacked as [channel, row, column, sample], a band of rows at a time, so that they stay in the second-level
// cache. A register tile holds some target channels, or some positions of few target channels; weights are repacked so that
// those of a tile's channels are adjacent. The terms of a chain are listed (ieee_chains.h) once for each pair of a class of
// rows and a class of columns (ieee_axis.h). Source channels are taken in blocks whose share of a tile's operands fits the
// first-level cache; between blocks the chains rest in memory.

#ifndef LS_GATHER_SAMPLES
#define LS_GATHER_SAMPLES
#define LS_GATHER_TERMS 320         // of a chain, in one block of source channels
#define LS_GATHER_BAND (352 << 10)  // bytes of a band and of its results
#define LS_GATHER_LISTS (1 << 20)   // runs of all lists

typedef struct {
  int64_t from, to;       // target rows
  int64_t top, bottom;    // the source rows they read
} ls_band;

// Source planes a power of two apart would push each other out of the cache: a distance of 5 positions more than a multiple
// of 16 spreads them.
static inline int64_t ls_spread(int64_t positions) { return (positions + 10) / 16 * 16 + 5; }

// For every position: how many classes, or how many of their taps, come before its own. Returns those of all.
static inline int64_t ls_count_classes(int64_t positions, const ls_taps *taps, bool ofTaps, int64_t *before) {
  int64_t sum = 0;
  for (int64_t p = 0; p < positions; p++)
    if (taps[p].leads) {
      for (int64_t q = p; q >= 0; q = taps[q].next) before[q] = sum;
      sum += ofTaps ? taps[p].count : 1;
    }
  return sum;
}

// As many rows from `from` on as keep to the limit, in elements; one at least.
static inline ls_band ls_band_from(const ls_axis *axis, const ls_taps *taps, int64_t from, int64_t sourceRow,
                                   int64_t targetRow, int64_t limit) {
  ls_band band = {from, from, 0, 0};
  while (band.to < axis->target) {
    ls_band longer = band;
    const ls_taps row = taps[longer.to++];
    if (row.count > 0) {
      const int64_t last = row.source + (row.count - 1) * axis->sourceStep;
      const int64_t top = last < row.source ? last : row.source, bottom = (last < row.source ? row.source : last) + 1;
      const bool first = longer.top == longer.bottom;
      longer.top = first || top < longer.top ? top : longer.top;
      longer.bottom = first || bottom > longer.bottom ? bottom : longer.bottom;
    }
    if (longer.to - from > 1 && (longer.bottom - longer.top) * sourceRow + (longer.to - from) * targetRow > limit) break;
    band = longer;
  }
  return band;
}
#endif

typedef struct {
  const ls_gather *shape;
  const ls_taps *rows, *columns;
  const int64_t *rowTaps, *columnClass;   // taps of the classes before that of a row; number of a column's class
  int64_t columnClasses;
  int64_t depth;                          // source channels of a block
  int64_t plane;                          // positions from channel to channel of a repacked band,
  int64_t results;                        // and of its results
  int vectors;
  ls_run *runs;
  T *weights, *source, *target;
} NAME(SampleGather);

static inline ls_run *NAME(runsOf)(const NAME(SampleGather) *job, int64_t i, int64_t j) {
  return job->runs + job->depth * (job->rowTaps[i] * job->columnClasses + job->rows[i].count * job->columnClass[j]);
}

// Lists the runs that each pair of classes passes through, for `depth` source channels, in the order of the chain: rows of
// the kernel or, where one column alone meets a position, columns.
static TARGET void NAME(listRuns)(const NAME(SampleGather) *job) {
  const ls_axis *height = &job->shape->height, *width = &job->shape->width;
  for (int64_t i = 0; i < height->target; i++)
    for (int64_t j = 0; j < width->target; j++) {
      if (!job->rows[i].leads || !job->columns[j].leads) continue;
      const ls_taps rows = job->rows[i], columns = job->columns[j];
      const bool down = columns.count == 1;
      ls_run *run = NAME(runsOf)(job, i, j);
      for (int64_t channel = 0; channel < job->depth; channel++)
        for (int64_t row = 0; row < (down ? MINIMUM(1, rows.count) : rows.count); row++) {
          const int64_t kh = rows.first + row * height->tapStep;
          const int64_t tap = (channel * height->kernel + kh) * width->kernel + columns.first;
          const int64_t place = channel * job->plane + row * height->sourceStep * width->source;
          *run++ = (ls_run){
            (int32_t)(tap * ROWS), (int32_t)(place * job->vectors * W), (int32_t)(down ? rows.count : columns.count),
          };
        }
    }
}

// The runs of target (i, j) through some source channels. `one` is a run through the channels where a single tap of each
// meets it.
static inline ls_runs NAME(runsThrough)(const NAME(SampleGather) *job, int64_t i, int64_t j, int64_t channels, ls_run *one) {
  const ls_axis *height = &job->shape->height, *width = &job->shape->width;
  const int64_t rows = job->rows[i].count, columns = job->columns[j].count, lanes = job->vectors * W;
  const ls_run *runs = NAME(runsOf)(job, i, j);
  if (rows == 0 || columns == 0) return (ls_runs){0, 0, 0, runs};
  if (columns > 1) return (ls_runs){channels * rows, width->tapStep * ROWS, width->sourceStep * lanes, runs};
  if (rows > 1)
    return (ls_runs){
      channels, height->tapStep * width->kernel * ROWS, height->sourceStep * width->source * lanes, runs,
    };
  *one = *runs;
  one->length = (int32_t)channels;
  return (ls_runs){1, height->kernel * width->kernel * ROWS, job->plane * lanes, one};
}

// One tile: chains of some channels, at one position or at as many as fill the registers. Kept by itself: inside its caller
// it would have to share the registers.
static __attribute__((noinline)) TARGET void NAME(sampleTile)(int rows, int vectors, int positions, int64_t length,
                                                              const ls_runs *runs, const T *w, const T *const *x,
                                                              T *const *y, int64_t yRow, bool start) {
#define CHAINS(R, N, P, L) NAME(chains)(R, N, P, true, L, runs, &w, x, y, yRow, start)
#define CASE(R, N)                                                                    \
  case R:                                                                             \
    if (ROWS * VECTORS >= 2 * R * N && positions > 1)                                 \
      CHAINS(R, N, ROWS * VECTORS / (R * N), 0);                                      \
    else if (ROWS * VECTORS < 2 * R * N && length == 3)                               \
      CHAINS(R, N, 1, 3);                                                             \
    else if (ROWS * VECTORS < 2 * R * N && length == 2)                               \
      CHAINS(R, N, 1, 2);                                                             \
    else if (ROWS * VECTORS < 2 * R * N && length == 5)                               \
      CHAINS(R, N, 1, 5);                                                             \
    else                                                                              \
      CHAINS(R, N, 1, 0);                                                             \
    return;
  if (vectors == VECTORS)
    switch (rows) { CASES(VECTORS) }
#if VECTORS > 1
  else
    switch (rows) { CASES(1) }
#endif
#undef CASE
#undef CHAINS
}

// One row of results of some target channels (rows of them), from one block of source channels.
static TARGET void NAME(sampleRow)(const NAME(SampleGather) *job, int64_t i, int64_t channels, int rows, const T *weights,
                                   const T *source, T *target, bool start) {
  const int lanes = job->vectors * W, together = ROWS * VECTORS / (rows * job->vectors);
  // Positions that fill a tile together must be of one class. Others are taken class by class too, which lets them share
  // their lists, but for strided gradients, where neighbours read the same places and are of different classes.
  const bool byClass = together > 1 || job->shape->width.tapStep == 1;
  for (int64_t leader = 0; leader < job->shape->width.target; leader++) {
    if (byClass && !job->columns[leader].leads) continue;
    ls_run one;
    const ls_runs runs = NAME(runsThrough)(job, i, leader, channels, &one);
    const int64_t length = runs.count > 0 ? runs.runs->length : 0;
    for (int64_t j = leader; j >= 0;) {
      const T *x[ROWS * VECTORS];
      T *y[ROWS * VECTORS];
      int positions = 0;
      for (; j >= 0 && positions < together; j = byClass ? job->columns[j].next : -1, positions++)
        x[positions] = source + job->columns[j].source * lanes, y[positions] = target + j * lanes;
      // Some positions short of a tile: the last is made several times, which costs less than each of them by itself.
      for (int p = positions; positions > 1 && p < together; p++) x[p] = x[p - 1], y[p] = y[p - 1];
      NAME(sampleTile)(rows, job->vectors, positions, length, &runs, weights, x, y, job->results * lanes, start);
    }
  }
}

// One group, one block of samples (count of them). x and y are at the first sample's first channel of the group.
static TARGET void NAME(gatherSamples)(const NAME(SampleGather) *job, int64_t count, int64_t limit, const T *x, T *y) {
  const ls_gather *shape = job->shape;
  const ls_axis *height = &shape->height, *width = &shape->width;
  const int64_t sources = shape->sourceChannels, targets = shape->targetChannels, lanes = job->vectors * W;
  const int64_t sourcePlane = height->source * width->source, plane = height->target * width->target;
  const int64_t taps = height->kernel * width->kernel, blocks = (targets + ROWS - 1) / ROWS;
  ls_band before = {0, 0, 0, 0};
  for (int64_t from = 0; from < height->target; from = before.to) {
    const ls_band band = ls_band_from(height, job->rows, from, sources * width->source,
                                      MINIMUM(ROWS, targets) * width->target, limit);
    // Rows that the band before it read too are moved.
    const bool overlap = band.top >= before.top && band.top < before.bottom;
    const int64_t kept = overlap ? MINIMUM(before.bottom, band.bottom) - band.top : 0;
    for (int64_t channel = 0; channel < sources; channel++) {
      T *to = job->source + channel * job->plane * lanes;
      if (kept > 0 && band.top > before.top)
        memmove(to, to + (band.top - before.top) * width->source * lanes, (size_t)(kept * width->source * lanes) * sizeof(T));
      const T *from = x + channel * sourcePlane + (band.top + kept) * width->source;
      const int64_t run = (band.bottom - band.top - kept) * width->source, sample = shape->groups * sources * sourcePlane;
      NAME(pack)(run, count, lanes, from, 1, sample, to + kept * width->source * lanes);
    }
    before = band;
    for (int64_t block = 0; block < blocks; block++) {
      const int64_t target = targets * block / blocks;
      const int rows = (int)(targets * (block + 1) / blocks - target);
      const T *weights = job->weights + block * sources * taps * ROWS;
      for (int64_t channel = 0; channel == 0 || channel < sources; channel += job->depth)
        for (int64_t i = band.from; i < band.to; i++) {
          const int64_t row = job->rows[i].count > 0 ? job->rows[i].source - band.top : 0;
          NAME(sampleRow)(job, i, MINIMUM(job->depth, sources - channel), rows, weights + channel * taps * ROWS,
                          job->source + (channel * job->plane + row * width->source) * lanes,
                          job->target + (i - band.from) * width->target * lanes, channel == 0);
        }
      for (int r = 0; r < rows; r++) {
        T *to = y + (target + r) * plane + band.from * width->target;
        const int64_t run = (band.to - band.from) * width->target, sample = shape->groups * targets * plane;
        NAME(unpack)(run, count, lanes, job->target + r * job->results * lanes, to, sample);
      }
    }
  }
}

// weights[block][source][tap][row]: those of a tile's channels are adjacent.
static TARGET void NAME(packTargets)(const ls_gather *shape, const T *w, T *to) {
  const int64_t taps = shape->height.kernel * shape->width.kernel, targets = shape->targetChannels;
  const int64_t blocks = (targets + ROWS - 1) / ROWS;
  for (int64_t block = 0; block < blocks; block++, to += shape->sourceChannels * taps * ROWS) {
    const int64_t first = targets * block / blocks, rows = targets * (block + 1) / blocks - first;
    for (int64_t source = 0; source < shape->sourceChannels; source++)
      for (int64_t r = 0; r < rows; r++)
        for (int64_t tap = 0; tap < taps; tap++)
          to[(source * taps + tap) * ROWS + r] =
            w[source * shape->weightSource + (first + r) * shape->weightTarget + tap];
  }
}

// Blocks of `vectors` vectors of samples, as long as more than half of the lanes are used. Returns the first sample that is
// left: all of them if there is no memory, or the shape has too many lists.
static TARGET int64_t NAME(gatherBlocks)(const ls_gather *shape, int vectors, int64_t first, int64_t last, const T *x,
                                         const T *w, T *y) {
  const ls_axis *height = &shape->height, *width = &shape->width;
  const int64_t sources = shape->sourceChannels, targets = shape->targetChannels, lanes = vectors * W;
  const int64_t sourcePlane = height->source * width->source, plane = height->target * width->target;
  const int64_t taps = height->kernel * width->kernel, blocks = (targets + ROWS - 1) / ROWS;
  if (2 * (last - first) <= lanes) return first;
  ls_taps *rows = malloc((size_t)(height->target + width->target) * (sizeof(ls_taps) + sizeof(int64_t)));
  if (!rows) return first;
  ls_taps *columns = rows + height->target;
  int64_t *rowTaps = (int64_t *)(columns + width->target), *columnClass = rowTaps + height->target;
  ls_classify(height, rows);
  ls_classify(width, columns);
  const int64_t allRowTaps = ls_count_classes(height->target, rows, true, rowTaps);
  const int64_t columnClasses = ls_count_classes(width->target, columns, false, columnClass);
  const int64_t parts = (sources * taps + LS_GATHER_TERMS - 1) / LS_GATHER_TERMS;
  const int64_t depth = parts > 0 ? (sources + parts - 1) / parts : 1;
  const int64_t limit = LS_GATHER_BAND / (lanes * (int64_t)sizeof(T));
  int64_t sourceRows = 0, targetRows = 0;
  for (int64_t from = 0; from < height->target;) {
    const ls_band band = ls_band_from(height, rows, from, sources * width->source, MINIMUM(ROWS, targets) * width->target,
                                      limit);
    sourceRows = MAXIMUM(sourceRows, band.bottom - band.top), targetRows = MAXIMUM(targetRows, band.to - band.from);
    from = band.to;
  }
  NAME(SampleGather) job = {
    shape, rows, columns, rowTaps, columnClass, columnClasses, depth,
    ls_spread(sourceRows * width->source), ls_spread(targetRows * width->target), vectors, NULL, NULL, NULL, NULL,
  };
  const int64_t lists = depth * allRowTaps * columnClasses, packed = (blocks * sources * taps * ROWS + 15) / 16 * 16;
  T *memory = NULL;
  if (lists <= LS_GATHER_LISTS && job.plane * lanes <= INT32_MAX / depth && taps * ROWS <= INT32_MAX / depth) {
    job.runs = malloc((size_t)(lists + 1) * sizeof(ls_run));
    memory = malloc((size_t)(packed + (sources * job.plane + ROWS * job.results) * lanes) * sizeof(T) + 64);
  }
  if (job.runs && memory) {
    job.weights = (T *)(((uintptr_t)memory + 63) / 64 * 64);
    job.source = job.weights + packed;
    job.target = job.source + sources * job.plane * lanes;
    NAME(listRuns)(&job);
    const int64_t start = first;
    for (int64_t group = 0; group < shape->groups; group++) {
      NAME(packTargets)(shape, w + group * shape->weightGroup, job.weights);
      for (first = start; 2 * (last - first) > lanes; first += MINIMUM(lanes, last - first))
        NAME(gatherSamples)(&job, MINIMUM(lanes, last - first), limit,
                            x + (first * shape->groups + group) * sources * sourcePlane,
                            y + (first * shape->groups + group) * targets * plane);
    }
  }
  free(memory);
  free(job.runs);
  free(rows);
  return first;
}
