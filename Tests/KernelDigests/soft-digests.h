// Digests of the software formats (soft.h), in every direction.

static digest soft_operations(const ls_soft_format *f) {
  enum { count = 400 };
  digest d = empty_digest();
  words w = {11};
  double x[count], y[count], z[count];
  for (int i = 0; i < count; i++) {
    x[i] = ls_soft_multiply(value_f32(&w, i % 5 == 0), 1, f);  // numbers of the format
    y[i] = ls_soft_multiply(value_f32(&w, i % 7 == 0), 1, f);
    z[i] = ls_soft_multiply(value_f32(&w, 0), 1, f);
    add_f64(&d, ls_soft_add(x[i], y[i], f));
    add_f64(&d, ls_soft_subtract(x[i], y[i], f));
    add_f64(&d, ls_soft_multiply(x[i], y[i], f));
    add_f64(&d, ls_soft_divide(x[i], y[i], f));
    add_f64(&d, ls_soft_fma(x[i], y[i], z[i], f));
    add_f64(&d, ls_soft_square_root(x[i], f));
    add_f64(&d, ls_soft_multiply_integer(x[i], i + 1, f));
    add_f64(&d, ls_soft_divide_integer(x[i], i + 1, f));
    if (i % 8 == 0)
      for (ls_unary g = LS_EXP; g <= LS_COS; g++) add_f64(&d, ls_soft_elementary(g, x[i], f));
  }
  const ls_soft_reduction chain = {LS_SEQUENTIAL, 1};
  const ls_soft_site site = {0};
  add_f64(&d, ls_soft_sum(count, z, &chain, f, &site, 0));
  add_f64(&d, ls_soft_dot(count, z, z, &chain, f, &site, 0));
  double c[20 * 20];
  ls_soft_matmul(0, 20, 20, 20, x, 20, 1, z, 1, 20, c, &chain, f, &site);
  add_all_f64(&d, 20 * 20, c);
  return d;
}

// Fills a tensor with numbers of the format.
static void soft_values(words *w, const ls_soft_format *f, int64_t count, double *x) {
  ls_soft_format nearest = *f;
  nearest.direction = LS_NEAREST;
  for (int64_t i = 0; i < count; i++) x[i] = ls_soft_multiply(value_f32(w, i % 17 == 0), 1, &nearest);
}

// Every kernel on whole tensors, with every reduction that is made there.
static digest soft_tensors(const ls_soft_format *f) {
  const ls_convolution s = {.batch = 2, .inChannels = 4, .inHeight = 7, .inWidth = 9,
                            .outChannels = 6, .kernelHeight = 3, .kernelWidth = 2, .outHeight = 4, .outWidth = 10,
                            .strideHeight = 2, .strideWidth = 1, .padHeight = 1, .padWidth = 1, .groups = 2};
  enum { input = 2 * 4 * 7 * 9, kernel = 6 * 2 * 3 * 2, output = 2 * 6 * 4 * 10 };
  static const ls_soft_reduction reductions[] = {{LS_SEQUENTIAL, 1}, {LS_PAIRWISE, 1}, {LS_BLOCKED, 3}, {LS_KAHAN, 1}};
  const ls_soft_site site = {.seed = 7, .step = 3, .operation = 5, .firstElement = 11};
  digest d = empty_digest();
  words w = {12};
  double x[input], weights[kernel], g[output], y[output], dx[input], dw[kernel], sums[6];
  soft_values(&w, f, input, x);
  soft_values(&w, f, kernel, weights);
  soft_values(&w, f, output, g);
  for (int i = 0; i < 4; i++) {
    const ls_soft_reduction *r = &reductions[i];
    add_f64(&d, ls_soft_sum(input, x, r, f, &site, 2));
    add_f64(&d, ls_soft_dot(output, x, g, r, f, &site, 1));
    ls_soft_sum_axes(2, 6, 4 * 10, 0, 6, g, sums, r, f, &site);
    add_all_f64(&d, 6, sums);
    static const int32_t offsets[] = {0, 3, 3, 7}, indices[] = {0, 5, 2, 8, 1, 1, 30};
    ls_soft_gather_sum(3, offsets, indices, 40, 0, 6, x, sums, r, f, &site);
    add_all_f64(&d, 6, sums);
    double c[7 * 9];
    ls_soft_matmul(0, 7, 9, 12, x, 12, 1, g, 1, 12, c, r, f, &site);
    add_all_f64(&d, 7 * 9, c);
    ls_soft_matmul(0, 7, 9, 12, x, 1, 7, g, 9, 1, c, r, f, &site);
    add_all_f64(&d, 7 * 9, c);
    ls_soft_convolve(&s, 0, 2, x, weights, y, r, f, &site);
    add_all_f64(&d, output, y);
    ls_soft_convolve_input_gradient(&s, 0, 2, g, weights, dx, r, f, &site);
    add_all_f64(&d, input, dx);
    ls_soft_convolve_kernel_gradient(&s, 0, 6, g, x, dw, r, f, &site);
    add_all_f64(&d, kernel, dw);
  }
  for (ls_unary u = LS_NEGATE; u <= LS_SWISH; u++) {
    ls_soft_map(u, 1.5, 0, output, g, y, f, &site);
    add_all_f64(&d, output, y);
  }
  for (ls_binary b = LS_ADD; b <= LS_SWISH_GRADIENT; b++) {
    ls_soft_zip(b, 1.5, 0, output, g, x, (ls_broadcast){5, 7}, y, f, &site);
    add_all_f64(&d, output, y);
  }
  for (int nesterov = 0; nesterov < 2; nesterov++)
    for (int64_t k = 1; k < 7; k += 5) {
      const ls_soft_sgd_constants c = {.useDecay = true, .useMomentum = true, .firstUpdate = k == 1, .nesterov = nesterov,
                                       .decay = 0.0625, .momentum = 0.875, .rate = 0.25, .k = k};
      ls_soft_sgd(0, kernel, weights, dw, x, &c, f, &site);
      add_all_f64(&d, kernel, weights);
      add_all_f64(&d, kernel, dw);
    }
  return d;
}

static void soft_families(void) {
  static const struct {
    const char *name;
    ls_soft_format format;
  } formats[] = {
    {"half", {11, -14, 15, LS_NEAREST, LS_TO_INFINITY, 0}},   {"bfloat16", {8, -126, 127, LS_NEAREST, LS_TO_INFINITY, 0}},
    {"tf32", {11, -126, 127, LS_NEAREST, LS_TO_INFINITY, 0}}, {"fp8-e4m3", {4, -6, 8, LS_NEAREST, LS_TO_NAN, 0}},
    {"fp8-e5m2", {3, -14, 15, LS_NEAREST, LS_SATURATE, 0}},   {"float", {24, -126, 127, LS_NEAREST, LS_TO_INFINITY, 0}},
    {"double", {53, -1022, 1023, LS_NEAREST, LS_TO_INFINITY, 0}},
  };
  static const char *directions[] = {"nearest", "zero", "up", "down", "stochastic"};
  for (int i = 0; i < 7; i++)
    for (ls_direction direction = LS_NEAREST; direction <= LS_STOCHASTIC; direction++) {
      ls_soft_format f = formats[i].format;
      f.direction = direction;
      f.word = UINT64_C(0x5a5a5a5a5a5a5a5a);  // the draw of single operations
      char name[40];
      snprintf(name, sizeof name, "%s-%s", formats[i].name, directions[direction]);
      report("software", name, LS_PLAIN, soft_operations(&f));
      for (f.path = LS_PLAIN; f.path <= LS_NEON; f.path++)
        if (ls_path_available(f.path)) report("software-tensors", name, f.path, soft_tensors(&f));
    }
}
