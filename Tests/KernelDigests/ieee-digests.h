// Template: digests of the kernels of ieee.h in one format, on one path. Before each inclusion T and S are defined.
#define JOIN(a, b) JOIN2(a, b)
#define JOIN2(a, b) a##b
#define N(x) JOIN(x##_, S)

static T *N(values)(words *w, int64_t count, int wild) {
  T *x = malloc((size_t)(count + 1) * sizeof(T));
  for (int64_t i = 0; i < count; i++) x[i] = N(value)(w, wild);
  return x;
}

static void N(add_all)(digest *d, int64_t count, const T *x) {
  for (int64_t i = 0; i < count; i++) N(add)(d, x[i]);
}

static digest N(matmuls)(ls_path path) {
  static const int shapes[][3] = {{1, 1, 1}, {3, 5, 7}, {1, 40, 9}, {40, 1, 9}, {17, 33, 65}, {13, 70, 300}, {25, 36, 2}, {2, 3, 0}};
  digest d = empty_digest();
  words w = {1};
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
    for (int layout = 0; layout < 8; layout++) {
      const int64_t m = shapes[i][0], n = shapes[i][1], k = shapes[i][2];
      T *a = N(values)(&w, m * k, layout & 4), *b = N(values)(&w, k * n, layout & 4), *c = N(values)(&w, m * n, 0);
      N(ls_matmul)(path, m, n, k, a, layout & 1 ? 1 : k, layout & 1 ? m : 1, b, layout & 2 ? 1 : n, layout & 2 ? k : 1, c);
      N(add_all)(&d, m * n, c);
      N(add)(&d, N(ls_dot)(path, MINIMUM(m, n) * k, a, b));
      free(a), free(b), free(c);
    }
  return d;
}

// All three convolutions, also in parts of samples and channels.
static digest N(convolutions)(ls_path path) {
  static const ls_convolution shapes[] = {
    // batch, in (C, H, W), out C, kernel, out (H, W), stride, padding, groups
    {2, 1, 8, 8, 4, 3, 3, 8, 8, 1, 1, 1, 1, 1},   {3, 4, 9, 7, 20, 3, 3, 5, 4, 2, 2, 1, 1, 1},
    {2, 6, 14, 14, 16, 5, 5, 10, 10, 1, 1, 0, 0, 1}, {2, 6, 6, 5, 10, 2, 3, 7, 7, 1, 1, 1, 2, 2},
    {1, 2, 3, 3, 33, 5, 5, 5, 5, 1, 1, 3, 3, 1},  {2, 8, 12, 40, 8, 1, 1, 12, 40, 1, 1, 0, 0, 4},
  };
  digest d = empty_digest();
  words w = {2};
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
    for (int wild = 0; wild < 2; wild++) {
      const ls_convolution *s = &shapes[i];
      const int64_t in = s->batch * s->inChannels * s->inHeight * s->inWidth;
      const int64_t out = s->batch * s->outChannels * s->outHeight * s->outWidth;
      const int64_t kernel = s->outChannels * s->inChannels / s->groups * s->kernelHeight * s->kernelWidth;
      T *x = N(values)(&w, in, wild), *k = N(values)(&w, kernel, wild), *g = N(values)(&w, out, wild);
      T *y = N(values)(&w, MAXIMUM(MAXIMUM(in, out), kernel), 0);
      const int64_t samples = (s->batch + 1) / 2, channels = s->outChannels / 3;
      N(ls_convolve)(path, s, 0, samples, x, k, y);
      N(ls_convolve)(path, s, samples, s->batch, x, k, y);
      N(add_all)(&d, out, y);
      N(ls_convolve_input_gradient)(path, s, 0, samples, g, k, y);
      N(ls_convolve_input_gradient)(path, s, samples, s->batch, g, k, y);
      N(add_all)(&d, in, y);
      N(ls_convolve_kernel_gradient)(path, s, 0, channels, g, x, y);
      N(ls_convolve_kernel_gradient)(path, s, channels, s->outChannels, g, x, y);
      N(add_all)(&d, kernel, y);
      free(x), free(k), free(g), free(y);
    }
  return d;
}

static digest N(elementwise)(ls_path path) {
  digest d = empty_digest();
  words w = {3};
  for (int wild = 0; wild < 2; wild++)
    for (int64_t count = 1; count < 600; count = count * 3 + 2) {
      T *x = N(values)(&w, count, wild), *y = N(values)(&w, count, wild), *z = N(values)(&w, count, 0);
      const T beta = N(value)(&w, 0);
      for (ls_unary f = LS_NEGATE; f <= LS_SWISH; f++) {
        N(ls_map)(path, f, beta, count, x, z);
        N(add_all)(&d, count, z);
      }
      const ls_broadcast repeats[] = {{1, count}, {1, 1}, {1, MINIMUM(count, 7)}, {5, (count + 4) / 5}};
      for (ls_binary f = LS_ADD; f <= LS_SWISH_GRADIENT; f++)
        for (int r = 0; r < 4; r++) {
          N(ls_zip)(path, f, beta, count, x, y, repeats[r], z);
          N(add_all)(&d, count, z);
        }
      free(x), free(y), free(z);
    }
  return d;
}

static digest N(sums)(ls_path path) {
  static const int shapes[][3] = {{1, 1, 1}, {9, 3, 1}, {5, 37, 1}, {4, 6, 25}, {3, 18, 7}, {1, 1, 100}};
  digest d = empty_digest();
  words w = {4};
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
    for (int wild = 0; wild < 2; wild++) {
      const int64_t A = shapes[i][0], B = shapes[i][1], C = shapes[i][2], count = A * B * C;
      T *x = N(values)(&w, count, wild), *out = N(values)(&w, MAXIMUM(B, 4), 0);
      N(ls_sum)(path, A, B, C, 0, B / 2, x, out);
      N(ls_sum)(path, A, B, C, B / 2, B, x, out);
      N(add_all)(&d, B, out);
      int32_t offsets[5] = {0, 0, 3, 4, 20}, indices[20];
      for (int j = 0; j < 20; j++) indices[j] = (int32_t)below(&w, count);
      N(ls_gather_sum)(path, 4, offsets, indices, x, out);
      N(add_all)(&d, 4, out);
      free(x), free(out);
    }
  return d;
}

// Maxima of lists, long and short, in parts; and sums scattered to positions that many share.
static digest N(choices)(ls_path path) {
  enum { rows = 21, copies = 3, stride = 50 };
  digest d = empty_digest();
  words w = {7};
  for (int wild = 0; wild < 2; wild++)
    for (int length = 1; length < 10; length += 2) {
      int32_t offsets[rows + 1] = {0}, indices[10 * rows], kept[rows * copies];
      for (int r = 0; r < rows; r++) offsets[r + 1] = offsets[r] + (r == 17 ? 10 : length);
      for (int j = 0; j < offsets[rows]; j++) indices[j] = (int32_t)below(&w, stride);
      T *x = N(values)(&w, copies * stride, wild), *out = N(values)(&w, copies * stride, 0);
      for (int i = 0; i < copies * stride; i += 4) x[i] = x[i / 2];
      N(ls_maxima)(path, rows, offsets, indices, 0, 1, stride, x, kept);
      N(ls_maxima)(path, rows, offsets, indices, 1, copies, stride, x, kept);
      for (int r = 0; r < rows * copies; r++) add_word(&d, (uint64_t)kept[r]);
      N(ls_scatter_sum)(path, rows * copies, kept, x, 0, stride, out);
      N(ls_scatter_sum)(path, rows * copies, kept, x, stride, copies * stride, out);
      N(add_all)(&d, copies * stride, out);
      free(x), free(out);
    }
  return d;
}

// Every extent of operands; results written, summed, both, or neither.
static digest N(fusions)(ls_path path) {
  static const int shapes[][3] = {{2, 11, 37}, {1, 3, 600}, {3, 16, 64}};
  digest d = empty_digest();
  words w = {8};
  for (int i = 0; i < 3; i++)
    for (int wild = 0; wild < 2; wild++) {
      const int64_t outer = shapes[i][0], channels = shapes[i][1], inner = shapes[i][2], count = outer * channels * inner;
      T *x = N(values)(&w, count, wild), *g = N(values)(&w, count, wild), *c = N(values)(&w, channels, 0);
      T *p = N(values)(&w, inner, 0), *one = N(values)(&w, 1, 0), *y = N(values)(&w, count, 0), *z = N(values)(&w, count, 0);
      T *sums = N(values)(&w, 3 * channels, 0);
      const JOIN(ls_fusion_operand_, S) operands[] = {
        {x, LS_OF_ELEMENT}, {g, LS_OF_ELEMENT}, {c, LS_OF_CHANNEL}, {p, LS_OF_POSITION}, {one, LS_OF_ALL},
      };
      const JOIN(ls_step_, S) steps[] = {
        {LS_STEP_ZIP, LS_SUBTRACT, 0, 0, 2, 0, y},                // 5: x - c
        {LS_STEP_ZIP, LS_MULTIPLY, 0, 5, 5, 1, NULL},             // 6: its square
        {LS_STEP_SUM, 0, 0, 6, 0, 0, sums},
        {LS_STEP_SUM, 0, 0, 1, 0, 0, sums + channels},
        {LS_STEP_SUM, 0, 0, 5, 0, 0, sums + 2 * channels},
        {LS_STEP_ZIP, LS_DIVIDE, 0, 5, 3, 0, NULL},               // 10
        {LS_STEP_MAP, LS_SIGMOID, 0, 10, 0, 0, NULL},             // 11
        {LS_STEP_ZIP, LS_RELU_GRADIENT, 0, 11, 1, 0, NULL},       // 12
        {LS_STEP_ZIP, LS_ADD, 0, 12, 4, 0, z},
      };
      const JOIN(ls_fusion_, S) fusion = {outer, channels, inner, 5, 9, operands, steps};
      N(ls_fuse)(path, &fusion, 0, channels / 2);
      N(ls_fuse)(path, &fusion, channels / 2, channels);
      N(add_all)(&d, count, y);
      N(add_all)(&d, count, z);
      N(add_all)(&d, 3 * channels, sums);
      free(x), free(g), free(c), free(p), free(one), free(y), free(z), free(sums);
    }
  return d;
}

// A mean and what is left of its variance, values scaled by both, and a sum of those: three passes, steps of channels between,
// results made again or read.
static digest N(passes)(ls_path path) {
  static const int shapes[][3] = {{2, 11, 37}, {1, 3, 600}, {3, 16, 64}};
  digest d = empty_digest();
  words w = {9};
  for (int i = 0; i < 3; i++)
    for (int wild = 0; wild < 2; wild++) {
      const int64_t outer = shapes[i][0], channels = shapes[i][1], inner = shapes[i][2], count = outer * channels * inner;
      T *x = N(values)(&w, count, wild), *g = N(values)(&w, count, wild), *c = N(values)(&w, channels, 0);
      T *one = N(values)(&w, 1, 0), *y = N(values)(&w, count, 0), *z = N(values)(&w, count, 0);
      T *kept = N(values)(&w, 3 * channels, 0);
      const JOIN(ls_fusion_operand_, S) operands[] = {
        {x, LS_OF_ELEMENT}, {g, LS_OF_ELEMENT}, {c, LS_OF_CHANNEL}, {one, LS_OF_ALL},
      };
      const JOIN(ls_step_, S) steps[] = {
        {LS_STEP_CHANNEL_ZIP, LS_DIVIDE, 0, 2, 3, 0, NULL},             // 4
        {LS_STEP_ZIP, LS_ADD, 0, 1, 0, 0, NULL},                        // 5
        {LS_STEP_ZIP, LS_RELU_GRADIENT, 0, 0, 5, 0, y},                 // 6: written, summed and read again
        {LS_STEP_SUM, 0, 0, 6, 0, 0, NULL},                             // 7
        {LS_STEP_CHANNEL_ZIP, LS_MULTIPLY, 0, 7, 3, 0, kept},           // 8
        {LS_STEP_ZIP, LS_SUBTRACT, 0, 0, 8, 0, NULL},                   // 9
        {LS_STEP_ZIP, LS_MULTIPLY, 0, 9, 9, 1, NULL},                   // 10
        {LS_STEP_SUM, 0, 0, 10, 0, 0, kept + channels},                 // 11
        {LS_STEP_CHANNEL_ZIP, LS_ADD, 0, 11, 3, 0, NULL},               // 12
        {LS_STEP_CHANNEL_MAP, LS_SQUARE_ROOT, 0, 12, 0, 0, kept + 2 * channels},  // 13
        {LS_STEP_ZIP, LS_SUBTRACT, 0, 0, 8, 0, NULL},                   // 14
        {LS_STEP_ZIP, LS_DIVIDE, 0, 14, 13, 0, NULL},                   // 15
        {LS_STEP_ZIP, LS_MULTIPLY, 0, 15, 4, 0, NULL},                  // 16
        {LS_STEP_ZIP, LS_ADD, 0, 16, 2, 0, NULL},                       // 17
        {LS_STEP_ZIP, LS_ADD, 0, 6, 17, 0, NULL},                       // 18
        {LS_STEP_MAP, LS_RELU, 0, 18, 0, 0, z},
      };
      const JOIN(ls_fusion_, S) fusion = {outer, channels, inner, 4, 16, operands, steps};
      N(ls_fuse)(path, &fusion, 0, channels / 2);
      N(ls_fuse)(path, &fusion, channels / 2, channels);
      N(add_all)(&d, count, y);
      N(add_all)(&d, count, z);
      N(add_all)(&d, 3 * channels, kept);
      free(x), free(g), free(c), free(one), free(y), free(z), free(kept);
    }
  return d;
}

static digest N(updates)(ls_path path) {
  digest d = empty_digest();
  words w = {5};
  for (int flags = 0; flags < 32; flags++)
    for (int wild = 0; wild < 2; wild++) {
      const int64_t count = 1 + below(&w, 300);
      static const int32_t ks[] = {1, 3, 16777217, 2147483647};
      T *weights = N(values)(&w, count, wild), *v = N(values)(&w, count, wild), *g = N(values)(&w, count, wild);
      JOIN(ls_sgd_constants_, S) c = {
        .useDecay = flags & 1, .useMomentum = flags & 2, .firstUpdate = flags & 4, .nesterov = (flags & 10) == 10,
        .decay = N(value)(&w, 0), .momentum = N(value)(&w, 0), .rateTimesK = N(value)(&w, 0), .k = ks[flags % 4 ^ flags >> 4],
      };
      N(ls_sgd)(path, count, weights, v, g, &c);
      N(add_all)(&d, count, weights);
      N(add_all)(&d, count, v);
      free(weights), free(v), free(g);
    }
  return d;
}

// On every path there is, which all must give the digest of the plain one.
static void N(all_paths)(void) {
  static const struct {
    const char *name;
    digest (*of)(ls_path);
  } families[] = {
    {"matmul", N(matmuls)}, {"convolution", N(convolutions)}, {"elementwise", N(elementwise)}, {"sums", N(sums)},
    {"choices", N(choices)}, {"fusion", N(fusions)}, {"passes", N(passes)}, {"sgd", N(updates)},
  };
  for (int i = 0; i < (int)(sizeof families / sizeof families[0]); i++)
    for (ls_path path = LS_PLAIN; path <= LS_NEON; path++)
      if (ls_path_available(path)) report(families[i].name, NAME_OF(S), path, families[i].of(path));
}

static digest N(elementary)(ls_path path) {
  digest d = empty_digest();
  words w = {6};
  for (ls_unary f = LS_EXP; f <= LS_COS; f++)
    for (ls_direction direction = LS_NEAREST; direction <= LS_DOWN; direction++) {
      enum { count = 400 };
      T *x = N(values)(&w, count, 1), *near = N(values)(&w, count, 0);
      memcpy(x, near, count / 2 * sizeof(T));
      JOIN(ls_elementary_array_, S)(path, f, direction, count, x, near);
      N(add_all)(&d, count, near);
      for (int i = 0; i < 40; i++) {
        N(add)(&d, JOIN(ls_elementary_, S)(f, direction, x[5 * i + 150]));
        N(add)(&d, JOIN(ls_elementary_reference_, S)(f, direction, x[5 * i + 150]));
      }
      free(x), free(near);
    }
  return d;
}

static void N(elementary_paths)(void) {
  for (ls_path path = LS_PLAIN; path <= LS_NEON; path++)
    if (ls_path_available(path)) report("elementary", NAME_OF(S), path, N(elementary)(path));
}

static digest N(software_fma)(void) {
  digest d = empty_digest();
  words w = {7};
  for (int i = 0; i < 20000; i++) {
    const T a = N(value)(&w, i % 2), b = N(value)(&w, i % 2), c = N(value)(&w, i % 2);
    N(add)(&d, JOIN(ls_fma_soft_, S)(a, b, i % 4 == 2 ? -a * b : c));
  }
  return d;
}

#undef N
#undef T
#undef S
