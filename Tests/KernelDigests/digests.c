// Every family of C kernels on seeded operands, as one digest a line: family, format, digest. Built by several compilers for
// several processors, all must print the same lines; CI/cross compares them. Which paths were run goes to standard error.
// Exit codes: 0; 1 when a path differs from the plain one; 2 when the self-check refuses (then nothing is computed).
#pragma STDC FP_CONTRACT OFF
#include <stdio.h>
#include <stdlib.h>
#include "CKernels.h"
#include "words.h"

#define MINIMUM(a, b) ((a) < (b) ? (a) : (b))
#define MAXIMUM(a, b) ((a) > (b) ? (a) : (b))
#define NAME_OF(S) NAME_OF2(S)
#define NAME_OF2(S) #S

static int failures = 0;

// The plain path comes first and is printed; another path of the same family must equal it.
static void report(const char *family, const char *format, ls_path path, digest d) {
  static const char *const names[] = {"plain", "avx2", "avx512", "neon"};
  static digest plain;
  if (path == LS_PLAIN) {
    plain = d;
    printf("%s %s %016llx\n", family, format, (unsigned long long)d.value);
  } else if (d.value != plain.value) {
    printf("%s %s %016llx DIFFERS on %s\n", family, format, (unsigned long long)d.value, names[path]);
    failures++;
  } else {
    fprintf(stderr, "%s %s: %s as plain\n", family, format, names[path]);
  }
}

#define T float
#define S f32
#include "ieee-digests.h"
#define T double
#define S f64
#include "ieee-digests.h"
#include "big-digests.h"
#include "soft-digests.h"

static int self_check(void) {
  int faults = 0;
  for (int i = 0; i < ls_place_count(); i++) {
    const uint32_t found = ls_place_probe(i);
    if (found & LS_CONTRACTED) printf("self-check: %s are contracted\n", ls_place_name(i));
    if (found & ~(uint32_t)LS_CONTRACTED) printf("self-check: fault %u in %s\n", (unsigned)found, ls_place_name(i));
    faults += found != 0;
  }
  return faults;
}

int main(void) {
  if (self_check()) return 2;
  all_paths_f32();
  all_paths_f64();
  elementary_paths_f32();
  elementary_paths_f64();
  report("fma", "f32", LS_PLAIN, software_fma_f32());
  report("fma", "f64", LS_PLAIN, software_fma_f64());
  soft_families();
  big_families();
  return failures ? 1 : 0;
}
