// The vectorised functions of the host's C library, where it has them (glibc's libmvec on x86-64 with AVX2). They promise 4
// units in the last place, and no particular bits.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// Is there such a function of this name (`exp`, `tanhf`)?
bool host_vector_exists(const char *name);
// y[i] = function(x[i]), count a multiple of 8. Only for names that exist.
void host_vector_f32(const char *name, int64_t count, const float *x, float *y);
void host_vector_f64(const char *name, int64_t count, const double *x, double *y);
