// A function of an array by the vectorised functions of the host's C library, on the arguments of `lockstep bench functions`.
//
//     vector_functions NAME LEAST MOST SECONDS      NAME: exp or expf, …
#include <math.h>
#include <string.h>

#include "clock.h"
#include "host_vectors.h"

enum { COUNT = 4096 };
static const char *name;
static double x64[COUNT], y64[COUNT];
static float x32[COUNT], y32[COUNT];

static void call64(void) { host_vector_f64(name, COUNT, x64, y64); }
static void call32(void) { host_vector_f32(name, COUNT, x32, y32); }

int main(int count, char **arguments) {
  if (count != 5) return fprintf(stderr, "vector_functions NAME LEAST MOST SECONDS\n"), 2;
  name = arguments[1];
  if (!host_vector_exists(name)) return fprintf(stderr, "this host has no vectorised %s\n", name), 3;
  const double least = atof(arguments[2]), most = atof(arguments[3]);
  for (int i = 0; i < COUNT; i++) {
    x64[i] = least + (most - least) * ((double)draw(1u << 30) + 0.5) * 0x1p-30;
    x32[i] = (float)x64[i];
  }
  report(atof(arguments[4]), name[strlen(name) - 1] == 'f' ? call32 : call64);
  return 0;
}
