// The library is opened at run time, so that hosts without it need nothing.
#include "host_vectors.h"

#if defined(__x86_64__) && defined(__linux__)
#include <dlfcn.h>
#include <immintrin.h>
#include <stdio.h>
#include <string.h>

#define TARGET __attribute__((target("avx2")))

static void *symbol(const char *name) {
  static void *library;
  if (!__builtin_cpu_supports("avx2")) return NULL;
  if (!library) library = dlopen("libmvec.so.1", RTLD_NOW);
  char decorated[40];  // the vector ABI's name: d for AVX2, N unmasked, lanes, v for one vector
  const int lanes = name[strlen(name) - 1] == 'f' ? 8 : 4;
  snprintf(decorated, sizeof decorated, "_ZGVdN%dv_%s", lanes, name);
  return library ? dlsym(library, decorated) : NULL;
}

bool host_vector_exists(const char *name) { return symbol(name) != NULL; }

TARGET void host_vector_f32(const char *name, int64_t count, const float *x, float *y) {
  __m256 (*function)(__m256) = (__m256 (*)(__m256))symbol(name);
  for (int64_t i = 0; i < count; i += 8) _mm256_storeu_ps(y + i, function(_mm256_loadu_ps(x + i)));
}

TARGET void host_vector_f64(const char *name, int64_t count, const double *x, double *y) {
  __m256d (*function)(__m256d) = (__m256d (*)(__m256d))symbol(name);
  for (int64_t i = 0; i < count; i += 4) _mm256_storeu_pd(y + i, function(_mm256_loadu_pd(x + i)));
}
#else
bool host_vector_exists(const char *name) { return false; }
void host_vector_f32(const char *name, int64_t count, const float *x, float *y) {}
void host_vector_f64(const char *name, int64_t count, const double *x, double *y) {}
#endif
