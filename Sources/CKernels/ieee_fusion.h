// Template (see ieee_template.h): several elementwise operations and sums made together (`ls_fusion` in ieee.h). Each operation
// is rounded as it would be alone, and each sum is the chain it would be alone; what is saved is the way to memory and back
// between them.
//
// W channels go through all passes before the next ones begin, which finds some of what the pass before it read still in a
// cache. A pass takes a piece of the rows of all W at a time: it goes through all operations while it is in the first-level
// cache, and its sums are the lanes of a vector.

typedef struct {
  const LS_JOIN(ls_fusion_, FORMAT) *fusion;
  int64_t channel, lanes;                          // the channels that are being made
  int runs, sums;                                  // of the pass
  NAME(Run) run[LS_FUSION_STEPS];
  const T *terms[LS_FUSION_SUMS];
  ls_at termsAt[LS_FUSION_SUMS];
  int arrays;                                      // that have a value an element and are read or written
  const T *array[LS_FUSION_OPERANDS + LS_FUSION_STEPS];
  T channels[LS_FUSION_STEPS][W];                  // results of one value a channel
  T buffers[LS_FUSION_STEPS][W * LS_FUSION_PIECE] __attribute__((aligned(64)));  // results that later runs of the pass read
} NAME(Fusing);

// sums[s] (W chains each) continue by count terms: lane i from terms[s] + i*rows[s]. Several at a time, which do not wait for
// each other.
LS_INLINE TARGET void NAME(addRows)(const int sums, const bool whole, int64_t lanes, int64_t count, const T *const *terms,
                                    const int64_t *rows, V *sum) {
  const V zero = SPLAT(0);
  V s[LS_FUSION_SUMS];
  UNROLL for (int q = 0; q < sums; q++) s[q] = sum[q];
  int64_t c = 0;
  for (; c + W <= count; c += W)
    UNROLL for (int q = 0; q < sums; q++) {
      V t[W];
      UNROLL for (int i = 0; i < W; i++) t[i] = whole || i < lanes ? LOAD(terms[q] + i * rows[q] + c) : zero;
      NAME(transpose)(t);
      UNROLL for (int i = 0; i < W; i++) s[q] = s[q] + t[i];
    }
  for (; c < count; c++)
    UNROLL for (int q = 0; q < sums; q++) {
      T t[W] = {0};
      for (int64_t i = 0; i < lanes; i++) t[i] = terms[q][i * rows[q] + c];
      s[q] = s[q] + LOAD(t);
    }
  UNROLL for (int q = 0; q < sums; q++) sum[q] = s[q];
}

static inline bool NAME(isOfElements)(const LS_JOIN(ls_step_, FORMAT) *step) {
  return step->kind == LS_STEP_MAP || step->kind == LS_STEP_ZIP;
}

// The run whose last step, of a pass from `first` on, gives this result; -1 if there is none.
static int NAME(runOf)(const NAME(Fusing) *state, int first, int value) {
  const int i = value - state->fusion->operands;
  for (int r = state->runs - 1; i >= first && r >= 0; r--)
    if (state->run[r].last == i) return r;
  return -1;
}

// Where a value stands for the steps of a pass from `first` on.
static ls_at NAME(find)(NAME(Fusing) *state, int first, int value, const T **place) {
  const LS_JOIN(ls_fusion_, FORMAT) *f = state->fusion;
  if (value < f->operands) {
    *place = f->operand[value].values;
    switch (f->operand[value].extent) {
      case LS_OF_ELEMENT: return LS_AT_ELEMENT;
      case LS_OF_POSITION: return LS_AT_POSITION;
      case LS_OF_CHANNEL: *place += state->channel; return LS_AT_CHANNEL;
      default: return LS_AT_ALL;
    }
  }
  const int i = value - f->operands;
  const bool isOfElements = NAME(isOfElements)(&f->step[i]);
  *place = !isOfElements ? state->channels[i] : f->step[i].out ? f->step[i].out : state->buffers[i - first];
  return !isOfElements ? LS_AT_CHANNEL : f->step[i].out ? LS_AT_ELEMENT : LS_AT_BUFFER;
}

static void NAME(note)(NAME(Fusing) *state, ls_at at, const T *place) {
  if (at != LS_AT_ELEMENT) return;
  for (int i = 0; i < state->arrays; i++)
    if (state->array[i] == place) return;
  state->array[state->arrays++] = place;
}

// How often the steps of a pass use a value.
static int NAME(uses)(const LS_JOIN(ls_fusion_, FORMAT) *f, int first, int last, int value) {
  int uses = 0;
  for (int i = first; i < last; i++)
    uses += (f->step[i].left == value) + (f->step[i].kind == LS_STEP_ZIP && f->step[i].right == value);
  return uses;
}

// The run that the step can go on with, its result being used by nothing else; -1 if there is none.
static int NAME(runBefore)(const NAME(Fusing) *state, int first, int last, const LS_JOIN(ls_step_, FORMAT) *step, int value) {
  const LS_JOIN(ls_fusion_, FORMAT) *f = state->fusion;
  const int r = NAME(runOf)(state, first, value);
  if (r < 0 || state->run[r].only || state->run[r].links == LS_FUSION_LINKS || f->step[value - f->operands].out) return -1;
  const bool isSelf = step->kind == LS_STEP_ZIP && step->left == step->right;
  return NAME(uses)(f, first, last, value) == (isSelf ? 2 : 1) ? r : -1;
}

// Puts step i into a run: one that it goes on with, moved to the end, where all its operands are made, or a new one.
static void NAME(addStep)(NAME(Fusing) *state, int first, int last, int i) {
  const LS_JOIN(ls_fusion_, FORMAT) *f = state->fusion;
  const LS_JOIN(ls_step_, FORMAT) *step = &f->step[i];
  const bool isZip = step->kind == LS_STEP_ZIP, isLink = ls_is_link(step->kind, step->function);
  int before = isLink ? NAME(runBefore)(state, first, last, step, step->left) : -1;
  const bool isReversed = before < 0 && isLink && isZip && NAME(runBefore)(state, first, last, step, step->right) >= 0;
  if (isReversed) before = NAME(runBefore)(state, first, last, step, step->right);
  NAME(Run) run;
  memset(&run, 0, sizeof run);
  if (before >= 0) {
    run = state->run[before];
    state->runs--;
    for (int r = before; r < state->runs; r++) state->run[r] = state->run[r + 1];
  } else {
    run.startAt = NAME(find)(state, first, step->left, &run.start);
    NAME(note)(state, run.startAt, run.start);
  }
  const bool isSelf = isZip && step->left == step->right;
  const T *other = NULL, *out;
  ls_at otherAt = LS_AT_NOTHING;
  if (isZip && !(isSelf && isLink)) otherAt = NAME(find)(state, first, isReversed ? step->left : step->right, &other);
  NAME(note)(state, otherAt, other);
  const bool isOne = otherAt == LS_AT_CHANNEL || otherAt == LS_AT_ALL;
  const ls_with with = !isZip ? LS_ALONE : isSelf ? LS_WITH_SELF : isReversed ? LS_ROW_WITH : isOne ? LS_WITH_ONE : LS_WITH_ROW;
  run.only = isLink ? NULL : step;
  run.code[run.links] = LS_LINK(step->function, with);
  run.other[run.links] = other, run.otherAt[run.links++] = otherAt;
  run.usual = isLink ? ls_usual_run(run.links, run.code) : 0;
  run.last = i;
  run.outAt = NAME(find)(state, first, f->operands + i, &out);
  NAME(note)(state, run.outAt, out);
  run.out = (T *)out;
  state->run[state->runs++] = run;
}

// The runs and sums of steps first ..< last, and where their operands stand.
static void NAME(preparePass)(NAME(Fusing) *state, int first, int last) {
  const LS_JOIN(ls_fusion_, FORMAT) *f = state->fusion;
  state->runs = state->sums = state->arrays = 0;
  for (int i = first; i < last; i++) {
    if (f->step[i].kind != LS_STEP_SUM) {
      NAME(addStep)(state, first, last, i);
      continue;
    }
    const int s = state->sums++;
    state->termsAt[s] = NAME(find)(state, first, f->step[i].left, &state->terms[s]);
    NAME(note)(state, state->termsAt[s], state->terms[s]);
  }
}

// A row of the next piece, of every array that is this run's to ask for. Pieces come from many places in turn, which no cache
// foresees; asking for all at once would keep the computation waiting.
static inline void NAME(prefetchRow)(const NAME(Fusing) *state, int r, int64_t at, int64_t count) {
  for (int v = r; v < state->arrays; v += state->runs) {
    const char *p = (const char *)(state->array[v] + at);
    for (int64_t i = 0; i < count * (int64_t)sizeof(T); i += 64) __builtin_prefetch(p + i, 0);
  }
}

static TARGET void NAME(fusePiece)(NAME(Fusing) *state, int64_t at, int64_t position, int64_t count, int64_t next,
                                   int64_t nextCount, V *sums) {
  const int64_t inner = state->fusion->inner, lanes = state->lanes;
  const int64_t from[] = {at, position, 0, 0, 0, 0}, row[] = {inner, 0, 1, 0, LS_FUSION_PIECE, 0};
  for (int r = 0; r < state->runs; r++) {
    const NAME(Run) *run = &state->run[r];
    const T *x = run->start + from[run->startAt], *others[LS_FUSION_LINKS];
    T *out = run->out + from[run->outAt];
    for (int64_t lane = 0; lane < lanes; lane++, x += row[run->startAt], out += row[run->outAt]) {
      for (int i = 0; i < run->links; i++)
        others[i] = run->other[i] + from[run->otherAt[i]] + lane * row[run->otherAt[i]];
      NAME(prefetchRow)(state, r, next + lane * inner, nextCount);
      if (!run->only) NAME(runRow)(run, count, x, others, out);
      else if (run->only->kind == LS_STEP_MAP)
        NAME(map)((ls_unary)run->only->function, run->only->constant, count, x, out);
      else
        NAME(zipBlock)((ls_binary)run->only->function, run->only->constant, count, x, others[0],
                       run->otherAt[0] == LS_AT_CHANNEL || run->otherAt[0] == LS_AT_ALL, out);
    }
  }
  const T *terms[LS_FUSION_SUMS];
  int64_t rows[LS_FUSION_SUMS];
  for (int s = 0; s < state->sums; s++)
    terms[s] = state->terms[s] + from[state->termsAt[s]], rows[s] = row[state->termsAt[s]];
#define ADD_ROWS(N)                                                          \
  if (lanes == W) NAME(addRows)(N, true, W, count, terms, rows, sums);       \
  else NAME(addRows)(N, false, lanes, count, terms, rows, sums)
  switch (state->sums) {
    case 1: ADD_ROWS(1); break;
    case 2: ADD_ROWS(2); break;
    case 3: ADD_ROWS(3); break;
    case 4: ADD_ROWS(4); break;
    default: break;
  }
#undef ADD_ROWS
}

// A result of channels is there.
static TARGET void NAME(keepChannels)(NAME(Fusing) *state, int step) {
  T *out = state->fusion->step[step].out;
  if (out) memcpy(out + state->channel, state->channels[step], (size_t)state->lanes * sizeof(T));
}

static TARGET void NAME(fusePass)(NAME(Fusing) *state, int first, int last) {
  const LS_JOIN(ls_fusion_, FORMAT) *f = state->fusion;
  NAME(preparePass)(state, first, last);
  V sums[LS_FUSION_SUMS];
  for (int s = 0; s < LS_FUSION_SUMS; s++) sums[s] = SPLAT(0);
  for (int64_t a = 0; a < f->outer; a++) {
    const int64_t start = (a * f->channels + state->channel) * f->inner;
    for (int64_t c = 0; c < f->inner; c += LS_FUSION_PIECE) {
      const int64_t next = c + LS_FUSION_PIECE;
      const bool isLast = next >= f->inner;
      const int64_t nextCount = !isLast ? f->inner - next : a + 1 < f->outer ? f->inner : 0;
      NAME(fusePiece)(state, start + c, c, MINIMUM(LS_FUSION_PIECE, f->inner - c),
                      start + (isLast ? f->channels * f->inner : next), MINIMUM(LS_FUSION_PIECE, nextCount), sums);
    }
  }
  for (int s = 0; s < state->sums; s++) {
    const int i = last - state->sums + s;
    STORE(state->channels[i], sums[s]);
    NAME(keepChannels)(state, i);
  }
}

static TARGET void NAME(fuseChannels)(NAME(Fusing) *state, int i) {
  const LS_JOIN(ls_step_, FORMAT) *step = &state->fusion->step[i];
  const T *left, *right;
  NAME(find)(state, 0, step->left, &left);
  T *out = state->channels[i];
  if (step->kind == LS_STEP_CHANNEL_MAP) {
    NAME(map)((ls_unary)step->function, step->constant, state->lanes, left, out);
  } else {
    const bool repeated = NAME(find)(state, 0, step->right, &right) == LS_AT_ALL;
    NAME(zipBlock)((ls_binary)step->function, step->constant, state->lanes, left, right, repeated, out);
  }
  NAME(keepChannels)(state, i);
}

static TARGET void NAME(fuse)(const LS_JOIN(ls_fusion_, FORMAT) *f, int64_t first, int64_t last) {
  NAME(Fusing) state;
  state.fusion = f;
  for (state.channel = first; state.channel < last; state.channel += W) {
    state.lanes = MINIMUM(W, last - state.channel);
    for (int i = 0, end; i < f->steps; i = end) {
      end = i;
      while (end < f->steps && NAME(isOfElements)(&f->step[end])) end++;
      while (end < f->steps && f->step[end].kind == LS_STEP_SUM) end++;
      if (end > i) {
        NAME(fusePass)(&state, i, end);
        continue;
      }
      NAME(fuseChannels)(&state, i);
      end = i + 1;
    }
  }
}
#undef SIGN
#undef NEGATED
#undef MAGNITUDE
#undef WHERE_POSITIVE
