// A matrix product with Boost.Multiprecision, as its documentation multiplies and adds: two roundings a term.
//
//     boost_products KIND PRECISION M K N BINADES SECONDS      KIND: mpfr_float, cpp_bin_float; PRECISION: 128, 256, 512
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/mpfr.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "clock.h"

namespace mp = boost::multiprecision;

static int m, k, n, binades;
static double seconds;

template <class Number>
struct Product {
  static std::vector<Number> a, b, c;

  static std::vector<Number> matrix(int rows, int columns) {
    std::vector<Number> x(rows * columns);
    for (auto &element : x) element = Number(triple_operand(binades)) / 3;
    return x;
  }

  static void multiply() {
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        Number sum = 0;
        for (int l = 0; l < k; l++) sum += a[i * k + l] * b[l * n + j];
        c[i * n + j] = sum;
      }
    }
  }

  static int run() {
    a = matrix(m, k), b = matrix(k, n), c.resize(m * n);
    multiply();
    double sum = 0, size = 0;
    for (int l = 0; l < k; l++) {
      const double term = static_cast<double>(a[(m - 1) * k + l]) * static_cast<double>(b[l * n + n - 1]);
      sum += term, size += std::fabs(term);
    }
    if (!(std::fabs(static_cast<double>(c[m * n - 1]) - sum) <= 1e-12 * size)) return fprintf(stderr, "wrong\n"), 1;
    report(seconds, multiply);
    return 0;
  }
};
template <class Number> std::vector<Number> Product<Number>::a;
template <class Number> std::vector<Number> Product<Number>::b;
template <class Number> std::vector<Number> Product<Number>::c;

// mpfr_float counts decimal digits; of those that fit, it takes at least as many bits.
template <unsigned bits> using MPFR = mp::number<mp::mpfr_float_backend<bits * 301 / 1000>, mp::et_off>;
template <unsigned bits> using Bin = mp::number<mp::cpp_bin_float<bits, mp::digit_base_2>, mp::et_off>;

int main(int count, char **arguments) {
  if (count != 8) return fprintf(stderr, "boost_products KIND PRECISION M K N BINADES SECONDS\n"), 2;
  const std::string kind = arguments[1];
  const int precision = atoi(arguments[2]);
  m = atoi(arguments[3]), k = atoi(arguments[4]), n = atoi(arguments[5]), binades = atoi(arguments[6]);
  seconds = atof(arguments[7]);
  const bool mpfr = kind == "mpfr_float";
  switch (precision) {
    case 128: return mpfr ? Product<MPFR<128>>::run() : Product<Bin<128>>::run();
    case 256: return mpfr ? Product<MPFR<256>>::run() : Product<Bin<256>>::run();
    case 512: return mpfr ? Product<MPFR<512>>::run() : Product<Bin<512>>::run();
    default: return fprintf(stderr, "no precision %d here\n", precision), 2;
  }
}
