// Template (see ieee_template.h): several elementwise operations and sums in one pass over memory (`ls_fusion` in ieee.h).
// Each operation is rounded as it would be alone, and each sum is the chain it would be alone; what is saved is the way to
// memory and back between them. A block of a channel goes through all operations while it is in the first-level cache; W
// channels take turns, so that their sums are the lanes of a vector.

typedef struct {
  T blocks[LS_FUSION_STEPS][LS_BLOCK];      // results that nothing but later steps of the block reads
  T summed[LS_FUSION_SUMS][W][LS_BLOCK];    // results that are summed when all W channels have them
  V sums[LS_FUSION_SUMS];
  const T *terms[LS_FUSION_SUMS][W];
} NAME(Fusing);

// One block of one channel: count elements, the first of them at `at` of the whole arrays.
static TARGET void NAME(fuseBlock)(const LS_JOIN(ls_fusion_, FORMAT) *f, int64_t channel, int64_t lane, int64_t at,
                                   int64_t position, int64_t count, NAME(Fusing) *state) {
  const T *values[LS_FUSION_OPERANDS + LS_FUSION_STEPS];
  bool repeated[LS_FUSION_OPERANDS + LS_FUSION_STEPS] = {false};
  for (int v = 0; v < f->operands; v++) {
    const T *all = f->operand[v].values;
    switch (f->operand[v].extent) {
      case LS_OF_ELEMENT: values[v] = all + at; break;
      case LS_OF_POSITION: values[v] = all + position; break;
      case LS_OF_CHANNEL: values[v] = all + channel, repeated[v] = true; break;
      case LS_OF_ALL: values[v] = all, repeated[v] = true; break;
    }
  }
  int sum = 0;
  for (int i = 0; i < f->steps; i++) {
    const LS_JOIN(ls_step_, FORMAT) *step = &f->step[i];
    const T *left = values[step->left];
    if (step->kind == LS_STEP_SUM) {
      state->terms[sum++][lane] = left;
      continue;
    }
    T *out = step->out      ? step->out + at
             : step->summed ? state->summed[step->summed - 1][lane]
                            : state->blocks[i];
    values[f->operands + i] = out;
    if (step->kind == LS_STEP_MAP) NAME(map)((ls_unary)step->function, step->constant, count, left, out);
    else
      NAME(zipBlock)((ls_binary)step->function, step->constant, count, left, values[step->right], repeated[step->right],
                     out);
  }
}

static TARGET void NAME(fuse)(const LS_JOIN(ls_fusion_, FORMAT) *f, int64_t first, int64_t last) {
  NAME(Fusing) state;
  for (int64_t channel = first; channel < last; channel += W) {
    const int64_t lanes = MINIMUM(W, last - channel);
    for (int s = 0; s < LS_FUSION_SUMS; s++) state.sums[s] = SPLAT(0);
    for (int64_t a = 0; a < f->outer; a++)
      for (int64_t c = 0; c < f->inner; c += LS_BLOCK) {
        const int64_t count = MINIMUM(LS_BLOCK, f->inner - c);
        for (int64_t lane = 0; lane < lanes; lane++)
          NAME(fuseBlock)(f, channel + lane, lane, (a * f->channels + channel + lane) * f->inner + c, c, count, &state);
        int sum = 0;
        for (int i = 0; i < f->steps; i++)
          if (f->step[i].kind == LS_STEP_SUM) {
            state.sums[sum] = NAME(addLanes)(lanes, count, state.terms[sum], state.sums[sum]);
            sum++;
          }
      }
    int sum = 0;
    for (int i = 0; i < f->steps; i++)
      if (f->step[i].kind == LS_STEP_SUM) NAME(storePart)(f->step[i].out + channel, lanes, state.sums[sum++]);
  }
}
