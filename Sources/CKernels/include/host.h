// Whether compiler and host leave the kernels' arithmetic alone: every translation unit with floating-point code is asked.
#pragma once
#include "probe.h"

// The places that can be asked on this machine, 0 ..< count: parts of these kernels, one path's after the other.
int ls_place_count(void);
// What a place is called, for people. Lives as long as the program.
const char *ls_place_name(int place);
// What is found there on this thread: bits of probe.h, 0 if all is well.
uint32_t ls_place_probe(int place);

// Values that no optimiser knows, for asking the same of another language: x itself.
float ls_opaque_f32(float x);
double ls_opaque_f64(double x);

// The mode of a thread's floating-point unit (rounding direction, flushing, traps), to be put back.
typedef struct { uint64_t words[8]; } ls_mode;
// Puts this thread into the initial mode, and gives the one it was in.
ls_mode ls_mode_begin(void);
void ls_mode_end(ls_mode before);

// Lets the C library keep what is freed, up to a few gigabytes, for what is allocated next, instead of giving it back to the
// system: for programs that allocate the same large arrays over and over. Does nothing where the C library has no such choice.
void ls_keep_memory(void);
