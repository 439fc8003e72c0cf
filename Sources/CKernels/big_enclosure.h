// Elementary functions of numbers of at most 8 limbs, from enclosures in fixed point.
#pragma once
#include "big_round.h"

// r = f(x), correctly rounded, for LS_EXP, LS_LOG, LS_LOG1P and LS_TANH; r may be x. False, with nothing written, for other
// functions, special values, arguments near the ends of the functions' ranges, and where the two ends of the enclosure
// round differently: then MPFR decides (Ziv's strategy).
bool ls_round_enclosure(ls_unary f, ls_big *r, const ls_big *x, const ls_big_format *format);
