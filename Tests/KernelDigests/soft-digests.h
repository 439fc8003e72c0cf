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
  static const char *directions[] = {"nearest", "zero", "up", "down"};
  for (int i = 0; i < 7; i++)
    for (ls_direction direction = LS_NEAREST; direction <= LS_DOWN; direction++) {
      ls_soft_format f = formats[i].format;
      f.direction = direction;
      char name[40];
      snprintf(name, sizeof name, "%s-%s", formats[i].name, directions[direction]);
      report("software", name, LS_PLAIN, soft_operations(&f));
    }
}
