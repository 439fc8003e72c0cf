// Digests of the kernels over MPFR records (big.h). All words of a record count: equal numbers are equal bytes.

static const ls_big_format big_formats[] = {
  // emin, emax (MPFR's), precision, limbs, subnormals
  {-148, 128, 24, 1, true, LS_NEAREST, LS_PLAIN, LS_TO_INFINITY, 0},
  {-1073, 1024, 53, 1, true, LS_UP, LS_PLAIN, LS_TO_INFINITY, 0},
  {-(1 << 30) + 1, (1 << 30) - 1, 100, 2, false, LS_ZERO, LS_PLAIN, LS_TO_INFINITY, 0},
  {-(1 << 30) + 1, (1 << 30) - 1, 256, 4, false, LS_NEAREST, LS_AVX2, LS_TO_INFINITY, 0},
};

static void *big_values(words *w, int64_t count, int wild, const ls_big_format *f) {
  double *x = values_f64(w, count, 0);
  if (wild)  // numbers of the format, a few of them special
    for (int64_t i = 0; i < count; i++)
      if (below(w, 40) == 0) x[i] = value_f64(w, 1);
  for (int64_t i = 0; i < count && f->precision < 53; i++) x[i] = (float)x[i];
  char *out = calloc((size_t)(count + 1), (size_t)ls_big_stride(f->limbs));
  ls_big_from_f64(count, x, out, f);
  if (f->precision >= 53) {  // full significands
    char *scale = calloc((size_t)(count + 1), (size_t)ls_big_stride(f->limbs));
    for (int64_t i = 0; i < count; i++) x[i] = 3 + (double)below(w, 1000);
    ls_big_from_f64(count, x, scale, f);
    ls_big_zip(LS_DIVIDE, NULL, 0, count, out, scale, (ls_broadcast){1, count}, out, f);
    free(scale);
  }
  free(x);
  return out;
}

static void add_records(digest *d, int64_t count, const void *x, const ls_big_format *f) {
  for (int64_t i = 0; i < count * ls_big_stride(f->limbs) / 8; i++) {
    uint64_t word;
    memcpy(&word, (const char *)x + 8 * i, 8);
    add_word(d, word);
  }
}

static digest big_elementwise(const ls_big_format *f) {
  enum { count = 60 };
  digest d = empty_digest();
  words w = {8};
  void *x = big_values(&w, count, 1, f), *y = big_values(&w, count, 1, f), *z = big_values(&w, count, 0, f);
  for (ls_unary g = LS_NEGATE; g <= LS_COS; g++) {
    ls_big_map(g, NULL, 0, count, x, z, f);
    add_records(&d, count, z, f);
  }
  for (ls_binary g = LS_ADD; g <= LS_DIVIDE; g++) {
    ls_big_zip(g, NULL, 0, count, x, y, (ls_broadcast){1, 7}, z, f);
    add_records(&d, count, z, f);
  }
  float narrow[count];
  double wide[count];
  ls_big_to_f32(count, x, f->limbs, narrow);
  ls_big_to_f64(count, x, f->limbs, wide);
  add_all_f32(&d, count, narrow);
  add_all_f64(&d, count, wide);
  free(x), free(y), free(z);
  return d;
}

static digest big_reductions(const ls_big_format *f) {
  digest d = empty_digest();
  words w = {9};
  for (int wild = 0; wild < 2; wild++)
    for (ls_reduction r = LS_SEQUENTIAL; r <= LS_EXACT; r++) {
      const int64_t m = 7, n = 5, k = 30;
      void *a = big_values(&w, m * k, wild, f), *b = big_values(&w, k * n, wild, f), *c = big_values(&w, m * k, 0, f);
      ls_big_matmul(m, n, k, a, k, 1, b, n, 1, c, r, 4, f);
      add_records(&d, m * n, c, f);
      ls_big_matmul(m, n, k, a, 1, m, b, 1, k, c, r, 4, f);
      add_records(&d, m * n, c, f);
      ls_big_sum_axes(3, 7, 10, 0, 7, a, c, r, 4, f);
      add_records(&d, 7, c, f);
      ls_big_dot(m * k / 2, a, 2, b, 1, c, r, 4, f);
      ls_big_sum(n * k, b, 1, (char *)c + ls_big_stride(f->limbs), r, 4, f);
      add_records(&d, 2, c, f);
      free(a), free(b), free(c);
    }
  return d;
}

// Large enough for residues, and for more terms than one product of residues takes.
static digest big_products(ls_path path, const ls_big_format *f) {
  const int64_t m = 19, n = 21, k = 140;
  digest d = empty_digest();
  words w = {11};
  ls_big_format here = *f;
  here.path = path;
  for (int wild = 0; wild < 2; wild++) {
    void *a = big_values(&w, m * k, wild, f), *b = big_values(&w, k * n, wild, f), *c = big_values(&w, m * n, 0, f);
    ls_big_matmul(m, n, k, a, k, 1, b, n, 1, c, LS_EXACT, 0, &here);
    add_records(&d, m * n, c, f);
    free(a), free(b), free(c);
  }
  return d;
}

static digest big_convolutions(ls_path path, const ls_big_format *f) {
  static const ls_convolution shapes[] = {
    // batch, in (C, H, W), out C, kernel, out (H, W), stride, padding, groups
    {9, 2, 6, 5, 7, 3, 3, 6, 5, 1, 1, 1, 1, 1}, {5, 4, 7, 6, 6, 3, 2, 5, 7, 2, 1, 2, 1, 2},
  };
  digest d = empty_digest();
  words w = {12};
  ls_big_format here = *f;
  here.path = path;
  for (int i = 0; i < 2; i++) {
    const ls_convolution *s = &shapes[i];
    const int64_t in = s->batch * s->inChannels * s->inHeight * s->inWidth;
    const int64_t out = s->batch * s->outChannels * s->outHeight * s->outWidth;
    const int64_t kernel = s->outChannels * s->inChannels / s->groups * s->kernelHeight * s->kernelWidth;
    void *x = big_values(&w, in, 0, f), *k = big_values(&w, kernel, 0, f), *g = big_values(&w, out, 0, f);
    void *y = big_values(&w, in + out + kernel, 0, f);
    add_word(&d, ls_big_convolve(s, 0, s->batch, x, k, y, &here));
    add_records(&d, out, y, f);
    add_word(&d, ls_big_convolve_input_gradient(s, 0, s->batch, g, k, y, &here));
    add_records(&d, in, y, f);
    add_word(&d, ls_big_convolve_kernel_gradient(s, 0, s->outChannels, g, x, y, &here));
    add_records(&d, kernel, y, f);
    free(x), free(k), free(g), free(y);
  }
  return d;
}

static digest big_updates(const ls_big_format *f) {
  enum { count = 50 };
  digest d = empty_digest();
  words w = {10};
  for (int flags = 0; flags < 16; flags++) {
    void *x = big_values(&w, count, 1, f), *v = big_values(&w, count, 0, f), *g = big_values(&w, count, 1, f);
    char *constants = big_values(&w, 3, 0, f);
    const int64_t stride = ls_big_stride(f->limbs);
    const ls_big_sgd_constants c = {
      .useDecay = flags & 1, .useMomentum = flags & 2, .firstUpdate = flags & 4, .nesterov = (flags & 10) == 10,
      .k = flags % 3 + 1, .decay = constants, .momentum = constants + stride, .rateTimesK = constants + 2 * stride,
    };
    ls_big_sgd(0, count, x, v, g, &c, f);
    add_records(&d, count, x, f);
    add_records(&d, count, v, f);
    free(x), free(v), free(g), free(constants);
  }
  return d;
}

static void big_families(void) {
  for (int i = 0; i < 4; i++) {
    char name[32];
    snprintf(name, sizeof name, "%d-bit-records", big_formats[i].precision);
    report("elementwise", name, LS_PLAIN, big_elementwise(&big_formats[i]));
    report("reductions", name, LS_PLAIN, big_reductions(&big_formats[i]));
    report("sgd", name, LS_PLAIN, big_updates(&big_formats[i]));
    report("products", name, LS_PLAIN, big_products(LS_PLAIN, &big_formats[i]));
    if (ls_path_best() != LS_PLAIN)
      report("products", name, ls_path_best(), big_products(ls_path_best(), &big_formats[i]));
    report("convolutions", name, LS_PLAIN, big_convolutions(LS_PLAIN, &big_formats[i]));
    if (ls_path_best() != LS_PLAIN)
      report("convolutions", name, ls_path_best(), big_convolutions(ls_path_best(), &big_formats[i]));
  }
}
