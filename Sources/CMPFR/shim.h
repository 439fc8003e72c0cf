// MPFR and GMP, as the system installs them.
#pragma once
#include <gmp.h>
#include <mpfr.h>

// GMP's version is a C variable, which Swift would take for shared mutable state.
static inline const char *ls_gmp_version(void) { return gmp_version; }
