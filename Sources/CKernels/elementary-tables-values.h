// Tables of single values of the binary32 elementary functions, in binary64.
// Made by CI/make-tables.py; change that and run it again.
#pragma once
#include <stdint.h>

#define LS_VALUES_1_OVER_STEP 0x1.71547652b82fep+6

// The bits of 2^(j/64), less j 2^46: what is left to add for 2^(n/64) is n 2^46, for every n with n mod 64 = j.
static const uint64_t ls_values_power[64] = {
  0x3ff0000000000000, 0x3fefec9a3e778061, 0x3fefd9b0d3158574, 0x3fefc74518759bc8,
  0x3fefb5586cf9890f, 0x3fefa3ec32d3d1a2, 0x3fef9301d0125b51, 0x3fef829aaea92de0,
  0x3fef72b83c7d517b, 0x3fef635beb6fcb75, 0x3fef54873168b9aa, 0x3fef463b88628cd6,
  0x3fef387a6e756238, 0x3fef2b4565e27cdd, 0x3fef1e9df51fdee1, 0x3fef1285a6e4030b,
  0x3fef06fe0a31b715, 0x3feefc08b26416ff, 0x3feef1a7373aa9cb, 0x3feee7db34e59ff7,
  0x3feedea64c123422, 0x3feed60a21f72e2a, 0x3feece086061892d, 0x3feec6a2b5c13cd0,
  0x3feebfdad5362a27, 0x3feeb9b2769d2ca7, 0x3feeb42b569d4f82, 0x3feeaf4736b527da,
  0x3feeab07dd485429, 0x3feea76f15ad2148, 0x3feea47eb03a5585, 0x3feea23882552225,
  0x3feea09e667f3bcd, 0x3fee9fb23c651a2f, 0x3fee9f75e8ec5f74, 0x3fee9feb564267c9,
  0x3feea11473eb0187, 0x3feea2f336cf4e62, 0x3feea589994cce13, 0x3feea8d99b4492ed,
  0x3feeace5422aa0db, 0x3feeb1ae99157736, 0x3feeb737b0cdc5e5, 0x3feebd829fde4e50,
  0x3feec49182a3f090, 0x3feecc667b5de565, 0x3feed503b23e255d, 0x3feede6b5579fdbf,
  0x3feee89f995ad3ad, 0x3feef3a2b84f15fb, 0x3feeff76f2fb5e47, 0x3fef0c1e904bc1d2,
  0x3fef199bdd85529c, 0x3fef27f12e57d14b, 0x3fef3720dcef9069, 0x3fef472d4a07897c,
  0x3fef5818dcfba487, 0x3fef69e603db3285, 0x3fef7c97337b9b5f, 0x3fef902ee78b3ff6,
  0x3fefa4afa2a490da, 0x3fefba1bee615a27, 0x3fefd0765b6e4540, 0x3fefe7c1819e90d8};

// (2^(r/64) - 1) / r for |r| <= 0.501, error below 2^-35.6.
static const double ls_values_exp[3] = {
  0x1.62e42fefa39efp-7, 0x1.ebfc1b4cc4174p-15, 0x1.c6b0ae56a1b4ep-23};

// (2^(r/64) - 1) / r for |r| <= 0.501, error below 2^-46.5.
static const double ls_values_expm1[4] = {
  0x1.62e42fefa23eap-7, 0x1.ebfbdff82bb62p-15, 0x1.c6b0b94e14830p-23, 0x1.3b2acb40e89b3p-31};

// Cell i of [11/16, 11/8): c near the reciprocal of its m (1 beside 1), with 7 bits after the point, and -log c.
// |m c - 1| <= 0.015625.
static const struct { double inverse, log; } ls_values_log_table[64] = {
  {0x1.7200000000000p+0, -0x1.792a55fdd47a2p-2}, {0x1.6e00000000000p+0, -0x1.6e08eaa2ba1e4p-2},
  {0x1.6a00000000000p+0, -0x1.62c82f2b9c795p-2}, {0x1.6600000000000p+0, -0x1.5767717455a6cp-2},
  {0x1.6200000000000p+0, -0x1.4be5f957778a1p-2}, {0x1.5e00000000000p+0, -0x1.404308686a7e4p-2},
  {0x1.5a00000000000p+0, -0x1.347dd9a987d55p-2}, {0x1.5800000000000p+0, -0x1.2e8e2bae11d31p-2},
  {0x1.5400000000000p+0, -0x1.22941fbcf7966p-2}, {0x1.5000000000000p+0, -0x1.1675cababa60ep-2},
  {0x1.4c00000000000p+0, -0x1.0a324e27390e3p-2}, {0x1.4a00000000000p+0, -0x1.0402594b4d041p-2},
  {0x1.4600000000000p+0, -0x1.ef0adcbdc5936p-3}, {0x1.4200000000000p+0, -0x1.d5c216b4fbb91p-3},
  {0x1.4000000000000p+0, -0x1.c8ff7c79a9a22p-3}, {0x1.3c00000000000p+0, -0x1.af3c94e80bff3p-3},
  {0x1.3a00000000000p+0, -0x1.a23bc1fe2b563p-3}, {0x1.3600000000000p+0, -0x1.87fa06520c911p-3},
  {0x1.3400000000000p+0, -0x1.7ab890210d909p-3}, {0x1.3000000000000p+0, -0x1.5ff3070a793d4p-3},
  {0x1.2e00000000000p+0, -0x1.526e5e3a1b438p-3}, {0x1.2c00000000000p+0, -0x1.44d2b6ccb7d1ep-3},
  {0x1.2800000000000p+0, -0x1.29552f81ff523p-3}, {0x1.2600000000000p+0, -0x1.1b72ad52f67a0p-3},
  {0x1.2400000000000p+0, -0x1.0d77e7cd08e59p-3}, {0x1.2000000000000p+0, -0x1.e27076e2af2e6p-4},
  {0x1.1e00000000000p+0, -0x1.c5e548f5bc743p-4}, {0x1.1c00000000000p+0, -0x1.a926d3a4ad563p-4},
  {0x1.1a00000000000p+0, -0x1.8c345d6319b21p-4}, {0x1.1600000000000p+0, -0x1.51b073f06183fp-4},
  {0x1.1400000000000p+0, -0x1.341d7961bd1d1p-4}, {0x1.1200000000000p+0, -0x1.16536eea37ae1p-4},
  {0x1.1000000000000p+0, -0x1.f0a30c01162a6p-5}, {0x1.0e00000000000p+0, -0x1.b42dd711971bfp-5},
  {0x1.0c00000000000p+0, -0x1.77458f632dcfcp-5}, {0x1.0a00000000000p+0, -0x1.39e87b9febd60p-5},
  {0x1.0800000000000p+0, -0x1.f829b0e783300p-6}, {0x1.0600000000000p+0, -0x1.7b91b07d5b11bp-6},
  {0x1.0400000000000p+0, -0x1.fc0a8b0fc03e4p-7}, {0x1.0000000000000p+0, 0x0.0p+0},
  {0x1.0000000000000p+0, 0x0.0p+0}, {0x1.f400000000000p-1, 0x1.8492528c8cabfp-6},
  {0x1.ec00000000000p-1, 0x1.466aed42de3eap-5}, {0x1.e400000000000p-1, 0x1.ccb73cdddb2ccp-5},
  {0x1.e000000000000p-1, 0x1.08598b59e3a07p-4}, {0x1.d800000000000p-1, 0x1.4d3115d207eacp-4},
  {0x1.d000000000000p-1, 0x1.9335e5d594989p-4}, {0x1.cc00000000000p-1, 0x1.b6ac88dad5b1cp-4},
  {0x1.c400000000000p-1, 0x1.fe89139dbd566p-4}, {0x1.bc00000000000p-1, 0x1.23d712a49c202p-3},
  {0x1.b800000000000p-1, 0x1.365fcb0159016p-3}, {0x1.b400000000000p-1, 0x1.4913d8333b561p-3},
  {0x1.ac00000000000p-1, 0x1.6f0128b756abcp-3}, {0x1.a800000000000p-1, 0x1.823c16551a3c2p-3},
  {0x1.a000000000000p-1, 0x1.a93ed3c8ad9e3p-3}, {0x1.9c00000000000p-1, 0x1.bd087383bd8adp-3},
  {0x1.9800000000000p-1, 0x1.d1037f2655e7bp-3}, {0x1.9400000000000p-1, 0x1.e530effe71012p-3},
  {0x1.8c00000000000p-1, 0x1.07138604d5862p-2}, {0x1.8800000000000p-1, 0x1.1178e8227e47cp-2},
  {0x1.8400000000000p-1, 0x1.1bf99635a6b95p-2}, {0x1.8000000000000p-1, 0x1.269621134db92p-2},
  {0x1.7c00000000000p-1, 0x1.314f1e1d35ce4p-2}, {0x1.7800000000000p-1, 0x1.3c25277333184p-2}};

// (log(1 + r) - r) / r^2 for |r| <= 0.015641, error below 2^-29.5.
static const double ls_values_log[4] = {
  -0x1.ffffffea93c85p-2, 0x1.55555542f88b2p-2, -0x1.000ab091ef414p-2, 0x1.99abece40ed8ep-3};

// In r^2, |r| <= pi/4. Row 0: (sin r - r) / r^3, error below 2^-44.9; row 1: (cos r - 1) / r^2, error below 2^-41.2.
static const double ls_values_sine[2][5] = {{
  -0x1.5555555555166p-3, 0x1.1111110fd28f7p-7, -0x1.a019fd9820cb8p-13, 0x1.71d9a79f7c8bfp-19,
  -0x1.aa27435ae36f6p-26}, {
  -0x1.fffffffffe677p-2, 0x1.555555514b595p-5, -0x1.6c16bae0eeeadp-10, 0x1.a01295104b6a7p-16,
  -0x1.24740198bcf0bp-22}};
