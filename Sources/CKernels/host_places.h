// The probes of the translation units, each defined in its own: see probe.h.
#pragma once
#include "ieee.h"
#include "probe.h"

uint32_t ls_probe_path(ls_path path);             // both formats' kernels
uint32_t ls_probe_elementary_path(ls_path path);  // the elementary functions over its lanes
uint32_t ls_probe_elementary_f32(void);
uint32_t ls_probe_elementary_f64(void);
uint32_t ls_probe_fma(void);
uint32_t ls_probe_soft(void);
