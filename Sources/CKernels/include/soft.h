// Software floating point in the binary formats whose numbers binary64 holds, in every direction: values are doubles.
//
// Every operation is rounded once into the format, subnormals and overflow rule included, from integers: the
// floating-point environment is neither read nor changed. Arguments are numbers of the format. NaN results are the positive
// quiet NaN; zeros and infinities as in IEEE 754-2019 (an exact sum that is 0 is -0 in LS_DOWN unless both addends are +0).
#pragma once
#include "operations.h"

typedef struct {
  int32_t precision;   // 2 ... 53 bits, the leading one included
  int32_t emin, emax;  // of normal numbers, significand in [1, 2); within binary64's
  ls_direction direction;
  ls_overflow overflow;
  uint64_t word;       // the draw, in LS_STOCHASTIC
} ls_soft_format;

double ls_soft_add(double a, double b, const ls_soft_format *format);
double ls_soft_subtract(double a, double b, const ls_soft_format *format);
double ls_soft_multiply(double a, double b, const ls_soft_format *format);
double ls_soft_divide(double a, double b, const ls_soft_format *format);
// a*b + c
double ls_soft_fma(double a, double b, double c, const ls_soft_format *format);
double ls_soft_square_root(double x, const ls_soft_format *format);
// f is one of LS_EXP ... LS_COS.
double ls_soft_elementary(ls_unary f, double x, const ls_soft_format *format);
// With the exact integer k, 1 <= k < 2^53.
double ls_soft_multiply_integer(double a, int64_t k, const ls_soft_format *format);
double ls_soft_divide_integer(double a, int64_t k, const ls_soft_format *format);

// --- chains (contract, section 3), in every direction but LS_STOCHASTIC. Outputs and inputs do not overlap.
// s = +0, then s = s + x[i].
double ls_soft_sum(int64_t count, const double *x, const ls_soft_format *format);
// s = +0, then s = x[i]*y[i] + s.
double ls_soft_dot(int64_t count, const double *x, const double *y, const ls_soft_format *format);
// c[i*n + j] = chain over l = 0 ..< k of a[i*aRow + l*aColumn] * b[l*bRow + j*bColumn].
void ls_soft_matmul(int64_t m, int64_t n, int64_t k, const double *a, int64_t aRow, int64_t aColumn, const double *b,
                    int64_t bRow, int64_t bColumn, double *c, const ls_soft_format *format);
