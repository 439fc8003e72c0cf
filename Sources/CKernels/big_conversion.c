// Between records, binary32 and binary64.
// Ranked promises: one rounding, whatever lies between; no floating-point instruction, so no mode of the processor
// (flush to zero included) can be felt; then speed.
#pragma STDC FP_CONTRACT OFF
#include "big_record.h"

// An IEEE interchange format: precision with the hidden bit, MPFR's exponents of the least normal number and of the
// largest, bits of the exponent field.
typedef struct {
  int precision, leastNormal, largest, exponentBits;
} interchange;
static const interchange binary32 = {24, -125, 128, 8};
static const interchange binary64 = {53, -1021, 1024, 11};

// --- into records

// Exact, in one limb: significand in [1/2, 1) with the limb's top bit set.
static void decode(uint64_t bits, interchange f, mpfr_ptr v, mp_limb_t *limb) {
  int fractionBits = f.precision - 1;
  uint64_t fraction = bits & ((UINT64_C(1) << fractionBits) - 1);
  int64_t field = (int64_t)(bits >> fractionBits) & ((1 << f.exponentBits) - 1);
  ls_clear(v, limb, 64);
  if (bits >> (fractionBits + f.exponentBits) & 1) v->_mpfr_sign = -1;
  if (field == (1 << f.exponentBits) - 1) {
    v->_mpfr_exp = fraction == 0 ? __MPFR_EXP_INF : __MPFR_EXP_NAN;
    return;
  }
  if (field == 0) {
    if (fraction == 0) return;
    field = 1;
  } else {
    fraction |= UINT64_C(1) << fractionBits;
  }
  // The format's grid at this field has spacing 2^(leastNormal - 1 + field - precision).
  int leading = __builtin_clzll(fraction);
  *limb = fraction << leading;
  v->_mpfr_exp = 64 - leading + f.leastNormal - 1 + field - f.precision;
}

// Nearly all are numbers of the format as they stand: normal, within its binades, with no more bits. False for any other.
static inline __attribute__((always_inline)) bool convert_exactly(ls_big *r, uint64_t bits, const interchange f,
                                                                  const ls_big_format *format) {
  int64_t p = format->precision, least = format->subnormals ? format->emin + p - 1 : format->emin;
  int64_t greatest = format->overflow == LS_TO_INFINITY ? format->emax : format->emax - 1;
  int64_t field = (int64_t)(bits >> (f.precision - 1)) & ((1 << f.exponentBits) - 1), e = f.leastNormal - 1 + field;
  uint64_t limb = bits << (64 - f.precision) | UINT64_C(1) << 63;
  bool isNormal = field != 0 && field != (1 << f.exponentBits) - 1;
  if (!isNormal || e < least || e > greatest || (p < 64 && limb << p != 0)) return false;
  r->exponent = e;
  r->sign = bits >> (f.precision - 1 + f.exponentBits) & 1 ? -1 : 1;
  r->precision = format->precision;
  int32_t used = ls_used_limbs(format->precision);
  for (int32_t i = 0; i < format->limbs; i++) r->limbs[i] = i == used - 1 ? limb : 0;
  return true;
}

static __attribute__((noinline)) void convert(ls_big *r, uint64_t bits, interchange f, ls_scratch *z,
                                              const ls_big_format *format) {
  mpfr_t v;
  mp_limb_t limb;
  decode(bits, f, v, &limb);
  ls_settle(z->value, mpfr_set(z->value, v, ls_rounding(format)), format);
  ls_store(r, z->value, format->limbs);
}

static uint64_t bits_of_double(double x) {
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

void ls_big_set_double(void *r, double x, const ls_big_format *format) {
  ls_big_from_f64(1, &x, r, format);
}

void ls_big_from_f64(int64_t count, const double *x, void *out, const ls_big_format *format) {
  int64_t stride = ls_big_stride(format->limbs);
  ls_scratch z;
  ls_prepare(&z, format);
  ls_range found = ls_range_widen();
  for (int64_t i = 0; i < count; i++) {
    ls_big *r = ls_at_mutable(out, i, stride);
    uint64_t bits = bits_of_double(x[i]);
    if (!convert_exactly(r, bits, binary64, format)) convert(r, bits, binary64, &z, format);
  }
  ls_range_set(found);
}

void ls_big_from_f32(int64_t count, const float *x, void *out, const ls_big_format *format) {
  int64_t stride = ls_big_stride(format->limbs);
  ls_scratch z;
  ls_prepare(&z, format);
  ls_range found = ls_range_widen();
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, &x[i], sizeof bits);
    ls_big *r = ls_at_mutable(out, i, stride);
    if (!convert_exactly(r, bits, binary32, format)) convert(r, bits, binary32, &z, format);
  }
  ls_range_set(found);
}

// --- out of records

// Nearest-even encoding of x without its sign.
static uint64_t encode_magnitude(const ls_big *x, interchange f, bool *exact) {
  const uint64_t infinity = ((UINT64_C(1) << f.exponentBits) - 1) << (f.precision - 1);
  *exact = true;
  if (ls_is_zero(x)) return 0;
  if (ls_is_infinite(x)) return infinity;
  if (ls_is_nan(x)) return infinity | UINT64_C(1) << (f.precision - 2);
  *exact = false;
  if (x->exponent > f.largest) return infinity;
  // Bits that fit: fewer below the least normal number. With none left the value is in [1/2, 1) of the least subnormal
  // and rounds like any other; below that it is nearer to 0.
  int64_t lost = x->exponent < f.leastNormal ? f.leastNormal - x->exponent : 0;
  if (lost > f.precision) return 0;
  int kept = f.precision - (int)lost, used = ls_used_limbs(x->precision);
  uint64_t top = x->limbs[used - 1], below = 0;
  for (int i = 0; i < used - 1; i++) below |= x->limbs[i];
  uint64_t significand = kept > 0 ? top >> (64 - kept) : 0, rest = top << kept;
  const uint64_t half = UINT64_C(1) << 63;
  if (rest > half || (rest == half && (below != 0 || (significand & 1) != 0))) significand++;
  // The hidden bit adds one to the exponent field, and so does a carry out of the significand, up to infinity itself.
  uint64_t field = lost > 0 ? 0 : (uint64_t)(x->exponent - f.leastNormal);
  uint64_t encoded = (field << (f.precision - 1)) + significand;
  *exact = rest == 0 && below == 0;
  return encoded;
}

static uint64_t encode(const ls_big *x, interchange f, bool *exact) {
  uint64_t sign = x->sign < 0 && !ls_is_nan(x) ? 1 : 0;
  return encode_magnitude(x, f, exact) | sign << (f.precision - 1 + f.exponentBits);
}

static double to_double(const ls_big *x, bool *exact) {
  uint64_t bits = encode(x, binary64, exact);
  double result;
  memcpy(&result, &bits, sizeof result);
  return result;
}

double ls_big_get_double(const void *x, bool *exact) { return to_double(x, exact); }

void ls_big_to_f64(int64_t count, const void *x, int32_t sourceLimbs, double *out) {
  int64_t stride = ls_big_stride(sourceLimbs);
  bool exact;
  for (int64_t i = 0; i < count; i++) out[i] = to_double(ls_at(x, i, stride), &exact);
}

void ls_big_to_f32(int64_t count, const void *x, int32_t sourceLimbs, float *out) {
  int64_t stride = ls_big_stride(sourceLimbs);
  bool exact;
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits = (uint32_t)encode(ls_at(x, i, stride), binary32, &exact);
    memcpy(&out[i], &bits, sizeof bits);
  }
}

// --- between formats

void ls_big_round_array(int64_t count, const void *x, int32_t sourceLimbs, void *out, const ls_big_format *format) {
  int64_t from = ls_big_stride(sourceLimbs), to = ls_big_stride(format->limbs);
  ls_scratch z;
  mpfr_t v;
  ls_prepare(&z, format);
  ls_range found = ls_range_widen();
  for (int64_t i = 0; i < count; i++) {
    ls_view(v, ls_at(x, i, from));
    ls_settle(z.value, mpfr_set(z.value, v, ls_rounding(format)), format);
    ls_store(ls_at_mutable(out, i, to), z.value, format->limbs);
  }
  ls_range_set(found);
}

void ls_big_round(void *r, const void *x, int32_t sourceLimbs, const ls_big_format *format) {
  ls_big_round_array(1, x, sourceLimbs, r, format);
}

void ls_big_zero(int64_t count, void *out, int32_t precision, int32_t limbs) {
  int64_t stride = ls_big_stride(limbs);
  for (int64_t i = 0; i < count; i++) ls_store_zero(ls_at_mutable(out, i, stride), precision, limbs);
}
