// How far an approximation is from f(x), by MPFR with 260 bits. For tests of the error bounds.
#pragma once
#include "elementary.h"

// | |f(x)| - a | in the units of a.error; infinite if the sign is wrong.
double ls_approximation_error_f64(ls_unary f, double x, ls_approximation a);

// | f(x) - 2^exponent (high + low) | / (2^exponent error).
double ls_lanes_error(ls_unary f, double x, ls_lanes_approximation a);

// |y - f(x)| / |f(x)|.
double ls_relative_error(ls_unary f, double x, double y);
