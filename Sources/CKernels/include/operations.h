// The vocabulary shared by every kernel: operations, directions, shapes, instruction-set paths.
// The numbers are part of the interface between Swift and C and of nothing else.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Rounding directions of the contract, sections 1 and 2. LS_STOCHASTIC takes its draw from the format's `word`: a result
// strictly between neighbours a and b, |a| < |b|, becomes b if word/2^64 < (|x| - |a|)/(|b| - |a|). Kernels
// over arrays of software formats draw for themselves; elsewhere only operations on single values know it.
typedef enum { LS_NEAREST = 0, LS_ZERO = 1, LS_UP = 2, LS_DOWN = 3, LS_STOCHASTIC = 4 } ls_direction;

// What a format has beyond its largest finite number. Without infinities that number is 1.75 * 2^emax (the significand of
// all ones is NaN's); where IEEE 754 delivers an infinity, overflow or not, the result is NaN or the largest number.
typedef enum { LS_TO_INFINITY = 0, LS_TO_NAN = 1, LS_SATURATE = 2 } ls_overflow;

// How a sum or dot product is made: contract, section 3. block is N of `blocked`.
typedef enum { LS_SEQUENTIAL, LS_PAIRWISE, LS_BLOCKED, LS_KAHAN, LS_EXACT } ls_reduction;

// Which machine instructions a kernel uses. Never changes a bit of a result.
typedef enum { LS_PLAIN = 0, LS_AVX2 = 1, LS_AVX512 = 2, LS_NEON = 3 } ls_path;

// Elementwise functions of one operand. Formulas: contract, section 2.
typedef enum {
  LS_NEGATE, LS_ABSOLUTE, LS_RELU, LS_SQUARE_ROOT,
  LS_EXP, LS_EXPM1, LS_LOG, LS_LOG1P, LS_TANH, LS_SIN, LS_COS,
  LS_SIGMOID, LS_SOFTPLUS, LS_SWISH
} ls_unary;

// Elementwise functions of two operands. The gradients take (x or y of the forward pass, arriving gradient g):
// contract, section 3a.
typedef enum {
  LS_ADD, LS_SUBTRACT, LS_MULTIPLY, LS_DIVIDE,
  LS_RELU_GRADIENT,      // (x, g): g where x > 0 or x is NaN, else +0
  LS_SIGMOID_GRADIENT,   // (y, g): t = 1 - y; t = y * t; g * t
  LS_TANH_GRADIENT,      // (y, g): t = y * y; t = 1 - t; g * t
  LS_SOFTPLUS_GRADIENT,  // (x, g): g * sigmoid(x)
  LS_SWISH_GRADIENT      // (x, g), beta: u = beta*x; s = sigmoid(u); t = 1-s; t = u*t; t = 1+t; t = s*t; g*t
} ls_binary;

// How the second operand of an elementwise operation is repeated: element e of the first meets element
// (e / inner) % period of the second. Same shape: inner 1, period count. One scalar: period 1. Along the last axis D:
// inner 1, period D. Per channel of [N,C,H,W]: inner H*W, period C. Per row of [R,D]: inner D, period R.
typedef struct { int64_t inner, period; } ls_broadcast;

// Shapes of a two-dimensional convolution. x [batch, inChannels, inHeight, inWidth],
// w [outChannels, inChannels/groups, kernelHeight, kernelWidth], y [batch, outChannels, outHeight, outWidth].
// Tap (kh, kw) of output (oh, ow) reads row oh*strideHeight + kh - padHeight and the like for columns;
// taps that fall outside the image are skipped, not multiplied by zero.
typedef struct {
  int64_t batch, inChannels, inHeight, inWidth;
  int64_t outChannels, kernelHeight, kernelWidth, outHeight, outWidth;
  int64_t strideHeight, strideWidth, padHeight, padWidth, groups;
} ls_convolution;
