// MPFR and GMP, as the system installs them.
#pragma once
#include <gmp.h>
#include <mpfr.h>
