// Which MPFR function stands behind an operation, shared by the scalar and the whole-array kernels.
#pragma once
#include "big_record.h"

typedef int (*ls_operation)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);
typedef int (*ls_function)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

// The function of LS_SQUARE_ROOT and LS_EXP ... LS_COS; the process ends on any other.
ls_function ls_rounded_function(ls_unary f);

// r = f(x); r and x may be the same record. z is working memory.
void ls_apply_function(ls_unary f, ls_big *r, const ls_big *x, ls_scratch *z, const ls_big_format *format);
