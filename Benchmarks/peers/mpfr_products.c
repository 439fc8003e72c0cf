// A matrix product as one writes it with MPFR: a chain of fused multiply-adds for each element.
//
//     mpfr_products PRECISION M K N BINADES SECONDS
#include <math.h>
#include <mpfr.h>

#include "clock.h"

static int m, k, n;
static mpfr_t *a, *b, *c;

static mpfr_t *matrix(int rows, int columns, int precision, int binades) {
  mpfr_t *x = malloc(sizeof(mpfr_t) * (size_t)(rows * columns));
  for (int i = 0; i < rows * columns; i++) {
    mpfr_init2(x[i], precision);
    mpfr_set_d(x[i], binades ? triple_operand((unsigned)binades) : 0, MPFR_RNDN);
    mpfr_div_ui(x[i], x[i], 3, MPFR_RNDN);
  }
  return x;
}

static void multiply(void) {
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < n; j++) {
      mpfr_ptr sum = c[i * n + j];
      mpfr_set_zero(sum, 1);
      for (int l = 0; l < k; l++) mpfr_fma(sum, a[i * k + l], b[l * n + j], sum, MPFR_RNDN);
    }
  }
}

int main(int count, char **arguments) {
  if (count != 7) return fprintf(stderr, "mpfr_products PRECISION M K N BINADES SECONDS\n"), 2;
  const int precision = atoi(arguments[1]), binades = atoi(arguments[5]);
  m = atoi(arguments[2]), k = atoi(arguments[3]), n = atoi(arguments[4]);
  a = matrix(m, k, precision, binades), b = matrix(k, n, precision, binades), c = matrix(m, n, precision, 0);
  multiply();
  double sum = 0, size = 0;
  for (int l = 0; l < k; l++) {
    const double term = mpfr_get_d(a[(m - 1) * k + l], MPFR_RNDN) * mpfr_get_d(b[l * n + n - 1], MPFR_RNDN);
    sum += term, size += fabs(term);
  }
  if (!(fabs(mpfr_get_d(c[m * n - 1], MPFR_RNDN) - sum) <= 1e-12 * size)) return fprintf(stderr, "wrong\n"), 1;
  report(atof(arguments[6]), multiply);
  return 0;
}
