// Asks every translation unit with floating-point code what its compiler and this thread make of it (probe.h).
#pragma STDC FP_CONTRACT OFF
#include <fenv.h>
#include "host.h"
#include "host_places.h"
#if defined(__GLIBC__)
#include <malloc.h>
#endif

typedef struct {
  const char *name;
  ls_path path;               // which must be available
  uint32_t (*probe)(void);    // null: asks that path's kernels
} place;

static const place places[] = {
  {"the plain kernels", LS_PLAIN, NULL},
  {"the avx2 kernels", LS_AVX2, NULL},
  {"the avx512 kernels", LS_AVX512, NULL},
  {"the neon kernels", LS_NEON, NULL},
  {"the elementary functions of binary32", LS_PLAIN, ls_probe_elementary_f32},
  {"the elementary functions of binary64", LS_PLAIN, ls_probe_elementary_f64},
  {"the software fma", LS_PLAIN, ls_probe_fma},
  {"the small formats", LS_PLAIN, ls_probe_soft},
};

// The ordinal-th place of those that are here.
static const place *available(int ordinal) {
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
    if (ls_path_available(places[i].path) && ordinal-- == 0) return &places[i];
  return NULL;
}

int ls_place_count(void) {
  int count = 0;
  while (available(count)) count++;
  return count;
}

const char *ls_place_name(int ordinal) { return available(ordinal)->name; }

uint32_t ls_place_probe(int ordinal) {
  const place *asked = available(ordinal);
  return asked->probe ? asked->probe() : ls_probe_path(asked->path) | ls_probe_elementary_path(asked->path);
}

float ls_opaque_f32(float x) {
  volatile float hidden = x;
  return hidden;
}

double ls_opaque_f64(double x) {
  volatile double hidden = x;
  return hidden;
}

_Static_assert(sizeof(fenv_t) <= sizeof(ls_mode), "an ls_mode holds the C library's fenv_t");

ls_mode ls_mode_begin(void) {
  ls_mode before = {{0}};
  fenv_t mode;
  fegetenv(&mode);
  memcpy(&before, &mode, sizeof mode);
  fesetenv(FE_DFL_ENV);
  return before;
}

void ls_mode_end(ls_mode before) {
  fenv_t mode;
  memcpy(&mode, &before, sizeof mode);
  fesetenv(&mode);
}

void ls_keep_memory(void) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, INT32_MAX);
  mallopt(M_TOP_PAD, 1 << 24);
#endif
}
