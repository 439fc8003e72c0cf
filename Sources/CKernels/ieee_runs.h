// Template (see ieee_template.h): runs of elementwise operations, the loops of a fusion (ieee_fusion.h). Each operation is
// rounded as it would be alone; what is saved is the way to a buffer and back between them.

#ifndef LS_FUSION_PIECE
#define LS_FUSION_PIECE 64  // of a row, so that a piece of W rows has 2 KB or 4, and some of them fit the first-level cache

// What a value is found by: an element of the whole arrays, a position of a row, a channel, one for all, a piece in a buffer.
typedef enum { LS_AT_ELEMENT, LS_AT_POSITION, LS_AT_CHANNEL, LS_AT_ALL, LS_AT_BUFFER, LS_AT_NOTHING } ls_at;

// What a link of a run does with the result before it: f(r, one value), f(r, a row), f(r, r), f(a row, r), f(r).
typedef enum { LS_WITH_ONE, LS_WITH_ROW, LS_WITH_SELF, LS_ROW_WITH, LS_ALONE } ls_with;
#define LS_LINK(f, with) ((int)(f) * 8 + (int)(with))
#define LS_FUSION_LINKS 8

// Runs that are compiled whole: a number, how many links, which.
#define LS_NORMALIZED                                                                                             \
  LS_LINK(LS_SUBTRACT, LS_WITH_ONE), LS_LINK(LS_DIVIDE, LS_WITH_ONE), LS_LINK(LS_MULTIPLY, LS_WITH_ONE),        \
    LS_LINK(LS_ADD, LS_WITH_ONE)
#define LS_USUAL_RUNS(RUN)                                                                                        \
  RUN(1, 2, LS_LINK(LS_SUBTRACT, LS_WITH_ONE), LS_LINK(LS_MULTIPLY, LS_WITH_SELF))                              \
  RUN(2, 4, LS_NORMALIZED)                                                                                        \
  RUN(3, 5, LS_NORMALIZED, LS_LINK(LS_RELU, LS_ALONE))                                                          \
  RUN(4, 6, LS_NORMALIZED, LS_LINK(LS_ADD, LS_WITH_ROW), LS_LINK(LS_RELU, LS_ALONE))                            \
  RUN(5, 6, LS_NORMALIZED, LS_LINK(LS_ADD, LS_ROW_WITH), LS_LINK(LS_RELU, LS_ALONE))                            \
  RUN(6, 1, LS_LINK(LS_SUBTRACT, LS_WITH_ONE))                                                                  \
  RUN(7, 2, LS_LINK(LS_DIVIDE, LS_WITH_ONE), LS_LINK(LS_MULTIPLY, LS_WITH_ROW))                                 \
  RUN(8, 3, LS_LINK(LS_NEGATE, LS_ALONE), LS_LINK(LS_MULTIPLY, LS_ROW_WITH), LS_LINK(LS_MULTIPLY, LS_WITH_ONE)) \
  RUN(9, 3, LS_LINK(LS_SUBTRACT, LS_WITH_ONE), LS_LINK(LS_MULTIPLY, LS_WITH_ONE), LS_LINK(LS_ADD, LS_WITH_SELF)) \
  RUN(10, 4, LS_LINK(LS_RELU_GRADIENT, LS_WITH_ROW), LS_LINK(LS_MULTIPLY, LS_WITH_ONE),                         \
      LS_LINK(LS_ADD, LS_WITH_ROW), LS_LINK(LS_ADD, LS_WITH_ONE))                                               \
  RUN(11, 3, LS_LINK(LS_MULTIPLY, LS_WITH_ONE), LS_LINK(LS_ADD, LS_WITH_ROW), LS_LINK(LS_ADD, LS_WITH_ONE))     \
  RUN(12, 2, LS_LINK(LS_ADD, LS_WITH_ROW), LS_LINK(LS_RELU_GRADIENT, LS_ROW_WITH))                              \
  RUN(13, 1, LS_LINK(LS_RELU_GRADIENT, LS_WITH_ROW))

static inline int ls_usual_run(int links, const int *code) {
#define USUAL(number, n, ...)                                                                  \
  {                                                                                            \
    const int codes[] = {__VA_ARGS__};                                                         \
    if (links == n && memcmp(code, codes, sizeof codes) == 0) return number;                   \
  }
  LS_USUAL_RUNS(USUAL)
#undef USUAL
  return 0;
}

static inline bool ls_is_link(ls_step_kind kind, int32_t function) {
  if (kind == LS_STEP_MAP) return function == LS_NEGATE || function == LS_RELU;
  return function == LS_ADD || function == LS_SUBTRACT || function == LS_MULTIPLY || function == LS_DIVIDE ||
         function == LS_RELU_GRADIENT;
}
#endif

// A run of steps, each of which alone uses the result of the one before: it stays in registers. Other results stand in
// buffers or are written out.
typedef struct {
  const LS_JOIN(ls_step_, FORMAT) *only;  // a step that is no link: its function wants a row at a time
  const T *start;                         // left operand of the first step
  T *out;
  ls_at startAt, outAt;
  int links, usual, last;                 // steps; place among the usual runs, or 0; number of the step with the result
  int code[LS_FUSION_LINKS];              // LS_LINK of the functions
  const T *other[LS_FUSION_LINKS];        // operands that are not the result before
  ls_at otherAt[LS_FUSION_LINKS];
} NAME(Run);

// One link of a run for n vectors of a row from c on, or the first `rest` values of one where that is below W.
LS_INLINE TARGET void NAME(follow)(const int n, const bool isPart, int64_t rest, const int code, const T *other, int64_t c,
                                   V *r) {
#define PART(p) (isPart ? NAME(loadPart)(p, rest) : LOAD(p))
#define EACH_OF(x, y, expression) UNROLL for (int q = 0; q < n; q++) { const V u = x, v = y; r[q] = expression; }
#define LINKS(f, expression)                                                                          \
  case LS_LINK(f, LS_WITH_ONE): { const V one = SPLAT(other[0]); EACH_OF(r[q], one, expression) break; } \
  case LS_LINK(f, LS_WITH_ROW): EACH_OF(r[q], PART(other + c + q * W), expression) break;             \
  case LS_LINK(f, LS_WITH_SELF): EACH_OF(r[q], r[q], expression) break;                               \
  case LS_LINK(f, LS_ROW_WITH): EACH_OF(PART(other + c + q * W), r[q], expression) break;
  switch (code) {
    LINKS(LS_ADD, u + v)
    LINKS(LS_SUBTRACT, u - v)
    LINKS(LS_MULTIPLY, u * v)
    LINKS(LS_DIVIDE, u / v)
    LINKS(LS_RELU_GRADIENT, WHERE_POSITIVE(u, v))
    case LS_LINK(LS_NEGATE, LS_ALONE): UNROLL for (int q = 0; q < n; q++) r[q] = NEGATED(r[q]); break;
    case LS_LINK(LS_RELU, LS_ALONE): UNROLL for (int q = 0; q < n; q++) r[q] = WHERE_POSITIVE(r[q], r[q]); break;
    default: break;
  }
#undef LINKS
#undef EACH_OF
}

LS_INLINE TARGET void NAME(runAlong)(const int n, const bool isPart, int64_t rest, const bool isUsual, const int links,
                                     const int *codes, const T *x, const T *const *others, int64_t c, T *out) {
  V r[4];
  UNROLL for (int q = 0; q < n; q++) r[q] = PART(x + c + q * W);
  if (isUsual)
    UNROLL for (int i = 0; i < LS_FUSION_LINKS; i++) {
      if (i < links) NAME(follow)(n, isPart, rest, codes[i], others[i], c, r);
    }
  else
    for (int i = 0; i < links; i++) NAME(follow)(n, isPart, rest, codes[i], others[i], c, r);
  UNROLL for (int q = 0; q < n; q++)
    if (isPart) NAME(storePart)(out + c, rest, r[q]);
    else STORE(out + c + q * W, r[q]);
#undef PART
}

// One row. The runs of batch norm (Networks, BatchNorm) with relu and residual sums are compiled as they are; of others every
// link is looked up.
static TARGET void NAME(runRow)(const NAME(Run) *run, int64_t count, const T *x, const T *const *others, T *out) {
  int64_t c = 0;
#define USUAL(number, n, ...)                                                                                  \
  case number: {                                                                                               \
    const int codes[] = {__VA_ARGS__};                                                                         \
    for (; c + 4 * W <= count; c += 4 * W) NAME(runAlong)(4, false, 0, true, n, codes, x, others, c, out);           \
    break;                                                                                                     \
  }
  switch (run->usual) { LS_USUAL_RUNS(USUAL) }
#undef USUAL
  for (; c + 4 * W <= count; c += 4 * W) NAME(runAlong)(4, false, 0, false, run->links, run->code, x, others, c, out);
  for (; c + W <= count; c += W) NAME(runAlong)(1, false, 0, false, run->links, run->code, x, others, c, out);
  if (c < count) NAME(runAlong)(1, true, count - c, false, run->links, run->code, x, others, c, out);
}
